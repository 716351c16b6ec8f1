import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { makeCounters } from '../core/counters.ts'
import { InvariantError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { type Mac, parseMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Step } from './contract.ts'
import { makeJournal } from './journal.ts'

const PHONE = parseMac('00:00:5e:00:53:01')
const request: Step = { kind: 'dhcp.asked', message: 'request', parameters: [66] }
const ack: Step = { kind: 'dhcp.answered', message: 'ack', options: [{ code: 66, text: 'http://192.0.2.1/' }] }
const file = (name: string): Step => ({ kind: 'file.uploaded', protocol: 'http', file: name, size: 1 })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp(base: SqlDatabase = memoryDatabase()) {
  const fault = { on: false, writes: 0 }
  const db: SqlDatabase = {
    query: (sql) => base.query(sql),
    write: (work) => {
      fault.writes++
      return base.write(() => {
        const result = work()
        // As on a full disk: refused at the very end, when all was said already.
        if (fault.on) throw new InvariantError('disk full')
        return result
      })
    },
  }
  const counters = makeCounters()
  const known = new Set<Mac>([PHONE])
  const make = () =>
    makeJournal({
      ...{ db, counters, log: silentLog, clock: { now: () => 0 } },
      isKnown: (mac) => known.has(mac),
      holderOf: () => undefined,
    })
  const journal = make()
  let at = 1000
  const happen = (step: Step, mac = PHONE) => journal.record({ at: at++, mac, step })
  const rows = () => base.query<{ id: number; mac: string }>('SELECT id, mac FROM story ORDER BY id').all()
  /** What a box would know that starts now, as after a loss of power. */
  const afterLoss = (mac = PHONE) => make().of(mac)
  return { fault, counters, journal, happen, rows, afterLoss }
}

it('has on disk within a second what happened, by itself, in one row a device', () => {
  const { journal, happen, rows, afterLoss, fault } = setUp()
  happen(request)
  happen(ack)
  happen(file('a.log'))
  expect(rows()).toEqual([])
  vi.advanceTimersByTime(1000)
  expect(rows()).toHaveLength(1)
  expect(afterLoss()).toEqual(journal.of(PHONE))
  happen(file('b.log'))
  vi.advanceTimersByTime(1000)
  expect(rows()).toHaveLength(1)
  expect(afterLoss()).toEqual(journal.of(PHONE))
  const { writes } = fault
  vi.advanceTimersByTime(60_000)
  expect(fault.writes).toBe(writes)
})

it('writes what happens all the time once a round, however often it happens', () => {
  const { journal, happen, rows, afterLoss, fault } = setUp()
  for (let i = 0; i < 5000; i++) {
    happen(request)
    happen(ack)
    vi.advanceTimersByTime(1)
  }
  vi.advanceTimersByTime(1000)
  expect(rows()).toHaveLength(1)
  expect(fault.writes).toBeLessThanOrEqual(8)
  expect(afterLoss()).toEqual(journal.of(PHONE))
  expect(afterLoss()?.happenings.at(-1)).toMatchObject({ count: 4999, firstAt: 1003, at: 10_999 })
})

it('keeps rows small, and the rows of what fell out or was repeated in step', () => {
  const { journal, happen, rows, afterLoss } = setUp()
  happen(request)
  happen(ack)
  for (let i = 0; i < 450; i++) {
    happen(file(`${i}.log`))
    if (i % 7 === 0) happen(request)
    if (i % 5 === 0) {
      vi.advanceTimersByTime(1000)
      expect(afterLoss()).toEqual(journal.of(PHONE))
    }
  }
  vi.advanceTimersByTime(1000)
  expect(afterLoss()).toEqual(journal.of(PHONE))
  expect(rows().length).toBeLessThan(30)
})

it('gives the rows of forgotten devices to new ones', () => {
  const { journal, happen, rows, counters } = setUp()
  const mac = (i: number) => parseMac(`0200${i.toString(16).padStart(8, '0')}`)
  for (let i = 0; i < 20_000; i++) {
    happen(request, mac(i))
    if (i % 1000 === 0) vi.advanceTimersByTime(2000)
  }
  vi.advanceTimersByTime(5000)
  expect(counters.get('journey.forgotten')).toBeGreaterThan(14_000)
  const kept = new Set(journal.list().map((row) => row.mac))
  expect(new Set(rows().map((row) => row.mac))).toEqual(kept)
  expect(rows()).toHaveLength(kept.size)
  expect(rows().at(-1)?.id).toBeLessThan(8_000)
})

it('loses nothing when the disk refuses in between', () => {
  const { journal, happen, afterLoss, fault, counters } = setUp()
  happen(request)
  vi.advanceTimersByTime(1000)
  const before = afterLoss()
  fault.on = true
  for (let i = 0; i < 40; i++) happen(file(`${i}.log`))
  vi.advanceTimersByTime(1000)
  happen(request)
  vi.advanceTimersByTime(20_000)
  expect(counters.get('journey.write-failed')).toBeGreaterThan(2)
  expect(afterLoss()).toEqual(before)
  fault.on = false
  vi.advanceTimersByTime(10_000)
  expect(afterLoss()).toEqual(journal.of(PHONE))
})

it('writes a lot in slices, and the rest when it is closed', async () => {
  let time = 0
  // Each look at the clock finds it a millisecond later: as on a very slow disk.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time++)
  const { journal, happen, rows, afterLoss } = setUp()
  const mac = (i: number) => parseMac(`0200${i.toString(16).padStart(8, '0')}`)
  for (let i = 0; i < 3000; i++) happen(request, mac(i))
  vi.advanceTimersByTime(801)
  expect(rows().length).toBeGreaterThan(0)
  expect(rows().length).toBeLessThan(10)
  happen(ack, mac(0))
  happen(ack, mac(2999))
  await journal[Symbol.asyncDispose]()
  clock.mockRestore()
  expect(rows()).toHaveLength(3000)
  for (const i of [0, 1, 2999]) expect(afterLoss(mac(i))).toEqual(journal.of(mac(i)))
})
