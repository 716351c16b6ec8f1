import { SQL } from 'bun'
import { type Dialect, Kysely, sql, type Transaction } from 'kysely'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { openDatabase } from '../../services/program/sqlite.ts'
import { postgresDialect } from './dialect-postgres.ts'
import { sqliteDialect } from './dialect-sqlite.ts'
import { isRetryable } from './failures.ts'
import { NumbersPlugin } from './numbers.ts'
import type { Tables } from './tables.ts'
import { Turns } from './turns.ts'

export type Trx = Transaction<Tables>

/** How a transaction sees what others write meanwhile. */
export interface TransactionOptions {
  /** One snapshot for all that is read; nothing can be written. */
  readonly readOnly?: boolean
  /** As if no other ran at the time: what it read is still so when it commits. */
  readonly serializable?: boolean
}

/** The cloud's database. Queries outside of a transaction go through `db`, never inside of one. */
export interface CloudDatabase extends AsyncDisposable {
  readonly kind: 'sqlite' | 'postgres'
  readonly db: Kysely<Tables>
  /**
   * Runs `work` in one transaction, durable when the promise is fulfilled; what it throws rolls back. It may run more
   * than once when it loses against another transaction, so it does nothing but through `trx`.
   */
  transaction<Result>(work: (trx: Trx) => Promise<Result>, options?: TransactionOptions): Promise<Result>
  /** Fulfilled when the database answers. */
  ping(): Promise<void>
}

export type DatabaseTarget =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly connections: number }

const TRIES = 6
/** These also lose against what only might have mattered to them. */
const SERIALIZABLE_TRIES = 20

/** Opens the database, or throws `OperatorError`. PostgreSQL is asked at the first query only. */
export function openCloudDatabase(target: DatabaseTarget): CloudDatabase {
  return makeDatabase(
    target.kind,
    target.kind === 'sqlite' ? sqliteDialect(openDatabase(target.path)) : postgresDialect(openPool(target)),
  )
}

function openPool({ url, connections }: DatabaseTarget & { kind: 'postgres' }): SQL {
  try {
    return new SQL({
      url,
      max: connections,
      connectionTimeout: 5,
      idleTimeout: 60,
      connection: {
        application_name: 'branchline-cloud',
        // Whoever forgets a transaction must not hold its locks for ever.
        idle_in_transaction_session_timeout: 60_000,
        statement_timeout: 60_000,
      },
    })
  } catch (thrown) {
    // The message of a URL that cannot be read would carry its password.
    throw new OperatorError('database.url is not a PostgreSQL URL like postgres://user:password@host/name', {
      cause: thrown instanceof TypeError ? undefined : messageOf(thrown),
    })
  }
}

function makeDatabase(kind: CloudDatabase['kind'], dialect: Dialect): CloudDatabase {
  const db = new Kysely<Tables>({ dialect, plugins: [new NumbersPlugin()] })
  const turns = new Turns()

  function attempt<Result>(work: (trx: Trx) => Promise<Result>, options: TransactionOptions): Promise<Result> {
    if (options.serializable === true) return db.transaction().setIsolationLevel('serializable').execute(work)
    if (options.readOnly !== true) return db.transaction().execute(work)
    return db.transaction().setAccessMode('read only').setIsolationLevel('repeatable read').execute(work)
  }

  async function untilDone<Result>(work: (trx: Trx) => Promise<Result>, options: TransactionOptions): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(work, options)
      } catch (thrown) {
        const most = options.serializable === true ? SERIALIZABLE_TRIES : TRIES
        if (tries >= most || !isRetryable(thrown)) throw thrown
        // Apart from one another, so that the same ones do not meet again.
        await Bun.sleep(Math.random() * 10 * 2 ** Math.min(tries, TRIES))
      }
    }
  }

  return {
    kind,
    db,
    async transaction(work, options = {}) {
      if (options.serializable !== true || kind === 'sqlite') return untilDone(work, options)
      // Twenty at once would lose against one another again and again: here they wait, and other processes' are few.
      await turns.take()
      try {
        return await untilDone(work, options)
      } finally {
        turns.give()
      }
    },
    async ping() {
      await sql`SELECT 1`.execute(db)
    },
    async [Symbol.asyncDispose]() {
      await db.destroy()
    },
  }
}
