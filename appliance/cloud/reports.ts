import type { Clock } from '../../services/core/clock.ts'
import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import { formatMac, type Mac, readMac } from '../../services/core/mac.ts'
import type { Alarm, Journeys, VerdictState } from '../../services/journey/contract.ts'
import type { Devices, Inspector } from '../../services/phones/contract.ts'
import { type Drift, driftOf } from '../../services/phones/drift.ts'
import type { JsonObject, Records } from '../../services/records/contract.ts'
import type { BoxSync } from '../../services/sync/contract.ts'
import type { AlarmEvent, BoxStatus, DeviceEvent } from '../../services/sync/site-report.ts'
import { deviceReport, newDeviceReport } from './device-report.ts'

/** What happens to a device in this time is looked at once. */
const SETTLE_MS = 2_000
/** Milliseconds of work at a time, and of rest after it: phones that ask in between wait no longer than for one slice. */
const SLICE_MS = 4
const REST_MS = 30
/** Verdicts change with time alone. */
const SWEEP_MS = 60_000
/** News of a site goes up together. */
const TOGETHER_MS = 10_000
/** What people wait for: whether a phone has what they set. */
const WAITED_FOR_MS = 1_000
/** `lastSeen` alone is no news, unless it is so much later. */
const SEEN_MS = 3_600_000
/** Invented addresses shall not fill the account. */
const MOST_NEW = 500
const MOST_WAITING = 10_000

export interface ReportsDeps {
  readonly sync: Pick<BoxSync, 'report' | 'record'>
  readonly devices: Pick<Devices, 'get' | 'list'>
  readonly inspector: Pick<Inspector, 'files' | 'render'>
  readonly journeys: Journeys
  readonly records: Pick<Records, 'get' | 'onChange'>
  /** Calls when the files of any device may have become others. */
  readonly onTemplates: (listener: () => void) => () => void
  readonly box: () => BoxStatus
  /** There is something to send. */
  readonly soon: (ms: number) => void
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number
  /** Calls `work` once after so many milliseconds; returns the way to stop. */
  readonly later: (ms: number, work: () => void) => () => void
}

export interface Reports extends Disposable {
  alarm(alarm: Alarm): void
  event(kind: string, body: JsonObject): void
  /** What is told of the box may have become another. */
  boxChanged(): void
}

interface Told {
  /** What was told, without what changes all the time. */
  readonly text: string
  readonly seen: number
  readonly state: VerdictState
  readonly drift: Drift
  readonly wantedSince: number
}

/** Layers: a change of one may touch the files of every device. */
const BROAD = new Set(['site', 'vendor', 'group', 'model'])

/**
 * Tells the account what is the case at the site: only what changed, a few devices at a time, and what its files would be
 * only after something that may have changed them. Everything is told once after a start.
 */
export function makeReports(deps: ReportsDeps): Reports {
  const { sync, devices, journeys, clock, later } = deps
  const told = new Map<Mac, Told>()
  const toldNew = new Map<Mac, number>()
  /** Devices to look at, and whether their files may be others. */
  const waiting = new Map<Mac, boolean>()
  let events: { kind: string; at: number; body: JsonObject }[] = []
  let boxText = ''
  let working: (() => void) | undefined
  let news = false
  /** Some phone has by now what is wanted, or not any more. */
  let waitedFor = false

  function stir(mac: Mac, files: boolean): void {
    if (waiting.size >= MOST_WAITING && !waiting.has(mac)) return
    waiting.set(mac, files || waiting.get(mac) === true)
    working ??= later(SETTLE_MS, work)
  }

  function stirAll(files: boolean): void {
    for (const { mac } of devices.list()) stir(mac, files)
  }

  function work(): void {
    working = undefined
    const end = deps.monotonic() + SLICE_MS
    for (const [mac, files] of waiting) {
      waiting.delete(mac)
      try {
        look(mac, files)
      } catch (thrown) {
        // Nothing that is told to the account may harm the site.
        deps.log.warn('a device cannot be reported', { device: formatMac(mac), error: messageOf(thrown) })
      }
      if (deps.monotonic() >= end) break
    }
    const late = events.length > 0 && clock.now() - (events[0]?.at ?? 0) >= SETTLE_MS
    if (waiting.size === 0 || late) flush()
    if (waiting.size > 0) working ??= later(REST_MS, work)
  }

  function flush(): void {
    if (events.length > 0) {
      store()
      news = true
    }
    if (news) deps.soon(waitedFor ? WAITED_FOR_MS : TOGETHER_MS)
    news = false
    waitedFor = false
  }

  function store(): void {
    const list = events
    events = []
    try {
      sync.record(list)
    } catch (thrown) {
      deps.log.error('events for the account cannot be stored', { events: list.length, error: messageOf(thrown) })
    }
  }

  function tell(kind: string, id: string, body: object | null): void {
    sync.report(kind, id, body as JsonObject | null)
    news = true
  }

  function look(mac: Mac, files: boolean): void {
    const journey = journeys.of(mac)
    const id = formatMac(mac)
    if (devices.get(mac) === undefined) {
      if (told.delete(mac)) tell('device', id, null)
      const before = toldNew.get(mac)
      if (journey !== undefined && journeys.verdictOf(mac).state === 'unknown-device') {
        if (before === undefined ? toldNew.size >= MOST_NEW : journey.lastSeen - before < SEEN_MS) return
        toldNew.set(mac, journey.lastSeen)
        tell('new-device', id, newDeviceReport(journey))
      } else if (toldNew.delete(mac)) tell('new-device', id, null)
      return
    }
    if (toldNew.delete(mac)) tell('new-device', id, null)
    const before = told.get(mac)
    const drift = files || before === undefined ? driftOf(deps.inspector, mac, journey?.happenings ?? []) : before.drift
    const wantedSince =
      before === undefined
        ? (deps.records.get('device', mac)?.updatedAt ?? clock.now())
        : before.drift.wanted === drift.wanted
          ? before.wantedSince
          : clock.now()
    const verdict = journeys.verdictOf(mac)
    const body = deviceReport({ journey, verdict, drift, wantedSince })
    const { lastSeen = 0, ...rest } = body
    const text = JSON.stringify(rest)
    const isNews = before?.text !== text || lastSeen - before.seen >= SEEN_MS
    told.set(mac, { text, seen: isNews ? lastSeen : before.seen, state: verdict.state, drift, wantedSince })
    if (isNews) tell('device', id, body)
    if (isNews && before !== undefined && hasIt(before.drift) !== hasIt(drift)) waitedFor = true
    if (before !== undefined && before.state !== verdict.state)
      event('device', { mac: id, from: before.state, to: verdict.state, text: body.verdict.text } satisfies DeviceEvent)
  }

  function lookAtBox(): void {
    const body = deps.box()
    const { clock: _, storage, ...rest } = body
    const text = JSON.stringify({ ...rest, ...(storage && { free: Math.round((storage.free / storage.total) * 50) }) })
    if (text === boxText) return
    boxText = text
    tell('box', 'box', body)
  }

  function event(kind: string, body: JsonObject): void {
    events.push({ kind, at: clock.now(), body })
    working ??= later(SETTLE_MS, work)
  }

  function sweep(): void {
    sweeping = later(SWEEP_MS, sweep)
    try {
      lookAtBox()
    } catch (thrown) {
      deps.log.warn('the box cannot be reported', { error: messageOf(thrown) })
    }
    stirAll(false)
    if (waiting.size === 0) flush()
  }

  const stops = [
    journeys.onHappening(({ mac }) => {
      if (mac !== undefined) stir(mac, true)
    }),
    deps.records.onChange(({ kind, id }) => {
      const mac = kind === 'device' ? readMac(id) : undefined
      if (mac !== undefined) stir(mac, true)
      else if (BROAD.has(kind)) stirAll(true)
    }),
    deps.onTemplates(() => stirAll(true)),
  ]
  let sweeping = later(SWEEP_MS, sweep)
  lookAtBox()
  stirAll(true)
  for (const { mac } of journeys.list()) stir(mac, true)
  working ??= later(SETTLE_MS, work)

  return {
    event,
    boxChanged() {
      lookAtBox()
      // How far a file is by now can wait, that it is there cannot.
      if (deps.box().given?.every(({ state }) => state !== 'under-way')) waitedFor = true
      working ??= later(SETTLE_MS, work)
    },
    alarm({ kind, subject, text }) {
      event('alarm', { kind, subject, text } satisfies AlarmEvent)
    },
    [Symbol.dispose]() {
      for (const stop of stops) stop()
      working?.()
      sweeping()
      // What happened is worth keeping; what is the case will be told again.
      if (events.length > 0) store()
    },
  }
}

function hasIt({ wanted, fetched }: Drift): boolean {
  return wanted !== undefined && wanted === fetched?.hash
}
