import { sql } from 'kysely'
import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { CloudDatabase } from '../database/open.ts'
import type { PageHub } from '../live/page-hub.ts'
import type { AccountChanges } from '../live/policy-changes.ts'
import { newId } from '../tokens.ts'
import type { Hub } from './hub.ts'

/** What is told within this time goes as one message. */
const GATHER_MS = 20
/** A row may become visible so much later than its time says. */
const OVERLAP_MS = 2_000
const MOST = 5_000
/** Messages that nobody needs any more. */
const KEPT_MS = 60_000

interface Message {
  readonly feeds: readonly FeedName[]
  /** Boxes at which something is to be done. */
  readonly jobs: readonly string[]
  /** What pages are told. */
  readonly changes: readonly AccountChanges[]
}

export type FanOut = ReturnType<typeof makeFanOut>

/**
 * Tells the boxes and pages that are connected to this process, and by a small table the other processes on the same PostgreSQL, which
 * look into it several times a second (the driver has no LISTEN). A process on SQLite is alone. What is lost on the
 * way costs a minute, never data: boxes ask by themselves too.
 */
export function makeFanOut(deps: {
  readonly database: CloudDatabase
  readonly hub: Hub
  readonly pages: PageHub
  readonly log: Log
}) {
  const { database, hub, pages, log } = deps
  const alone = database.kind === 'sqlite'
  const origin = newId()
  const feeds = new Set<FeedName>()
  const jobs = new Set<string>()
  let changes: AccountChanges[] = []
  const seen = new Map<string, number>()
  let newest: number | undefined
  let timer: Timer | undefined
  let looking: Promise<void> | undefined

  /** An older process beside this one tells less. */
  function tell({ feeds: its = [], jobs: boxes = [], changes: all = [] }: Partial<Message>): void {
    if (its.length > 0) hub.poke(its)
    for (const boxId of boxes) hub.jobs(boxId)
    if (all.length > 0) pages.send(all)
  }

  async function post(): Promise<void> {
    timer = undefined
    const json = JSON.stringify({ feeds: [...feeds], jobs: [...jobs], changes } satisfies Message)
    feeds.clear()
    jobs.clear()
    changes = []
    try {
      await sql`INSERT INTO sync_poke (id, at, origin, json)
        VALUES (${newId()}, ${NOW}, ${origin}, ${json})`.execute(database.db)
    } catch (thrown) {
      log.warn('other processes cannot be told', { reason: messageOf(thrown) })
    }
  }

  async function look(): Promise<void> {
    try {
      if (newest === undefined) {
        const { rows } = await sql<{ at: number }>`SELECT ${NOW} AS at`.execute(database.db)
        newest = rows[0]?.at ?? 0
      }
      const after = newest - OVERLAP_MS
      const rows = await database.db
        .selectFrom('sync_poke')
        .select(['id', 'at', 'json'])
        .where('at', '>', after)
        .where('origin', '<>', origin)
        .orderBy('at')
        .limit(MOST)
        .execute()
      for (const { id, at, json } of rows) {
        newest = Math.max(newest, at)
        if (seen.has(id)) continue
        seen.set(id, at)
        tell(JSON.parse(json))
      }
      for (const [id, at] of seen) if (at <= newest - OVERLAP_MS) seen.delete(id)
    } catch (thrown) {
      log.debug('what other processes told cannot be read', { reason: messageOf(thrown) })
    }
  }

  return {
    tell(message: Partial<Message>): void {
      tell(message)
      if (alone) return
      for (const feed of message.feeds ?? []) feeds.add(feed)
      for (const boxId of message.jobs ?? []) jobs.add(boxId)
      changes.push(...(message.changes ?? []))
      timer ??= setTimeout(() => void post(), GATHER_MS)
    },

    /** Looks what other processes told; called by a timer. */
    look(): Promise<void> {
      if (alone) return Promise.resolve()
      looking ??= look().finally(() => {
        looking = undefined
      })
      return looking
    },

    async forget(): Promise<void> {
      if (!alone) await sql`DELETE FROM sync_poke WHERE at < ${NOW} - ${sql.lit(KEPT_MS)}`.execute(database.db)
    },

    /** What waits is told before the process ends. */
    async close(): Promise<void> {
      if (timer === undefined) return
      clearTimeout(timer)
      await post()
    },
  }
}

/** The database's own clock: the processes may stand on several machines. */
const NOW = sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`
