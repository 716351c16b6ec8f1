import { describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import type { EpochMs } from '../core/clock.ts'
import { makeCounters } from '../core/counters.ts'
import { InvariantError } from '../core/errors.ts'
import { type Ipv4, parseIpv4 } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import { type Mac, parseMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Happening, Step } from './contract.ts'
import { makeJournal } from './journal.ts'

const A = parseMac('00:00:5e:00:53:01')
const B = parseMac('00:00:5e:00:53:02')
const IP = parseIpv4('192.0.2.5')

const discover: Step = { kind: 'dhcp.asked', message: 'discover', parameters: [66] }
const request: Step = { kind: 'dhcp.asked', message: 'request', parameters: [66] }
const ack: Step = { kind: 'dhcp.answered', message: 'ack', leased: IP, options: [] }
const missing = (file: string): Step => ({
  kind: 'file.missing',
  protocol: 'http',
  file,
  reason: 'none',
  expected: true,
})

function made(db: SqlDatabase = memoryDatabase()) {
  const counters = makeCounters()
  const known = new Set<Mac>([A, B])
  const holders = new Map<Ipv4, Mac>()
  const clock = { time: 1_000, now: () => clock.time }
  const journal = makeJournal({
    db,
    clock,
    log: silentLog,
    counters,
    isKnown: (mac) => known.has(mac),
    holderOf: (address) => holders.get(address),
  })
  const happen = (step: Step, given: { mac?: Mac; address?: Ipv4; at?: EpochMs } = { mac: A }) => {
    const { at = clock.time, ...rest } = given
    journal.record({ at, ...rest, step })
    clock.time += 10
  }
  const kinds = (mac: Mac) => journal.of(mac)?.happenings.map(({ step }) => step.kind)
  return { db, counters, known, holders, clock, journal, happen, kinds }
}

function randomMac(i: number): Mac {
  return parseMac(`0200${i.toString(16).padStart(8, '0')}`)
}

function rows(db: SqlDatabase): number | undefined {
  return db.query<{ n: number }>('SELECT count(*) AS n FROM story').get()?.n
}

describe('journal', () => {
  it('keeps one record a device, in order, with what it learnt', () => {
    const { journal, happen, kinds } = made()
    happen(discover)
    happen({ kind: 'identified', vendor: 'yealink', model: 'T46U', because: 'its class' })
    happen(request, { mac: B })
    happen(ack)
    happen({ kind: 'identified', vendor: 'yealink', firmware: '108.86', because: 'its agent' })
    expect(kinds(A)).toEqual(['dhcp.asked', 'identified', 'dhcp.answered', 'identified'])
    expect(journal.of(A)).toMatchObject({
      vendor: 'yealink',
      model: 'T46U',
      firmware: '108.86',
      address: IP,
      firstSeen: 1000,
      lastSeen: 1040,
    })
    happen({ kind: 'identified', vendor: 'snom', because: 'its agent' })
    expect(journal.of(A)?.model).toBeUndefined()
    expect(journal.list().map(({ mac, verdict }) => [mac, verdict.state])).toEqual([
      [A, 'under-way'],
      [B, 'under-way'],
    ])
    expect(journal.of(randomMac(1))).toBeUndefined()
    expect(journal.verdictOf(randomMac(1)).state).toBe('never-seen')
  })

  it('counts renewals instead of listing them, and leaves the first way in place', () => {
    const { journal, happen, kinds } = made()
    happen(discover)
    happen(request)
    happen(ack)
    happen(missing('a.cfg'))
    for (let i = 0; i < 500; i++) {
      happen(request)
      happen(ack)
    }
    expect(kinds(A)).toEqual([
      'dhcp.asked',
      'dhcp.asked',
      'dhcp.answered',
      'file.missing',
      'dhcp.asked',
      'dhcp.answered',
    ])
    expect(journal.of(A)?.happenings.at(-1)).toMatchObject({ count: 500, firstAt: 1050, at: 11_030 })
    happen(discover)
    happen(request)
    expect(kinds(A)).toHaveLength(8)
  })

  it('counts the rounds of a phone that starts over and over by DHCP alone', () => {
    const { journal, happen, kinds } = made()
    const round = [discover, { ...ack, message: 'offer' } as Step, request, ack]
    for (let i = 0; i < 300; i++) for (const step of round) happen(step)
    const once = round.map(({ kind }) => kind)
    expect(kinds(A)).toEqual([...once, ...once])
    expect(
      journal
        .of(A)
        ?.happenings.slice(4)
        .map(({ count }) => count),
    ).toEqual([299, 299, 299, 299])
    happen(missing('a.cfg'))
    for (const step of round) happen(step)
    expect(kinds(A)).toEqual([...once, ...once, 'file.missing', ...once])
  })

  it('gives what happened at an address to the device that holds it, also when that is learnt later', () => {
    const { holders, happen, kinds, counters, clock } = made()
    happen(missing('early.cfg'), { address: IP })
    expect(counters.get('journey.unclaimed')).toBe(1)
    holders.set(IP, A)
    happen(missing('late.cfg'), { address: IP })
    expect(kinds(A)).toEqual(['file.missing', 'file.missing'])
    holders.clear()
    happen(missing('old.cfg'), { address: IP })
    clock.time += 200_000
    happen(ack, { mac: B, address: IP })
    expect(kinds(B)).toEqual(['dhcp.answered'])
  })

  it('keeps the last 200 happenings of a device', () => {
    const { journal, happen } = made()
    for (let i = 0; i < 450; i++) happen(missing(`${i}.cfg`))
    const files = journal.of(A)?.happenings.map(({ step }) => 'file' in step && step.file)
    expect(files).toEqual(Array.from({ length: 200 }, (_, i) => `${i + 250}.cfg`))
  })

  it('cuts long texts and lists', () => {
    const { journal, happen } = made()
    happen({ kind: 'dhcp.asked', message: 'discover', hostName: 'x'.repeat(9000), parameters: Array(9000).fill(1) })
    const step = journal.of(A)?.happenings[0]?.step
    expect(step).toMatchObject({ hostName: 'x'.repeat(300) })
    expect(step !== undefined && 'parameters' in step && step.parameters.length).toBe(255)
  })

  it('drops the least recently seen unknown devices in a flood, and no known one', async () => {
    const { journal, happen, counters, db, known } = made()
    happen(discover)
    for (let i = 0; i < 30_000; i++) happen(discover, { mac: randomMac(i) })
    const left = journal.list().length
    expect(left).toBeGreaterThan(4_700)
    expect(left).toBeLessThanOrEqual(5_001)
    expect(journal.of(A)).toBeDefined()
    const oldest = 30_000 - (left - 1)
    expect(journal.of(randomMac(oldest - 1))).toBeUndefined()
    expect(journal.of(randomMac(oldest))).toBeDefined()
    expect(counters.get('journey.forgotten')).toBe(oldest)
    known.add(randomMac(oldest))
    for (let i = 0; i < 5_000; i++) happen(discover, { mac: randomMac(40_000 + i) })
    expect(journal.of(randomMac(oldest))).toBeDefined()
    expect(journal.of(randomMac(oldest + 1))).toBeUndefined()
    await journal[Symbol.asyncDispose]()
    const stored = journal.list().length
    expect(rows(db)).toBe(stored)
  })

  it('bounds what all unknown devices keep together', () => {
    const { journal, happen } = made()
    for (let i = 0; i < 1_100; i++) for (let k = 0; k < 60; k++) happen(missing(`${k}`), { mac: randomMac(i) })
    const kept = journal.list().map(({ mac }) => journal.of(mac)?.happenings.length ?? 0)
    expect(Math.max(...kept)).toBe(50)
    const all = kept.reduce((sum, n) => sum + n, 0)
    expect(all).toBeGreaterThan(47_000)
    expect(all).toBeLessThanOrEqual(50_000)
  })

  it('is the same after a restart, and goes on from there', async () => {
    const { journal, happen, db, kinds } = made()
    happen(discover)
    for (let i = 0; i < 5; i++) {
      happen(request)
      happen(ack)
    }
    happen(missing('x.cfg'), { mac: randomMac(1) })
    const before = [journal.of(A), journal.of(randomMac(1))]
    await journal[Symbol.asyncDispose]()
    const future = {
      head: { firstSeen: 1000, lastSeen: 1100, address: IP },
      happenings: [{ at: 1, step: { kind: 'of.the.future' } }],
    }
    db.query('INSERT INTO story (id, mac, body) VALUES (999, ?, ?)').run(A, JSON.stringify(future))
    const second = made(db)
    expect([second.journal.of(A), second.journal.of(randomMac(1))]).toEqual(before)
    second.happen(request)
    expect(second.kinds(A)).toEqual([...(kinds(A)?.filter((_, i) => i !== 3) ?? []), 'dhcp.asked'])
    await second.journal[Symbol.asyncDispose]()
    expect(made(db).journal.of(A)).toEqual(second.journal.of(A))
  })

  it('calls listeners with each happening and outlives one that fails', () => {
    const { journal, happen, counters } = made()
    const heard: Happening[] = []
    journal.onHappening(() => {
      throw new InvariantError('a listener that fails')
    })
    const stop = journal.onHappening((happening) => heard.push(happening))
    happen(discover)
    expect(heard).toEqual([{ at: 1000, mac: A, step: discover }])
    expect(counters.get('journey.listener-failed')).toBe(1)
    stop()
    happen(discover)
    expect(heard).toHaveLength(1)
  })

  it('never throws, whatever its facts do, and keeps what the disk refuses', async () => {
    const db = memoryDatabase()
    let full = true
    const stubborn: SqlDatabase = {
      query: (sql) => db.query(sql),
      write: (work) => {
        if (full) throw new InvariantError('disk full')
        return db.write(work)
      },
    }
    const counters = makeCounters()
    const journal = makeJournal({
      db: stubborn,
      clock: { now: () => 0 },
      log: silentLog,
      counters,
      isKnown: () => true,
      holderOf: () => {
        throw new InvariantError('no table')
      },
    })
    journal.record({ at: 1, address: IP, step: discover })
    expect(counters.get('journey.record-failed')).toBe(1)
    journal.record({ at: 1, mac: A, step: discover })
    await journal[Symbol.asyncDispose]()
    expect(counters.get('journey.write-failed')).toBe(1)
    full = false
    await journal[Symbol.asyncDispose]()
    expect(rows(db)).toBe(1)
  })

  it('stays in order, bounded and equal to its database under seeded random happenings', async () => {
    let seed = 20261122
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    const first = made()
    const steps: readonly Step[] = [discover, request, ack, { kind: 'dhcp.released' }, { kind: 'neighbour.seen' }]
    for (let i = 0; i < 20_000; i++) {
      const mac = [A, B, randomMac(random(50)), undefined][random(4)]
      const address = ((0xc0000200 + random(30)) >>> 0) as Ipv4
      const step = steps[random(8)] ?? missing(`${random(20)}.cfg`)
      if (random(10) === 0) first.holders.set(address, A)
      first.happen(step, { address, ...(mac === undefined ? {} : { mac }) })
    }
    expect(first.counters.get('journey.record-failed')).toBe(0)
    await first.journal[Symbol.asyncDispose]()
    const second = made(first.db)
    for (const { mac } of first.journal.list()) {
      const journey = first.journal.of(mac)
      const times = journey?.happenings.map(({ at }) => at) ?? []
      expect(times.length).toBeLessThanOrEqual(200)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(second.journal.of(mac)).toEqual(journey)
    }
  })
})
