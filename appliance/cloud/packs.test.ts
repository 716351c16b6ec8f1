import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { NotFoundError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { makeRecords } from '../../services/records/records.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import type { PackView } from '../../services/templates/contract.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import { inFolder, madeUpVendor, packKey, packOf } from '../../test/support/vendor-packs.ts'
import { openVendorData, type VendorData } from '../vendor-data.ts'
import type { Downloads } from './download.ts'
import type { GivenContent } from './given.ts'
import { followPacks } from './packs.ts'
import { PACK_QUOTA, packSteps, retryAfter } from './policy-packs.ts'

const ours = packKey('ours')
const theirs = packKey('theirs')
const make = (version: string, text: string, pem = ours.pem, name = 'acme') =>
  packOf(pem, inFolder(name, madeUpVendor(text, name === 'acme' ? '02:00:5E' : '02:00:5F')), { name, version })

let folder: string
let records: ReturnType<typeof makeRecords>
let data: VendorData
let given: GivenContent
let raised: string[]
/** What the account's files hold, by hash; what was asked for; work that waits for its time. */
let stored: Map<string, Uint8Array>
let asked: string[]
let timers: (() => void)[]
let now: number

function open(): void {
  const clock = { now: () => 1000 }
  const config = { dataFolder: folder, templates: undefined, packKeys: [ours.key.key] }
  data = openVendorData({ config, records, clock, log: silentLog })
}
function follow(): void {
  const downloads: Downloads = {
    async fetch({ sha256 }) {
      asked.push(sha256)
      const content = stored.get(sha256)
      if (content === undefined) throw new NotFoundError('the account does not have this file any more')
      const path = join(folder, `${sha256}.part`)
      await writeFile(path, content)
      return path
    },
    drop: async (sha256) => rmSync(join(folder, `${sha256}.part`), { force: true }),
    clear: async () => {},
  }
  given = followPacks({
    ...{ records, packs: data.packs, downloads, log: silentLog, random: () => 0.5, monotonic: () => now },
    alarms: { raise: (_kind, subject, text) => void raised.push(`${subject}: ${text}`) },
    later(_ms, work) {
      timers.push(work)
      return () => void timers.splice(timers.indexOf(work), 1)
    },
    onChange: () => undefined,
  })
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bl-given-'))
  ;[raised, stored, asked, timers, now] = [[], new Map(), [], [], 0]
  let tick = 1000
  const clock = { now: () => tick++ }
  const newId = makeUlids({ clock, random: (length) => new Uint8Array(length) })
  records = makeRecords({ db: memoryDatabase(), clock, newId })
  open()
  follow()
  return async () => {
    await given[Symbol.asyncDispose]()
    data.close()
    rmSync(folder, { recursive: true })
  }
})

function assign(version: string, content: Uint8Array, name = 'acme', kept = true): void {
  const sha256 = createHash('sha256').update(content).digest('hex')
  if (kept) stored.set(sha256, content)
  records.put('pack', name, { version, sha256, size: content.length }, { by: 'cloud' })
}
const text = (vendor = 'acme') => data.definitions.get(vendor)?.templates.get('device.liquid')
const settles = (state: string, more: object = {}) =>
  expect.poll(() => given.status()).toMatchObject([{ kind: 'pack', name: 'acme', state, ...more }])

describe('a pack that the account gives', () => {
  it('is fetched and used, a newer and an older one too, and nothing is asked for twice', async () => {
    assign('2', make('2', 'two'))
    await settles('in-use', { version: '2' })
    expect(text()).toBe('two')
    assign('1', make('1', 'one'))
    await settles('in-use', { version: '1' })
    expect([text(), asked.length]).toEqual(['one', 2])
    expect(data.packs.list()).toMatchObject([{ by: 'account', version: '1' }])
  })

  it('is gone when the account takes it away', async () => {
    assign('1', make('1', 'one'))
    await settles('in-use')
    records.remove('pack', 'acme', { by: 'cloud' })
    await expect.poll(() => data.packs.list()).toEqual([])
    expect([text(), given.status()]).toEqual([undefined, []])
  })

  it('stands in the place of one from here, which is used again after it', async () => {
    await data.packs.install(make('5', 'from here'), { by: 'cli:root' })
    assign('1', make('1', 'one'))
    await settles('in-use')
    assign('2', make('2', 'two'))
    await settles('in-use', { version: '2' })
    records.remove('pack', 'acme', { by: 'cloud' })
    await expect.poll(() => text()).toBe('from here')
    expect(data.packs.list()).toMatchObject([{ version: '5', by: 'cli:root' }])
  })

  it('leaves packs of people here alone', async () => {
    await data.packs.install(make('1', 'mine', ours.pem, 'gadget'), { by: 'cli:root' })
    assign('1', make('1', 'one'))
    await settles('in-use')
    expect(data.packs.list().map(({ name }) => name)).toEqual(['acme', 'gadget'])
  })

  it('signed by a stranger is refused and told, and the next one is taken', async () => {
    assign('1', make('1', 'evil', theirs.pem), 'acme')
    await settles('refused', { reason: expect.stringContaining('which this box does not trust') })
    expect(text()).toBeUndefined()
    expect(raised).toEqual([expect.stringContaining('pack acme: the account gave the pack acme 1')])
    assign('1', make('1', 'other', ours.pem, 'gadget'), 'gadget')
    await expect.poll(() => text('gadget')).toBe('other')
    assign('2', make('2', 'two'))
    await expect.poll(() => text()).toBe('two')
    expect(raised.length).toBe(1)
  })

  it('that is another one than the record says is refused', async () => {
    assign('2', make('1', 'one'))
    await settles('refused', { reason: expect.stringContaining('it is the pack acme 1, not acme 2') })
  })

  it('whose content is not there is waited for, and tried again when its time has come', async () => {
    const content = make('1', 'one')
    assign('1', content, 'acme', false)
    await settles('waiting', { reason: 'the account does not have this file any more' })
    await expect.poll(() => timers.length).toBe(1)
    stored.set(createHash('sha256').update(content).digest('hex'), content)
    now = 20_000
    timers[0]?.()
    await settles('in-use')
    expect(raised).toEqual([])
  })

  it('is still used after a start, without asking for it', async () => {
    assign('1', make('1', 'one'))
    await settles('in-use')
    await given[Symbol.asyncDispose]()
    data.close()
    open()
    follow()
    await settles('in-use')
    expect([text(), asked.length]).toEqual(['one', 1])
  })

  it('that was taken away while the box was off is gone after its start', async () => {
    assign('1', make('1', 'one'))
    await settles('in-use')
    await given[Symbol.asyncDispose]()
    records.remove('pack', 'acme', { by: 'cloud' })
    follow()
    await expect.poll(() => data.packs.list()).toEqual([])
  })
})

describe('the steps', () => {
  const view = (name: string, by: string, more: Partial<PackView> = {}): PackView => ({
    ...{ name, version: '1', hash: 'a'.repeat(64), files: 1, vendors: [], installedAt: 0, by, key: '' },
    ...more,
  })
  const wanted = (name: string, size = 1) => ({ name, version: '1', sha256: 'a'.repeat(64), size })

  it.each([
    ['nothing to do', [wanted('x')], [view('x', 'account')], { install: [], withdraw: [] }],
    ['the same content from here stays whose it is', [wanted('x')], [view('x', 'cli')], { install: [], withdraw: [] }],
    ['set aside', [wanted('x')], [view('x', 'account', { setAside: 'why' })], { install: [wanted('x')] }],
    ['of people', [], [view('x', 'cli')], { withdraw: [] }],
    ['no more given', [], [view('x', 'account')], { withdraw: [{ name: 'x' }] }],
    [
      'no more given, another one beneath',
      [],
      [view('x', 'account', { previous: '0', previousBy: 'cli' })],
      { withdraw: [{ name: 'x', by: 'cli' }] },
    ],
    [
      'an older one of the account beneath',
      [],
      [view('x', 'account', { previous: '0', previousBy: 'account' })],
      { withdraw: [{ name: 'x' }] },
    ],
    ['too much', [wanted('x', PACK_QUOTA.bytes), wanted('y')], [], { tooMuch: [wanted('y')] }],
  ])('%s', (_case, given, installed, steps) => expect(packSteps(given, installed)).toMatchObject(steps))

  it('waits longer each time, up to a quarter of an hour', () =>
    expect([0, 1, 5, 99].map((tries) => retryAfter(tries, 0.5))).toEqual([5_000, 10_000, 160_000, 900_000]))
})
