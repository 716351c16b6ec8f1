/** One numbered step of the database's form. Its file's comment shows the tables BEFORE and AFTER. */
export interface CloudMigration {
  /** Counted from 1 without gaps. */
  readonly number: number
  readonly name: string
  /** Run one after another in one transaction, on SQLite and on PostgreSQL alike. */
  readonly statements: readonly string[]
}
