import type { EpochMs } from '../core/clock.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { type Change, type ChangesWanted, KINDS, type RecordKind, type StoredRecord } from './contract.ts'
import { readBody } from './policy.ts'

/** A row of `record`. A removed record stays as a tombstone, so that its revision never starts again. */
interface RecordRow {
  readonly kind: string
  readonly id: string
  readonly rev: number
  readonly deleted: number
  readonly body: string
  readonly updated_by: string
  readonly updated_at: number
}

interface ChangeRow {
  readonly seq: number
  readonly mutation_id: string
  readonly kind: string
  readonly id: string
  readonly before: string | null
  readonly after: string | null
  readonly by: string
  readonly at: number
}

export interface NewChange {
  readonly mutationId: string
  readonly kind: RecordKind
  readonly id: string
  readonly rev: number
  readonly before: string | null
  readonly after: string | null
  readonly by: string
  readonly at: EpochMs
}

const KNOWN_KINDS: ReadonlySet<string> = new Set(KINDS)

/** All living records. Kinds that a newer release wrote stay in the table untouched and are not returned. */
export function allRecords(db: SqlDatabase): readonly StoredRecord[] {
  return db
    .query<RecordRow>('SELECT * FROM record WHERE deleted = 0 ORDER BY kind, id')
    .all()
    .filter((row) => KNOWN_KINDS.has(row.kind))
    .map((row) => ({
      kind: row.kind as RecordKind,
      id: row.id,
      rev: row.rev,
      body: readBody(row.body),
      updatedBy: row.updated_by,
      updatedAt: row.updated_at,
    }))
}

/** The stored revision of a record, and its body's text unless it is removed. */
export function current(
  db: SqlDatabase,
  kind: RecordKind,
  id: string,
): { readonly rev: number; readonly text: string | null } | undefined {
  const row = db.query<RecordRow>('SELECT * FROM record WHERE kind = ? AND id = ?').get(kind, id)
  return row === null ? undefined : { rev: row.rev, text: row.deleted === 0 ? row.body : null }
}

/** Writes a change and what it made of the record; returns the change's number. Call inside `db.write`. */
export function append(db: SqlDatabase, change: NewChange): number {
  const { kind, id, rev, after, by, at } = change
  db.query(
    `INSERT INTO record (kind, id, rev, deleted, body, updated_by, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET rev = excluded.rev, deleted = excluded.deleted, body = excluded.body,
       updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
  ).run(kind, id, rev, after === null ? 1 : 0, after ?? '{}', by, at)
  const { lastInsertRowid } = db
    .query('INSERT INTO change (mutation_id, kind, id, rev, before, after, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(change.mutationId, kind, id, rev, change.before, after, by, at)
  return Number(lastInsertRowid)
}

/** The newest `limit` changes of one record, oldest first. */
export function changesOf(db: SqlDatabase, kind: RecordKind, id: string, limit: number): readonly Change[] {
  const rows = db
    .query<ChangeRow>('SELECT * FROM change WHERE kind = ? AND id = ? ORDER BY seq DESC LIMIT ?')
    .all(kind, id, limit)
  return rows.reverse().map(changeOf)
}

/** The newest changes that fit, newest first. */
export function recentChanges(db: SqlDatabase, wanted: ChangesWanted): readonly Change[] {
  const { before, kind, id, by, limit } = wanted
  const given = { 'seq < ?': before, 'kind = ?': kind, 'id = ?': id, '"by" = ?': by }
  const conditions = Object.entries(given).filter(([, value]) => value !== undefined)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([text]) => text).join(' AND ')}`
  const values = conditions.map(([, value]) => value as string | number)
  return db
    .query<ChangeRow>(`SELECT * FROM change ${where} ORDER BY seq DESC LIMIT ?`)
    .all(...values, limit)
    .filter((row) => KNOWN_KINDS.has(row.kind))
    .map(changeOf)
}

/** Changes of any record with a higher number, oldest first. */
export function changesPast(db: SqlDatabase, seq: number, limit: number): readonly Change[] {
  return db.query<ChangeRow>('SELECT * FROM change WHERE seq > ? ORDER BY seq LIMIT ?').all(seq, limit).map(changeOf)
}

export function newestSeq(db: SqlDatabase): number {
  return db.query<{ seq: number | null }>('SELECT max(seq) AS seq FROM change').get()?.seq ?? 0
}

export function newestMutationId(db: SqlDatabase, kind: RecordKind, id: string): string | undefined {
  const sql = 'SELECT mutation_id AS mutationId FROM change WHERE kind = ? AND id = ? ORDER BY seq DESC LIMIT 1'
  return db.query<{ mutationId: string }>(sql).get(kind, id)?.mutationId
}

function changeOf(row: ChangeRow): Change {
  return {
    seq: row.seq,
    mutationId: row.mutation_id,
    kind: row.kind as RecordKind,
    id: row.id,
    ...(row.before === null ? {} : { before: readBody(row.before) }),
    ...(row.after === null ? {} : { after: readBody(row.after) }),
    by: row.by,
    at: row.at,
  }
}
