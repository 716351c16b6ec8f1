import type { SqlDatabase } from '../../services/core/sql.ts'

/** One numbered step of the database's form. Its file's comment shows the tables BEFORE and AFTER. */
export interface Migration {
  /** Counted from 1 without gaps. */
  readonly number: number
  readonly name: string
  /** Runs inside one transaction. One statement a `query`: SQL after the first `;` is refused. */
  up(database: SqlDatabase): void
}
