import { Database, SQLiteError, type Statement } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { InvariantError, messageOf, OperatorError } from '../core/errors.ts'
import type { SqlDatabase, SqlStatement, SqlValue } from '../core/sql.ts'

/** How long a writer waits for another process (a backup, the command line) before it fails. */
const BUSY_TIMEOUT_MS = 5_000
/** Statements kept prepared. The runtime's own cache holds twenty, fewer than the box has. */
const CACHED_STATEMENTS = 500

/**
 * Opens a SQLite database: write-ahead log, every commit on disk before it returns (`synchronous=FULL`), foreign keys
 * enforced. A new file is readable by its owner alone. Throws `OperatorError` when the file cannot be used.
 */
export function openDatabase(path: string): SqlDatabase & Disposable {
  try {
    if (path !== ':memory:') createPrivately(path)
    const database = new Database(path, { strict: true, readwrite: true, create: true })
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    database.run('PRAGMA journal_mode = WAL')
    database.run('PRAGMA synchronous = FULL')
    database.run('PRAGMA foreign_keys = ON')
    return new BoxDatabase(database)
  } catch (thrown) {
    throw new OperatorError(`database ${path} cannot be opened: ${messageOf(thrown)}`, { cause: thrown })
  }
}

/** True when a statement failed because a UNIQUE, PRIMARY KEY, CHECK or FOREIGN KEY rule forbids it. */
export function isConstraintError(thrown: unknown): boolean {
  return thrown instanceof SQLiteError && (thrown.code?.startsWith('SQLITE_CONSTRAINT') ?? false)
}

/** SQLite gives the log and shared-memory files the mode of the database file, so the mode is set before it opens. */
function createPrivately(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
}

class BoxDatabase implements SqlDatabase, Disposable {
  readonly #database: Database
  readonly #statements = new Map<string, CheckedStatement>()
  // IMMEDIATE takes the write lock at once: a deferred one may fail half-way with SQLITE_BUSY.
  readonly #begin: Statement
  readonly #commit: Statement
  #writing = false

  constructor(database: Database) {
    this.#database = database
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
  }

  query<Row>(sql: string): SqlStatement<Row> {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known as SqlStatement<Row>
    if (this.#statements.size >= CACHED_STATEMENTS) this.#forgetOldest()
    const statement = new CheckedStatement(sql, this.#database.prepare(sql))
    this.#statements.set(sql, statement)
    return statement as SqlStatement<Row>
  }

  write<Result>(work: () => Result): Result {
    if (this.#writing) throw new InvariantError('database write inside another write')
    this.#writing = true
    try {
      this.#begin.run()
      try {
        const result = work()
        if (result instanceof Promise) throw new InvariantError('database write returned a promise: it must not wait')
        this.#commit.run()
        return result
      } catch (thrown) {
        // A full disk may have ended the transaction already.
        if (this.#database.inTransaction) this.#database.run('ROLLBACK')
        throw thrown
      }
    } finally {
      this.#writing = false
    }
  }

  [Symbol.dispose](): void {
    for (const statement of [...this.#statements.values(), this.#begin, this.#commit]) statement.finalize()
    this.#statements.clear()
    this.#database.close()
  }

  #forgetOldest(): void {
    for (const [sql, statement] of this.#statements) {
      this.#statements.delete(sql)
      statement.finalize()
      return
    }
  }
}

/** A statement that refuses what the runtime passes over in silence: missing values, and SQL after the first `;`. */
class CheckedStatement implements SqlStatement<unknown> {
  readonly #sql: string
  readonly #statement: Statement<unknown, SqlValue[]>

  constructor(sql: string, statement: Statement<unknown, SqlValue[]>) {
    this.#sql = sql
    this.#statement = statement
    if (statement.paramsCount === 0 && statement.toString().trim().length < sql.trim().length)
      throw new InvariantError(`more than one statement in one query: ${sql.trim().slice(0, 60)}`)
  }

  all(...values: SqlValue[]): unknown[] {
    this.#check(values)
    return this.#statement.all(...values)
  }

  get(...values: SqlValue[]): unknown {
    this.#check(values)
    return this.#statement.get(...values)
  }

  run(...values: SqlValue[]): { changes: number; lastInsertRowid: number | bigint } {
    this.#check(values)
    return this.#statement.run(...values)
  }

  finalize(): void {
    this.#statement.finalize()
  }

  #check(values: readonly SqlValue[]): void {
    const wanted = this.#statement.paramsCount
    if (values.length !== wanted)
      throw new InvariantError(`query takes ${wanted} values, got ${values.length}: ${this.#sql.trim().slice(0, 60)}`)
  }
}
