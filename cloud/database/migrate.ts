import { basename } from 'node:path'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { EpochMs } from '../../services/core/clock.ts'
import { InvariantError, messageOf, OperatorError } from '../../services/core/errors.ts'
import { beginCopy, copyOf } from '../../services/program/copy-aside.ts'
import type { CloudMigration } from './migration.ts'
import { migrations, previousRelease } from './migrations/index.ts'
import type { CloudDatabase } from './open.ts'
import type { Tables } from './tables.ts'

/** One number for all processes that migrate this product's database; any constant does. */
const LOCK = 0x62_72_61_6e
/**
 * How long a change of a table waits for others that hold it. Whoever comes after the waiting change waits too, so a
 * long wait would stop every process; the start fails instead and can be tried again.
 */
const LOCK_TIMEOUT = '5s'

export interface MigrateOptions {
  readonly now: EpochMs
  /** The file of an SQLite database, which is copied aside first. Absent: there is none. */
  readonly path?: string
  /** What this program knows; the shipped list unless a test gives another. */
  readonly known?: readonly CloudMigration[]
  /** The number up to which the previous release knew; see `previousRelease`. */
  readonly previous?: number
}

/**
 * Brings the database to the form that this program knows. Processes that start together do it one after another; those
 * that run already go on, because a step only adds. A newer database is left as it is when this program can work on
 * it, else `OperatorError`.
 */
export async function migrate(database: CloudDatabase, options: MigrateOptions): Promise<{ from: number; to: number }> {
  const known = options.known ?? migrations
  known.forEach((migration, i) => {
    if (migration.number !== i + 1)
      throw new InvariantError(`migration ${migration.name} is number ${migration.number}, listed as ${i + 1}`)
  })
  const from = await versionOf(database)
  if (from > known.length) {
    await refuseUnreadable(database.db, from, known.length, options.path)
    return { from, to: from }
  }
  if (from > 0 && from < known.length && options.path !== undefined) {
    const copy = beginCopy(options.path, from)
    await sql`VACUUM INTO ${copy.unfinished}`.execute(database.db)
    copy.finish()
  }
  for (const migration of known.slice(from)) await step(database, migration, options)
  return { from, to: known.length }
}

/** The number of the last migration, 0 for an empty database. */
async function versionOf(database: CloudDatabase): Promise<number> {
  return database.transaction(async (trx) => {
    await lock(database, trx)
    await sql`CREATE TABLE IF NOT EXISTS migration (
      number bigint PRIMARY KEY, name text NOT NULL, readable bigint NOT NULL, at bigint NOT NULL)`.execute(trx)
    return lastOf(trx)
  })
}

async function lastOf(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('migration').select('number').orderBy('number', 'desc').limit(1).executeTakeFirst()
  return row?.number ?? 0
}

async function step(database: CloudDatabase, migration: CloudMigration, options: MigrateOptions): Promise<void> {
  const previous = options.previous ?? previousRelease
  try {
    await database.transaction(async (trx) => {
      await lock(database, trx)
      // Another process was faster.
      if ((await lastOf(trx)) >= migration.number) return
      for (const statement of migration.statements) await sql.raw(statement).execute(trx)
      const readable = previous > 0 ? Math.min(previous, migration.number) : migration.number
      const { number, name } = migration
      await trx.insertInto('migration').values({ number, name, readable, at: options.now }).execute()
    })
  } catch (thrown) {
    throw new InvariantError(`migration ${migration.number} (${migration.name}) failed: ${messageOf(thrown)}`, {
      cause: thrown,
    })
  }
}

/** SQLite's write transaction is a lock already. PostgreSQL frees this one with the transaction, however it ends. */
async function lock(database: CloudDatabase, trx: Transaction<Tables>): Promise<void> {
  if (database.kind === 'sqlite') return
  await sql`SELECT pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(trx)
  await sql`SET LOCAL lock_timeout = ${sql.lit(LOCK_TIMEOUT)}`.execute(trx)
}

async function refuseUnreadable(db: Kysely<Tables>, version: number, known: number, path?: string): Promise<void> {
  const note = await db.selectFrom('migration').select('readable').where('number', '=', version).executeTakeFirst()
  if (note !== undefined && note.readable <= known) return
  const copy = path === undefined ? '' : `, or put the copy ${basename(copyOf(path, known))} back in its place`
  throw new OperatorError(
    `the database is version ${version}, newer than version ${known} that this program knows: start the newer program${copy}`,
  )
}
