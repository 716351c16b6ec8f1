import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
// A process of its own, because a thread cannot be killed as a power cut does.
const PRELUDE = `
  const { openDatabase } = await import(${at('../program/sqlite.ts')})
  const { migrate } = await import(${at('../../appliance/database/migrate.ts')})
  const { makeRecords } = await import(${at('./records.ts')})
  const path = process.argv.at(-1)
  const db = openDatabase(path)
  migrate(db, { path, now: 0 })
  const records = makeRecords({ db, clock: { now: () => 1 }, newId: () => crypto.randomUUID() })
`
const WRITE = `${PRELUDE}
  const start = records.list('group').length
  for (let i = start; ; i++) {
    records.putMany([
      { kind: 'group', id: 'g' + i, body: { i } },
      { kind: 'site', id: 'site', body: { last: i } },
    ], { by: 'child' })
    process.stdout.write(i + '\\n')
  }
`
const READ = `${PRELUDE}
  process.stdout.write(JSON.stringify({
    ids: records.list('group').map(({ body }) => body.i).sort((a, b) => a - b),
    last: records.get('site', 'site')?.body.last,
    changes: db.query('SELECT count(*) AS n FROM change').get().n,
  }))
`

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describe('records after kill -9', () => {
  it('hold every write that was acknowledged, and no half of one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'records-'))
    folders.push(folder)
    const path = join(folder, 'box.sqlite')
    for (const atLeast of [1, 40, 120]) {
      const acknowledged = await writeUntilKilled(path, atLeast)
      const { ids, last, changes } = await read(path)
      expect(ids).toEqual(Array.from({ length: ids.length }, (_, i) => i))
      expect(ids.length).toBeGreaterThan(acknowledged)
      expect(last).toBe(ids.length - 1)
      expect(changes).toBe(ids.length * 2)
    }
  }, 60_000)
})

/** The last number that the writer acknowledged before it was killed. */
async function writeUntilKilled(path: string, atLeast: number): Promise<number> {
  const child = Bun.spawn([process.execPath, '-e', WRITE, path], { stdout: 'pipe', stderr: 'inherit' })
  let text = ''
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk)
    if (!child.killed && text.split('\n').length > atLeast) child.kill('SIGKILL')
  }
  await child.exited
  return Number(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1))
}

async function read(path: string): Promise<{ ids: number[]; last: number; changes: number }> {
  const child = Bun.spawn([process.execPath, '-e', READ, path], { stdout: 'pipe', stderr: 'inherit' })
  return JSON.parse(await new Response(child.stdout).text()) as { ids: number[]; last: number; changes: number }
}
