import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import { InvariantError } from '../../services/core/errors.ts'
import type { SqlDatabase, SqlValue } from '../../services/core/sql.ts'
import { isBusy } from './failures.ts'
import { Turns } from './turns.ts'

/** How long a statement waits for another process that writes, e.g. one that migrates. */
const LONGEST_BUSY_MS = 10_000
const BUSY_PAUSE_MS = 5

/**
 * Kysely over the one SQLite connection. A transaction holds the connection from its begin to its end: a statement of
 * another request that ran in between would be part of it and vanish with its rollback.
 */
export function sqliteDialect(database: SqlDatabase & Disposable): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

class SqliteDriver implements Driver {
  readonly #database: SqlDatabase & Disposable
  readonly #connection: DatabaseConnection
  readonly #turns = new Turns()

  constructor(database: SqlDatabase & Disposable) {
    this.#database = database
    // SQLite's own waiting would stop this whole process, and with it the transaction that is waited for.
    database.query('PRAGMA busy_timeout = 0').all()
    this.#connection = new SqliteConnection(database)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.take()
    return this.#connection
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    // IMMEDIATE takes the write lock at once: a deferred one may fail half-way with SQLITE_BUSY.
    const begin = settings.accessMode === 'read only' ? 'BEGIN' : 'BEGIN IMMEDIATE'
    await connection.executeQuery(CompiledQuery.raw(begin))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('ROLLBACK'))
  }

  async releaseConnection(): Promise<void> {
    this.#turns.give()
  }

  async destroy(): Promise<void> {
    this.#database[Symbol.dispose]()
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: SqlDatabase

  constructor(database: SqlDatabase) {
    this.#database = database
  }

  async executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
    const end = performance.now() + LONGEST_BUSY_MS
    for (;;) {
      try {
        return this.#execute(compiled)
      } catch (thrown) {
        if (!isBusy(thrown) || performance.now() > end) throw thrown
        await Bun.sleep(BUSY_PAUSE_MS)
      }
    }
  }

  #execute<Row>({ query, sql, parameters }: CompiledQuery): QueryResult<Row> {
    const statement = this.#database.query<Row>(sql)
    const values = parameters as readonly SqlValue[]
    const givesRows =
      query.kind === 'SelectQueryNode' ||
      query.kind === 'RawNode' ||
      ('returning' in query && query.returning !== undefined)
    if (givesRows) return { rows: statement.all(...values) }
    return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) }
  }

  // biome-ignore lint/correctness/useYield: it only refuses
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new InvariantError('a stream would hold the one connection: read in pages')
  }
}
