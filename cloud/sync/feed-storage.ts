import { type RawBuilder, sql } from 'kysely'
import { InvariantError } from '../../services/core/errors.ts'
import type { FeedCounter, FeedStorage, FeedWriter } from '../../services/sync/storage.ts'
import type { CloudDatabase, Trx } from '../database/open.ts'
import { makeFleetIndex } from '../fleet/index-writer.ts'
import { newId } from '../tokens.ts'
import { first, makeFeedReader } from './feed-reader.ts'
import { type InboxRow, toInbox } from './rows.ts'

/**
 * The sync service's storage in the cloud's database, SQLite or PostgreSQL. Several processes may use it at once: whoever writes
 * to a feed holds its counter's row until the commit, so numbers become visible in the order in which they were given.
 */
export function makeFeedStorage(database: CloudDatabase): FeedStorage {
  return {
    read: (work) => database.transaction((trx) => work(makeFeedReader(trx)), { readOnly: true }),
    peek: (work) => work(makeFeedReader(database.db)),
    write: (work) => database.transaction((trx) => work(makeFeedWriter(trx))),
  }
}

/** Rows of one statement: far below what either database takes, and few enough different texts to be kept prepared. */
const ROWS = [50, 10, 1] as const

function chunks<Item>(items: readonly Item[]): Item[][] {
  const made: Item[][] = []
  let at = 0
  for (const size of ROWS) for (; items.length - at >= size; at += size) made.push(items.slice(at, at + size))
  return made
}

/** Writes to feeds within a transaction that does more than that. */
export function makeFeedWriter(trx: Trx): FeedWriter {
  const run = async (query: RawBuilder<unknown>): Promise<void> => {
    await query.execute(trx)
  }
  /** An update that changes nothing takes the row's lock, and waits for who has it. */
  async function locked<Row>(query: RawBuilder<Row>): Promise<Row> {
    const row = await first(trx, query)
    if (row === undefined) throw new InvariantError('a row that was just made is not there')
    return row
  }
  const fleet = makeFleetIndex(trx)
  return {
    ...makeFeedReader(trx),
    lockCounter: (feed) =>
      locked(sql<FeedCounter>`INSERT INTO feed (feed, seq, gen, floor) VALUES (${feed}, 0, '', 0)
        ON CONFLICT (feed) DO UPDATE SET seq = feed.seq RETURNING seq, gen, floor`),
    async lockInbox(boxId) {
      const query = sql<InboxRow>`INSERT INTO box_inbox (box_id, last_seq, holders, halted) VALUES (${boxId}, 0, '[]', 0)
        ON CONFLICT (box_id) DO UPDATE SET last_seq = box_inbox.last_seq
        RETURNING epoch_n, epoch_id, last_seq, holders, halted`
      return toInbox(await locked(query))
    },
    putCounter: (feed, { seq, gen, floor }) =>
      run(sql`INSERT INTO feed (feed, seq, gen, floor) VALUES (${feed}, ${seq}, ${gen}, ${floor})
        ON CONFLICT (feed) DO UPDATE SET seq = excluded.seq, gen = excluded.gen, floor = excluded.floor`),
    putGenerationEnd: (feed, gen, seq) =>
      run(sql`INSERT INTO feed_gen (feed, gen, end_seq) VALUES (${feed}, ${gen}, ${seq})
        ON CONFLICT (feed, gen) DO UPDATE SET end_seq = excluded.end_seq`),
    startGeneration: (gen) =>
      run(sql`INSERT INTO feed_generation (id, gen) VALUES (1, ${gen})
        ON CONFLICT (id) DO UPDATE SET gen = excluded.gen`),
    async putRecord(feed, record) {
      const { kind, id, seq, rev, deleted, body, updatedBy, updatedAt } = record
      await run(sql`INSERT INTO feed_record (feed, kind, id, seq, rev, deleted, body, updated_by, updated_at)
        VALUES (${feed}, ${kind}, ${id}, ${seq}, ${rev}, ${deleted ? 1 : 0}, ${JSON.stringify(body)}, ${updatedBy}, ${updatedAt})
        ON CONFLICT (feed, kind, id) DO UPDATE SET seq = excluded.seq, rev = excluded.rev, deleted = excluded.deleted,
          body = excluded.body, updated_by = excluded.updated_by, updated_at = excluded.updated_at`)
      await fleet.record(feed, record)
    },
    putInbox: (boxId, { epoch, lastSeq, holders, halted }) =>
      run(sql`INSERT INTO box_inbox (box_id, epoch_n, epoch_id, last_seq, holders, halted)
        VALUES (${boxId}, ${epoch?.n ?? null}, ${epoch?.id ?? null}, ${lastSeq}, ${JSON.stringify(holders)}, ${halted ? 1 : 0})
        ON CONFLICT (box_id) DO UPDATE SET epoch_n = excluded.epoch_n, epoch_id = excluded.epoch_id,
          last_seq = excluded.last_seq, holders = excluded.holders, halted = excluded.halted`),
    putMutation: (boxId, { mutationId, epoch, seq, outcome, code, at }) =>
      run(sql`INSERT INTO box_mutation (box_id, mutation_id, epoch_n, epoch_id, seq, outcome, code, at)
        VALUES (${boxId}, ${mutationId}, ${epoch.n}, ${epoch.id}, ${seq}, ${outcome}, ${code ?? null}, ${at})
        ON CONFLICT (box_id, mutation_id) DO UPDATE SET epoch_n = excluded.epoch_n, epoch_id = excluded.epoch_id,
          seq = excluded.seq, outcome = excluded.outcome, code = excluded.code, at = excluded.at`),
    putConflict: (conflict) =>
      run(sql`INSERT INTO sync_conflict (box_id, mutation_id, feed, at, until, json)
        VALUES (${conflict.boxId}, ${conflict.mutationId}, ${conflict.feed}, ${conflict.at}, ${conflict.until ?? null},
          ${JSON.stringify(conflict)})
        ON CONFLICT (box_id, mutation_id) DO UPDATE SET feed = excluded.feed, at = excluded.at, until = excluded.until,
          json = excluded.json`),
    async putStatuses(boxId, items, at) {
      const there = items.filter(({ body }) => body !== null)
      for (const some of chunks(there))
        await run(sql`INSERT INTO reported (box_id, kind, id, seq, body, at)
          VALUES ${sql.join(some.map(({ kind, id, seq, body }) => sql`(${boxId}, ${kind}, ${id}, ${seq}, ${JSON.stringify(body)}, ${at})`))}
          ON CONFLICT (box_id, kind, id) DO UPDATE SET seq = excluded.seq, body = excluded.body, at = excluded.at
          WHERE reported.seq <= excluded.seq`)
      for (const { kind, id, seq, body } of items)
        if (body === null)
          await run(
            sql`DELETE FROM reported WHERE box_id = ${boxId} AND kind = ${kind} AND id = ${id} AND seq <= ${seq}`,
          )
      await fleet.statuses(boxId, items)
    },
    putStatusProgress: (boxId, { seq, voidBelow }) =>
      run(sql`INSERT INTO box_status_progress (box_id, seq, void_below) VALUES (${boxId}, ${seq}, ${voidBelow})
        ON CONFLICT (box_id) DO UPDATE SET seq = excluded.seq, void_below = excluded.void_below`),
    async dropStatusBelow(boxId, seq) {
      await run(sql`DELETE FROM reported WHERE box_id = ${boxId} AND seq < ${seq}`)
      await fleet.statusBelow(boxId, seq)
    },
    async putEvents(boxId, epoch, events, storedAt) {
      for (const some of chunks(events))
        await run(sql`INSERT INTO box_event (ord, box_id, epoch_n, epoch_id, stored_at, seq, kind, at, body)
          VALUES ${sql.join(some.map(({ seq, kind, at, body }) => sql`(${newId()}, ${boxId}, ${epoch.n}, ${epoch.id}, ${storedAt}, ${seq}, ${kind}, ${at}, ${JSON.stringify(body)})`))}
          ON CONFLICT DO NOTHING`)
    },
    async forgetTombstones(feed, before) {
      const where = sql`FROM feed_record WHERE feed = ${feed} AND deleted = 1 AND updated_at < ${before}`
      const highest = await first(trx, sql<{ seq: number | null }>`SELECT max(seq) AS seq ${where}`)
      await run(sql`DELETE ${where}`)
      return highest?.seq ?? 0
    },
    forgetMutations: (before, keep) =>
      run(sql`DELETE FROM box_mutation WHERE (box_id, mutation_id) IN (
        SELECT box_id, mutation_id FROM (
          SELECT box_id, mutation_id, at, row_number() OVER (PARTITION BY box_id ORDER BY at DESC) AS newest
          FROM box_mutation
        ) AS ranked WHERE newest > ${keep} AND at < ${before})`),
    forgetConflicts: (now) => run(sql`DELETE FROM sync_conflict WHERE until <= ${now}`),
    forgetEvents: (before) => run(sql`DELETE FROM box_event WHERE stored_at < ${before}`),
  }
}
