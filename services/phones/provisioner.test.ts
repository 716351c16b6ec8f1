import { beforeEach, describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import { makeTestBox } from './box.fixture.ts'

const YEALINK = '805ec0005301'
const OTHER = '805ec0005302'
const AGENT = 'Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:53:01'
const device = (more: object = {}) => ({
  vendor: 'yealink',
  model: 'T46U',
  lines: [{ index: 1, user: '101', secret: 'Secret4Anna', server: 'pbx.example.net' }],
  ...more,
})

let box: ReturnType<typeof makeTestBox>
beforeEach(() => {
  box = makeTestBox()
  box.devices.put(parseMac(YEALINK), device(), { by: 'test' })
  box.devices.put(parseMac(OTHER), device({ enabled: false }), { by: 'test' })
  box.lease('192.0.2.101', YEALINK)
  box.lease('192.0.2.102', OTHER)
  box.lease('192.0.2.103', '805ec0005303')
})

describe('who gets which file', () => {
  const rows: [string, string, string, string | undefined, object][] = [
    ['its own file', '/yealink/805ec0005301.cfg', '192.0.2.101', AGENT, { kind: 'content', own: true, secret: true }],
    ['its own file without a folder', '805EC0005301.cfg', '192.0.2.101', undefined, { kind: 'content', own: true }],
    [
      'its own file with stray slashes',
      '//yealink//805ec0005301.CFG?x=1',
      '192.0.2.101',
      undefined,
      { kind: 'content' },
    ],
    [
      'the file of its model',
      '/yealink/y000000000108.cfg',
      '192.0.2.101',
      AGENT,
      { kind: 'content', secret: false, own: false },
    ],
    [
      'the file of a model that nobody described, whose number is no address',
      '/yealink/y000000000999.cfg',
      '192.0.2.101',
      AGENT,
      { kind: 'missing', expected: false },
    ],
    ['a stored file', '/tone.wav', '192.0.2.103', undefined, { kind: 'blob', blob: { hash: 'ab', size: 2 } }],
    ['a stored file below its folder', '/yealink/tone.wav', '192.0.2.101', undefined, { kind: 'blob' }],
    ['a stored file from nowhere', '/tone.wav', '192.0.2.250', undefined, { kind: 'refused' }],
    ['a boot file', '/yealink/805ec0005301.boot', '192.0.2.101', AGENT, { kind: 'missing', expected: true }],
    ['an unknown name', '/favicon.ico', '192.0.2.101', undefined, { kind: 'missing', expected: false }],
    ["another device's file", '/yealink/805ec0005302.cfg', '192.0.2.101', undefined, { kind: 'refused', mac: YEALINK }],
    ["another device's unknown file", '/805ec0005302-x.bin', '192.0.2.101', undefined, { kind: 'refused' }],
    ['a file from nowhere', '/yealink/805ec0005301.cfg', '192.0.2.250', AGENT, { kind: 'refused', mac: YEALINK }],
    ['the file of a model from nowhere', '/yealink/y000000000108.cfg', '192.0.2.250', AGENT, { kind: 'refused' }],
    [
      'an agent that names another',
      '/yealink/805ec0005301.cfg',
      '192.0.2.101',
      AGENT.replace(':01', ':02'),
      { kind: 'refused' },
    ],
    ['a device that is switched off', '/yealink/805ec0005302.cfg', '192.0.2.102', undefined, { kind: 'refused' }],
    [
      'a device that is not registered',
      '/yealink/805ec0005303.cfg',
      '192.0.2.103',
      undefined,
      { kind: 'missing', expected: false },
    ],
    ['loopback', '/yealink/805ec0005301.cfg', '127.0.0.1', undefined, { kind: 'refused' }],
    ["another vendor's name", '/snom/805ec0005301.xml', '192.0.2.101', undefined, { kind: 'missing', expected: false }],
  ]
  it.each(rows)('%s', (_, path, from, userAgent, expected) => {
    expect(box.ask(path, from, userAgent === undefined ? {} : { userAgent })).toMatchObject(expected)
  })

  it('the neighbour table counts where no lease of ours does', () => {
    box.neighbour('192.0.2.200', YEALINK)
    expect(box.ask('/yealink/805ec0005301.cfg', '192.0.2.200')).toMatchObject({ kind: 'content', own: true })
  })

  it('an address that somebody else uses gets nothing and raises an alarm', () => {
    box.neighbour('192.0.2.101', OTHER)
    expect(box.ask('/yealink/805ec0005301.cfg', '192.0.2.101')).toMatchObject({ kind: 'refused' })
    expect(box.alarms).toEqual(['neighbour-mismatch 192.0.2.101'])
  })

  it('serves byte for byte what the inspector shows, before and after the phone told its firmware', () => {
    for (const userAgent of [undefined, AGENT.replace('108.86', '108.82')]) {
      const answer = box.ask('/yealink/805ec0005301.cfg', '192.0.2.101', userAgent === undefined ? {} : { userAgent })
      const shown = box.inspector.render(parseMac(YEALINK))
      expect(answer.kind === 'content' && answer.bytes).toEqual(shown.bytes)
      expect(new TextDecoder().decode(shown.bytes)).toMatch(
        userAgent === undefined ? /codec\.pcmu\.enable/ : /codec\.1\.enable/,
      )
    }
  })

  it('renders anew after a change of the record or of a layer', () => {
    const text = () => {
      const answer = box.ask('/yealink/805ec0005301.cfg', '192.0.2.101')
      return answer.kind === 'content' ? new TextDecoder().decode(answer.bytes) : answer.reason
    }
    expect(text()).toContain('account.1.label = 101')
    box.devices.put(parseMac(YEALINK), device({ lines: [{ index: 1, user: '101', label: 'Anna' }] }), { by: 'test' })
    expect(text()).toContain('account.1.label = Anna')
    expect(text()).toContain('account.1.password = Secret4Anna')
    box.layers.put('site', 'site', { settings: { language: 'fr' } }, { by: 'test' })
    expect(text()).toContain('lang.gui = French')
  })

  it('takes an upload that the vendor has, from the device itself only', () => {
    const put = (path: string, from: string) => box.ask(path, from, { method: 'put', body: new Uint8Array(10) }).kind
    expect(put('/yealink/805ec0005301-local.cfg', '192.0.2.101')).toBe('stored')
    expect(put('/yealink/805ec0005301.cfg', '192.0.2.101')).toBe('refused')
    expect(put('/yealink/805ec0005301-local.cfg', '192.0.2.103')).toBe('refused')
  })

  it('says whether it would take an upload before there is one, and keeps nothing of that', () => {
    const probe = (path: string, from: string) => box.ask(path, from, { method: 'put' }).kind
    expect(probe('/yealink/805ec0005301-local.cfg', '192.0.2.101')).toBe('stored')
    expect([box.uploads, box.journal, [...box.counters.all()]]).toEqual([[], [], []])
    expect(probe('/yealink/805ec0005301.cfg', '192.0.2.101')).toBe('refused')
    expect(probe('/yealink/805ec0005301-local.cfg', '192.0.2.103')).toBe('refused')
    expect(box.uploads).toEqual([])
    expect(box.journal.map(({ step }) => step.kind)).toEqual(['file.refused', 'file.refused'])
    box.ask('/yealink/805ec0005301-local.cfg', '192.0.2.101', { method: 'put', body: new Uint8Array(3) })
    expect(box.uploads).toEqual([{ mac: YEALINK, file: '805ec0005301-local.cfg', body: new Uint8Array(3) }])
  })

  it('puts no secret into the journey', () => {
    box.ask('/yealink/805ec0005301.cfg', '192.0.2.101', { userAgent: AGENT })
    expect(box.journal.map((happening) => happening.step.kind)).toEqual(['identified', 'file.served'])
    expect(JSON.stringify(box.journal)).not.toContain('Secret4Anna')
  })

  it('makes a password for each device that nobody gave one', () => {
    const passwords = [YEALINK, OTHER].map(
      (mac) => box.inspector.explain(parseMac(mac)).effective.settings.adminPassword,
    )
    for (const password of passwords) {
      expect(password).toMatchObject({ layer: 'built-in', of: 'generated' })
      expect(password?.value).toMatch(/^[A-Za-z][A-Za-z2-9]{18}[2-9]$/)
    }
    expect(passwords[0]?.value).not.toBe(passwords[1]?.value)
  })
})

describe('guessing', () => {
  it('is answered with nothing after ten refusals, with one alarm, and forgiven after ten minutes', () => {
    const kinds = Array.from({ length: 30 }, (_, i) => box.ask(`/805ec00${String(10_000 + i)}.cfg`, '192.0.2.101').kind)
    expect(kinds.slice(0, 10)).toEqual(Array(10).fill('refused'))
    expect(kinds.slice(10)).toEqual(Array(20).fill('silence'))
    expect(box.alarms).toEqual(['enumeration 192.0.2.101'])
    const later = Date.UTC(2026, 5, 1) + 600_001
    expect(box.ask('/805ec0005301.cfg', '192.0.2.101', { at: later }).kind).toBe('content')
  })

  it('by TFTP, where an address can be forged, does not silence the HTTP of that address', () => {
    for (let i = 0; i < 30; i++) box.ask(`/805ec00${String(10_000 + i)}.cfg`, '192.0.2.101', { protocol: 'tftp' })
    expect(box.ask('/805ec0005301.cfg', '192.0.2.101', { protocol: 'tftp' }).kind).toBe('silence')
    expect(box.ask('/805ec0005301.cfg', '192.0.2.101').kind).toBe('content')
  })

  it('by HTTP silences TFTP as well', () => {
    for (let i = 0; i < 30; i++) box.ask(`/805ec00${String(10_000 + i)}.cfg`, '192.0.2.101')
    expect(box.ask('/805ec0005301.cfg', '192.0.2.101', { protocol: 'tftp' }).kind).toBe('silence')
  })

  it('a site of a thousand phones that start at once passes', () => {
    const kinds = new Set<string>()
    for (let i = 0; i < 1000; i++) {
      const mac = `805ec01${String(i).padStart(5, '0')}`
      const address = `198.51.${100 + Math.floor(i / 250)}.${(i % 250) + 1}`
      box.devices.put(parseMac(mac), device(), { by: 'test' })
      box.lease(address, mac)
      for (const file of [`${mac}.boot`, 'y000000000000.boot', 'y000000000108.cfg', `${mac}.cfg`])
        kinds.add(box.ask(`/yealink/${file}`, address).kind)
    }
    expect([...kinds].sort()).toEqual(['content', 'missing'])
  })
})

describe('names are never paths', () => {
  const corpus = [
    ...[
      '../etc/passwd',
      '..\\..\\x',
      '/yealink/../805ec0005301.cfg',
      '%2e%2e%2fx',
      '%252e%252e/x',
      '....//x',
      '/etc/passwd\0.cfg',
    ],
    ...[
      'C:/x.cfg',
      '\\\\server\\share',
      'x'.repeat(10_000),
      '805ec0005301.cfg.',
      '805ec0005301.cfg ',
      ' 805ec0005301.cfg',
    ],
    ...[
      '\u00c0\u00ae\u00c0\u00ae/x',
      '/./805ec0005301.cfg',
      '',
      '/',
      '???',
      '.',
      '/yealink/',
      '\n',
      '805ec0005301\u0661.cfg',
    ],
    ...['/yealink-other/805ec0005301.cfg', '/constructor', '/__proto__/805ec0005301.cfg', '{mac}.cfg', 'y{code:3}.cfg'],
  ]
  it.each(corpus)('%j gets nothing', (path) => {
    expect(box.ask(path, '192.0.2.101').kind).toMatch(/^(refused|missing)$/)
  })
})
