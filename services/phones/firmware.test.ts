import { beforeEach, describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import type { NamedFile } from '../files/contract.ts'
import { definitions, makeTestBox, NOW } from './box.fixture.ts'
import { misfit, sameVersion } from './firmware.ts'
import { findModel } from './model-index.ts'

const S_ROM = 'T46S(T48S,T42S,T41S)-66.86.0.15.rom'
const U_ROM = 'fw/T46U(T43U,T46U,T41U,T48U,T42U)-108.86.0.90.rom'

function file(name: string, facts: Partial<NamedFile> = {}): NamedFile {
  return {
    ...{ name, hash: 'ab', size: 2, contentType: 'application/octet-stream', addedAt: 0, by: 'test' },
    ...{ kind: 'firmware', models: [], hardware: [] },
    ...facts,
  }
}

describe('a file is refused to a device', () => {
  const why = (given: NamedFile, vendor: string, model: string | undefined, hardware?: string) => {
    const definition = definitions.get(vendor)
    const listed = definition && model !== undefined ? findModel(definition, model) : definition?.unlisted
    return misfit(given, { definition, model: listed, hardware }, definitions.all)
  }

  it.each([
    ['by its name for another board', file(S_ROM), 'T46U', '108', 'hardware 66, and this Yealink T46U has 108'],
    ['by its name for another model, the board not known', file(S_ROM), 'T46U', undefined, 'for T46S, T48S'],
    [
      'by what was said for another model',
      file('x.rom', { models: ['yealink/T46S'] }),
      'T46U',
      '108',
      'is for yealink/T46S',
    ],
    ['by what was said for another board', file('x.rom', { hardware: ['66', '67'] }), 'T46U', '108', 'hardware 66, 67'],
    ['by what was said for another vendor', file('x.rom', { models: ['snom'] }), 'T46U', '108', 'is for snom'],
    ['by its name for another vendor', file('snomD785-10.1.33.33-SIP-r.bin'), 'T46U', '108', 'by its name for Snom'],
    [
      'of any kind when that was said',
      file('de.lang', { kind: 'language', models: ['snom'] }),
      'T46U',
      '108',
      'is for snom',
    ],
  ])('%s', (_, given, model, hardware, reason) => {
    expect(why(given, 'yealink', model, hardware)).toContain(reason)
  })

  it.each([
    ['of the same board, whatever models its name lists', file('T46U-108.86.0.90.rom'), 'T48U', '108'],
    ['of a listed model', file(U_ROM), 'T41U', undefined],
    ['of a board that somebody said it runs on', file(S_ROM, { hardware: ['108'] }), 'T46U', '108'],
    ['of a model that somebody said it runs on', file(S_ROM, { models: ['Yealink/SIP-T46U'] }), 'T46U', undefined],
    ['of a vendor that somebody named', file('other.bin', { models: ['yealink'] }), 'T46U', '108'],
    ['whose name says nothing', file('firmware.bin'), 'T46U', '108'],
    ['of a device whose model is not known', file(S_ROM), undefined, undefined],
    ['of a file that is no firmware', file('T46S-66.1.1.1.rom', { kind: 'other' }), 'T46U', '108'],
  ])('but not %s', (_, given, model, hardware) => {
    expect(why(given, 'yealink', model, hardware)).toBeUndefined()
  })

  it('by the revision that the agent text of a Grandstream tells', () => {
    const given = file('ht801fw.bin', { models: ['grandstream/HT801'], hardware: ['V2.0A'] })
    expect(why(given, 'grandstream', 'HT801', 'V1.1A')).toContain(
      'hardware V2.0A, and this Grandstream HT801 has V1.1A',
    )
    expect(why(given, 'grandstream', 'HT801', 'v2.0a')).toBeUndefined()
  })
})

it.each([
  ['1.0.4.23', '1.0.04.23', true],
  ['66.86.0.15', ' 66.86.0.15', true],
  ['01.00a', '1.0A', true],
  ['1.0A', '1.0a', true],
  ['1.0', '1.0.0', false],
  ['66.86.0.15', '66.86.0.150', false],
])('%s and %s are one version: %s', (one, other, same) => {
  expect(sameVersion(one, other)).toBe(same)
})

describe('a device that a file is not for', () => {
  const MAC = parseMac('80:5e:c0:00:53:01')
  const AGENT = 'Yealink SIP-T46U 108.86.0.20 80:5e:c0:00:53:01'
  let box: ReturnType<typeof makeTestBox>
  beforeEach(() => {
    box = makeTestBox({
      stored: [file(S_ROM), file(U_ROM), file('wide.rom', { models: ['yealink'], hardware: ['66'] })],
    })
    box.lease('192.0.2.51', MAC)
  })
  const put = (settings: object) =>
    box.devices.put(MAC, { vendor: 'yealink', model: 'T46U', settings, lines: [] }, { by: 'test' })
  const cfg = () => {
    const answer = box.ask(`/yealink/${MAC}.cfg`, '192.0.2.51', { userAgent: AGENT })
    return answer.kind === 'content' ? new TextDecoder().decode(answer.bytes) : answer.kind
  }

  it('is not told of it, is refused it without being silenced, and a person sees why', () => {
    put({ 'firmware.file': 'wide.rom' })
    // Its board is known from its first request on: before, nothing speaks against the file.
    expect(box.inspector.explain(MAC).warnings.filter((text) => text.includes('firmware.file'))).toEqual([])
    expect(cfg()).not.toContain('firmware.url')
    for (let i = 0; i < 15; i++)
      expect(box.ask('/yealink/wide.rom', '192.0.2.51', { userAgent: AGENT, at: NOW })).toMatchObject({
        kind: 'refused',
        reason: 'wide.rom is for hardware 66, and this Yealink T46U has 108',
      })
    expect(cfg()).toContain('account.1')
    expect(box.inspector.explain(MAC).warnings).toContain(
      'setting firmware.file is not given to this device: wide.rom is for hardware 66, and this Yealink T46U has 108',
    )
    const refused = box.journal.find(({ step }) => step.kind === 'file.refused')
    expect(refused).toMatchObject({ mac: MAC, step: { reason: expect.stringContaining('is for hardware 66') } })
  })

  it('gets the one that is for it, in as many pieces as it likes', () => {
    put({ 'firmware.file': U_ROM })
    expect(cfg()).toContain(
      'firmware.url = http://192.0.2.1/yealink/fw/T46U(T43U%2CT46U%2CT41U%2CT48U%2CT42U)-108.86.0.90.rom',
    )
    for (let i = 0; i < 200; i++)
      expect(box.ask(`/yealink/${U_ROM}`, '192.0.2.51', { userAgent: AGENT, at: NOW }).kind).toBe('blob')
    expect(box.inspector.explain(MAC).identity.hardware).toBeUndefined()
    expect(box.desk.of(MAC)).toMatchObject({ hardware: '108', version: '108.86.0.20', model: 'yealink/T46U' })
  })

  it('sees what a rollout lays over its record, until it is taken away', () => {
    put({ 'firmware.file': U_ROM, 'firmware.rule': 'never' })
    expect(cfg()).not.toContain('firmware.url')
    const settings = { 'firmware.file': U_ROM, 'firmware.rule': 'different' }
    box.overlays.set(MAC, { of: 'rollout May', settings, stamp: '1' })
    expect(cfg()).toContain('firmware.url')
    expect(box.inspector.explain(MAC).effective.settings['firmware.rule']).toMatchObject({
      ...{ value: 'different', layer: 'device', of: 'rollout May' },
    })
    box.overlays.delete(MAC)
    expect(cfg()).not.toContain('firmware.url')
  })

  it('is told to be in the way of a rollout by a lock, or where no file of its own names the firmware', () => {
    put({})
    box.layers.put('site', 'site', { settings: { 'firmware.rule': 'never' }, locked: ['firmware.*'] }, { by: 'x' })
    expect(box.desk.of(MAC).obstacle).toBe('the site locks the setting firmware.rule')
    expect(box.desk.of(parseMac('00:00:5e:00:53:99')).obstacle).toBe('its vendor is not known')
    expect(box.desk.versionIn(file(U_ROM))).toBe('108.86.0.90')
    expect(box.desk.versionIn(file('x.rom'))).toBeUndefined()
  })

  it('is rendered for its model without what is not for the model', () => {
    put({})
    box.layers.put('site', 'site', { settings: { 'firmware.file': S_ROM } }, { by: 'x' })
    const { bytes } = box.inspector.render(MAC, 'y000000000108.cfg')
    expect(new TextDecoder().decode(bytes)).not.toContain('firmware.url')
  })
})
