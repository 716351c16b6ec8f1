import type { ReservedSQL, SQL } from 'bun'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import { InvariantError } from '../../services/core/errors.ts'
import { isClosed } from './failures.ts'

/** More than any pool has. */
export const MOST_CONNECTIONS = 100

/** Kysely over Bun's PostgreSQL client: each query or transaction has a connection of the pool to itself. */
export function postgresDialect(pool: SQL): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PostgresDriver(pool),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

class PostgresDriver implements Driver {
  readonly #pool: SQL

  constructor(pool: SQL) {
    this.#pool = pool
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(this.#pool, await this.#pool.reserve())
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const level =
      settings.isolationLevel === undefined ? '' : ` ISOLATION LEVEL ${settings.isolationLevel.toUpperCase()}`
    const mode = settings.accessMode === undefined ? '' : ` ${settings.accessMode.toUpperCase()}`
    await connection.executeQuery(CompiledQuery.raw(`BEGIN${level}${mode}`))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('ROLLBACK'))
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release()
  }

  async destroy(): Promise<void> {
    await this.#pool.close({ timeout: 5 })
  }
}

class PostgresConnection implements DatabaseConnection {
  readonly #pool: SQL
  #reserved: ReservedSQL
  #inTransaction = false

  constructor(pool: SQL, reserved: ReservedSQL) {
    this.#pool = pool
    this.#reserved = reserved
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.#send(sql, parameters)
    const rows: Row[] = [...result]
    return result.command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(result.count ?? 0) }
  }

  /**
   * After the server was lost, each connection of the pool fails once. What changes nothing is sent again by another
   * one; a write may have been done before the connection broke, so its failure is told.
   */
  async #send(sql: string, parameters: readonly unknown[]) {
    for (let tries = 1; ; tries++) {
      try {
        const result = await this.#reserved.unsafe(sql, [...parameters])
        if (/^begin\b/i.test(sql)) this.#inTransaction = true
        return result
      } catch (thrown) {
        if (tries > MOST_CONNECTIONS || this.#inTransaction || !isClosed(thrown) || !/^(?:begin|select)\b/i.test(sql))
          throw thrown
        this.#reserved.release()
        this.#reserved = await this.#pool.reserve()
      }
    }
  }

  // biome-ignore lint/correctness/useYield: it only refuses
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new InvariantError('streams are not made: read in pages')
  }

  release(): void {
    this.#reserved.release()
  }
}
