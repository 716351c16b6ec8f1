import type { SqlDatabase } from '../core/sql.ts'
import type { JsonObject } from '../records/contract.ts'

/** A record as the cloud has it; a removed one keeps its last body while an edit of ours needs it. */
export interface Confirmed {
  readonly kind: string
  readonly id: string
  readonly rev: number
  readonly deleted: boolean
  readonly body: JsonObject
}

interface Row {
  readonly kind: string
  readonly id: string
  readonly rev: number
  readonly deleted: number
  readonly body: string
}

/** The records of a feed that are in force, and those of a snapshot that is still coming. */
type Table = 'sync_confirmed' | 'sync_staged'

export function findConfirmed(db: SqlDatabase, feed: string, kind: string, id: string): Confirmed | undefined {
  const row = db
    .query<Row>('SELECT kind, id, rev, deleted, body FROM sync_confirmed WHERE feed = ? AND kind = ? AND id = ?')
    .get(feed, kind, id)
  return row === null ? undefined : { ...row, deleted: row.deleted !== 0, body: JSON.parse(row.body) as JsonObject }
}

export function putConfirmed(db: SqlDatabase, table: Table, feed: string, record: Confirmed): void {
  db.query(`INSERT OR REPLACE INTO ${table} (feed, kind, id, rev, deleted, body) VALUES (?, ?, ?, ?, ?, ?)`).run(
    ...[feed, record.kind, record.id, record.rev, record.deleted ? 1 : 0, JSON.stringify(record.body)],
  )
}

/** Marks a record as removed in the cloud; its body stays until `sweep`. */
export function removeConfirmed(db: SqlDatabase, feed: string, kind: string, id: string, rev: number): void {
  db.query('UPDATE sync_confirmed SET deleted = 1, rev = ? WHERE feed = ? AND kind = ? AND id = ?').run(
    ...[rev, feed, kind, id],
  )
}

/** Forgets removed records that no edit of ours needs. */
export function sweep(db: SqlDatabase, feed: string): void {
  db.query(
    `DELETE FROM sync_confirmed WHERE feed = ? AND deleted = 1 AND NOT EXISTS (
       SELECT 1 FROM sync_outbox AS o
       WHERE o.released = 0 AND o.kind = sync_confirmed.kind AND o.id = sync_confirmed.id)`,
  ).run(feed)
}

export function clearStaged(db: SqlDatabase, feed: string): void {
  db.query('DELETE FROM sync_staged WHERE feed = ?').run(feed)
}

export interface Key {
  readonly kind: string
  readonly id: string
}

/** Puts a complete snapshot in place of what was there; returns every record that either of them has. */
export function swapStaged(db: SqlDatabase, feed: string): readonly Key[] {
  const keys = db
    .query<Key>(
      `SELECT kind, id FROM sync_confirmed WHERE feed = ? UNION SELECT kind, id FROM sync_staged WHERE feed = ?`,
    )
    .all(feed, feed)
  db.query('UPDATE sync_confirmed SET deleted = 1 WHERE feed = ?').run(feed)
  db.query(
    `INSERT OR REPLACE INTO sync_confirmed (feed, kind, id, rev, deleted, body)
     SELECT feed, kind, id, rev, deleted, body FROM sync_staged WHERE feed = ?`,
  ).run(feed)
  clearStaged(db, feed)
  return keys
}

/** Everything that sync knows of, in any feed. */
export function allKeys(db: SqlDatabase): readonly Key[] {
  return db
    .query<Key>('SELECT kind, id FROM sync_confirmed UNION SELECT kind, id FROM sync_outbox WHERE released = 0')
    .all()
}

/** What the digest is made of. */
export function living(db: SqlDatabase, feed: string): readonly { kind: string; id: string; rev: number }[] {
  return db
    .query<{ kind: string; id: string; rev: number }>(
      'SELECT kind, id, rev FROM sync_confirmed WHERE feed = ? AND deleted = 0',
    )
    .all(feed)
}
