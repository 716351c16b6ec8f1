import { describe, expect, it } from 'vitest'
import { ConflictError } from '../core/errors.ts'
import { parseMac } from '../core/mac.ts'
import { RecordError } from '../core/record-input.ts'
import { makeTestBox } from './box.fixture.ts'

const MAC = parseMac('805ec0005301')
const by = 'test'

describe('device records', () => {
  it('seal every secret and open it again', () => {
    const { devices, records } = makeTestBox()
    const input = {
      lines: [{ index: 1, user: '101', secret: 'hunter2' }],
      settings: { adminPassword: 'hunter3' },
      extra: { yealink: { 'account.1.password': 'hunter4', 'features.dnd': '1' }, grandstream: { P34: 'hunter5' } },
    }
    const device = devices.put(MAC, input, { by })
    expect(device).toMatchObject({ ...input, mac: MAC, rev: 1, enabled: true, keys: [] })
    const body = JSON.stringify(records.get('device', MAC)?.body)
    expect(body).not.toMatch(/hunter/)
    expect(body).toContain('features.dnd')
    expect(devices.get(MAC)).toEqual(device)
  })

  it('keep a secret that is left out and clear one that is null', () => {
    const { devices } = makeTestBox()
    const put = (line: object, settings: object) =>
      devices.put(MAC, { lines: [{ index: 1, user: '101', ...line }], settings }, { by })
    put({ secret: 'hunter2' }, { adminPassword: 'hunter3' })
    expect(put({}, {})).toMatchObject({ lines: [{ secret: 'hunter2' }], settings: { adminPassword: 'hunter3' } })
    const cleared = put({ secret: null }, { adminPassword: null })
    expect(cleared.lines[0]).toEqual({ index: 1, user: '101' })
    expect(cleared.settings).toEqual({})
  })

  it('take no DHCP option twice, and none of the protocol itself, but bear what was there', () => {
    const { devices, layers, records } = makeTestBox()
    const option = (code: number, value: string) => ({ code, type: 'text', value })
    const bad = { dhcpOptions: [option(66, 'a'), option(53, 'b'), option(66, 'c')] }
    const faults =
      'dhcpOptions.1.code: option 53 is set by the protocol itself; dhcpOptions.2.code: option 66 is there twice'
    expect(() => devices.put(MAC, bad, { by })).toThrow(faults)
    expect(() => layers.put('group', 'sales', bad, { by })).toThrow(faults)
    records.put('device', MAC, bad, { by })
    expect(devices.put(MAC, { ...bad, name: 'Lobby' }, { by }).dhcpOptions).toHaveLength(3)
  })

  it('name every fault with its path', () => {
    const { devices } = makeTestBox()
    const bad = {
      vendor: 'nobody',
      lines: [
        { index: 1, user: 'a\nb' },
        { index: 1, user: 'x', port: 0 },
      ],
      keys: [{ index: 1, type: 'dance' }],
      settings: { 'sip.port': 'x', timezone: 'Mars/Olympus', frobnicate: 1 },
    }
    expect(() => devices.put(MAC, bad, { by })).toThrow(RecordError)
    try {
      devices.put(MAC, bad, { by })
    } catch (thrown) {
      const paths = (thrown as RecordError).faults.map((fault) => fault.path)
      for (const path of [
        'lines.0.user',
        'lines.1.port',
        'keys.0.type',
        'settings.sip.port',
        'settings.timezone',
        'settings.frobnicate',
      ])
        expect(paths).toContain(path)
    }
    expect(() => devices.put(MAC, { vendor: 'nobody' }, { by })).toThrow('vendor: no vendor is called nobody')
    expect(devices.get(MAC)).toBeUndefined()
  })

  it.each([
    ['good', { vendor: 'yealink', lines: [{ index: 1, user: '101' }] }],
    ['no object', 7],
    ['a vendor that nobody knows', { vendor: 'nobody' }],
    ['many faults', { lines: [{ index: 0 }], settings: { frobnicate: 1 } }],
    ['fields that there are not', { secret: 'x', lines: [{ index: 1, user: '1', password: 'x' }], keys: [] }],
  ])('are checked as they are stored: %s', (_, input) => {
    const { devices, records } = makeTestBox()
    const checked = devices.check(MAC, input)
    expect(records.list('device')).toEqual([])
    let named: unknown = []
    try {
      devices.put(MAC, input, { by })
    } catch (thrown) {
      named = (thrown as RecordError).faults
    }
    expect(checked).toEqual(named)
    for (const fault of checked) expect(Object.keys(fault).sort()).toEqual(['message', 'path'])
  })

  it('keep what a newer release wrote into them, and take nothing else that has no meaning', () => {
    const { devices, records } = makeTestBox()
    records.put('device', MAC, { newer: 1, lines: [{ index: 1, user: '1', newer: 2 }] }, { by })
    const { mac: _mac, rev: _rev, ...body } = devices.get(MAC) ?? { mac: MAC, rev: 0 }
    devices.put(MAC, { ...body, name: 'Named' }, { by })
    expect(records.get('device', MAC)?.body).toMatchObject({ newer: 1, name: 'Named', lines: [{ newer: 2 }] })
    expect(devices.check(MAC, { secret: 's', lines: [{ index: 2, user: '2', password: 'p', newer: 3 }] })).toEqual([
      { path: 'secret', message: 'no such field' },
      { path: 'lines.0.password', message: 'no such field' },
      { path: 'lines.0.newer', message: 'no such field' },
    ])
  })

  it('are not overwritten from an older revision', () => {
    const { devices } = makeTestBox()
    devices.put(MAC, {}, { by, base: 0 })
    expect(() => devices.put(MAC, {}, { by, base: 0 })).toThrow(ConflictError)
  })
})

describe('layers', () => {
  it('win from the widest to the narrowest and say where a value came from', () => {
    const { devices, layers, inspector } = makeTestBox()
    const language = (value: string) => ({ settings: { language: value } })
    const source = () => inspector.explain(MAC).effective.settings.language
    devices.put(MAC, { vendor: 'yealink', model: 'T46U', group: 'lobby' }, { by })
    expect(source()).toEqual({ value: 'en', layer: 'built-in' })
    layers.put('vendor', 'yealink', language('cs'), { by })
    expect(source()).toEqual({ value: 'cs', layer: 'vendor', of: 'yealink' })
    layers.put('site', 'site', language('de'), { by })
    expect(source()).toEqual({ value: 'de', layer: 'site' })
    layers.put('group', 'lobby', language('es'), { by })
    expect(source()).toEqual({ value: 'es', layer: 'group', of: 'lobby' })
    layers.put('model', 'yealink:t46u', language('fr'), { by })
    expect(source()).toEqual({ value: 'fr', layer: 'model', of: 'T46U' })
    devices.put(MAC, { vendor: 'yealink', model: 'T46U', group: 'lobby', ...language('it') }, { by })
    expect(source()).toEqual({ value: 'it', layer: 'device' })
  })
})
