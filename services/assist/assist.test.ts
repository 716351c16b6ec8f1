import { beforeEach, describe, expect, it } from 'vitest'
import { peopleInMemory } from '../../test/support/people.ts'
import { makeCounters } from '../core/counters.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import { formatIpv4, type Ipv4, parseIpv4 } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import { type Mac, parseMac } from '../core/mac.ts'
import type { Lease } from '../dhcp/contract.ts'
import type { Happening } from '../journey/contract.ts'
import type { Device, Devices, Layers } from '../phones/contract.ts'
import { makeAssist } from './assist.ts'
import type { ClaimPage } from './contract.ts'

const PHONE = parseMac('00:00:5e:00:53:01')
const OTHER = parseMac('00:00:5e:00:53:02')
const SECRET = 'Kx7-only-for-204'
const START = Date.UTC(2026, 10, 22)

/** The whole service over small fakes; people are real ones in memory. */
function makeDesk() {
  const { people } = peopleInMemory()
  const devices = new Map<Mac, Device>()
  const holders = new Map<Ipv4, Mac>()
  const neighbours = new Map<Ipv4, Mac>()
  const journal: Happening[] = []
  const alarms: string[] = []
  const resyncs: string[] = []
  const site = { settings: { 'claim.mode': 'pin' } as Record<string, string>, extra: {}, dhcpOptions: [] }
  let now = START
  let random = 123_455
  const put: Devices['put'] = (mac, input, { base }) => {
    if (base === 0 && devices.has(mac)) throw new ConflictError('there is one')
    const device = { keys: [], settings: {}, enabled: true, ...(input as object), mac, rev: 1 } as unknown as Device
    devices.set(mac, device)
    return device
  }
  const assist = makeAssist({
    people,
    devices: { get: (mac: Mac) => devices.get(mac), list: () => [...devices.values()], put } as unknown as Devices,
    layers: { get: () => ({ rev: 1, layer: site }) } as unknown as Layers,
    manuals: { of: () => expect.fail('is not asked') },
    pages: {
      allowed: () => site.settings['claim.mode'] === 'pin',
      identity: () => ({ vendor: 'acme', model: 'A100' }),
      named: (agent) => (agent === undefined ? undefined : parseMac(agent)),
      render: (mac, page: ClaimPage) => ({
        bytes: new TextEncoder().encode(JSON.stringify(page)),
        contentType: 'application/json',
        hash: mac,
      }),
    },
    leases: {
      byAddress: (address) => {
        const mac = holders.get(address)
        return mac && ({ mac } as Lease)
      },
    },
    neighbour: (address) => neighbours.get(address),
    journal: { record: (happening) => void journal.push(happening) },
    alarms: { raise: (kind, subject, text) => void alarms.push(`${kind} ${subject}: ${text}`) },
    clock: { now: () => now },
    log: silentLog,
    counters: makeCounters(),
    random: () => ++random,
    resync: async (mac, by) => void resyncs.push(`${mac} ${by}`),
  })
  holders.set(parseIpv4('192.0.2.50'), PHONE)
  const person = (id: string, extension: string, more: object = {}) =>
    people.put(
      id,
      { name: `Person ${id}`, extension, line: { user: extension, secret: SECRET }, ...more },
      { by: 'test' },
    )
  const ask = (query: string, more: { from?: string; path?: string; userAgent?: string } = {}) => {
    const answer = assist.desk.answer({
      at: now,
      protocol: 'http',
      method: 'get',
      path: more.path ?? 'claim',
      query,
      from: { address: parseIpv4(more.from ?? '192.0.2.50'), port: 4000 },
      localAddress: parseIpv4('192.0.2.1'),
      ...(more.userAgent !== undefined && { userAgent: more.userAgent }),
    })
    if (answer?.kind !== 'content') return { kind: answer?.kind ?? 'passed on', text: '', page: '' }
    const page = JSON.parse(new TextDecoder().decode(answer.bytes)) as ClaimPage
    return { kind: page.page, text: page.text, page: JSON.stringify(page) }
  }
  return {
    ...{ assist, people, devices, holders, neighbours, journal, alarms, resyncs, site, person, ask },
    later: (ms: number) => {
      now += ms
    },
  }
}

const WRONG = 'Extension or PIN is wrong. Check both, or ask whoever gave you the PIN.'

describe('a claim at the phone', () => {
  let desk: ReturnType<typeof makeDesk>
  let pin = ''
  beforeEach(() => {
    desk = makeDesk()
    desk.person('p1', '204')
    desk.person('p2', '205', { line: { user: '205' } })
    pin = desk.assist.claims.open({ minutes: 30, by: 'cli:ada' }).pin
  })

  it('gives the phone the line of the person, once', () => {
    expect(pin).toBe('123456')
    expect(desk.ask('').kind).toBe('both')
    expect(desk.ask('ext=204').kind).toBe('pin')
    expect(desk.ask('pin=123456', { path: 'claim/204' }).text).toContain('204, Person p1')
    expect(desk.devices.get(PHONE)).toMatchObject({
      ...{ person: 'p1', name: 'Person p1', vendor: 'acme', model: 'A100' },
      lines: [{ index: 1, user: '204', secret: SECRET, label: '204', displayName: 'Person p1' }],
    })
    expect(desk.resyncs).toEqual([`${PHONE} claim`])
    expect(desk.ask('ext=205&pin=123456').text).toContain('has its owner')
    desk.holders.set(parseIpv4('192.0.2.51'), OTHER)
    expect(desk.ask('ext=204&pin=123456', { from: '192.0.2.51' }).text).toBe(WRONG)
    expect(desk.devices.size).toBe(1)
    expect(desk.ask('ext=205&pin=123456', { from: '192.0.2.51' }).text).toContain('205, Person p2')
  })

  it('says the same whatever is wrong, and the reason to the journey alone', () => {
    desk.people.put('p3', { name: 'No line', extension: '206' }, { by: 'test' })
    desk.assist.assign(OTHER, { extension: '205' }, { by: 'test' })
    const answers = ['ext=204&pin=000000', 'ext=999&pin=123456', 'ext=205&pin=123456', 'ext=206&pin=123456'].map(
      (query) => desk.ask(query).page,
    )
    expect(new Set(answers).size).toBe(1)
    expect(desk.journal.map(({ step }) => (step.kind === 'file.refused' ? step.reason : step.kind))).toEqual([
      'was refused a claim: the PIN was wrong',
      'was refused a claim: no one person has this extension',
      'was refused a claim: the PIN was right, but this person has a phone already',
      'was refused a claim: the PIN was right, but this person has no SIP account',
    ])
    expect(JSON.stringify([desk.journal, desk.alarms, answers])).not.toMatch(/123456|000000|Kx7/)
  })

  it('slows guessing and raises an alarm at the fifth wrong PIN, right or wrong', () => {
    for (let i = 0; i < 4; i++) desk.ask(`ext=204&pin=00000${i}`)
    expect(desk.alarms).toEqual([])
    expect(desk.ask('ext=204&pin=000009').text).toBe(WRONG)
    expect(desk.alarms[0]).toMatch(/^claim-guessing 00:00:5e:00:53:01: 5 wrong PINs in a row/)
    expect(desk.ask('ext=204&pin=123456').text).toContain('Try again in 30 seconds')
    expect(desk.devices.size).toBe(0)
    desk.later(30_000)
    desk.ask('ext=204&pin=000009')
    expect(desk.ask('ext=204&pin=123456').text).toContain('Try again in 60 seconds')
    desk.later(60_000)
    expect(desk.ask('ext=204&pin=123456').text).toContain('204, Person p1')
  })

  it('holds the address, however many devices are invented behind it', () => {
    for (let i = 0; i < 5; i++) {
      desk.holders.set(parseIpv4('192.0.2.50'), parseMac(`00:00:5e:00:53:1${i}`))
      desk.ask('ext=204&pin=000000')
    }
    desk.holders.set(parseIpv4('192.0.2.50'), PHONE)
    expect(desk.ask('ext=204&pin=123456').text).toContain('Try again')
  })

  it('holds all when many addresses guess, and says so', () => {
    for (let i = 0; i < 31; i++) {
      const address = parseIpv4(`192.0.2.${100 + i}`)
      desk.holders.set(address, parseMac(`00:00:5e:00:54:${String(10 + i)}`))
      desk.ask('ext=204&pin=000000', { from: formatIpv4(address) })
    }
    expect(desk.alarms.at(-1)).toMatch(/^claim-guessing all phones/)
    expect(desk.ask('ext=204&pin=123456').text).toContain('Try again in 10 seconds')
    expect(desk.assist.claims.status().heldUntil).toBe(START + 10_000)
  })

  it('is refused from an address that does not hold the device', () => {
    expect(desk.ask('ext=204&pin=123456', { from: '192.0.2.66' }).kind).toBe('refused')
    desk.neighbours.set(parseIpv4('192.0.2.50'), OTHER)
    expect(desk.ask('ext=204&pin=123456').kind).toBe('refused')
    expect(desk.alarms.some((alarm) => alarm.startsWith('neighbour-mismatch'))).toBe(true)
    desk.neighbours.clear()
    expect(desk.ask('ext=204&pin=123456', { userAgent: '00:00:5e:00:53:02' }).kind).toBe('refused')
    expect(desk.devices.size).toBe(0)
  })

  it('writes down no more of a stranger than he is worth', () => {
    for (let i = 0; i < 50; i++) desk.ask('', { from: '192.0.2.66' })
    expect(desk.journal).toHaveLength(5)
    expect(desk.alarms).toEqual([expect.stringContaining('claim-guessing 192.0.2.66')])
  })

  it('ends with its round', () => {
    desk.later(30 * 60_000)
    expect(desk.assist.claims.status().round).toBeUndefined()
    expect(desk.ask('ext=204&pin=123456').text).toBe(WRONG)
    const again = desk.assist.claims.open({ minutes: 1, by: 'cli:ada' })
    expect(again.pin).not.toBe(pin)
    desk.assist.claims.close({ by: 'cli:ada' })
    expect(desk.ask(`ext=204&pin=${again.pin}`).text).toBe(WRONG)
  })

  it('is nothing of ours while the site does not allow it, by TFTP, or when something is put', () => {
    desk.site.settings['claim.mode'] = 'off'
    expect(desk.ask('ext=204&pin=123456').kind).toBe('passed on')
    expect(() => desk.assist.claims.open({ minutes: 30, by: 'x' })).toThrow(OperatorError)
    expect(desk.devices.size).toBe(0)
  })
})

describe('a PIN of a person’s own', () => {
  it('is good without a round, once, and the round’s is not good instead', () => {
    const desk = makeDesk()
    desk.person('p1', '204')
    const own = desk.assist.claims.setPin('204', undefined, { by: 'cli:ada' })
    expect(own).toMatch(/^\d{6}$/)
    const { pin } = desk.assist.claims.open({ minutes: 30, by: 'cli:ada' })
    expect(desk.ask(`ext=204&pin=${pin}`).text).toBe(WRONG)
    expect(desk.ask(`ext=204&pin=${own}`).text).toContain('204')
    expect(desk.people.get('p1')?.claimPin).toBeUndefined()
    expect(desk.people.get('p1')?.line?.secret).toBe(SECRET)
    desk.devices.clear()
    desk.assist.claims.close({ by: 'x' })
    expect(desk.ask(`ext=204&pin=${own}`).text).toBe(WRONG)
  })

  it('stays with those who may have several phones', () => {
    const desk = makeDesk()
    desk.person('p1', '204', { claimPin: '4711', severalPhones: true })
    expect(desk.ask('ext=204&pin=4711').text).toContain('204')
    desk.holders.set(parseIpv4('192.0.2.51'), OTHER)
    expect(desk.ask('ext=204&pin=4711', { from: '192.0.2.51' }).text).toContain('204')
    expect(desk.devices.size).toBe(2)
  })

  it('can be chosen and taken away', () => {
    const desk = makeDesk()
    desk.person('p1', '204')
    expect(desk.assist.claims.setPin('204', '9999', { by: 'x' })).toBe('9999')
    expect(desk.assist.claims.status().pins).toBe(1)
    expect(desk.assist.claims.setPin('204', null, { by: 'x' })).toBeUndefined()
    expect(desk.assist.claims.status().pins).toBe(0)
    expect(() => desk.assist.claims.setPin('999', undefined, { by: 'x' })).toThrow(NotFoundError)
    expect(() => desk.assist.claims.setPin('204', '12', { by: 'x' })).toThrow('4 to 12 digits')
  })
})

describe('giving a phone to a person', () => {
  it('lists who waits, gives, and lists them no more', () => {
    const desk = makeDesk()
    desk.person('p1', '1000')
    desk.person('p2', '205', { claimPin: '4711' })
    desk.people.put('p3', { name: 'Outside', numbers: [{ number: '110' }] }, { by: 'test' })
    expect(desk.assist.waiting().map(({ extension, hasPin }) => `${extension} ${hasPin}`)).toEqual([
      '205 true',
      '1000 false',
    ])
    const device = desk.assist.assign(PHONE, { extension: '205' }, { by: 'cli:ada' })
    expect(device).toMatchObject({ person: 'p2', lines: [{ user: '205', secret: SECRET }] })
    expect(desk.assist.waiting().map(({ extension }) => extension)).toEqual(['1000'])
    expect(desk.resyncs).toEqual([`${PHONE} cli:ada`])
  })

  it('says what is in its way', () => {
    const desk = makeDesk()
    desk.person('p1', '204')
    desk.person('p2', '205')
    desk.person('p3', '205')
    desk.people.put('p4', { name: 'No line', extension: '206' }, { by: 'test' })
    const assign = (to: Parameters<typeof desk.assist.assign>[1]) => () => desk.assist.assign(PHONE, to, { by: 'x' })
    expect(assign({ extension: '999' })).toThrow(NotFoundError)
    expect(assign({ person: 'p9' })).toThrow(NotFoundError)
    expect(assign({ extension: '205' })).toThrow('name the person instead')
    expect(assign({ extension: '206' })).toThrow('no SIP account')
    expect(assign({ person: 'p2' })()).toMatchObject({ person: 'p2' })
    expect(assign({ person: 'p1' })).toThrow(ConflictError)
  })
})
