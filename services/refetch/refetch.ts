import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import type { Gate } from '../core/daily-window.ts'
import { messageOf, NotFoundError, OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Happening, Journal, Journeys } from '../journey/contract.ts'
import type { Devices } from '../phones/contract.ts'
import type { Notifier, NotifyOutcome } from '../sip/contract.ts'
import { askIdle } from './attempt.ts'
import type { Job, JobRequest, PhoneHttp, Place, Refetch, RefetchAdvisor } from './contract.ts'
import { choose, isFetch } from './policy.ts'
import { checkRequest, select } from './policy-select.ts'
import { gateAt } from './policy-window.ts'
import { type Active, makeRun } from './run.ts'
import { addJob, allJobs, type Item, removeJob, type StoredJob, saveJob, viewOf } from './store.ts'

export interface RefetchDeps {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly newId: () => string
  readonly advisor: RefetchAdvisor
  readonly notifier: Pick<Notifier, 'notify'>
  readonly http: PhoneHttp
  readonly devices: Pick<Devices, 'get' | 'list'>
  readonly journal: Journal
  readonly journeys: Pick<Journeys, 'of' | 'onHappening'>
  /** Where a device is; asks the link when nothing tells. */
  readonly locate: (mac: Mac) => Promise<Place>
  /** Calls `work` once after `ms` unless the returned function is called first. */
  readonly after: (ms: number, work: () => void) => () => void
}

/** Open jobs at once, and ended ones that are kept. */
const MAX_OPEN = 100
const KEEP_ENDED = 200
/** The clock of the box may be set: nothing sleeps longer without looking at it. */
const LONGEST_SLEEP_MS = 60_000

/**
 * Asks phones to fetch again, one way after the other, and watches whether they do. A device's state is on disk before
 * a packet leaves, so that a restart neither forgets nor repeats: who was asked is watched on, who was not is asked.
 */
export function makeRefetch(deps: RefetchDeps): Refetch & AsyncDisposable {
  const { db, clock, log, counters, advisor, devices } = deps
  const jobs = new Map<string, StoredJob>()
  /** Items that wait, by job, in their order. */
  const queues = new Map<StoredJob, Set<Item>>()
  /** Those of them that are left alone for a while. */
  const later = new Set<Item>()
  const active = new Set<Active>()
  const running = new Set<Promise<void>>()
  const life = new AbortController()
  let stopTimer: (() => void) | undefined
  let pumping = false
  let again = false

  const run = makeRun({
    ...deps,
    signal: life.signal,
    onWait(one) {
      release(one)
      queues.get(one.job)?.add(one.item)
      later.add(one.item)
      pump()
    },
    onEnd(one) {
      release(one)
      finish(one.job)
      pump()
    },
    onWatch: () => pump(),
  })

  for (const job of allJobs(db)) {
    jobs.set(job.id, job)
    const items = [...job.items.values()]
    if (job.state === 'open') queues.set(job, new Set(items.filter(({ state }) => state === 'waiting')))
    // Asked before the restart: watched to the end of their time.
    for (const item of items)
      if (item.state === 'asked') active.add({ job, item, inFlight: false })
      else if (item.state === 'waiting' && item.notBefore !== undefined) later.add(item)
  }
  // One whose last device ended just before the restart.
  for (const job of [...queues.keys()]) finish(job)
  const stopListening = deps.journeys.onHappening(onHappening)
  queueMicrotask(() => !life.signal.aborted && pump())

  function onHappening(happening: Happening): void {
    if (!isFetch(happening)) return
    for (const one of active)
      if (one.item.mac === happening.mac && happening.at >= (one.item.askedAt ?? Number.POSITIVE_INFINITY))
        // Later, so that who listens to the journey hears of the fetch before its consequence.
        queueMicrotask(() => active.has(one) && !one.inFlight && run.fetched(one))
  }

  function release(one: Active): void {
    active.delete(one)
  }

  function go(one: Active): void {
    const promise = run.go(one).catch((thrown) => {
      // What we promised ourselves does not hold: this device is given up, the others go on.
      log.error('refetch failed', { mac: one.item.mac, reason: messageOf(thrown) })
      run.fail(one)
    })
    running.add(promise)
    void promise.finally(() => running.delete(promise))
  }

  /** Starts whatever may start now, and sets the timer for what may later. */
  function pump(): void {
    if (life.signal.aborted) return
    if (pumping) {
      again = true
      return
    }
    pumping = true
    do {
      again = false
      const now = clock.now()
      for (const one of [...active])
        if (!one.inFlight && (one.item.dueAt ?? 0) <= now) {
          one.inFlight = true
          run.overdue(one)
          if (active.has(one)) go(one)
        }
      for (const [job, queue] of queues) if (gateAt(job.request.when, now).open) startFrom(job, queue, now)
    } while (again)
    pumping = false
    sleep()
  }

  function startFrom(job: StoredJob, queue: Set<Item>, now: number): void {
    if (active.size >= job.request.limit) return
    const busy = new Set([...active].map(({ item }) => item.mac))
    for (const item of queue) {
      if (active.size >= job.request.limit) return
      if ((item.notBefore ?? 0) > now || busy.has(item.mac)) continue
      queue.delete(item)
      later.delete(item)
      const one: Active = { job, item, inFlight: true }
      active.add(one)
      counters.add('refetch.started')
      go(one)
    }
  }

  function sleep(): void {
    stopTimer?.()
    stopTimer = undefined
    const now = clock.now()
    let wake = Number.POSITIVE_INFINITY
    for (const { inFlight, item } of active) if (!inFlight) wake = Math.min(wake, item.dueAt ?? now)
    for (const job of queues.keys()) {
      const gate = gateAt(job.request.when, now)
      if (!gate.open) wake = Math.min(wake, gate.opensAt)
    }
    for (const { notBefore = now } of later) if (notBefore > now) wake = Math.min(wake, notBefore)
    if (wake === Number.POSITIVE_INFINITY) return
    stopTimer = deps.after(Math.min(Math.max(wake - now, 0), LONGEST_SLEEP_MS), pump)
  }

  /** Ends a job whose last item has ended. */
  function finish(job: StoredJob): void {
    if (queues.get(job)?.size || [...job.items.values()].some(({ state }) => state !== 'ended')) return
    queues.delete(job)
    if (job.state === 'open') job.state = 'done'
    job.endedAt = clock.now()
    saveJob(db, job)
    const ended = [...jobs.values()].filter(({ endedAt }) => endedAt !== undefined)
    for (const old of ended.slice(0, Math.max(0, ended.length - KEEP_ENDED))) {
      jobs.delete(old.id)
      removeJob(db, old.id)
    }
  }

  function store(request: JobRequest, macs: readonly Mac[]): StoredJob {
    if (queues.size >= MAX_OPEN)
      throw new OperatorError(`${MAX_OPEN} jobs are open already; cancel one or wait until one is done`)
    const items = macs.map((mac): Item => ({ mac, state: 'waiting', notes: [], answers: [], way: 0 }))
    const job: StoredJob = {
      ...{ id: deps.newId(), request, at: clock.now(), state: 'open' as const },
      items: new Map(items.map((item) => [item.mac, item])),
    }
    addJob(db, job)
    jobs.set(job.id, job)
    queues.set(job, new Set(items))
    return job
  }

  function view(job: StoredJob): Job {
    const gate: Gate = gateAt(job.request.when, clock.now())
    return viewOf(job, gate.open ? undefined : gate.opensAt)
  }

  /** Throws what keeps this device from being asked at all. */
  async function refuseHopeless(mac: Mac, reboot: boolean): Promise<void> {
    const who = formatMac(mac)
    const advice = advisor.adviceFor(mac, { reboot })
    if (advice === undefined || !advice.ways.some(({ kind }) => kind !== 'schedule'))
      throw new OperatorError(`${who} is of no vendor that can be told to ${reboot ? 'restart' : 'fetch again'}`)
    const place = await deps.locate(mac)
    if (place.kind === 'unknown') throw new OperatorError(`${who} has no address that the box knows of`)
    const { choice, notes } = choose(advice, { index: 0, place, idle: 'idle', reboot })
    if (choice.kind === 'ask') return
    throw new OperatorError(
      place.kind === 'shared'
        ? `the last address of ${who} is now held by ${formatMac(place.holder)}`
        : `${who} cannot be asked: ${notes.join('; ')}`,
    )
  }

  return {
    start(request) {
      const same =
        request.key === undefined ? undefined : [...jobs.values()].find((job) => job.request.key === request.key)
      if (same !== undefined) return view(same)
      checkRequest(request, clock.now())
      const known = devices
        .list()
        .map(({ mac, group, enabled }) => ({ mac, enabled, ...(group !== undefined && { group }) }))
      const job = store(request, select(request.selection, known, advisor))
      counters.add('refetch.jobs')
      pump()
      return view(job)
    },
    async ask(mac, { by, reboot, why }) {
      await refuseHopeless(mac, reboot)
      const job = store(
        {
          ...{ selection: { kind: 'devices', macs: [mac] }, when: { kind: 'now' }, reboot, limit: 1, by },
          ...(why !== undefined && { why }),
        },
        [mac],
      )
      const answered = Promise.withResolvers<NotifyOutcome>()
      for (const item of job.items.values()) {
        queues.get(job)?.delete(item)
        const one: Active = { job, item, inFlight: true, waiter: answered }
        active.add(one)
        go(one)
      }
      return answered.promise
    },
    jobs: () => [...jobs.values()].map(view).reverse(),
    job(id) {
      const job = jobs.get(id)
      return job && view(job)
    },
    cancel(id, { by }) {
      const job = jobs.get(id)
      if (job === undefined) throw new NotFoundError(`no job ${JSON.stringify(id)}`)
      if (job.state !== 'open') return view(job)
      job.state = 'cancelled'
      const items = [...(queues.get(job) ?? [])]
      for (const item of items) {
        later.delete(item)
        Object.assign(item, { state: 'ended', outcome: 'cancelled', endedAt: clock.now() })
        item.notes.push(`cancelled by ${by}`)
      }
      queues.delete(job)
      saveJob(db, job, items)
      finish(job)
      pump()
      return view(job)
    },
    async idle(mac) {
      const check = advisor.adviceFor(mac, { reboot: true })?.idle
      return check === undefined ? 'unknown' : askIdle(deps.http, check, await deps.locate(mac), life.signal)
    },
    pending(mac) {
      const facts = advisor.pending(mac)
      const way = run.wayFor(mac, facts.reboot === 'yes')
      return { ...facts, ...(way && { way }) }
    },
    async [Symbol.asyncDispose]() {
      life.abort()
      stopListening()
      stopTimer?.()
      for (const { waiter } of active) waiter?.reject(new OperatorError('the box is stopping'))
      await Promise.all(running)
    },
  }
}
