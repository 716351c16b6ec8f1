import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { migrate } from './migrate.ts'
import { openCloudDatabase } from './open.ts'

const step = (number: number) => ({
  number,
  name: `step${number}`,
  statements: [`CREATE TABLE step${number} (x bigint)`],
})
const steps = (n: number) => Array.from({ length: n }, (_, i) => step(i + 1))

it('copies an SQLite database aside before it migrates it, keeps the newest copies, and names the one to go back to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bl-copy-'))
  const path = join(folder, 'cloud.db')
  try {
    for (let n = 1; n <= 5; n++) {
      await using database = openCloudDatabase({ kind: 'sqlite', path })
      await migrate(database, { now: 1, path, known: steps(n) })
      await migrate(database, { now: 1, path, known: steps(n) })
    }
    const copies = readdirSync(folder).filter((name) => /bak|new/.test(name))
    expect(copies.sort()).toEqual(['cloud.db.v2.bak', 'cloud.db.v3.bak', 'cloud.db.v4.bak'])
    expect(statSync(`${path}.v4.bak`).mode & 0o777).toBe(0o600)
    {
      await using newer = openCloudDatabase({ kind: 'sqlite', path })
      await expect(migrate(newer, { now: 1, path, known: steps(4) })).rejects.toThrow(
        'the database is version 5, newer than version 4 that this program knows: start the newer program, or put the copy ' +
          'cloud.db.v4.bak back in its place',
      )
    }
    await using before = openCloudDatabase({ kind: 'sqlite', path: `${path}.v4.bak` })
    expect(await migrate(before, { now: 1, known: steps(4) })).toEqual({ from: 4, to: 4 })
    expect(existsSync(`${path}.v5.bak`)).toBe(false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
