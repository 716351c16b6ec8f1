import type { EpochMs } from '../core/clock.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { FeedName, Mutation, Notice, Outcome, Patch } from './contract.ts'

/** A mutation as the box keeps it; secrets in the patch are sealed with the box's own key. */
export interface OutboxRow extends Mutation {
  /** The order in which they were made, which no renumbering changes. */
  readonly ord: number
}

interface Stored {
  readonly ord: number
  readonly seq: number
  readonly mutation_id: string
  readonly feed: string
  readonly kind: string
  readonly id: string
  readonly field_group: string
  readonly base: string | null
  readonly patch: string | null
  readonly by: string
  readonly at: number
}

const COLUMNS = 'ord, seq, mutation_id, feed, kind, id, field_group, base, patch, by, at'

function read(row: Stored): OutboxRow {
  return {
    ord: row.ord,
    seq: row.seq,
    mutationId: row.mutation_id,
    feed: row.feed as FeedName,
    kind: row.kind,
    id: row.id,
    group: row.field_group,
    base: row.base,
    patch: row.patch === null ? null : (JSON.parse(row.patch) as Patch),
    by: row.by,
    at: row.at,
  }
}

/** Adds a mutation unless its id is there already: a restored box may meet its own past again. */
export function addMutation(db: SqlDatabase, mutation: Mutation): boolean {
  const { changes } = db
    .query(
      `INSERT OR IGNORE INTO sync_outbox (seq, mutation_id, feed, kind, id, field_group, base, patch, by, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...[mutation.seq, mutation.mutationId, mutation.feed, mutation.kind, mutation.id, mutation.group, mutation.base],
      ...[mutation.patch === null ? null : JSON.stringify(mutation.patch), mutation.by, mutation.at],
    )
  return changes > 0
}

/** The oldest that the cloud has not taken. */
export function waiting(db: SqlDatabase, limit: number): readonly OutboxRow[] {
  return db
    .query<Stored>(`SELECT ${COLUMNS} FROM sync_outbox WHERE taken = 0 ORDER BY seq LIMIT ?`)
    .all(limit)
    .map(read)
}

export function countWaiting(db: SqlDatabase): number {
  return db.query<{ n: number }>('SELECT count(*) AS n FROM sync_outbox WHERE taken = 0').get()?.n ?? 0
}

/** Those of one record whose effect the box still shows itself, in the order in which they were made. */
export function shown(db: SqlDatabase, kind: string, id: string): readonly OutboxRow[] {
  return db
    .query<Stored>(`SELECT ${COLUMNS} FROM sync_outbox WHERE released = 0 AND kind = ? AND id = ? ORDER BY ord`)
    .all(kind, id)
    .map(read)
}

/** The newest number that was taken. What was taken are the first numbers. `lastSeq` is the newest that was given. */
export function takenSeq(db: SqlDatabase, lastSeq: number): number {
  const first = db.query<{ seq: number | null }>('SELECT min(seq) AS seq FROM sync_outbox WHERE taken = 0').get()
  return (first?.seq ?? lastSeq + 1) - 1
}

/** The number from which on nothing is missing. */
export function keptFrom(db: SqlDatabase, lastSeq: number): number {
  const sql = `SELECT max(seq) AS seq FROM sync_outbox AS o
               WHERE NOT EXISTS (SELECT 1 FROM sync_outbox AS p WHERE p.seq = o.seq - 1)`
  return db.query<{ seq: number | null }>(sql).get()?.seq ?? lastSeq + 1
}

/** Whether something that was taken before waits again: then the cloud's view of the records is behind ours. */
export function isResending(db: SqlDatabase): boolean {
  return db.query('SELECT 1 FROM sync_outbox WHERE taken = 0 AND released = 1 LIMIT 1').get() !== null
}

/** Notes the outcome of a mutation that was sent under this number; false when it is no longer that one. */
export function take(db: SqlDatabase, outcome: Outcome, at: EpochMs): boolean {
  const { changes } = db
    .query('UPDATE sync_outbox SET taken = 1, outcome = ?, code = ?, taken_at = ? WHERE mutation_id = ? AND seq = ?')
    .run(outcome.outcome, outcome.code ?? null, at, outcome.mutationId, outcome.seq)
  return changes > 0
}

/** They wait again, from this number on. */
export function waitAgain(db: SqlDatabase, from: number): void {
  db.query('UPDATE sync_outbox SET taken = 0 WHERE seq >= ?').run(from)
}

/** Numbers from 1 in the order in which they were made, all waiting; returns the last number. */
export function renumber(db: SqlDatabase): number {
  const rows = db.query<{ ord: number }>('SELECT ord FROM sync_outbox ORDER BY ord').all()
  const update = db.query('UPDATE sync_outbox SET seq = ?, taken = 0 WHERE ord = ?')
  rows.forEach(({ ord }, i) => {
    update.run(i + 1, ord)
  })
  return rows.length
}

/** A refusal for what the edit holds, and not for where it went, leaves it in force here: there is nothing better. */
const STAYS = `(code IS NOT NULL AND code IN ('malformed', 'too-large'))`

/** The cloud's page reflects what was taken up to this number. Returns the records that may look different now. */
export function release(db: SqlDatabase, feed: string, upTo: number): readonly { kind: string; id: string }[] {
  const rows = db
    .query<{ kind: string; id: string }>(
      `SELECT DISTINCT kind, id FROM sync_outbox
       WHERE released = 0 AND taken = 1 AND feed = ? AND seq <= ? AND NOT ${STAYS}`,
    )
    .all(feed, upTo)
  if (rows.length > 0)
    db.query(
      `UPDATE sync_outbox SET released = 1
       WHERE released = 0 AND taken = 1 AND feed = ? AND seq <= ? AND NOT ${STAYS}`,
    ).run(feed, upTo)
  return rows
}

/** Whether `release` may have anything to do. */
export function hasReleasable(db: SqlDatabase, feed: string): boolean {
  const sql = `SELECT 1 FROM sync_outbox WHERE released = 0 AND taken = 1 AND feed = ? AND NOT ${STAYS} LIMIT 1`
  return db.query(sql).get(feed) !== null
}

/** Forgets what was taken before `before`, oldest first, up to the first that is still needed. */
export function forget(db: SqlDatabase, before: EpochMs): void {
  const needed = `taken = 0 OR taken_at >= ? OR (released = 0 AND NOT ${STAYS})`
  db.query(
    `DELETE FROM sync_outbox WHERE taken = 1 AND released = 1 AND seq < coalesce(
       (SELECT min(seq) FROM sync_outbox WHERE ${needed}), 9007199254740991)`,
  ).run(before)
}

/** Whether `forget` has anything to do. */
export function isForgettable(db: SqlDatabase, before: EpochMs): boolean {
  return (
    db.query('SELECT 1 FROM sync_outbox WHERE taken = 1 AND released = 1 AND taken_at < ? LIMIT 1').get(before) !== null
  )
}

/** Forgets everything that waits no more. */
export function forgetTaken(db: SqlDatabase): void {
  db.query('DELETE FROM sync_outbox WHERE taken = 1').run()
}

/** The newest outcomes that a person may want to know of, oldest first. */
export function notices(db: SqlDatabase, limit: number): readonly Notice[] {
  const rows = db
    .query<Stored & { outcome: Outcome['outcome']; code: NonNullable<Outcome['code']> | null }>(
      `SELECT ${COLUMNS}, outcome, code FROM sync_outbox
       WHERE outcome IS NOT NULL AND outcome <> 'applied' ORDER BY ord DESC LIMIT ?`,
    )
    .all(limit)
  return rows.reverse().map((row) => ({
    mutationId: row.mutation_id,
    kind: row.kind,
    id: row.id,
    group: row.field_group,
    outcome: row.outcome,
    ...(row.code === null ? {} : { code: row.code }),
  }))
}
