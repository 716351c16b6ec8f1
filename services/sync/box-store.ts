import { InvariantError } from '../core/errors.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Epoch } from './contract.ts'

/** The one row that says where this box stands. */
export interface StateRow {
  readonly epoch: Epoch
  readonly lastSeq: number
  /** The last row of `change` that sync has dealt with. */
  readonly changeSeq: number
  readonly halted: boolean
  readonly upgrade: boolean
  /** Events that the ring has pushed out. */
  readonly dropped: number
}

interface StoredState {
  readonly epoch_n: number
  readonly epoch_id: string
  readonly last_seq: number
  readonly change_seq: number
  readonly halted: number
  readonly upgrade: number
  readonly dropped: number
}

/** Where the box stands; undefined before sync was ever used. */
export function findState(db: SqlDatabase): StateRow | undefined {
  const row = db.query<StoredState>('SELECT * FROM sync_state WHERE id = 1').get()
  if (row === null) return undefined
  return {
    epoch: { n: row.epoch_n, id: row.epoch_id },
    lastSeq: row.last_seq,
    changeSeq: row.change_seq,
    halted: row.halted !== 0,
    upgrade: row.upgrade !== 0,
    dropped: row.dropped,
  }
}

/** Throws `InvariantError` before the engine has made the row. */
export function readState(db: SqlDatabase): StateRow {
  const state = findState(db)
  if (state === undefined) throw new InvariantError('sync has no state: it was not started')
  return state
}

/** Call inside a transaction. */
export function writeState(db: SqlDatabase, change: Partial<StateRow>, from?: StateRow): void {
  const row = { ...(from ?? readState(db)), ...change }
  db.query(
    `INSERT OR REPLACE INTO sync_state
       (id, epoch_n, epoch_id, last_seq, change_seq, halted, upgrade, dropped)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[row.epoch.n, row.epoch.id, row.lastSeq, row.changeSeq],
    ...[row.halted ? 1 : 0, row.upgrade ? 1 : 0, row.dropped],
  )
}

export interface FeedRow {
  readonly cursor: string | null
  /** The cursor of a snapshot that is on its way. */
  readonly staging: string | null
}

export function readFeed(db: SqlDatabase, feed: string): FeedRow {
  return (
    db.query<FeedRow>('SELECT cursor, staging FROM sync_feed WHERE feed = ?').get(feed) ?? {
      cursor: null,
      staging: null,
    }
  )
}

export function writeFeed(db: SqlDatabase, feed: string, row: FeedRow): void {
  db.query('INSERT OR REPLACE INTO sync_feed (feed, cursor, staging) VALUES (?, ?, ?)').run(
    ...[feed, row.cursor, row.staging],
  )
}
