import { createHash } from 'node:crypto'
import { InputError } from '../../services/admin/errors.ts'
import { BranchlineError, messageOf } from '../../services/core/errors.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import { MAX_BODY } from '../../services/sync/policy-merge.ts'
import { note } from '../accounts/audit.ts'
import type { Caller } from '../context.ts'
import { feedOfSite } from '../enrolment/site-feed.ts'
import type { ImportDeps, ImportOptions } from './deps.ts'
import { installationOf } from './installation.ts'
import type { HeadLine, Line, RecordLine, SiteLine } from './line.ts'
import { objectionTo } from './objection.ts'
import { type PlacePlan, planPlace, planSite, type SiteAction, type Stands, withoutSecrets } from './policy-import.ts'
import { readFile } from './read.ts'
import { takeSettings } from './settings.ts'

const PAGE = 500

export interface PlaceResult {
  /** Of a site: what it is here. Null: the account itself. */
  readonly siteId: string | null
  readonly name: string
  readonly action: SiteAction
  readonly added: number
  readonly replaced: number
  readonly same: number
  readonly faults: readonly { readonly path: string; readonly message: string }[]
  /** All of it is written. False: nothing of it is. */
  readonly done: boolean
}

export interface ImportResult {
  readonly dryRun: boolean
  readonly places: readonly PlaceResult[]
  readonly faults: readonly { readonly path: string; readonly message: string }[]
  readonly leftOut: readonly { readonly what: string; readonly why: string }[]
}

interface Numbered<Kind extends Line> {
  readonly at: number
  readonly line: Kind
}

/** Where a site of the file is here: the same each time, so that the same file can be imported again. */
function siteIdOf(accountId: string, head: HeadLine, home: boolean, id: string): string {
  if (home) return id
  const hex = createHash('sha256').update([accountId, head.installation, head.account.id, id].join('\n')).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** Takes the file of an account into another one, or back into the same: each site whole or not at all, again and again. */
export function makeImport(deps: ImportDeps) {
  const { database, clock, boxes } = deps

  async function standing(feed: FeedName): Promise<ReadonlyMap<string, Stands>> {
    const all = new Map<string, Stands>()
    for (let after = 0; ; ) {
      const range = { after, upTo: Number.MAX_SAFE_INTEGER, limit: PAGE, living: true }
      const page = await boxes.feeds.read((reader) => reader.page(feed, range))
      for (const { kind, id, rev, body } of page) all.set(`${kind}\n${id}`, { rev, body })
      after = page.at(-1)?.seq ?? after
      if (page.length < PAGE) return all
    }
  }

  async function plan(feed: FeedName, records: readonly Numbered<RecordLine>[], replace: boolean): Promise<PlacePlan> {
    const stands = await standing(feed)
    return planPlace(records, (kind, id) => stands.get(`${kind}\n${id}`), {
      ...{ replace, largest: MAX_BODY, objection: objectionTo },
    })
  }

  /** The records first, in one transaction: a site that can be seen has all of them, and what broke in between is done again. */
  async function write(feed: FeedName, { records }: PlacePlan, caller: Caller): Promise<void> {
    if (records.length > 0) await boxes.sync.write(feed, records, { by: caller.name })
  }

  async function takeSite(
    accountId: string,
    site: Numbered<SiteLine>,
    given: { readonly id: string; readonly records: readonly Numbered<RecordLine>[] },
    { dryRun, replace, caller }: ImportOptions,
  ): Promise<PlaceResult> {
    const { id, records } = given
    const { name, timeZone, note: text } = site.line
    const there = (await deps.sites.list(accountId, { role: 'owner' })).find((one) => one.id === id)
    const { action, message } = planSite(site.line, there, replace)
    const feed = await feedOfSite(database.db, id)
    const planned = await plan(feed, records, replace)
    const faults = [...(message === undefined ? [] : [{ path: `line ${site.at}`, message }]), ...planned.faults]
    const { added, replaced, same } = planned
    const result = { siteId: id, name, action, added, replaced, same, faults }
    if (faults.length > 0) return { ...result, action: 'refused', done: false }
    if (dryRun) return { ...result, done: false }
    try {
      await write(feed, planned, caller)
      if (action === 'keep' && planned.records.length === 0) return { ...result, done: true }
      await database.transaction(async (trx) => {
        const now = clock.now()
        const row = { name, time_zone: timeZone, note: text }
        if (action === 'create')
          await trx
            .insertInto('site')
            .values({ id, account_id: accountId, ...row, rev: 1, created_at: now })
            .execute()
        if (action === 'update')
          await trx
            .updateTable('site')
            .set((eb) => ({ ...row, rev: eb('rev', '+', 1) }))
            .where('account_id', '=', accountId)
            .where('id', '=', id)
            .execute()
        const detail = { name, added, replaced }
        await note(trx, now, caller, { accountId, action: 'site.import', target: `site:${id}`, detail })
      })
      return { ...result, done: true }
    } catch (thrown) {
      // Somebody edited a record meanwhile: this site is left as it was, the others go on.
      if (!(thrown instanceof BranchlineError) || thrown.fault !== 'operator') throw thrown
      const fault = { path: `line ${site.at}`, message: `${messageOf(thrown)}: import again` }
      return { ...result, action: 'refused', faults: [fault], done: false }
    }
  }

  async function takeAccount(
    accountId: string,
    head: HeadLine,
    records: readonly Numbered<RecordLine>[],
    { dryRun, replace, caller }: ImportOptions,
  ): Promise<PlaceResult> {
    const feed: FeedName = `org:${accountId}`
    const planned = await plan(feed, records, replace)
    const { added, replaced, same, faults } = planned
    const refused = faults.length > 0
    if (!dryRun && !refused) await write(feed, planned, caller)
    const action = refused ? ('refused' as const) : ('keep' as const)
    return { siteId: null, name: head.account.name, action, added, replaced, same, faults, done: !dryRun && !refused }
  }

  return {
    async run(accountId: string, text: string, options: ImportOptions): Promise<ImportResult> {
      const { head, lines, faults } = readFile(text)
      const { dryRun, caller } = options
      if (head === undefined || faults.length > 0) {
        if (dryRun) return { dryRun, places: [], faults, leftOut: [] }
        throw new InputError('nothing was imported: the file cannot be used', faults)
      }
      const home = head.installation === (await installationOf(database)) && head.account.id === accountId
      const leftOut: { what: string; why: string }[] = []
      const records = lines.flatMap((one): Numbered<RecordLine>[] => {
        // No box may begin a rollout that nobody here steers.
        if (one.line.line !== 'record' || one.line.kind === 'rollout') return []
        if (home) return [{ at: one.at, line: one.line }]
        // Sealed for another account: opened here for whoever brings the file, it would give that account's secrets away.
        const body = withoutSecrets(one.line.body)
        if (JSON.stringify(body) !== JSON.stringify(one.line.body))
          leftOut.push({
            what: `secrets of ${one.line.kind} ${one.line.id}`,
            why: 'only the account of the file can open them: give them anew',
          })
        return [{ at: one.at, line: { ...one.line, body } }]
      })
      const known = new Set(lines.flatMap(({ line }) => (line.line === 'site' ? [line.id] : [])))
      const lost = records.filter(({ line }) => line.site !== null && !known.has(line.site))
      if (lost.length > 0) {
        const orphans = lost.slice(0, 100).map(({ at, line }) => ({
          path: `line ${at}`,
          message: `${line.kind} ${line.id} is of site ${line.site}, which the file does not have: take the file as it was exported`,
        }))
        if (dryRun) return { dryRun, places: [], faults: orphans, leftOut }
        throw new InputError('nothing was imported: the file cannot be used', orphans)
      }
      const places = [
        await takeAccount(
          accountId,
          head,
          records.filter(({ line }) => line.site === null),
          options,
        ),
      ]
      const ids = new Map<string, string>()
      for (const { at, line } of lines) {
        if (line.line !== 'site') continue
        const id = siteIdOf(accountId, head, home, line.id)
        ids.set(line.id, id)
        const theirs = records.filter((one) => one.line.site === line.id)
        places.push(await takeSite(accountId, { at, line }, { id, records: theirs }, options))
      }
      const done = new Map([...ids].filter(([, id]) => dryRun || places.some((one) => one.siteId === id && one.done)))
      leftOut.push(
        ...(await takeSettings(deps, accountId, { lines: lines.map(({ line }) => line), sites: done, options })),
      )
      if (!dryRun)
        await database.transaction((trx) =>
          note(trx, clock.now(), caller, {
            ...{ accountId, action: 'account.import', target: `account:${accountId}` },
            detail: { from: head.account.name, sites: done.size, refused: ids.size - done.size },
          }),
        )
      return { dryRun, places, faults: [], leftOut }
    },
  }
}
