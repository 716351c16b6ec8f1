import { type Mac, readMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { JsonObject } from '../records/contract.ts'
import type { Misfit, Move } from './contract.ts'

/** One record before and after a move, so that it can be put back and a change in between is seen. */
export interface Side {
  /** Null: there was no record. Secrets in it are sealed. */
  readonly before: JsonObject | null
  /** The revision that the move made; 0 when it took the record away. */
  readonly revAfter: number
}

export interface StoredMove extends Move {
  readonly sides: { readonly from: Side; readonly to: Side }
}

interface Row {
  readonly id: string
  readonly at: number
  readonly by: string
  readonly from_mac: string
  readonly to_mac: string
  readonly body: string
  readonly undone_at: number | null
  readonly undone_by: string | null
}

interface Body {
  readonly old: Move['old']
  readonly misfits: readonly Misfit[]
  readonly sides: StoredMove['sides']
}

const NEWEST = 200

function readRow(row: Row): StoredMove {
  const { old, misfits, sides } = JSON.parse(row.body) as Body
  return {
    ...{ id: row.id, at: row.at, by: row.by, old, misfits, sides },
    from: macOf(row.from_mac),
    to: macOf(row.to_mac),
    ...(row.undone_at !== null && { undone: { at: row.undone_at, by: row.undone_by ?? '' } }),
  }
}

function macOf(text: string): Mac {
  return readMac(text) ?? (text as Mac)
}

export function moveById(db: SqlDatabase, id: string): StoredMove | undefined {
  const row = db.query<Row>('SELECT * FROM move WHERE id = ?').get(id)
  return row === null ? undefined : readRow(row)
}

/** The newest first. */
export function newestMoves(db: SqlDatabase): readonly StoredMove[] {
  return db.query<Row>('SELECT * FROM move ORDER BY id DESC LIMIT ?').all(NEWEST).map(readRow)
}

/** Call inside a transaction. */
export function addMove(db: SqlDatabase, { id, at, by, from, to, old, misfits, sides }: StoredMove): void {
  const body: Body = { old, misfits, sides }
  db.query('INSERT INTO move (id, at, by, from_mac, to_mac, body) VALUES (?, ?, ?, ?, ?, ?)').run(
    ...[id, at, by, from, to],
    JSON.stringify(body),
  )
}

/** Call inside a transaction. */
export function markUndone(db: SqlDatabase, id: string, at: number, by: string): void {
  db.query('UPDATE move SET undone_at = ?, undone_by = ? WHERE id = ?').run(at, by, id)
}
