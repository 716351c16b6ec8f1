import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { NotFoundError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { type FileStore, makeFileStore } from '../../services/files/file-store.ts'
import { makeRecords } from '../../services/records/records.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import type { Downloads } from './download.ts'
import { followFiles } from './files.ts'
import type { GivenContent } from './given.ts'
import { FILE_QUOTA, fileSteps } from './policy-files.ts'

let folder: string
let records: ReturnType<typeof makeRecords>
let files: FileStore
let given: GivenContent
let uses: Set<string>
let raised: string[]
let account: Map<string, Uint8Array>
let asked: { sha256: string; rate?: number }[]
let timers: (() => void)[]
let belongs: boolean

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bl-given-files-'))
  ;[uses, raised, account, asked, timers, belongs] = [new Set(), [], new Map(), [], [], true]
  const db = memoryDatabase()
  let tick = 1000
  const clock = { now: () => tick++ }
  records = makeRecords({ db, clock, newId: makeUlids({ clock, random: (length) => new Uint8Array(length) }) })
  files = makeFileStore({ db, folder: join(folder, 'files'), log: silentLog, clock, belongs: () => belongs })
  await files.start()
  const downloads: Downloads = {
    async fetch(wanted) {
      asked.push(wanted)
      const content = account.get(wanted.sha256)
      if (content === undefined) throw new NotFoundError('the account does not have this file any more')
      const path = join(folder, `${wanted.sha256}.part`)
      await writeFile(path, content)
      return path
    },
    drop: async (sha256) => rmSync(join(folder, `${sha256}.part`), { force: true }),
    clear: async () => {},
  }
  given = followFiles({
    ...{ records, files, downloads, log: silentLog, random: () => 0.5, monotonic: () => 0 },
    fileUses: (name) => (uses.has(name) ? [{ text: 'setting firmware.file' }] : []),
    alarms: { raise: (_kind, subject, text) => void raised.push(`${subject}: ${text}`) },
    later(_ms, work) {
      timers.push(work)
      return () => void timers.splice(timers.indexOf(work), 1)
    },
    onChange: () => undefined,
  })
  return async () => {
    await given[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  }
})

function give(name: string, text: string, more: object = {}): string {
  const content = new TextEncoder().encode(text)
  const sha256 = createHash('sha256').update(content).digest('hex')
  account.set(sha256, content)
  const body = { name, sha256, size: content.length, kind: 'firmware', models: [], hardware: [], ...more }
  records.put('file', name.toLowerCase(), body, { by: 'cloud' })
  return sha256
}
const becomes = (...states: string[]) => expect.poll(() => given.status().map(({ state }) => state)).toEqual(states)
const names = () => files.list().map(({ name, origin }) => `${name} ${origin ?? 'branch'}`)

describe('a file that the account gives', () => {
  it('is among those of the box with what is said of it, and nothing is asked for twice', async () => {
    const sha256 = give('fw/A1.rom', 'one', { version: '1.0', models: ['acme/A1'], rate: 50_000 })
    await becomes('in-use')
    expect(given.status()).toMatchObject([{ kind: 'file', name: 'fw/A1.rom', version: sha256.slice(0, 40) }])
    expect(files.find('FW/a1.rom')).toMatchObject({
      ...{ hash: sha256, origin: 'account', by: 'account', version: '1.0', models: ['acme/A1'] },
    })
    expect(asked).toMatchObject([{ sha256, rate: 50_000 }])
    // Only what is said of it changed.
    give('fw/A1.rom', 'one', { version: '1.0.1' })
    await expect.poll(() => files.find('fw/a1.rom')).toMatchObject({ version: '1.0.1', models: [] })
    give('fw/A1.rom', 'two')
    await expect.poll(() => files.find('fw/a1.rom')?.size === 3 && files.find('fw/a1.rom')?.version).toBeUndefined()
    await becomes('in-use')
    expect(asked).toHaveLength(2)
  })

  it('is changed and removed by nobody here, as long as the box belongs to the account', async () => {
    give('a.rom', 'one')
    await becomes('in-use')
    const refusal = 'a.rom was given by the central account'
    await expect(files.remove('a.rom', { by: 'ada' })).rejects.toThrow(refusal)
    await expect(files.describe('a.rom', { version: '9' }, { by: 'ada' })).rejects.toThrow(refusal)
    await expect(files.put('A.rom', new Uint8Array(3), { by: 'ada' })).rejects.toThrow(refusal)
    belongs = false
    await files.remove('a.rom', { by: 'ada' })
    expect(names()).toEqual([])
  })

  it('goes when it is withdrawn, but not while something names it', async () => {
    give('a.rom', 'one')
    await becomes('in-use')
    uses.add('a.rom')
    records.remove('file', 'a.rom', { by: 'cloud' })
    await becomes()
    expect(names()).toEqual(['a.rom account'])
    uses.clear()
    for (const work of timers.splice(0)) work()
    await expect.poll(names).toEqual([])
  })

  it('does not take the place of one that people here stored, whose content may be the same', async () => {
    await files.put('a.rom', new TextEncoder().encode('ours'), { by: 'ada' })
    give('A.rom', 'theirs')
    await becomes('refused')
    expect(given.status()[0]?.reason).toContain('a file named a.rom with other content was stored at the branch')
    expect([asked, raised.length]).toEqual([[], 1])
    give('A.rom', 'ours')
    await becomes('in-use')
    records.remove('file', 'a.rom', { by: 'cloud' })
    await becomes()
    expect(names(), 'it was never the account’s').toEqual(['a.rom branch'])
    give('A.rom', 'theirs')
    await becomes('refused')
    await files.remove('a.rom', { by: 'ada' })
    await becomes('in-use')
  })

  it('that is not what its hash says is not stored, and one that is gone is waited for', async () => {
    const sha256 = give('a.rom', 'one')
    account.set(sha256, new TextEncoder().encode('two'))
    give('b.rom', 'other')
    account.delete(records.get('file', 'b.rom')?.body.sha256 as string)
    await becomes('refused', 'waiting')
    expect(names()).toEqual([])
  })

  it('of which there are more than the box can bear waits, in the order of the names', () => {
    const one = { sha256: 'a'.repeat(64), kind: 'other' as const, models: [], hardware: [] }
    const wanted = [1, 2, 3].map((n) => ({ ...one, name: `${n}`, size: FILE_QUOTA.bytes / 2 }))
    const { install, tooMuch } = fileSteps(wanted, [])
    expect([install, tooMuch].map((list) => list.map(({ name }) => name))).toEqual([['1', '2'], ['3']])
  })
})
