import { describe, expect, it } from 'vitest'
import { InvariantError } from '../core/errors.ts'
import { parseMac } from '../core/mac.ts'
import type { Way } from '../refetch/contract.ts'
import { definitions, makeTestBox, NOW } from './box.fixture.ts'

const MAC = parseMac('00005e005301')
const line = { index: 1, user: '101', authUser: 'a101', secret: 's3cret', server: 'pbx.example' }

function boxWith(fields: object) {
  const box = makeTestBox()
  box.devices.put(MAC, { lines: [line], ...fields }, { by: 'test' })
  return box
}

function ways(fields: object, reboot = false): readonly Way[] {
  const advice = boxWith(fields).refetch.adviceFor(MAC, { reboot })
  if (advice === undefined) throw new InvariantError('no advice')
  return advice.ways
}

const short = (way: Way) =>
  way.kind === 'notify'
    ? `${way.event} ${way.user}:${way.port}${way.reboots ? ' reboots' : ''}${way.postpones ? ' waits' : ''}`
    : way.kind === 'http'
      ? `${way.call.scheme}:${way.call.port} ${way.call.method} ${way.call.path}${way.reboots ? ' reboots' : ''}${way.postpones ? ' waits' : ''}`
      : `by itself every ${(way.everyMs ?? 0) / 60_000}`

describe('the ways of a vendor', () => {
  it.each<[string, object, boolean, string[]]>([
    ['yealink', { vendor: 'yealink', model: 'T46U' }, false, ['check-sync 101:5060', 'by itself every 1440']],
    [
      'yealink with its action URI opened',
      { vendor: 'yealink', model: 'T46U', extra: { yealink: { 'features.action_uri_limit_ip': '192.0.2.1' } } },
      false,
      [
        'check-sync 101:5060',
        'https:443 GET /servlet?key=AutoP',
        'https:443 GET /servlet?key=Reboot reboots',
        'by itself every 1440',
      ],
    ],
    [
      'yealink by a restart',
      {
        ...{ vendor: 'yealink', model: 'T46U', settings: { 'web.access': 'on', 'sip.localPort': 5062 } },
        extra: { yealink: { 'features.action_uri_limit_ip': '192.0.2.1' } },
      },
      true,
      ['check-sync;reboot=true 101:5062 reboots', 'http:80 GET /servlet?key=Reboot reboots'],
    ],
    [
      'snom whose page is off',
      { vendor: 'snom', model: 'D785', settings: { 'web.access': 'off' } },
      true,
      ['check-sync;reboot=true 101:5060 reboots'],
    ],
    [
      'a second line of an SPA',
      { vendor: 'cisco-spa', model: 'SPA504G', lines: [{ ...line, index: 2 }] },
      false,
      [
        'resync 101:5061 waits',
        'http:80 GET /admin/resync? waits',
        'http:80 GET /admin/reboot reboots',
        'by itself every 1440',
      ],
    ],
    ['one with no way at all', { vendor: 'baresip', model: 'baresip' }, false, []],
    [
      'one that only looks by itself, where no time is set',
      { vendor: 'snom', model: 'D785', settings: { 'provisioning.intervalMinutes': 0 } },
      false,
      ['check-sync;reboot=false 101:5060', 'https:443 GET /advanced_update.htm?reboot=Reboot reboots'],
    ],
  ])('%s', (_, fields, reboot, expected) => {
    expect(ways(fields, reboot).map(short)).toEqual(expected)
  })

  it('have the credentials of the line, and of the administrator for the web page', () => {
    const [notify, http] = ways({ vendor: 'snom', model: 'D785', settings: { adminPassword: 'Adm1n-pass' } })
    expect(notify).toMatchObject({ credentials: { user: 'a101', secret: 's3cret' }, ownPort: false })
    expect(http).toMatchObject({ call: { credentials: { user: 'admin', secret: 'Adm1n-pass' } } })
    const [own] = ways({ vendor: 'snom', model: 'D785', settings: { 'sip.localPort': 5080 } })
    expect(own).toMatchObject({ port: 5080, ownPort: true })
  })

  it('that do not apply are told with the reason', () => {
    const advice = boxWith({ vendor: 'yealink', model: 'T46U' }).refetch.adviceFor(MAC, { reboot: true })
    expect(advice?.passed).toEqual([
      {
        way: 'Reboot',
        reason: 'the phone listens to it only with the raw parameter features.action_uri_limit_ip, which is not set',
      },
    ])
  })

  it('may be a part of the day', () => {
    const settings = { 'provisioning.windowFrom': '02:00', 'provisioning.days': ['mon'], timezone: 'Europe/Berlin' }
    expect(ways({ vendor: 'yealink', model: 'T46U', settings }).at(-1)).toEqual({
      kind: 'schedule',
      window: { from: '02:00', to: '05:00', days: ['mon'], zone: 'Europe/Berlin' },
    })
  })

  it('are none for a device that nobody knows', () => {
    expect(makeTestBox().refetch.adviceFor(parseMac('02005e005301'), { reboot: false })).toBeUndefined()
  })

  it('ask idle by what the vendor documents', () => {
    const idle = boxWith({ vendor: 'grandstream', model: 'GRP2614' }).refetch.adviceFor(MAC, { reboot: false })?.idle
    const state = (...states: string[]) =>
      JSON.stringify({ response: 'success', body: states.map((state, i) => ({ line: i + 1, state })) })
    expect(idle?.busy.test(state('idle', 'connected'))).toBe(true)
    expect(idle?.busy.test(state('idle', 'idle'))).toBe(false)
    expect(idle?.idle.test(state('idle', 'idle'))).toBe(true)
    expect(idle?.idle.test('{"response":"error","body":"failed"}')).toBe(false)
  })
})

describe('every description', () => {
  const actions = definitions.all.flatMap(({ id, resync }) => [
    ...resync.http.map((form) => ({ id, form })),
    ...(resync.idle === undefined ? [] : [{ id, form: resync.idle }]),
  ])
  it.each(actions)('$id $form.name: a password stands in a path only where it can be filled in', ({ form }) => {
    expect(form.path.replaceAll('{password}', '')).not.toMatch(/[{}]/)
    expect(form.path.includes('{password}') && form.scheme === 'http').toBe(false)
  })
})

describe('pending', () => {
  const fetch = (box: ReturnType<typeof makeTestBox>, protocol: 'http' | 'tftp' = 'http') => {
    box.lease('192.0.2.51', MAC)
    const answer = box.ask(`/yealink/${MAC}.cfg`, '192.0.2.51', { protocol })
    expect(answer.kind).toBe('content')
    const step = { kind: 'file.completed' as const, protocol, file: `${MAC}.cfg`, size: 1, ms: 1, own: true }
    box.journal.push({ at: NOW, mac: MAC, step })
  }

  it.each(['http', 'tftp'] as const)('is nothing when the device has what is set (%s)', (protocol) => {
    const box = boxWith({ vendor: 'yealink', model: 'T46U' })
    expect(box.refetch.pending(MAC)).toMatchObject({ files: [{ why: 'never fetched' }], reboot: 'unknown' })
    fetch(box, protocol)
    expect(box.refetch.pending(MAC)).toEqual({
      ...{ mac: MAC, files: [], changed: [], fetchedAt: NOW },
      ...{ reboot: 'no', because: 'it has all that is set' },
    })
  })

  it.each<[string, (box: ReturnType<typeof makeTestBox>) => void, object]>([
    [
      'an edit of the device',
      (box) =>
        box.devices.put(MAC, { vendor: 'yealink', model: 'T46U', lines: [{ ...line, label: 'New' }] }, { by: 'x' }),
      { changed: ['lines'], reboot: 'unknown', because: 'nothing is documented of lines' },
    ],
    [
      'an edit of the site that needs a restart',
      (box) => box.layers.put('site', 'site', { settings: { 'vlan.id': 20 } }, { by: 'x' }),
      { changed: ['vlan.id'], reboot: 'yes', because: 'vlan.id takes effect with a restart' },
    ],
    [
      'an edit of its model',
      (box) => box.layers.put('model', 'yealink:t46u', { settings: { language: 'fr' } }, { by: 'x' }),
      { changed: ['language'], reboot: 'unknown' },
    ],
  ])('tells %s', (_, edit, expected) => {
    const box = boxWith({ vendor: 'yealink', model: 'T46U' })
    fetch(box)
    // What was before the fetch is none of it.
    const history = box.records.history
    Object.assign(box.records, {
      history: (...of: Parameters<typeof history>) => history(...of).slice(of[0] === 'device' ? 1 : 0),
    })
    edit(box)
    const pending = box.refetch.pending(MAC)
    expect(pending).toMatchObject({ files: [{ name: `${MAC}.cfg`, why: 'changed' }], ...expected })
  })
})

describe('models', () => {
  it('are named in any spelling of their vendor', () => {
    const box = boxWith({ vendor: 'yealink', model: 'T46U' })
    expect(box.refetch.isModel(MAC, 'yealink', 'SIP-T46U')).toBe(true)
    expect(box.refetch.isModel(MAC, 'yealink', 'T48U')).toBe(false)
    expect(box.refetch.isModel(MAC, 'snom', 'T46U')).toBe(false)
    expect([box.refetch.hasModel('yealink', 'sip-t46u'), box.refetch.hasModel('yealink', 'x')]).toEqual([true, false])
  })
})
