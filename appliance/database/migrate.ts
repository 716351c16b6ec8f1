import { basename } from 'node:path'
import type { EpochMs } from '../../services/core/clock.ts'
import { InvariantError, messageOf, OperatorError } from '../../services/core/errors.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import { beginCopy, copyOf } from '../../services/program/copy-aside.ts'
import type { Migration } from './migration.ts'
import { migrations, previousRelease } from './migrations/index.ts'

export interface MigrateOptions {
  /** The database's file, which is copied aside first; `:memory:` has none. */
  readonly path: string
  readonly now: EpochMs
  /** What this program knows; the shipped list unless a test gives another. */
  readonly known?: readonly Migration[]
  /** The number up to which the previous release knew; see `previousRelease`. */
  readonly previous?: number
}

export interface MigrateResult {
  readonly from: number
  readonly to: number
  /** The copy of the database as it was before, when one was made. */
  readonly copy?: string
}

/**
 * Brings a database to the form that this program knows. The file is copied aside before; each step is one
 * transaction. A newer database is left as it is when this program can work on it, else `OperatorError`.
 */
export function migrate(database: SqlDatabase, options: MigrateOptions): MigrateResult {
  const known = options.known ?? migrations
  known.forEach((migration, i) => {
    if (migration.number !== i + 1)
      throw new InvariantError(`migration ${migration.name} is number ${migration.number}, listed as ${i + 1}`)
  })
  const from = versionOf(database)
  if (from > known.length) {
    refuseUnreadable(database, options.path, from, known.length)
    return { from, to: from }
  }
  if (from === known.length) return { from, to: from }
  const copy = from > 0 && options.path !== ':memory:' ? copyAside(database, options.path, from) : undefined
  const previous = options.previous ?? previousRelease
  for (const migration of known.slice(from)) step(database, migration, previous, options.now)
  return copy === undefined ? { from, to: known.length } : { from, to: known.length, copy }
}

function versionOf(database: SqlDatabase): number {
  return database.query<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0
}

/**
 * A newer program notes down which older ones can still work on its database, because the box has two boot slots and
 * may fall back by one release. Without that note a newer form is not to be touched.
 */
function refuseUnreadable(database: SqlDatabase, path: string, version: number, known: number): void {
  const noted = database.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'").get() !== null
  const note = noted
    ? database.query<{ readable: number }>('SELECT readable FROM migration WHERE number = ?').get(version)
    : null
  if (note !== null && note.readable <= known) return
  throw new OperatorError(
    `database ${path} is version ${version}, newer than version ${known} that this program knows: ` +
      `start the newer program again, or put the copy ${basename(copyOf(path, known))} back in its place`,
  )
}

function step(database: SqlDatabase, migration: Migration, previous: number, now: EpochMs): void {
  try {
    database.write(() => {
      database
        .query(
          'CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, ' +
            'readable INTEGER NOT NULL, at INTEGER NOT NULL) STRICT',
        )
        .run()
      migration.up(database)
      // A program that knows up to `previous` can work on it, if there is one; else only this one.
      const readable = previous > 0 ? Math.min(previous, migration.number) : migration.number
      database
        .query('INSERT INTO migration (number, name, readable, at) VALUES (?, ?, ?, ?)')
        .run(migration.number, migration.name, readable, now)
      database.query(`PRAGMA user_version = ${migration.number}`).run()
    })
  } catch (thrown) {
    throw new InvariantError(`migration ${migration.number} (${migration.name}) failed: ${messageOf(thrown)}`, {
      cause: thrown,
    })
  }
}

/** An online copy of the file as it is now. */
function copyAside(database: SqlDatabase, path: string, version: number): string {
  const copy = beginCopy(path, version)
  database.query('VACUUM INTO ?').run(copy.unfinished)
  return copy.finish()
}
