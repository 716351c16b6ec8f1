import { messageOf } from '../../services/core/errors.ts'
import { foldName } from '../../services/files/name.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import type { AssignedRollout } from '../../services/rollouts/assigned.ts'
import { makePen } from '../../services/sync/cloud-feed.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { FeedWriter } from '../../services/sync/storage.ts'
import { note } from '../accounts/audit.ts'
import type { Boxes } from '../boxes.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import type { RolloutTable } from '../database/tables-rollouts.ts'
import { makeFeedWriter } from '../sync/feed-storage.ts'
import { advance, type Step, wishOf } from './policy-advance.ts'
import { factsOf, foldNews, loadRollout, loadSites, planOf, ringSite, type SiteChange, type SiteRow } from './rows.ts'

/** Sites whose records are written in one transaction: others of the account write beside it. */
const AT_ONCE = 100
/** Steps of one rollout in one turn. */
const STEPS = 50
const SYSTEM: Caller = { actor: 'system', name: '', address: '' }

export interface WorkerDeps extends Pick<CloudContext, 'database' | 'clock' | 'log'> {
  readonly boxes: Pick<Boxes, 'ready' | 'fanOut' | 'live'>
}

export interface RolloutWorker {
  /** Whether no rollout is open. */
  isIdle(): Promise<boolean>
  /** Does everything that is due. */
  run(): Promise<void>
  /** The same for one of them, at once. */
  look(id: string): Promise<void>
}

interface Wish {
  readonly site: SiteRow
  /** Null: its record goes. */
  readonly wish: 'run' | 'pause' | 'cancel' | null
  readonly attempt: number
  readonly written: string | null
}

/**
 * Carries out what the policy decides. All that one step does is one transaction that also raises the rollout's revision: of two
 * processes (or of a process and a person) that decide from the same facts, one does it. What boxes get is a wish that stands in a
 * record, so a step that is lost, late or done again starts nothing twice.
 */
export function makeRolloutWorker({ database, clock, log, boxes }: WorkerDeps): RolloutWorker {
  /** True: something changed, so there may be more to do. */
  async function step(id: string): Promise<boolean> {
    await boxes.ready()
    const done = await database.transaction(async (trx) => {
      const row = await loadRollout(trx, id)
      if (row === undefined || row.ended_at !== null) return undefined
      const feeds = await stepOf(trx, row, await loadSites(trx, id))
      return feeds && { account: row.account_id, feeds }
    })
    if (done === undefined) return false
    if (done.feeds.length > 0) boxes.fanOut.tell({ feeds: done.feeds })
    boxes.live.tell(done.account, { what: ['rollouts'] })
    return true
  }

  async function stepOf(
    trx: Trx,
    row: RolloutTable,
    rows: readonly SiteRow[],
  ): Promise<readonly FeedName[] | undefined> {
    const now = clock.now()
    const changes = new Map<string, SiteChange>()
    for (const site of rows) {
      const news = foldNews(site, now)
      if (news !== undefined) changes.set(site.site_id, news)
    }
    const current = () => rows.map((site) => ({ ...site, ...changes.get(site.site_id) }) as SiteRow)
    const next = advance(
      factsOf(row),
      current().map((site) => ringSite(site, now)),
      now,
    )
    if (next.kind === 'go')
      for (const site of next.sites)
        changes.set(site, { ...changes.get(site), state: 'going', let_go_at: now, attempt_n: 1 })
    const status =
      next.kind === 'halt' ? 'halted' : next.kind === 'end' && row.status === 'running' ? 'completed' : row.status
    const over = next.kind === 'end' || status === 'completed'
    const due = current().flatMap((site) => wishFor(site, over ? undefined : wishOf(status, site.state)))
    const wishes = due.slice(0, AT_ONCE)
    for (const { site, written } of wishes) changes.set(site.site_id, { ...changes.get(site.site_id), written })
    const patch = { ...patchOf(row, next, status), ...(over && due.length <= AT_ONCE && { ended_at: now }) }
    if (changes.size === 0 && Object.keys(patch).length === 0) return undefined
    const took = await trx
      .updateTable('rollout')
      .set({ ...patch, rev: row.rev + 1 })
      .where('id', '=', row.id)
      .where('rev', '=', row.rev)
      .executeTakeFirst()
    // Somebody else is at it: he decides from what he found.
    if (took.numUpdatedRows === 0n) return undefined
    for (const [site, change] of changes)
      await trx
        .updateTable('rollout_site')
        .set(change)
        .where('rollout_id', '=', row.id)
        .where('site_id', '=', site)
        .execute()
    await noteStep(trx, row, next, now)
    return writeWishes(trx, row, wishes, now)
  }

  async function noteStep(trx: Trx, row: RolloutTable, next: Step, now: number): Promise<void> {
    const said = {
      ring: () => ({ action: 'rollout.ring', detail: { ring: 'ring' in next ? next.ring + 1 : 0 } }),
      halt: () => ({ action: 'rollout.halt', detail: { reason: 'reason' in next ? next.reason : '' } }),
      end: () => ({ action: 'rollout.end', detail: { status: row.status === 'running' ? 'completed' : row.status } }),
    } as const
    if (next.kind !== 'ring' && next.kind !== 'halt' && next.kind !== 'end') return
    await note(trx, now, SYSTEM, { accountId: row.account_id, target: `rollout:${row.id}`, ...said[next.kind]() })
  }

  const open = () => database.db.selectFrom('rollout').select('id').where('ended_at', 'is', null)
  return {
    isIdle: async () => (await open().limit(1).executeTakeFirst()) === undefined,
    async look(id) {
      for (let n = 0; n < STEPS; n++) if (!(await step(id))) return
    },
    async run() {
      for (const { id } of await open().execute()) {
        try {
          await this.look(id)
        } catch (thrown) {
          // The others go on.
          log.warn('a rollout cannot go on', { rollout: id, reason: messageOf(thrown) })
        }
      }
    },
  }
}

/** What has to be written for a site; nothing when it says so already. */
function wishFor(site: SiteRow, wish: Wish['wish'] | undefined): readonly Wish[] {
  // A box that came to the site since is told where it looks.
  const written = wish === undefined || wish === null ? null : `${site.feed}|${wish}|${site.attempt_n}`
  if (site.written === written) return []
  return [{ site, wish: wish ?? null, attempt: site.attempt_n, written }]
}

function patchOf(row: RolloutTable, next: Step, status: RolloutTable['status']): Partial<RolloutTable> {
  if (next.kind === 'ring') return { ring_n: next.ring, ring_at: null }
  if (next.kind === 'halt') return { status, reason: next.reason }
  if (next.kind === 'end')
    return {
      ...(status !== row.status && { status }),
      ...(row.reason !== null && status === 'completed' && { reason: null }),
    }
  const ringAt = next.kind === 'wait' ? (next.ringAt ?? null) : null
  return ringAt === row.ring_at ? {} : { ring_at: ringAt }
}

async function writeWishes(
  trx: Trx,
  row: RolloutTable,
  wishes: readonly Wish[],
  now: number,
): Promise<readonly FeedName[]> {
  if (wishes.length === 0) return []
  const writer = makeFeedWriter(trx)
  const pen = makePen(writer, row.by_actor, now)
  const former = (written: string | null) => written?.split('|')[0] as FeedName | undefined
  await pen.lock(wishes.flatMap(({ site }) => [site.feed, former(site.written) ?? site.feed]))
  const shared = await sharedFile(writer, row)
  for (const { site, wish, attempt } of wishes) {
    const before = former(site.written)
    if (before !== undefined && (wish === null || before !== site.feed))
      await pen.put(before, { kind: 'rollout', id: row.id }, null)
    if (wish === null) continue
    if (row.what === 'firmware' && !shared) await giveFile(writer, pen, site.feed, row)
    await pen.put(site.feed, { kind: 'rollout', id: row.id }, bodyOf(row, site, wish, attempt))
  }
  return pen.close()
}

type Pen = ReturnType<typeof makePen>

/** Whether all sites get the file already. */
async function sharedFile(writer: FeedWriter, row: RolloutTable): Promise<boolean> {
  const { as, sha256 } = planOf(row)
  const record = await writer.record(`org:${row.account_id}`, 'file', foldName(as))
  return record !== undefined && !record.deleted && record.body.sha256 === sha256
}

/** The site gets the file as if a person had given it: it stays when the rollout is over, since phones name it. */
async function giveFile(writer: FeedWriter, pen: Pen, feed: FeedName, row: RolloutTable): Promise<void> {
  const { as, sha256, size, version, models, rate } = planOf(row)
  const key = { kind: 'file', id: foldName(as) }
  const there = await writer.record(feed, key.kind, key.id)
  if (there !== undefined && !there.deleted && there.body.sha256 === sha256) return
  const facts = { kind: 'firmware', version, models: [...models], hardware: [] }
  await pen.put(feed, key, { name: as, sha256, size, ...facts, ...(rate !== undefined && { rate }) })
}

function bodyOf(row: RolloutTable, site: SiteRow, state: 'run' | 'pause' | 'cancel', attempt: number): JsonObject {
  const { as, sha256, size, version, models, window, pace, rate } = planOf(row)
  const body: AssignedRollout = {
    ...{ name: row.name, by: row.by_name || row.by_actor, what: row.what, state, attempt },
    ...{ file: as, sha256, size, version, models: [...models], pace },
    ...(window && { window }),
    ...(site.time_zone !== null && { zone: site.time_zone }),
    ...(rate !== undefined && { rate }),
  }
  return JSON.parse(JSON.stringify(body)) as JsonObject
}
