import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { formatMac, type Mac } from '../../services/core/mac.ts'
import type { Happening, Journey, Journeys, Step, Verdict } from '../../services/journey/contract.ts'
import type { Device, Devices, Inspector } from '../../services/phones/contract.ts'
import type { Change, JsonObject, Records } from '../../services/records/contract.ts'
import { boxStatus, deviceStatus, newDeviceStatus } from '../../services/sync/site-report.ts'
import { makeTestClock } from '../../test/support/clock.ts'
import { makeTestTimers } from '../../test/support/timers.ts'
import { makeReports } from './reports.ts'

const A = '00005e005301' as Mac
const B = '00005e005302' as Mac
const HASH = 'a'.repeat(64)

/** A site of devices that a test moves. */
function made(known: readonly Mac[]) {
  const timers = makeTestTimers()
  const clock = makeTestClock()
  const told: [string, string, JsonObject | null][] = []
  const recorded: { kind: string; body: JsonObject }[] = []
  const soon: number[] = []
  const devices = new Set(known)
  const journeys = new Map<Mac, { journey: Journey; verdict: Verdict }>()
  const heard: {
    happening?: (happening: Happening) => void
    change?: (change: Change) => void
    templates?: () => void
  } = {}
  const world: { hash: string; renders: number; free: number; broken?: Mac | undefined; full?: boolean } = {
    ...{ hash: HASH, renders: 0, free: 5e9 },
  }
  const unseen: Verdict = { state: 'never-seen', text: 'known, but never seen on this network' }
  const reports = makeReports({
    sync: {
      report: (kind, id, body) => void told.push([kind, id, body]),
      record(events) {
        if (world.full === true) throw new InvariantError('the disk is full')
        recorded.push(...events.map(({ kind, body }) => ({ kind, body })))
      },
    },
    devices: {
      get: (mac) => (devices.has(mac) ? ({ mac } as Device) : undefined),
      list: () => [...devices].map((mac) => ({ mac }) as Device),
    } satisfies Pick<Devices, 'get' | 'list'>,
    inspector: {
      files(mac) {
        if (mac === world.broken) throw new InvariantError('a fault of ours')
        return [{ name: `${mac}.cfg`, secret: true, own: true }]
      },
      render(_mac, file = '') {
        world.renders++
        return { file, bytes: new Uint8Array(), contentType: 'text/plain', hash: world.hash }
      },
    } satisfies Pick<Inspector, 'files' | 'render'>,
    journeys: {
      of: (mac) => journeys.get(mac)?.journey,
      verdictOf: (mac) => journeys.get(mac)?.verdict ?? unseen,
      list: () => [...journeys.values()].map(({ journey, verdict }) => ({ ...journey, verdict })),
      onHappening(listener) {
        heard.happening = listener
        return () => delete heard.happening
      },
    } satisfies Journeys,
    records: {
      get: () => undefined,
      onChange(listener) {
        heard.change = listener
        return () => delete heard.change
      },
    } satisfies Pick<Records, 'get' | 'onChange'>,
    onTemplates(listener) {
      heard.templates = listener
      return () => delete heard.templates
    },
    box: () => ({
      ...{ version: '1.0.0', startedAt: 1, clock: clock.now(), addresses: [], services: [], dhcp: [], packs: [] },
      storage: { free: world.free, total: 10e9 },
    }),
    soon: (ms) => void soon.push(ms),
    ...{ clock, log: silentLog, monotonic: timers.monotonic, later: timers.later },
  })
  return {
    ...{ reports, told, recorded, soon, world, devices, heard },
    async pass(ms: number) {
      clock.advance(ms)
      await timers.advance(ms)
    },
    /** Something happened to a device; this is what its journey ends in now. */
    happened(mac: Mac, verdict: Verdict, ...steps: Step[]) {
      const at = clock.now()
      const before = journeys.get(mac)?.journey
      const more = steps.map((step): Happening => ({ at, mac, step }))
      const happenings = [...(before?.happenings ?? []), ...more]
      journeys.set(mac, { journey: { mac, firstSeen: before?.firstSeen ?? at, lastSeen: at, happenings }, verdict })
      heard.happening?.({ at, mac, step: { kind: 'neighbour.seen' } })
    },
    changed: (kind: Change['kind'], id: string) =>
      heard.change?.({ seq: 1, mutationId: 'm', kind, id, by: 'x', at: clock.now() }),
  }
}

const fetchedOwn = (hash: string): Step[] => [
  { kind: 'file.served', protocol: 'http', file: `${A}.cfg`, size: 1, hash, own: true, secret: true },
  { kind: 'file.completed', protocol: 'http', file: `${A}.cfg`, size: 1, ms: 1, own: true },
]
const configured = (ago: string, since: number): Verdict => ({
  ...{ state: 'configured', text: `configured ${ago} ago, fetched ${A}.cfg by HTTP`, since },
})

describe('reports of a site', () => {
  it('tell all of it once after a start', async () => {
    const { told, soon, pass } = made([A, B])
    await pass(3_000)
    expect(told.map(([kind, id]) => [kind, id])).toEqual([
      ['box', 'box'],
      ['device', formatMac(A)],
      ['device', formatMac(B)],
    ])
    expect(boxStatus.parse(told[0]?.[2]).version).toBe('1.0.0')
    expect(deviceStatus.parse(told[1]?.[2])).toMatchObject({
      verdict: { state: 'never-seen' },
      wanted: expect.anything(),
    })
    expect(soon).toEqual([10_000])
  })

  it('go up soon when a phone has by now what is wanted, or not any more: people wait for that', async () => {
    const { soon, world, happened, changed, pass } = made([A])
    await pass(3_000)
    happened(A, configured('1 s', 5), ...fetchedOwn(HASH))
    await pass(3_000)
    expect(soon).toEqual([10_000, 1_000])
    world.hash = 'b'.repeat(64)
    changed('device', A)
    await pass(3_000)
    expect(soon).toEqual([10_000, 1_000, 1_000])
  })

  it('tell nothing that is only older, and render nothing for it', async () => {
    const { told, world, happened, pass } = made([A])
    happened(A, configured('1 s', 5), ...fetchedOwn(HASH))
    await pass(3_000)
    const [many, renders] = [told.length, world.renders]
    for (let minute = 1; minute < 30; minute++) {
      happened(A, configured(`${minute} min`, 5))
      await pass(60_000)
    }
    expect(told.length).toBe(many)
    const quiet = world.renders
    await pass(3_600_000)
    expect([world.renders, renders]).toEqual([quiet, 1])
  })

  it('tell when a device was last seen again after an hour', async () => {
    const { told, happened, pass } = made([A])
    await pass(3_000)
    happened(A, configured('1 s', 5), ...fetchedOwn(HASH))
    await pass(3_000)
    const many = told.length
    await pass(3_600_000)
    happened(A, configured('1 h', 5))
    await pass(3_000)
    expect(told.length).toBe(many + 1)
  })

  it('compare what is wanted with what was fetched', async () => {
    const { told, world, happened, changed, pass } = made([A])
    happened(A, configured('1 s', 5), ...fetchedOwn(HASH))
    await pass(3_000)
    const before = deviceStatus.parse(told.at(-1)?.[2])
    expect(before.wanted?.hash).toBe(before.fetched?.hash)
    world.hash = 'b'.repeat(64)
    changed('group', 'sales')
    await pass(3_000)
    const after = deviceStatus.parse(told.at(-1)?.[2])
    expect(after.wanted?.hash).not.toBe(after.fetched?.hash)
    expect([after.fetched, (after.wanted?.since ?? 0) > (before.wanted?.since ?? 0)]).toEqual([before.fetched, true])
  })

  it('tell of a change of the verdict as an event, once for what happens together', async () => {
    const { recorded, happened, pass } = made([A])
    await pass(3_000)
    happened(A, { state: 'under-way', text: 'asked for an address 1 s ago' })
    happened(A, configured('1 s', 5), ...fetchedOwn(HASH))
    await pass(3_000)
    expect(recorded).toEqual([
      {
        kind: 'device',
        body: { mac: formatMac(A), from: 'never-seen', to: 'configured', text: `configured, fetched ${A}.cfg by HTTP` },
      },
    ])
  })

  it('tell of devices that nobody registered, until somebody does or they are known no more', async () => {
    const { told, devices, happened, changed, pass } = made([])
    await pass(3_000)
    happened(B, { state: 'unknown-device', text: 'unknown device, last seen 1 s ago' })
    await pass(3_000)
    expect(told.at(-1)?.slice(0, 2)).toEqual(['new-device', formatMac(B)])
    expect(newDeviceStatus.safeParse(told.at(-1)?.[2]).success).toBe(true)
    devices.add(B)
    changed('device', B)
    await pass(3_000)
    expect(told.slice(-2).map(([kind, id, body]) => [kind, id, body === null])).toEqual([
      ['new-device', formatMac(B), true],
      ['device', formatMac(B), false],
    ])
    devices.delete(B)
    changed('device', B)
    await pass(3_000)
    expect(told.slice(-2).map(([kind, id, body]) => [kind, id, body === null])).toEqual([
      ['device', formatMac(B), true],
      ['new-device', formatMac(B), false],
    ])
  })

  it('bear a flood of invented addresses', async () => {
    const { told, happened, pass } = made([A])
    for (let i = 0; i < 3_000; i++)
      happened(i.toString(16).padStart(12, '0') as Mac, { state: 'unknown-device', text: 'unknown device' })
    await pass(60_000)
    expect(told.filter(([kind]) => kind === 'new-device').length).toBe(500)
    expect(told.some(([kind, id]) => kind === 'device' && id === formatMac(A))).toBe(true)
  })

  it('tell of the box when something about it changed, not with each block of its disk', async () => {
    const { told, world, pass } = made([])
    await pass(3_000)
    world.free -= 1e6
    await pass(120_000)
    expect(told.length).toBe(1)
    world.free -= 3e9
    await pass(60_000)
    expect(told.map(([kind]) => kind)).toEqual(['box', 'box'])
  })

  it('go on when a device cannot be looked at, or an event cannot be stored', async () => {
    const { reports, told, world, happened, pass } = made([A, B])
    world.broken = A
    world.full = true
    reports.event('started', { version: '1' })
    await pass(3_000)
    expect(told.map(([, id]) => id)).toEqual(['box', formatMac(B)])
    world.broken = undefined
    happened(A, configured('1 s', 5))
    await pass(3_000)
    expect(told.at(-1)?.[1]).toBe(formatMac(A))
  })

  it('keep events that were not stored yet when they end, and tell nothing after', async () => {
    const { reports, told, recorded, heard, pass } = made([A])
    await pass(3_000)
    const alarm = {
      kind: 'enumeration',
      subject: '192.0.2.7',
      text: 'guessing',
      firstAt: 0,
      lastAt: 0,
      count: 1,
    } as const
    reports.alarm(alarm)
    reports[Symbol.dispose]()
    expect(recorded).toEqual([{ kind: 'alarm', body: { kind: 'enumeration', subject: '192.0.2.7', text: 'guessing' } }])
    const many = told.length
    await pass(600_000)
    expect([told.length, heard]).toEqual([many, {}])
  })
})
