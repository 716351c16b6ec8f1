import { type Kysely, sql } from 'kysely'
import { ForbiddenError, InputError } from '../../services/admin/errors.ts'
import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { type AssignedFile, assignedFile } from '../../services/files/assigned.ts'
import type { FileKind } from '../../services/files/contract.ts'
import { kindOf } from '../../services/files/kind.ts'
import { checkName, foldName } from '../../services/files/name.ts'
import type { Definitions } from '../../services/phones/definition.ts'
import { readFirmwareName } from '../../services/phones/firmware.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import { type Standing, seesSite } from '../accounts/policy.ts'
import type { Boxes } from '../boxes.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { Tables } from '../database/tables.ts'
import { type RecordEdit, writeRecords } from '../records/write.ts'
import { type RecordRow, toRecord } from '../sync/rows.ts'
import type { AccountFile, CloudFiles } from './files.ts'

/** Sites that one call may name. */
export const MOST_SITES = 5_000

/** A file as its account wants it at boxes; what is left out is told by its name. */
export interface FileWish {
  /** Among the files of the account. */
  readonly file: string
  readonly kind?: FileKind
  readonly version?: string
  readonly models?: readonly string[]
  readonly hardware?: readonly string[]
  readonly rate?: number
  /** These sites and no others; absent: all, also those to come. */
  readonly sites?: readonly string[]
}

export interface GivenFile extends AssignedFile {
  /** Folded name: how the calls below name it. */
  readonly id: string
  readonly all: boolean
  readonly sites: readonly string[]
  readonly updatedBy: string
  readonly updatedAt: number
}

interface Placed {
  /** Null: all sites. */
  readonly site: string | null
  readonly feed: FeedName
  readonly record: FeedRecord
}

export interface GiveDeps extends Pick<CloudContext, 'database' | 'clock'> {
  readonly boxes: Boxes
  readonly files: CloudFiles
  readonly definitions: Definitions
}

export type GivenFiles = ReturnType<typeof makeGivenFiles>

/** The body of the record by which boxes get a file of the account. Throws `InputError` for what no box would take. */
export function assignedBody(definitions: Definitions, name: string, file: AccountFile, wish: FileWish): AssignedFile {
  const models = [...(wish.models ?? [])]
  const kind = wish.kind ?? kindOf(name)
  const version = wish.version ?? (kind === 'firmware' ? versionIn(definitions, name, models) : undefined)
  const read = assignedFile.safeParse({
    ...{ name: checkName(name), sha256: file.hash, size: file.size, contentType: file.contentType, kind, models },
    ...{ hardware: [...(wish.hardware ?? [])], ...(version !== undefined && { version }) },
    ...(wish.rate !== undefined && { rate: wish.rate }),
  })
  if (read.success) return read.data
  const faults = read.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  throw new InputError(`no box would take ${file.name} so`, faults)
}

/** The version that the name of a firmware file tells, by what is known of its vendor. */
export function versionIn(definitions: Definitions, name: string, models: readonly string[]): string | undefined {
  const vendors = new Set(models.map((model) => model.split('/')[0]?.toLowerCase()))
  for (const definition of definitions.all) {
    if (vendors.size > 0 && !vendors.has(definition.id)) continue
    const version = readFirmwareName(definition, name)?.version
    if (version !== undefined) return version
  }
  return undefined
}

/** Which files the boxes of an account shall have: records that reach each box with its feed. */
export function makeGivenFiles(deps: GiveDeps) {
  const { db } = deps.database

  /** Everything that is given, or what has one id, wherever it lies. */
  async function placed(account: string, id?: string): Promise<readonly Placed[]> {
    const named = id === undefined ? sql`record.deleted = 0` : sql`record.deleted = 0 AND record.id = ${id}`
    const columns = sql.raw('kind, id, seq, rev, deleted, body, updated_by, updated_at'.replace(/\w+/g, 'record.$&'))
    const { rows } = await sql<RecordRow & { feed: FeedName; site: string | null }>`
      SELECT ${columns}, record.feed, NULL AS site FROM feed_record record
      WHERE record.feed = ${`org:${account}`} AND record.kind = 'file' AND ${named}
      UNION ALL
      SELECT ${columns}, record.feed, site.id AS site FROM site
      LEFT JOIN site_feed ON site_feed.site_id = site.id
      JOIN feed_record record ON record.feed = COALESCE(site_feed.feed, 'box:draft-' || site.id)
      WHERE site.account_id = ${account} AND record.kind = 'file' AND ${named}`.execute(db)
    return rows.map(({ feed, site, ...row }) => ({ feed, site, record: toRecord(row) }))
  }

  async function list(account: string, standing: Standing): Promise<readonly GivenFile[]> {
    const found = new Map<string, Placed[]>()
    for (const one of await placed(account)) {
      if (one.site !== null && !seesSite(standing, one.site)) continue
      found.set(one.record.id, [...(found.get(one.record.id) ?? []), one])
    }
    return [...found.values()].flatMap((places) => viewOf(places)).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Writes what differs, in one transaction. */
  async function change(
    account: string,
    {
      id,
      body,
      sites,
    }: { readonly id: string; readonly body: AssignedFile | undefined; readonly sites?: readonly string[] },
    { standing, caller }: { readonly standing: Standing; readonly caller: Caller },
    action: string,
  ): Promise<void> {
    const there = await placed(account, id)
    if (body === undefined && there.length === 0) throw new NotFoundError('no such file is given to boxes')
    if (standing.sites !== undefined && (sites === undefined || there.some(({ site }) => site === null)))
      throw new ForbiddenError('this file is given to all sites, which are not all yours')
    const wanted = await feedsFor(db, account, sites, standing)
    const text = JSON.stringify(body)
    const edits: RecordEdit[] = []
    for (const { feed, site, record } of there) {
      const keeps = body !== undefined && wanted.has(feed)
      if (site !== null && !seesSite(standing, site)) continue
      if (!keeps) edits.push({ feed, kind: 'file', id, body: undefined, before: record })
      else if (JSON.stringify(record.body) !== text) edits.push({ feed, kind: 'file', id, body, before: record })
    }
    if (body !== undefined)
      for (const feed of wanted)
        if (!there.some((one) => one.feed === feed)) edits.push({ feed, kind: 'file', id, body, before: undefined })
    if (edits.length === 0) return
    const detail = {
      ...(body && { sha256: body.sha256, ...(body.version !== undefined && { version: body.version }) }),
      sites: sites === undefined ? 'all' : sites.slice(0, 200),
    }
    const audit = [{ accountId: account, action, target: `account:${account}/file/${id}`, detail }]
    await writeRecords(deps, edits, { caller, audit })
  }

  return {
    list,

    /** Gives a file among the account's to all sites, or to these and no others. */
    async give(
      account: string,
      given: string,
      wish: FileWish,
      by: { readonly standing: Standing; readonly caller: Caller },
    ): Promise<GivenFile> {
      const file = await deps.files.get(account, wish.file)
      const body = assignedBody(deps.definitions, checkName(given), file, wish)
      const id = foldName(given)
      await change(account, { id, body, ...(wish.sites && { sites: wish.sites }) }, by, 'file.give')
      const made = (await list(account, by.standing)).find((one) => one.id === id)
      if (made === undefined) throw new OperatorError('say at least one site that shall have it')
      return made
    },

    async withdraw(account: string, given: string, by: { readonly standing: Standing; readonly caller: Caller }) {
      const sites = by.standing.sites
      await change(account, { id: foldName(given), body: undefined, ...(sites && { sites }) }, by, 'file.withdraw')
    },
  }
}

/** The feeds of these sites, or what all share. Throws `NotFoundError` for a site that is somebody else's. */
async function feedsFor(
  db: Kysely<Tables>,
  account: string,
  sites: readonly string[] | undefined,
  standing: Standing,
): Promise<ReadonlySet<FeedName>> {
  if (sites === undefined) return new Set<FeedName>([`org:${account}`])
  if (sites.length > MOST_SITES) throw new OperatorError(`more than ${MOST_SITES} sites at once: ${sites.length}`)
  const { rows } = await sql<{ id: string; feed: FeedName }>`
    SELECT site.id, COALESCE(site_feed.feed, 'box:draft-' || site.id) AS feed FROM site
    LEFT JOIN site_feed ON site_feed.site_id = site.id WHERE site.account_id = ${account}`.execute(db)
  const feeds = new Map(rows.map(({ id, feed }) => [id, feed]))
  return new Set(
    sites.map((site) => {
      const feed = feeds.get(site)
      if (feed === undefined || !seesSite(standing, site))
        throw new NotFoundError(`there is no site ${site.slice(0, 60)}`)
      return feed
    }),
  )
}

function viewOf(places: readonly Placed[]): readonly GivenFile[] {
  const newest = places.toSorted((a, b) => b.record.updatedAt - a.record.updatedAt)[0]
  const shown = places.find(({ site }) => site === null) ?? newest
  const read = assignedFile.safeParse(shown?.record.body)
  if (shown === undefined || !read.success) return []
  return [
    {
      ...read.data,
      id: shown.record.id,
      all: shown.site === null,
      sites: places.flatMap(({ site }) => (site === null ? [] : [site])),
      ...{ updatedBy: shown.record.updatedBy, updatedAt: shown.record.updatedAt },
    },
  ]
}
