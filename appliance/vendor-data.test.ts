import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeRecords } from '../services/records/records.ts'
import { makeUlids } from '../services/records/ulid.ts'
import { makeKeyList } from '../services/templates/sign.ts'
import { memoryDatabase } from '../test/support/database.ts'
import { inFolder, madeUpVendor, packKey, packOf } from '../test/support/vendor-packs.ts'
import { openVendorData, type VendorData } from './vendor-data.ts'

const BY = { by: 'cli:test' }
const ours = packKey('ours')
const next = packKey('next')
const ACME = madeUpVendor('v = pack\n')

let folder: string
let logged: string[]
let records: ReturnType<typeof makeRecords>
let data: VendorData
const opened: VendorData[] = []

function start(more: { templates?: string; packKeys?: string[] } = {}): VendorData {
  const clock = { now: () => 1000 }
  const note = (text: string, fields?: object) => void logged.push(`${text} ${JSON.stringify(fields ?? {})}`)
  const config = { dataFolder: folder, templates: undefined, packKeys: [ours.key.key], ...more }
  data = openVendorData({ config, records, clock, log: { debug() {}, info() {}, warn: note, error: note } })
  opened.push(data)
  return data
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-vendors-'))
  logged = []
  let now = 1000
  const clock = { now: () => now++ }
  const newId = makeUlids({ clock, random: (length) => new Uint8Array(length) })
  records = makeRecords({ db: memoryDatabase(), clock, newId })
  start()
})
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
  rmSync(folder, { recursive: true, force: true })
})

const text = (vendor: string, file: string) => data.definitions.get(vendor)?.templates.get(file)
const row = (vendor: string, file: string) =>
  data.templates
    .list()
    .find(({ id }) => id === vendor)
    ?.files.find((one) => one.file === file)
const shipped = () => text('yealink', 'device.cfg.liquid') ?? ''

describe('own texts', () => {
  it('are used from the moment that they are stored, and only their vendor is compiled anew', () => {
    const [snom, version] = [data.definitions.get('snom'), data.definitions.version]
    const edited = `${shipped()}\n# ours\n`
    data.templates.change('yealink', { 'device.cfg.liquid': edited }, BY)
    expect(text('yealink', 'device.cfg.liquid')).toBe(edited)
    expect(data.definitions.version).not.toBe(version)
    expect(data.definitions.get('snom')).toBe(snom)
    expect(row('yealink', 'device.cfg.liquid')).toMatchObject({
      origin: 'own',
      own: { rev: 1, by: 'cli:test', behind: false },
    })
    start()
    expect(text('yealink', 'device.cfg.liquid')).toBe(edited)
  })

  it('with a fault are refused with its place, and nothing has changed', () => {
    const before = data.definitions.version
    const bad = { 'device.cfg.liquid': 'a = 1\nb = {{ mac | nonsense }}\n' }
    expect(data.templates.check('yealink', bad).faults).toMatchObject([
      { file: 'yealink/device.cfg.liquid', line: 2, message: expect.stringContaining('nonsense') },
    ])
    expect(() => data.templates.change('yealink', bad, BY)).toThrow('yealink/device.cfg.liquid:2:')
    const wrong = { 'vendor.yaml': 'vendor: Yealink\nmodels: []\nspeed: fast\n' }
    expect(data.templates.check('yealink', wrong).faults.map(({ line, path }) => `${line} ${path}`)).toContain(
      '3 speed',
    )
    expect([data.definitions.version, records.list('template')]).toEqual([before, []])
  })

  it('notes: a parameter that nobody knows, at its line', () => {
    const { faults, notes } = data.templates.check('yealink', {
      'device.cfg.liquid': `account.1.lable = x\n${shipped()}`,
    })
    expect([faults, notes]).toEqual([
      [],
      [{ file: 'yealink/device.cfg.liquid', line: 1, message: expect.stringContaining('account.X.label') }],
    ])
  })

  it('notes: a template that does not come to an end', () => {
    const endless = '{% for a in (1..1000) %}{% for b in (1..1000) %}x{{ b }}{% endfor %}{% endfor %}'
    const { notes } = data.templates.check('yealink', { 'device.cfg.liquid': endless })
    expect(notes[0]?.message).toContain('does not come to an end')
  })

  it.each([
    ['Yealink', 'a.liquid', 'is no name for a vendor'],
    ['../x', 'a.liquid', 'is no name for a vendor'],
    ['yealink', '../a.liquid', 'is no file of a vendor'],
    ['yealink', 'notes.md', 'is no file of a vendor'],
  ])('%s/%s: %s', (vendor, file, why) => {
    expect(() => data.templates.change(vendor, { [file]: 'x' }, BY)).toThrow(why)
  })

  it('too long ones and edits of another revision are refused', () => {
    expect(() => data.templates.change('yealink', { 'a.liquid': 'x'.repeat(200_001) }, BY)).toThrow('more than 200000')
    data.templates.change('yealink', { 'a.liquid': 'one' }, { ...BY, base: 0 })
    expect(() => data.templates.change('yealink', { 'a.liquid': 'two' }, { ...BY, base: 0 })).toThrow(
      'is at revision 1',
    )
  })

  it('are compared, restored to any version, and to the shipped one', () => {
    const original = shipped()
    for (const word of ['first', 'second'])
      data.templates.change('yealink', { 'device.cfg.liquid': `${original}# ${word}\n` }, BY)
    const seen = data.templates.get('yealink', 'device.cfg.liquid')
    expect(seen).toMatchObject({
      beneath: { origin: 'shipped', text: original },
      diff: expect.stringContaining('+# second'),
    })
    const versions = data.templates.versions('yealink', 'device.cfg.liquid')
    expect(versions.map(({ did }) => did)).toEqual(['made', 'edited'])
    const first = data.templates.textOf('yealink', 'device.cfg.liquid', versions[0]?.seq ?? 0) ?? ''
    data.templates.change('yealink', { 'device.cfg.liquid': first }, BY)
    expect(shipped()).toBe(`${original}# first\n`)
    data.templates.change('yealink', { 'device.cfg.liquid': null }, BY)
    expect([shipped(), row('yealink', 'device.cfg.liquid')?.own]).toEqual([original, undefined])
    expect(
      data.templates
        .versions('yealink', 'device.cfg.liquid')
        .map(({ did }) => did)
        .at(-1),
    ).toBe('removed')
  })

  it('make a new vendor at once or not at all', () => {
    const { 'vendor.yaml': yaml = '', 'device.liquid': device = '' } = ACME
    expect(() => data.templates.change('acme', { 'vendor.yaml': yaml }, BY)).toThrow('no file device.liquid here')
    data.templates.change('acme', { 'vendor.yaml': yaml, 'device.liquid': device }, BY)
    expect(data.definitions.get('acme')?.title).toBe('Acme')
    expect(() => data.templates.change('acme', { 'device.liquid': null }, BY)).toThrow('no file device.liquid here')
    data.templates.change('acme', { 'vendor.yaml': null, 'device.liquid': null }, BY)
    expect(data.definitions.get('acme')).toBeUndefined()
  })

  it('that others write as records are used; those that do not fit are set aside until they are mended', async () => {
    records.put('template', 'yealink/device.cfg.liquid', { text: 'v = by sync\n' }, BY)
    await Promise.resolve()
    expect(shipped()).toBe('v = by sync\n')
    records.put('template', 'yealink/device.cfg.liquid', { text: '{% nonsense %}' }, BY)
    await Promise.resolve()
    expect(shipped()).not.toContain('sync')
    expect(data.templates.list().find(({ id }) => id === 'yealink')?.setAside).toMatchObject({
      origins: ['own'],
      faults: [{ file: 'yealink/device.cfg.liquid', line: 1 }],
    })
    expect(logged.join()).toContain('set aside')
    // The same after a start: the box starts.
    start()
    expect(data.definitions.get('yealink')).toBeDefined()
    data.templates.change('yealink', { 'device.cfg.liquid': null }, BY)
    expect(data.templates.list().some(({ setAside }) => setAside)).toBe(false)
  })
})

describe('packs', () => {
  const install = (pack: Uint8Array, older = false) => data.packs.install(pack, { ...BY, older })
  const packV = (version: string, word: string, more: object = {}) =>
    packOf(ours.pem, inFolder('acme', madeUpVendor(`v = ${word}\n`)), { version, ...more })
  const files = () =>
    readdirSync(join(folder, 'packs')).filter((name) => name.endsWith('.pack') || name.startsWith('incoming'))

  it('are in use when they are installed, and after a start', async () => {
    expect(await install(packV('1', 'one'))).toMatchObject({ name: 'acme', version: '1', files: 2, vendors: ['acme'] })
    expect(text('acme', 'device.liquid')).toBe('v = one\n')
    expect(row('acme', 'device.liquid')).toMatchObject({ origin: 'pack', pack: 'acme 1' })
    start()
    expect(text('acme', 'device.liquid')).toBe('v = one\n')
    expect(await data.packs.verify()).toEqual([{ name: 'acme', state: 'good' }])
  })

  it('newer ones take their place, one step leads back, what nobody names is cleared away', async () => {
    await install(packV('1', 'one'))
    await install(packV('2', 'two'))
    expect(text('acme', 'device.liquid')).toBe('v = two\n')
    await install(packV('3', 'three'))
    expect(files()).toHaveLength(2)
    expect(await data.packs.back('acme', BY)).toMatchObject({ version: '2', previous: '3' })
    expect(text('acme', 'device.liquid')).toBe('v = two\n')
    start()
    expect(text('acme', 'device.liquid')).toBe('v = two\n')
    await data.packs.remove('acme', BY)
    expect([data.definitions.get('acme'), files(), data.packs.list()]).toEqual([undefined, [], []])
  })

  it('older ones only when that is asked for', async () => {
    await install(packV('2', 'two'))
    await expect(install(packV('1.9', 'old'))).rejects.toThrow('is not newer than 2')
    await expect(install(packV('2', 'other'))).rejects.toThrow('is not newer than 2')
    expect(text('acme', 'device.liquid')).toBe('v = two\n')
    await install(packV('1.9', 'old'), true)
    expect(text('acme', 'device.liquid')).toBe('v = old\n')
    expect(await install(packV('1.9', 'old'))).toMatchObject({ version: '1.9', previous: '2' })
  })

  it.each([
    ['by a key that is not trusted', () => packOf(next.pem, inFolder('acme', ACME)), 'which this box does not trust'],
    ['cut off', () => packV('1', 'one').subarray(0, -1), 'it is cut off'],
    ['for a later box', () => packV('1', 'one', { box: { from: '99' } }), 'it needs a box of version 99'],
    [
      'for an earlier box',
      () => packV('1', 'one', { box: { below: '0.0.1' } }),
      'it is for boxes before version 0.0.1',
    ],
    ['with a fault', () => packV('1', '{{ x | nonsense }}'), 'acme-1:acme/device.liquid:1:'],
    ['without a description', () => packOf(ours.pem, { 'acme/device.liquid': 'x' }), 'acme/vendor.yaml'],
    ['larger than any', () => new Uint8Array(18 * 1_048_576), 'it is larger than'],
    ['empty', () => new Uint8Array(), 'does not begin'],
  ])('%s: refused with the reason, nothing has changed', async (_, make, why) => {
    const before = data.definitions.version
    await expect(install(make())).rejects.toThrow(why)
    expect([data.definitions.version, data.packs.list(), files()]).toEqual([before, [], []])
  })

  it('stand over the shipped texts and below an own one, which is then behind', async () => {
    const original = shipped()
    data.templates.change('yealink', { 'device.cfg.liquid': `${original}# own\n` }, BY)
    await install(packOf(ours.pem, { 'yealink/device.cfg.liquid': `${original}# pack\n` }, { name: 'yealink' }))
    expect(shipped()).toBe(`${original}# own\n`)
    expect(data.templates.get('yealink', 'device.cfg.liquid')).toMatchObject({
      own: { behind: true },
      beneath: { origin: 'pack', pack: 'yealink 1' },
    })
    data.templates.change('yealink', { 'device.cfg.liquid': null }, BY)
    expect(shipped()).toBe(`${original}# pack\n`)
    expect(row('yealink', 'settings.liquid')?.origin).toBe('shipped')
  })

  it('that an own text does not fit are refused, and name that text', async () => {
    const yaml = madeUpVendor('')['vendor.yaml'] ?? ''
    const files = { 'acme/vendor.yaml': yaml, 'acme/device.liquid': 'v = pack\n', 'acme/part.liquid': 'part' }
    await install(packOf(ours.pem, files))
    data.templates.change('acme', { 'device.liquid': "\n{% render 'part' %}" }, BY)
    const { 'acme/part.liquid': _, ...without } = files
    await expect(install(packOf(ours.pem, without, { version: '2' }))).rejects.toThrow('acme/device.liquid:2:')
    expect([data.packs.list()[0]?.version, text('acme', 'device.liquid')]).toEqual(['1', "\n{% render 'part' %}"])
    await expect(data.packs.remove('acme', BY)).rejects.toThrow('vendor.yaml')
  })

  it('share no file', async () => {
    await install(packV('1', 'one'))
    const other = packOf(ours.pem, inFolder('acme', madeUpVendor('v = other\n')), { name: 'other' })
    await expect(install(other)).rejects.toThrow('acme/device.liquid belongs to the pack acme already')
  })

  it('that were damaged on the disk, or are no more for this box, are set aside', async () => {
    await install(packV('1', 'one'))
    const [name = ''] = files()
    truncateSync(join(folder, 'packs', name), 10)
    expect(await data.packs.verify()).toEqual([{ name: 'acme', state: 'changed' }])
    start()
    expect(data.packs.list()[0]?.setAside).toContain('install it again')
    expect(data.definitions.get('acme')).toBeUndefined()
    await install(packV('1', 'one'))
    expect(text('acme', 'device.liquid')).toBe('v = one\n')
  })

  it('what an interrupted install left is cleared away at the start', () => {
    writeFileSync(join(folder, 'packs', 'incoming-x'), 'half')
    writeFileSync(join(folder, 'packs', `${'ab'.repeat(32)}.pack`), 'whole but not in use')
    start()
    expect(files()).toEqual([])
  })

  it('keys: a newer list by a key that counts; packs of a key that is gone are set aside', async () => {
    await install(packV('1', 'one'))
    const list = (number: number, keys = [next.key]) => makeKeyList({ number, keys }, ours.pem)
    await data.packs.renewKeys(list(1), BY)
    await expect(data.packs.renewKeys(list(1), BY)).rejects.toThrow('has number 1 already')
    // The key of the configuration stays trusted; without it only the list counts.
    start({ packKeys: [] })
    expect(data.packs.keys()).toEqual([{ id: next.key.id, title: 'next' }])
    expect(data.packs.list()[0]?.setAside).toContain('does not trust')
    await data.packs.install(packOf(next.pem, inFolder('acme', madeUpVendor('v = next\n')), { version: '2' }), BY)
    expect(text('acme', 'device.liquid')).toBe('v = next\n')
    await expect(data.packs.renewKeys(list(5), BY)).rejects.toThrow('does not trust')
  })
})

describe('the folder of the configuration', () => {
  it('stands over packs and below own texts; a fault in it keeps the box from starting', async () => {
    const own = join(folder, 'own')
    mkdirSync(join(own, 'yealink'), { recursive: true })
    const file = join(own, 'yealink', 'device.cfg.liquid')
    writeFileSync(file, 'v = folder\n')
    start({ templates: own })
    expect([shipped(), row('yealink', 'device.cfg.liquid')?.origin]).toEqual(['v = folder\n', 'folder'])
    data.templates.change('yealink', { 'device.cfg.liquid': 'v = own\n' }, BY)
    expect(shipped()).toBe('v = own\n')
    writeFileSync(file, '{% nonsense %}')
    expect(() => start({ templates: own })).toThrow(`${file}:1:`)
  })
})
