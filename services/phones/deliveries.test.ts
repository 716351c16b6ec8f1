import { beforeEach, describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { silentLog } from '../core/log.ts'
import { parseMac } from '../core/mac.ts'
import { makeMemoryRecords, makeTestBox } from './box.fixture.ts'
import { makeDeliveries } from './deliveries.ts'
import { makeFingerprintStore } from './fingerprint-store.ts'

const MAC = parseMac('805ec0005301')
const FROM = '192.0.2.101'
const FILE = '/yealink/805ec0005301.cfg'
const AGENT = 'Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:53:01'
const PHONE = { vendorClass: 'yealink', parameters: [1, 3, 6, 12, 15, 28, 42, 43, 66, 67, 120, 125, 160] }
const WINDOWS = { vendorClass: 'MSFT 5.0', parameters: [1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252] }
const by = 'test'

let box: ReturnType<typeof makeTestBox>
const record = (more: object = {}) => ({
  vendor: 'yealink',
  model: 'T46U',
  lines: [{ index: 1, user: '101' }],
  ...more,
})
const fetch = (path = FILE) => box.ask(path, FROM)

beforeEach(() => {
  box = makeTestBox()
  box.devices.put(MAC, record(), { by })
  box.lease(FROM, MAC, PHONE)
})

/** A first delivery, and then something else with the same hardware address. */
function takeOver(): void {
  expect(fetch().kind).toBe('content')
  box.lease(FROM, MAC, WINDOWS)
}

describe('delivery of secrets', () => {
  it('ends when something else seems to have the hardware address, with an alarm and a line in the journey', () => {
    takeOver()
    const answer = fetch()
    expect(answer).toMatchObject({
      kind: 'refused',
      mac: MAC,
      reason: expect.stringMatching(/options.*allows it again/),
    })
    expect(box.alarms).toEqual(['fingerprint-changed 80:5e:c0:00:53:01'])
    expect(box.journal.at(-1)).toMatchObject({ mac: MAC, step: { kind: 'file.refused', reason: answer.reason } })
    expect(box.inspector.explain(MAC)).toMatchObject({
      closed: answer.reason,
      files: { 3: { problem: answer.reason } },
    })
  })

  it('stays ended for the first device too, but files without secrets go on', () => {
    takeOver()
    fetch()
    box.lease(FROM, MAC, PHONE)
    expect(fetch().kind).toBe('refused')
    expect(fetch('/yealink/y000000000108.cfg').kind).toBe('content')
  })

  it('is not slowed down as if it was guessing', () => {
    takeOver()
    const kinds = Array.from({ length: 12 }, () => fetch().kind)
    expect(kinds).toEqual(Array(12).fill('refused'))
    expect(new Set(box.alarms)).toEqual(new Set(['fingerprint-changed 80:5e:c0:00:53:01']))
  })

  it.each([
    ['a person allows it', () => box.deliveries.allow(MAC)],
    ['a person says that it is another model', () => box.devices.put(MAC, record({ model: 'T48U' }), { by })],
    [
      'its record is removed and made again',
      () => {
        box.devices.remove(MAC, { by })
        box.devices.put(MAC, record(), { by })
      },
    ],
  ])('begins again when %s, with what is there then', (_, act) => {
    takeOver()
    fetch()
    act()
    expect(box.fingerprints.rows.size).toBe(0)
    expect(fetch().kind).toBe('content')
    expect(box.inspector.explain(MAC).closed).toBeUndefined()
    box.lease(FROM, MAC, PHONE)
    expect(fetch().kind).toBe('refused')
  })

  it('does not begin again by an edit of something else', () => {
    takeOver()
    fetch()
    box.devices.put(MAC, record({ name: 'Reception' }), { by })
    expect(fetch().kind).toBe('refused')
  })

  it('notes the vendor of the agent text when the phone tells it at last', () => {
    fetch()
    expect(box.ask(FILE, FROM, { userAgent: AGENT }).kind).toBe('content')
    const snom = 'Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33)'
    expect(box.ask(FILE, FROM, { userAgent: snom })).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('agent text was of yealink'),
    })
  })

  it('goes on through newer firmware, a boot loader and a DHCPINFORM', () => {
    fetch()
    const stages = [
      { ...PHONE, parameters: [...PHONE.parameters, 121, 252, 26] },
      { vendorClass: 'PXEClient:Arch:00000', parameters: [128, 129, 130, 131, 132] },
      { parameters: [1, 3, 43, 66] },
      { parameters: [] },
    ]
    for (const stage of stages) {
      box.lease(FROM, MAC, stage)
      expect(fetch().kind).toBe('content')
    }
    expect(box.alarms).toEqual([])
  })
})

describe('fingerprints', () => {
  it('outlive the box, first deliveries once they are written, an end of delivery at once', () => {
    using db = memoryDatabase()
    const start = () =>
      makeDeliveries({ store: makeFingerprintStore(db), records: makeMemoryRecords(), log: silentLog })
    const phone = { ...PHONE, classVendor: 'yealink', relay: '0104' }
    const first = start()
    first.note(MAC, phone, 1000)
    first.close()
    const second = start()
    expect(second.objection(MAC, phone, 2000)).toBeUndefined()
    const reason = second.objection(MAC, { ...phone, relay: '0105' }, 3000)
    expect(reason).toContain('another relay')
    const third = start()
    expect(third.closed(MAC)).toBe(reason)
    third.allow(MAC)
    expect(start().closed(MAC)).toBeUndefined()
    for (const one of [second, third]) one.close()
    expect(start().objection(MAC, { classVendor: 'snom' }, 4000)).toBeUndefined()
  })
})
