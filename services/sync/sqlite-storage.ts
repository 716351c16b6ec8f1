import type { SqlDatabase } from '../core/sql.ts'
import { EMPTY_INBOX } from './policy-inbox.ts'
import type { SqlRow } from './sqlite-rows.ts'
import {
  conflictRow,
  eventRow,
  inboxRow,
  mutationRow,
  readConflict,
  readEvent,
  readInbox,
  readMutationRow,
  readRecord,
  readReported,
  recordRow,
} from './sqlite-rows.ts'
import { type FeedCounter, type FeedStorage, type FeedWriter, NEW_FEED, type StatusProgress } from './storage.ts'

/**
 * Storage in SQLite, over the tables of `sqlite-schema.ts`. The database must be a connection of its own: a transaction
 * stays open between the steps of `work`, and another part that wrote through the same connection would end up in it.
 * SQLite has one writer, so `BEGIN IMMEDIATE` is every lock that the contract asks for.
 */
export function makeSqliteStorage(db: Pick<SqlDatabase, 'query'>): FeedStorage {
  const writer = makeWriter(db)
  let last: Promise<unknown> = Promise.resolve()

  function inTurn<Result>(begin: string, work: (writer: FeedWriter) => Promise<Result>): Promise<Result> {
    const turn = last.then(async () => {
      db.query(begin).run()
      try {
        const result = await work(writer)
        db.query('COMMIT').run()
        return result
      } catch (thrown) {
        db.query('ROLLBACK').run()
        throw thrown
      }
    })
    last = turn.catch(() => undefined)
    return turn
  }

  const read: FeedStorage['read'] = (work) => inTurn('BEGIN', work)
  return { read, peek: read, write: (work) => inTurn('BEGIN IMMEDIATE', work) }
}

function makeWriter(db: Pick<SqlDatabase, 'query'>): FeedWriter {
  const get = <Row>(sql: string, ...values: SqlRow) => db.query<Row>(sql).get(...values) ?? undefined
  const all = <Row>(sql: string, ...values: SqlRow) => db.query<Row>(sql).all(...values)
  const run = (sql: string, ...values: SqlRow) => void db.query(sql).run(...values)
  const counter = async (feed: string) =>
    get<FeedCounter>('SELECT seq, gen, floor FROM feed WHERE feed = ?', feed) ?? NEW_FEED
  const inbox = async (boxId: string) => {
    const row = get<Parameters<typeof readInbox>[0]>('SELECT * FROM box_inbox WHERE box_id = ?', boxId)
    return row === undefined ? EMPTY_INBOX : readInbox(row)
  }

  const generation = async () => get<{ gen: string }>('SELECT gen FROM feed_generation')?.gen ?? ''

  return {
    pullFacts: async (boxId, feed) => ({
      inbox: await inbox(boxId),
      counter: await counter(feed),
      generation: await generation(),
    }),
    counter,
    lockCounter: counter,
    inbox,
    lockInbox: inbox,
    generation,
    generationEnd: async (feed, gen) =>
      get<{ end_seq: number }>('SELECT end_seq FROM feed_gen WHERE feed = ? AND gen = ?', feed, gen)?.end_seq,
    page: async (feed, { after, upTo, limit, living }) =>
      all<Parameters<typeof readRecord>[0]>(
        `SELECT * FROM feed_record WHERE feed = ? AND seq > ? AND seq <= ? AND deleted <= ? ORDER BY seq LIMIT ?`,
        ...[feed, after, upTo, living ? 0 : 1, limit],
      ).map(readRecord),
    record: async (feed, kind, id) => {
      const row = get<Parameters<typeof readRecord>[0]>(
        'SELECT * FROM feed_record WHERE feed = ? AND kind = ? AND id = ?',
        ...[feed, kind, id],
      )
      return row && readRecord(row)
    },
    revisions: async (feed) => all('SELECT kind, id, rev FROM feed_record WHERE feed = ? AND deleted = 0', feed),
    mutation: async (boxId, mutationId) => {
      const row = get<Parameters<typeof readMutationRow>[0]>(
        'SELECT * FROM box_mutation WHERE box_id = ? AND mutation_id = ?',
        ...[boxId, mutationId],
      )
      return row && readMutationRow(row)
    },
    mutationAt: async (boxId, epoch, seq) =>
      get<{ mutation_id: string }>(
        'SELECT mutation_id FROM box_mutation WHERE box_id = ? AND epoch_n = ? AND epoch_id = ? AND seq = ?',
        ...[boxId, epoch.n, epoch.id, seq],
      )?.mutation_id,
    statusProgress: async (boxId) =>
      get<StatusProgress>('SELECT seq, void_below AS voidBelow FROM box_status_progress WHERE box_id = ?', boxId) ?? {
        seq: 0,
        voidBelow: 0,
      },
    reported: async (boxId) =>
      all<Parameters<typeof readReported>[0]>(
        'SELECT kind, id, seq, body, at FROM reported WHERE box_id = ? ORDER BY kind, id',
        boxId,
      ).map(readReported),
    events: async (boxId, limit) =>
      all<Parameters<typeof readEvent>[0]>(
        'SELECT seq, kind, at, body FROM box_event WHERE box_id = ? ORDER BY ord DESC LIMIT ?',
        ...[boxId, limit],
      )
        .reverse()
        .map(readEvent),
    conflict: async (boxId, mutationId) => {
      const sql = 'SELECT json FROM sync_conflict WHERE box_id = ? AND mutation_id = ?'
      const row = get<{ json: string }>(sql, boxId, mutationId)
      return row && readConflict(row)
    },
    conflicts: async (of) => {
      const [column, value] = 'boxId' in of ? ['box_id', of.boxId] : ['feed', of.feed]
      const sql = `SELECT json FROM sync_conflict WHERE ${column} = ? ORDER BY at, mutation_id LIMIT 1000`
      return all<{ json: string }>(sql, value).map(readConflict)
    },

    startGeneration: async (gen) => run('INSERT OR REPLACE INTO feed_generation (id, gen) VALUES (1, ?)', gen),
    putCounter: async (feed, { seq, gen, floor }) =>
      run('INSERT OR REPLACE INTO feed (feed, seq, gen, floor) VALUES (?, ?, ?, ?)', feed, seq, gen, floor),
    putGenerationEnd: async (feed, gen, seq) =>
      run('INSERT OR REPLACE INTO feed_gen (feed, gen, end_seq) VALUES (?, ?, ?)', feed, gen, seq),
    putRecord: async (feed, record) =>
      run(
        `INSERT OR REPLACE INTO feed_record (feed, kind, id, seq, rev, deleted, body, updated_by, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[feed, ...recordRow(record)],
      ),
    putInbox: async (boxId, state) =>
      run(
        `INSERT OR REPLACE INTO box_inbox (box_id, epoch_n, epoch_id, last_seq, holders, halted)
         VALUES (?, ?, ?, ?, ?, ?)`,
        ...[boxId, ...inboxRow(state)],
      ),
    putMutation: async (boxId, mutation) =>
      run(
        `INSERT OR REPLACE INTO box_mutation (box_id, mutation_id, epoch_n, epoch_id, seq, outcome, code, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[boxId, ...mutationRow(mutation)],
      ),
    putConflict: async (conflict) =>
      run(
        `INSERT OR REPLACE INTO sync_conflict (box_id, mutation_id, feed, at, until, json) VALUES (?, ?, ?, ?, ?, ?)`,
        ...conflictRow(conflict),
      ),
    putStatuses: async (boxId, items, at) => {
      for (const { kind, id, seq, body } of items) {
        const key = [boxId, kind, id] as const
        const sql = 'SELECT seq FROM reported WHERE box_id = ? AND kind = ? AND id = ?'
        if ((get<{ seq: number }>(sql, ...key)?.seq ?? 0) > seq) continue
        if (body === null) run('DELETE FROM reported WHERE box_id = ? AND kind = ? AND id = ?', ...key)
        else
          run(
            'INSERT OR REPLACE INTO reported (box_id, kind, id, seq, body, at) VALUES (?, ?, ?, ?, ?, ?)',
            ...[...key, seq, JSON.stringify(body), at],
          )
      }
    },
    putStatusProgress: async (boxId, { seq, voidBelow }) =>
      run(
        'INSERT OR REPLACE INTO box_status_progress (box_id, seq, void_below) VALUES (?, ?, ?)',
        ...[boxId, seq, voidBelow],
      ),
    dropStatusBelow: async (boxId, seq) => run('DELETE FROM reported WHERE box_id = ? AND seq < ?', boxId, seq),
    putEvents: async (boxId, epoch, events, storedAt) => {
      for (const event of events)
        run(
          `INSERT OR IGNORE INTO box_event (box_id, epoch_n, epoch_id, stored_at, seq, kind, at, body)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[boxId, epoch.n, epoch.id, storedAt, ...eventRow(event)],
        )
    },
    forgetTombstones: async (feed, before) => {
      const where = 'FROM feed_record WHERE feed = ? AND deleted = 1 AND updated_at < ?'
      const seq = get<{ seq: number | null }>(`SELECT max(seq) AS seq ${where}`, feed, before)?.seq ?? 0
      run(`DELETE ${where}`, feed, before)
      return seq
    },
    forgetMutations: async (before, keep) =>
      run(
        `DELETE FROM box_mutation WHERE (box_id, mutation_id) IN (
           SELECT box_id, mutation_id FROM (
             SELECT box_id, mutation_id, at, row_number() OVER (PARTITION BY box_id ORDER BY at DESC) AS newest
             FROM box_mutation
           ) WHERE newest > ? AND at < ?)`,
        ...[keep, before],
      ),
    forgetConflicts: async (now) => run('DELETE FROM sync_conflict WHERE until <= ?', now),
    forgetEvents: async (before) => run('DELETE FROM box_event WHERE stored_at < ?', before),
  }
}
