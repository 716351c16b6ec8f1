import { createHash } from 'node:crypto'
import type { FeedName } from '../../services/sync/contract.ts'
import { mapBodySecrets } from '../../services/sync/policy-value.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import { listAudit, note } from '../accounts/audit.ts'
import type { Caller } from '../context.ts'
import type { CloudDeps } from '../deps.ts'
import { feedOfSite } from '../enrolment/site-feed.ts'
import { installationOf } from './installation.ts'
import { FORMAT, type Line, VERSION } from './line.ts'

const PAGE = 500

export type ExportDeps = Pick<
  CloudDeps,
  'database' | 'clock' | 'boxes' | 'accounts' | 'sites' | 'members' | 'alertRules' | 'channels' | 'schedules' | 'files'
>

/**
 * Everything that an account owns, line by line. It is read piece by piece while it is sent, so that an account of any size fits;
 * a record that changes meanwhile comes again, and the later line counts. `sealed`: secrets go along as they are stored,
 * which only this account on this installation can open; else each is left out and named.
 */
export async function* exportAccount(
  deps: ExportDeps,
  accountId: string,
  options: { readonly sealed: boolean; readonly caller: Caller },
): AsyncGenerator<string> {
  const { database, clock } = deps
  const now = clock.now()
  await database.transaction((trx) =>
    note(trx, now, options.caller, {
      ...{ accountId, action: 'account.export', target: `account:${accountId}` },
      detail: { sealed: options.sealed },
    }),
  )
  const hash = createHash('sha256')
  const counts: Record<string, number> = {}
  for await (const line of linesOf(deps, accountId, { ...options, now })) {
    const text = `${JSON.stringify(line)}\n`
    hash.update(text)
    counts[line.line] = (counts[line.line] ?? 0) + 1
    yield text
  }
  yield `${JSON.stringify({ line: 'end', counts, sha256: hash.digest('hex') } satisfies Line)}\n`
}

async function* linesOf(
  deps: ExportDeps,
  accountId: string,
  { sealed, now }: { readonly sealed: boolean; readonly now: number },
): AsyncGenerator<Line> {
  const { database, accounts, sites, members, alertRules, channels, schedules, files } = deps
  const { id, name, kind } = await accounts.get(accountId)
  const installation = await installationOf(database)
  yield { line: 'head', format: FORMAT, version: VERSION, installation, account: { id, name, kind }, at: now }
  yield* recordsOf(deps, null, `org:${accountId}`, sealed)
  for (const site of await sites.list(accountId, { role: 'owner' })) {
    const { timeZone, note: text } = site
    yield { line: 'site', id: site.id, name: site.name, timeZone, note: text }
    yield* recordsOf(deps, site.id, await feedOfSite(database.db, site.id), sealed)
  }
  for (const { email, name: called, role, sites: theirs } of await members.list(accountId))
    yield { line: 'person', email, name: called, role, sites: [...theirs] }
  for (const rule of await alertRules.list(accountId))
    if (rule.rev > 0)
      yield { line: 'alert-rule', kind: rule.kind, enabled: rule.enabled, settings: { ...rule.settings } }
  for (const channel of await channels.list(accountId)) {
    yield {
      ...{ line: 'alert-channel' as const, kind: channel.kind, name: channel.name },
      ...{ target: channel.target, kinds: [...channel.kinds] },
    }
    if (channel.kind === 'webhook')
      yield {
        line: 'left-out',
        what: `secret of the webhook ${channel.name}`,
        why: 'secrets do not leave in the clear',
      }
  }
  for (const schedule of await schedules.list(accountId)) {
    const { every, hour, timeZone, recipients, enabled } = schedule
    yield {
      ...{ line: 'report-schedule' as const, name: schedule.name, every, hour, timeZone, enabled },
      ...{ recipients: [...recipients], sites: [...schedule.sites] },
    }
  }
  for (const file of await files.list(accountId))
    yield { line: 'file', name: file.name, hash: file.hash, size: file.size }
  for (let before: string | undefined; ; ) {
    const page = await listAudit(deps, accountId, { before, limit: PAGE })
    for (const entry of page) yield { line: 'audit', ...entry }
    before = page.at(-1)?.id
    if (page.length < PAGE) break
  }
  yield {
    line: 'left-out',
    what: 'rollouts',
    why: 'they are about boxes of this installation; files and what is given go along',
  }
  for (const what of ['passwords, passkeys and second factors of people', 'API tokens', 'keys of boxes'])
    yield { line: 'left-out', what, why: 'they prove who somebody is, here alone' }
}

async function* recordsOf(
  { boxes }: ExportDeps,
  site: string | null,
  feed: FeedName,
  sealed: boolean,
): AsyncGenerator<Line> {
  for (let after = 0; ; ) {
    const range = { after, upTo: Number.MAX_SAFE_INTEGER, limit: PAGE, living: true }
    const page: readonly FeedRecord[] = await boxes.feeds.read((reader) => reader.page(feed, range))
    for (const { kind, id, body } of page) {
      // A wish of a rollout here: nobody would steer it elsewhere.
      if (kind === 'rollout') continue
      let secrets = 0
      const open = mapBodySecrets(body, (secret) => {
        secrets++
        return sealed ? { ...secret } : undefined
      })
      yield { line: 'record', site, kind, id, body: open }
      if (secrets > 0 && !sealed)
        yield { line: 'left-out', what: `${secrets} secrets of ${kind} ${id}`, why: 'only this account can open them' }
    }
    after = page.at(-1)?.seq ?? after
    if (page.length < PAGE) return
  }
}
