import { beforeEach, describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import { definitions, makeTestBox } from './box.fixture.ts'
import { isKnownParameter, nearestParameters } from './parameters.ts'
import { NO_FINDINGS, warningsOf } from './warnings.ts'

const MAC = parseMac('805ec0005301')
const by = 'test'

let box: ReturnType<typeof makeTestBox>
beforeEach(() => {
  box = makeTestBox()
})
function warnings(record: object): readonly string[] {
  box.devices.put(MAC, record, { by })
  return box.inspector.explain(MAC).warnings
}

describe('warnings', () => {
  it('are none for what the phone gets', () => {
    const settings = {
      'sip.server': 'pbx.example.net',
      timezone: 'Europe/Berlin',
      ntpServers: ['192.0.2.1'],
      'vlan.id': 20,
      voicemail: '*98',
      adminPassword: 'hunter22',
    }
    const lines = [{ index: 16, user: '101' }]
    const keys = [
      { index: 27, type: 'blf', value: '1' },
      { module: 3, index: 60, type: 'blf', value: '1' },
    ]
    const extra = { yealink: { 'account.1.blf.blf_list_uri': 'x', 'Static.Network.Vlan.Internet_Port_Vid': '1' } }
    expect(warnings({ vendor: 'yealink', model: 'T46U', settings, lines, keys, extra })).toEqual([])
  })

  it('name the lines and keys that the model does not have', () => {
    const lines = [1, 3].map((index) => ({ index, user: '101' }))
    const keys = [
      { index: 3, type: 'blf', value: '1' },
      { module: 1, index: 1, type: 'blf', value: '1' },
    ]
    expect(warnings({ vendor: 'yealink', model: 'T31G', lines, keys })).toEqual([
      'line 3 is left out: T31G has 2 lines',
      'key 3 is left out: T31G has 2 keys',
      'key 1 of module 1 is left out: T31G takes no module',
    ])
    expect(warnings({ vendor: 'yealink', lines: [{ index: 99, user: '1' }] })).toEqual([
      expect.stringContaining('line 99 is left out: a model that is not known has'),
    ])
  })

  it('name the settings that the vendor’s templates do not render, with their layer, defaults left aside', () => {
    const snom = { vendor: 'snom', model: 'D785' }
    expect(warnings(snom)).toEqual([])
    box.layers.put('site', 'site', { settings: { 'sip.backupServer': 'pbx2.example.net' } }, { by })
    expect(warnings(snom)).toEqual([
      'setting sip.backupServer (from site) has no effect: no template of Snom renders it',
    ])
    expect(warnings({ vendor: 'yealink', model: 'T46U' })).toEqual([])
  })

  it('name what a wider layer locked, and who did', () => {
    box.layers.put('site', 'site', { settings: { language: 'en' }, locked: ['language'] }, { by })
    expect(warnings({ vendor: 'yealink', model: 'T46U', settings: { language: 'de' } })).toEqual([
      'setting language (from device) has no effect: site locked it',
    ])
  })

  it('name what changes nothing in the files of this device, found by rendering them', () => {
    const lines = [{ index: 1, user: '101', server: 'own.example.net' }]
    const settings = { 'sip.server': 'pbx.example.net', 'provisioning.windowTo': '04:00', language: 'de' }
    const record = { vendor: 'yealink', model: 'T46U', lines, settings }
    expect(warnings(record)).toEqual([
      'setting provisioning.windowTo (from device) has no effect: it changes nothing in the files of this T46U',
      'setting sip.server (from device) has no effect: it changes nothing in the files of this T46U',
    ])
    // The same device and layers again: told without rendering, and not from another device's memory.
    expect(box.inspector.explain(MAC).warnings).toHaveLength(2)
    expect(warnings({ ...record, lines: [{ index: 1, user: '101' }] })).toHaveLength(1)
  })

  it('look at the settings nearest to the device when there are too many', () => {
    const asked: (readonly string[])[] = []
    const settings = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`x.${i}`, { value: '1', layer: i < 59 ? 'site' : 'device' }] as const),
    )
    const definition = definitions.get('yealink')
    const model = definition?.models[0]
    if (definition === undefined || model === undefined) return
    const text = Object.keys(settings).map((name) => `{{ settings.${name} }}`)
    const templates = new Map([...definition.templates.keys()].map((name) => [name, text.join('\n')]))
    const effective = { settings, extra: {}, dhcpOptions: [] }
    const lines = [{ index: 1, user: '101' }]
    const device = { mac: MAC, rev: 1, enabled: true, lines, keys: [], settings: {}, extra: {}, dhcpOptions: [] }
    const idle = (names: readonly string[]) => {
      asked.push(names)
      return []
    }
    warningsOf({ definition: { ...definition, templates }, model, effective, device }, { ...NO_FINDINGS, idle })
    expect(asked.map((names) => [names.length, names[0]])).toEqual([[40, 'x.59']])
  })

  it('name the handsets, ports, relays and buttons that the model does not have', () => {
    const record = {
      vendor: 'yealink',
      model: 'W60B',
      handsets: [{ index: 8 }, { index: 9 }],
      relays: [{ index: 1 }],
    }
    expect(warnings(record)).toEqual([
      'handset 9 is left out: W60B has 8 handsets',
      'relay 1 is left out: W60B has 0 relays',
    ])
  })

  it('name the raw parameters that nobody knows, with the nearest that are known, and no value', () => {
    const extra = { yealink: { 'account.1.lable': 'hunter2', 'zz.top.thing': 'hunter2', 'bad name': 'hunter2' } }
    const found = warnings({ vendor: 'yealink', model: 'T46U', extra })
    expect(found).toHaveLength(3)
    expect(found[0]).toMatch(
      /^raw parameter account\.1\.lable \(from device\) is not a known .* is it account\.X\.label\?$/,
    )
    expect(found[1]).toBe('raw parameter zz.top.thing (from device) is not a known parameter of Yealink')
    expect(found[2]).toBe('raw parameter bad name (from device) is left out: it cannot stand in a file of Yealink')
    expect(found.join()).not.toContain('hunter2')
  })

  it('say that a vendor has no files yet, and nothing of a device of no vendor', () => {
    const definition = definitions.get('yealink')
    const model = definition?.models[0]
    const effective = { settings: {}, extra: {}, dhcpOptions: [] }
    expect(definition && model && warningsOf({ definition: { ...definition, files: [] }, model, effective })).toEqual([
      'no file is made for Yealink yet',
    ])
    expect(makeTestBox().inspector.explain(parseMac('00005e005301')).warnings).toEqual([])
  })
})

describe('names of parameters', () => {
  const [yealink, grandstream, snom] = ['yealink', 'grandstream', 'snom'].map((id) => definitions.get(id))
  it.each([
    [yealink, 'ACCOUNT.3.Label', true],
    [yealink, 'account.label.3', false],
    [snom, 'user_name[12]', true],
    [grandstream, 'P34', true],
    [grandstream, 'P34x', false],
  ])('%# %s', (definition, name, known) => {
    expect(definition && isKnownParameter(definition, name)).toBe(known)
  })

  it('are suggested by what is left out too', () => {
    expect(yealink && nearestParameters(yealink, 'phone_setting.lcd_logo')).toContain('phone_setting.lcd_logo.mode')
    expect(yealink && nearestParameters(yealink, 'x'.repeat(4000))).toEqual([])
  })
})
