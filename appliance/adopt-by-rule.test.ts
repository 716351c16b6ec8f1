import { describe, expect, it } from 'vitest'
import { silentLog } from '../services/core/log.ts'
import { type Mac, parseMac } from '../services/core/mac.ts'
import type { Happening, Journey } from '../services/journey/contract.ts'
import { movesBox } from '../test/support/moves-box.ts'
import { adoptByRule, MOST_AN_HOUR } from './adopt-by-rule.ts'

const PHONE = parseMac('80:5e:c0:00:53:01')
const macOf = (n: number) =>
  parseMac(`80:5e:c0:01:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`)

function site() {
  const box = movesBox()
  const seen = new Map<Mac, Journey>()
  const listeners: ((happening: Happening) => void)[] = []
  const see = (mac: Mac, model?: string) => {
    const journey = { mac, vendor: 'yealink', ...(model && { model }), firstSeen: 0, lastSeen: 0, happenings: [] }
    seen.set(mac, journey)
    const step = { kind: 'identified', vendor: 'yealink', ...(model && { model }), because: 'it said so' } as const
    for (const listener of listeners) listener({ at: 0, mac, step })
  }
  let now = 0
  const stop = adoptByRule({
    ...box,
    clock: { now: () => now },
    log: silentLog,
    journeys: {
      of: (mac) => seen.get(mac),
      list: () => [...seen.values()].map((one) => ({ ...one, verdict: { state: 'unknown-device', text: '' } })),
      onHappening(listener) {
        listeners.push(listener)
        return () => void listeners.splice(0)
      },
    },
  })
  const rule = (settings: object) => box.layers.put('site', 'site', { settings }, { by: 'test' })
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { ...box, see, stop, rule, settled, later: (ms: number) => (now += ms) }
}

describe('adopting by a rule', () => {
  it('does nothing unless the site says so, and then takes those that wait already', async () => {
    const { devices, records, see, rule, settled } = site()
    see(PHONE, 'SIP-T46U')
    await settled()
    expect(devices.get(PHONE)).toBeUndefined()
    rule({ 'adopt.rule': 'known', 'adopt.group': 'new' })
    await settled()
    expect(devices.get(PHONE)).toMatchObject({ group: 'new', enabled: true, lines: [] })
    expect(records.history('device', PHONE).map(({ by }) => by)).toEqual(['rule:adopt.rule'])
  })

  it('leaves a phone whose model is not known, and one that a person removed', async () => {
    const { devices, see, rule, settled } = site()
    rule({ 'adopt.rule': 'known' })
    see(PHONE)
    await settled()
    expect(devices.get(PHONE)).toBeUndefined()
    see(PHONE, 'SIP-T46U')
    await settled()
    expect(devices.get(PHONE)?.group).toBeUndefined()
    devices.remove(PHONE, { by: 'test' })
    see(PHONE, 'SIP-T46U')
    await settled()
    expect(devices.get(PHONE)).toBeUndefined()
  })

  it('stops when somebody makes up addresses, and goes on an hour later', async () => {
    const { devices, see, rule, settled, later } = site()
    rule({ 'adopt.rule': 'known' })
    for (let n = 0; n < MOST_AN_HOUR + 2; n++) see(macOf(n), 'SIP-T46U')
    await settled()
    expect(devices.list().length).toBe(MOST_AN_HOUR)
    later(3_600_000)
    see(PHONE, 'SIP-T46U')
    await settled()
    expect(devices.get(PHONE)).toBeDefined()
  })

  it('is over once it is stopped', async () => {
    const { devices, see, rule, settled, stop } = site()
    rule({ 'adopt.rule': 'known' })
    stop()
    see(PHONE, 'SIP-T46U')
    await settled()
    expect(devices.get(PHONE)).toBeUndefined()
  })
})
