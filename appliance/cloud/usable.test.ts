import { describe, expect, it } from 'vitest'
import { type JsonObject, KINDS, type RecordKind } from '../../services/records/contract.ts'
import { objectionTo } from './usable.ts'

const FILE = { sha256: 'a'.repeat(64), size: 900, kind: 'firmware', models: ['yealink/T46U'], hardware: [] }
const ROLLOUT = {
  ...{ name: 'May', by: 'ada', what: 'firmware', state: 'run', attempt: 1, file: 't46u.rom', sha256: 'a'.repeat(64) },
  ...{ size: 900, version: '108.86.0.90', models: ['yealink/T46U'], pace: {} },
}
const GOOD: Readonly<Record<RecordKind, readonly [string, JsonObject]>> = {
  site: ['site', { settings: { timezone: 'Europe/Berlin' } }],
  vendor: ['yealink', { settings: { 'sip.server': 'pbx.example' }, locked: ['sip.server'] }],
  group: ['Call centre', { settings: {}, extra: { snom: { a: 'b' } } }],
  model: ['yealink/T46', {}],
  device: ['00005e005301', { name: 'desk', lines: [{ index: 1, user: '201', secret: { sealed: 'b1:x' } }] }],
  network: ['lan', { id: 'lan', subnet: '192.0.2.0/24', pools: ['192.0.2.10-192.0.2.20'] }],
  interface: ['eth0', { mode: 'phones-only' }],
  template: ['yealink/device.cfg.liquid', { text: 'a = b' }],
  person: ['ann', { name: 'Ann', extension: '201' }],
  pack: ['acme', { version: '1.2', sha256: 'a'.repeat(64), size: 900 }],
  file: ['fw/t46u.rom', { ...FILE, name: 'fw/T46U.rom' }],
  rollout: ['r1', ROLLOUT],
}
const BAD: Readonly<Record<RecordKind, readonly (readonly [string, JsonObject, string])[]>> = {
  site: [['site', { settings: { nonsense: 1 } }, 'settings.nonsense: no such setting']],
  vendor: [['yealink', { locked: ['nonsense'] }, 'locked.0: no such setting']],
  group: [['x', { extra: [] }, 'extra: ']],
  model: [['x', { dhcpOptions: [{ code: 300 }] }, 'dhcpOptions.0']],
  device: [
    ['00005e005301', { lines: 'many' }, 'lines: '],
    [
      '00005e005301',
      {
        keys: [
          { index: 1, type: 'blf' },
          { index: 1, type: 'line' },
        ],
      },
      'keys.1.index: key 1 of module 0 is there twice',
    ],
  ],
  network: [
    ['lan', { id: 'lan', subnet: 'nonsense' }, 'subnet: '],
    ['lan', { id: 'other', subnet: '192.0.2.0/24' }, 'network lan calls itself "other"'],
    ['lan', { id: 'lan', subnet: '192.0.2.0/24', pools: ['198.51.100.1-198.51.100.9'] }, 'pools.0: range lies outside'],
  ],
  interface: [['eth0', { mode: 'everything' }, 'mode: ']],
  template: [
    ['yealink/device.cfg.liquid', { text: 7 }, 'text: expected a text'],
    ['yealink/../../etc/passwd', { text: '' }, 'no text of a vendor is called so'],
    ['yealink/run.sh', { text: '' }, 'no text of a vendor is called so'],
  ],
  person: [['ann', {}, 'name: a name is needed']],
  pack: [
    ['acme', { version: 'newest', sha256: 'a'.repeat(64), size: 900 }, 'version: expected numbers with dots'],
    ['acme', { version: '1', sha256: '../etc', size: 900 }, 'sha256: expected a SHA-256'],
    ['acme', { version: '1', sha256: 'a'.repeat(64), size: 1e12 }, 'size: '],
  ],
  file: [
    ['t46u.rom', { ...FILE, name: 'other.rom' }, 'file t46u.rom calls itself "other.rom"'],
    ['../passwd', { ...FILE, name: '../passwd' }, 'name: expected the name of a file'],
    ['t46u.rom', { ...FILE, name: 't46u.rom', sha256: '../etc' }, 'sha256: expected a SHA-256'],
    ['t46u.rom', { ...FILE, name: 't46u.rom', kind: 'spell' }, 'kind: '],
  ],
  rollout: [
    ['r1', { ...ROLLOUT, state: 'explode' }, 'state: '],
    ['r1', { ...ROLLOUT, window: { from: '25:00', to: '05:00' } }, 'window.from: expected a time of day'],
    ['r1', { ...ROLLOUT, models: ['../x'] }, 'models.0: expected vendor or vendor/model'],
    ['r1', { ...ROLLOUT, attempt: 0 }, 'attempt: '],
  ],
}

describe.each(KINDS)('%s', (kind) => {
  it('is used as its part of the box reads it', () => {
    const [id, body] = GOOD[kind]
    expect(objectionTo(kind, id, body)).toBeUndefined()
  })

  it.each(BAD[kind])('%s %j is not', (id, body, reason) =>
    expect(objectionTo(kind, id, body)).toEqual(expect.stringContaining(reason)),
  )
})
