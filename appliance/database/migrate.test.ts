import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OperatorError } from '../../services/core/errors.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import { openDatabase } from '../../services/program/sqlite.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import { type MigrateResult, migrate } from './migrate.ts'
import type { Migration } from './migration.ts'
import { migrations } from './migrations/index.ts'

/** Migrations that add one table each. */
function steps(count: number): readonly Migration[] {
  return Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    name: `step-${i + 1}`,
    up: (database: SqlDatabase) => void database.query(`CREATE TABLE t${i + 1} (x INTEGER NOT NULL) STRICT`).run(),
  }))
}

function tablesOf(database: SqlDatabase): string[] {
  return database
    .query<{ name: string }>("SELECT name FROM sqlite_master WHERE name LIKE 't_' ORDER BY name")
    .all()
    .map((row) => row.name)
}

describe('migrate', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'branchline-'))
    path = join(folder, 'box.db')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function run(known: readonly Migration[], previous = 0): MigrateResult {
    using database = openDatabase(path)
    return migrate(database, { path, now: 1, known, previous })
  }

  it('applies the shipped list in order, once', () => {
    using database = memoryDatabase()
    expect(migrate(database, { path: ':memory:', now: 1 })).toEqual({ from: migrations.length, to: migrations.length })
  })

  it('applies only what is missing, and copies the file aside first', () => {
    expect(run(steps(1))).toEqual({ from: 0, to: 1 })
    expect(run(steps(1))).toEqual({ from: 1, to: 1 })
    {
      using database = openDatabase(path)
      database.query('INSERT INTO t1 VALUES (?)').run(7)
    }
    expect(run(steps(3))).toEqual({ from: 1, to: 3, copy: `${path}.v1.bak` })
    using copy = openDatabase(`${path}.v1.bak`)
    expect(tablesOf(copy)).toEqual(['t1'])
    expect(copy.query('SELECT x FROM t1').all()).toEqual([{ x: 7 }])
  })

  it('keeps the three newest copies', () => {
    for (let i = 1; i <= 12; i++) run(steps(i))
    const copies = readdirSync(folder).filter((name) => name.endsWith('.bak'))
    expect(copies.sort()).toEqual(['box.db.v10.bak', 'box.db.v11.bak', 'box.db.v9.bak'])
  })

  it('leaves nothing of a step that fails, and goes on from there', () => {
    const broken: Migration = {
      number: 2,
      name: 'broken',
      up(database) {
        database.query('CREATE TABLE t9 (x INTEGER)').run()
        database.query('INSERT INTO t9 VALUES (?)').run('ok')
        database.query('DROP TABLE nowhere').run()
      },
    }
    expect(() => run([...steps(1), broken])).toThrow('migration 2 (broken) failed: no such table: nowhere')
    using database = openDatabase(path)
    expect(tablesOf(database)).toEqual(['t1'])
    expect(migrate(database, { path, now: 1, known: steps(2) }).to).toBe(2)
  })

  it('refuses a newer database, naming both versions and the way out', () => {
    run(steps(5))
    expect(() => run(steps(3))).toThrow(OperatorError)
    expect(() => run(steps(3))).toThrow(
      /is version 5, newer than version 3 that this program knows: start the newer program again, or put the copy box\.db\.v3\.bak back/,
    )
  })

  it('works on the database of the next release, but not of the one after', () => {
    run(steps(4), 2)
    expect(run(steps(2))).toEqual({ from: 4, to: 4 })
    expect(() => run(steps(1))).toThrow(OperatorError)
  })

  it('refuses a version that nobody noted down', () => {
    {
      using database = openDatabase(path)
      database.query('PRAGMA user_version = 99').run()
    }
    expect(() => run(steps(1))).toThrow(/is version 99, newer than version 1/)
  })

  it('makes the file and its copy readable by the owner alone', () => {
    run(steps(1))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(run(steps(2)).copy ?? '').mode & 0o077).toBe(0)
  })
})
