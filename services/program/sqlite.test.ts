import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InvariantError, OperatorError } from '../core/errors.ts'
import { isConstraintError, openDatabase } from './sqlite.ts'

function withTable(): ReturnType<typeof openDatabase> {
  const database = openDatabase(':memory:')
  database.query('CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT) STRICT').run()
  return database
}

describe('openDatabase', () => {
  it('commits what a write returns and rolls back what it throws', () => {
    using database = withTable()
    expect(database.write(() => database.query('INSERT INTO t VALUES (?, ?)').run(1, 'kept').changes)).toBe(1)
    expect(() =>
      database.write(() => {
        database.query('INSERT INTO t VALUES (?, ?)').run(2, 'lost')
        throw new OperatorError('stop here')
      }),
    ).toThrow('stop here')
    expect(database.query('SELECT * FROM t').all()).toEqual([{ x: 1, y: 'kept' }])
    expect(database.write(() => 'usable after a rollback')).toBe('usable after a rollback')
  })

  it('refuses a write inside a write, and one that waits', () => {
    using database = withTable()
    expect(() => database.write(() => database.write(() => 1))).toThrow(InvariantError)
    expect(() => database.write(() => Promise.resolve(1))).toThrow(/returned a promise/)
    expect(database.query('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 })
  })

  it('refuses missing values and a second statement, which the runtime passes over', () => {
    using database = withTable()
    expect(() => database.query('INSERT INTO t VALUES (?, ?)').run(1)).toThrow('query takes 2 values, got 1')
    expect(() => database.query('DELETE FROM t; DROP TABLE t')).toThrow(/more than one statement/)
  })

  it('keeps more statements than the runtime would, and survives many more', () => {
    using database = withTable()
    const first = database.query('SELECT 0 AS n')
    for (let i = 1; i < 100; i++) database.query(`SELECT ${i} AS n`)
    expect(database.query('SELECT 0 AS n')).toBe(first)
    for (let i = 100; i < 1_000; i++) expect(database.query(`SELECT ${i} AS n`).get()).toEqual({ n: i })
  })

  it('enforces foreign keys and names constraint failures', () => {
    using database = withTable()
    database.query('CREATE TABLE u (x INTEGER REFERENCES t (x))').run()
    let thrown: unknown
    try {
      database.query('INSERT INTO u VALUES (?)').run(5)
    } catch (error) {
      thrown = error
    }
    expect(isConstraintError(thrown)).toBe(true)
    expect(isConstraintError(new OperatorError('no'))).toBe(false)
  })

  it('syncs each commit into a write-ahead log', () => {
    const folder = mkdtempSync(join(tmpdir(), 'branchline-'))
    {
      using database = openDatabase(join(folder, 'new', 'box.db'))
      expect(database.query('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
      expect(database.query('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
    }
    rmSync(folder, { recursive: true })
  })

  it('says which file is no database', () => {
    const folder = mkdtempSync(join(tmpdir(), 'branchline-'))
    const path = join(folder, 'notes.txt')
    writeFileSync(path, 'this is not a database, and it is long enough to be looked at by SQLite'.repeat(20))
    expect(() => openDatabase(path)).toThrow(`database ${path} cannot be opened: file is not a database`)
    rmSync(folder, { recursive: true })
  })
})
