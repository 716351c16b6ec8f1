/** A value that SQLite stores. */
export type SqlValue = string | number | bigint | Uint8Array | null

/** A prepared statement, cached by its text. */
export interface SqlStatement<Row> {
  all(...values: SqlValue[]): Row[]
  get(...values: SqlValue[]): Row | null
  run(...values: SqlValue[]): { changes: number; lastInsertRowid: number | bigint }
}

/** The database as stores see it: what `bun:sqlite` offers, without importing it. */
export interface SqlDatabase {
  query<Row>(sql: string): SqlStatement<Row>
  /** Runs `work` in one `BEGIN IMMEDIATE` transaction; what it throws rolls everything back. Not nested. */
  write<Result>(work: () => Result): Result
}
