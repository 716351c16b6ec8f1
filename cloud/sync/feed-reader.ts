import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type FeedCounter, type FeedReader, NEW_FEED, type StatusProgress } from '../../services/sync/storage.ts'
import type { Tables } from '../database/tables.ts'
import {
  type InboxRow,
  type MutationRow,
  type RecordRow,
  toConflict,
  toEvent,
  toInbox,
  toMutation,
  toRecord,
  toReported,
} from './rows.ts'

const RECORD = sql.raw('kind, id, seq, rev, deleted, body, updated_by, updated_at')
const MUTATION = sql.raw('mutation_id, epoch_n, epoch_id, seq, outcome, code, at')

export async function all<Row>(db: Kysely<Tables>, query: RawBuilder<Row>): Promise<readonly Row[]> {
  return (await query.execute(db)).rows
}

export async function first<Row>(db: Kysely<Tables>, query: RawBuilder<Row>): Promise<Row | undefined> {
  return (await query.execute(db)).rows[0]
}

const byName = (a: { kind: string; id: string }, b: { kind: string; id: string }) =>
  a.kind < b.kind || (a.kind === b.kind && a.id < b.id) ? -1 : 1

/** What one transaction, or one question outside of any, sees of feeds and boxes. */
export function makeFeedReader(db: Kysely<Tables>): FeedReader {
  return {
    async pullFacts(boxId, feed) {
      const query = sql<
        InboxRow & FeedCounter & { known: string | null; current: string | null }
      >`SELECT f.feed AS known, f.seq, f.gen, f.floor, g.gen AS current,
          i.epoch_n, i.epoch_id, i.last_seq, i.holders, i.halted
        FROM (SELECT 1 AS one) AS it
        LEFT JOIN feed AS f ON f.feed = ${feed}
        LEFT JOIN feed_generation AS g ON g.id = 1
        LEFT JOIN box_inbox AS i ON i.box_id = ${boxId}`
      const row = await first(db, query)
      return {
        inbox: toInbox(row?.holders === null ? undefined : row),
        counter: row === undefined || row.known === null ? NEW_FEED : { seq: row.seq, gen: row.gen, floor: row.floor },
        generation: row?.current ?? '',
      }
    },
    async counter(feed) {
      return (await first(db, sql<FeedCounter>`SELECT seq, gen, floor FROM feed WHERE feed = ${feed}`)) ?? NEW_FEED
    },
    async generationEnd(feed, gen) {
      const query = sql<{ end_seq: number }>`SELECT end_seq FROM feed_gen WHERE feed = ${feed} AND gen = ${gen}`
      return (await first(db, query))?.end_seq
    },
    async page(feed, { after, upTo, limit, living }) {
      const deleted = living ? sql`AND deleted = 0` : sql``
      const rows = await all(
        db,
        sql<RecordRow>`SELECT ${RECORD} FROM feed_record
          WHERE feed = ${feed} AND seq > ${after} AND seq <= ${upTo} ${deleted} ORDER BY seq LIMIT ${limit}`,
      )
      return rows.map(toRecord)
    },
    async record(feed, kind, id) {
      const row = await first(
        db,
        sql<RecordRow>`SELECT ${RECORD} FROM feed_record WHERE feed = ${feed} AND kind = ${kind} AND id = ${id}`,
      )
      return row && toRecord(row)
    },
    revisions: (feed) =>
      all(
        db,
        sql<{ kind: string; id: string; rev: number }>`SELECT kind, id, rev FROM feed_record
          WHERE feed = ${feed} AND deleted = 0`,
      ),
    async inbox(boxId) {
      const query = sql<InboxRow>`SELECT epoch_n, epoch_id, last_seq, holders, halted FROM box_inbox
        WHERE box_id = ${boxId}`
      return toInbox(await first(db, query))
    },
    async mutation(boxId, mutationId) {
      const query = sql<MutationRow>`SELECT ${MUTATION} FROM box_mutation
        WHERE box_id = ${boxId} AND mutation_id = ${mutationId}`
      const row = await first(db, query)
      return row && toMutation(row)
    },
    async mutationAt(boxId, epoch, seq) {
      const query = sql<{ mutation_id: string }>`SELECT mutation_id FROM box_mutation
        WHERE box_id = ${boxId} AND epoch_n = ${epoch.n} AND epoch_id = ${epoch.id} AND seq = ${seq}`
      return (await first(db, query))?.mutation_id
    },
    async statusProgress(boxId) {
      const query = sql<{ seq: number; void_below: number }>`SELECT seq, void_below FROM box_status_progress
        WHERE box_id = ${boxId}`
      const row = await first(db, query)
      const progress: StatusProgress = { seq: row?.seq ?? 0, voidBelow: row?.void_below ?? 0 }
      return progress
    },
    async reported(boxId) {
      const query = sql<Parameters<typeof toReported>[0]>`SELECT kind, id, seq, body, at FROM reported
        WHERE box_id = ${boxId}`
      // Not by the database: PostgreSQL's order depends on the locale that it was made with.
      return (await all(db, query)).map(toReported).sort(byName)
    },
    async events(boxId, limit) {
      const query = sql<Parameters<typeof toEvent>[0]>`SELECT seq, kind, at, body FROM box_event
        WHERE box_id = ${boxId} ORDER BY ord DESC LIMIT ${limit}`
      return (await all(db, query)).map(toEvent).reverse()
    },
    async conflicts(of) {
      const where = 'boxId' in of ? sql`box_id = ${of.boxId}` : sql`feed = ${of.feed}`
      const query = sql<{ json: string }>`SELECT json FROM sync_conflict
        WHERE ${where} ORDER BY at, mutation_id LIMIT 1000`
      return (await all(db, query)).map(toConflict)
    },
    async conflict(boxId, mutationId) {
      const query = sql<{ json: string }>`SELECT json FROM sync_conflict
        WHERE box_id = ${boxId} AND mutation_id = ${mutationId}`
      const row = await first(db, query)
      return row && toConflict(row)
    },
    async generation() {
      return (await first(db, sql<{ gen: string }>`SELECT gen FROM feed_generation`))?.gen ?? ''
    },
  }
}
