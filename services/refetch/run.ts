import type { Clock, EpochMs } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Journal, Journeys, Step } from '../journey/contract.ts'
import type { Notifier, NotifyOutcome } from '../sip/contract.ts'
import { askIdle, attempt } from './attempt.ts'
import type { Advice, Idle, Outcome, Pending, PhoneHttp, Place, RefetchAdvisor } from './contract.ts'
import { choose, type HttpWay, hasFetched, type NotifyWay, nameOf, outcomeOf } from './policy.ts'
import { scheduleText } from './policy-window.ts'
import { type Item, type StoredJob, saveItem } from './store.ts'

/** One device that is being asked or watched. */
export interface Active {
  readonly job: StoredJob
  readonly item: Item
  /** A request of ours is under way; else it is watched for its fetch. */
  inFlight: boolean
  /** Somebody waits for what the phone says. */
  waiter?: PromiseWithResolvers<NotifyOutcome>
}

export interface RunDeps {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly advisor: RefetchAdvisor
  readonly notifier: Pick<Notifier, 'notify'>
  readonly http: PhoneHttp
  readonly journal: Journal
  readonly journeys: Pick<Journeys, 'of'>
  readonly locate: (mac: Mac) => Promise<Place>
  readonly signal: AbortSignal
  /** It waits for another time; it has ended; it was told and is watched from now on. */
  onWait(one: Active): void
  onEnd(one: Active): void
  onWatch(one: Active): void
}

/** A call is given so long to end before the phone is asked once more, and all calls together in a job without a window. */
const BUSY_RETRY_MS = 60_000
const BUSY_PATIENCE_MS = 3_600_000

/** The way of one device through one job: from its first request to its fetch, or to the end of what can be tried. */
export function makeRun(deps: RunDeps) {
  const { db, clock, advisor, journal, signal } = deps

  const save = ({ job, item }: Active) => saveItem(db, job.id, item)
  const tell = ({ item }: Active, step: Step) => journal.record({ at: clock.now(), mac: item.mac, step })

  function fetchedSince({ mac, askedAt }: Item): boolean {
    return askedAt !== undefined && hasFetched(deps.journeys.of(mac)?.happenings ?? [], askedAt)
  }

  async function go(one: Active): Promise<void> {
    const { item, job } = one
    let idle: Idle | undefined
    for (;;) {
      const place = await deps.locate(item.mac)
      if (signal.aborted) return
      if (fetchedSince(item)) {
        end(one, 'fetched')
        return
      }
      if (job.state !== 'open') {
        end(one, item.answers.length > 0 ? outcomeOf(item.answers) : 'cancelled')
        return
      }
      const advice = advisor.adviceFor(item.mac, { reboot: job.request.reboot })
      if (advice === undefined || place.kind === 'unknown') {
        note(item, place.kind === 'unknown' ? 'nobody knows its address' : 'its vendor is not known')
        end(one, outcomeOf(item.answers))
        return
      }
      item.firstAt ??= clock.now()
      const facts = { index: item.way, place, reboot: job.request.reboot, ...(idle !== undefined && { idle }) }
      const { choice, notes } = choose(advice, facts)
      if (choice.kind === 'check-idle') {
        idle = await askIdle(deps.http, advice.idle, place, signal)
        if (signal.aborted) return
        continue
      }
      note(item, ...notes)
      if (choice.kind === 'busy') {
        leave(one, 'it is in a call')
        return
      }
      // What its vendor has beside what was tried, and why that was not.
      if (choice.kind !== 'ask') note(item, ...advice.passed.map(({ way, reason }) => `HTTP ${way}: ${reason}`))
      if (choice.kind === 'none') {
        end(one, outcomeOf(item.answers))
        return
      }
      if (choice.kind === 'by-itself') {
        note(item, `it looks by itself ${scheduleText(choice.way, clock.now())}`)
        end(one, item.answers.length > 0 ? outcomeOf(item.answers) : 'by-itself')
        return
      }
      const told = await ask(one, choice.index, choice.way, advice, place)
      if (told !== 'next') return
      // What was true before that request may not be any more.
      idle = undefined
    }
  }

  /** Asks in one way. `next`: it was in vain, and the phone is not in a call. */
  async function ask(
    one: Active,
    index: number,
    way: NotifyWay | HttpWay,
    advice: Advice,
    place: Exclude<Place, { kind: 'unknown' }>,
  ): Promise<'next' | 'told'> {
    const { item, job } = one
    const { by, why } = job.request
    item.state = 'asked'
    item.way = index + 1
    item.askedAt = clock.now()
    item.dueAt = item.askedAt + advice.patienceMs
    // On disk before it leaves: after a restart it is watched, and not asked the same once more.
    save(one)
    const of = { mac: item.mac, place, by, ...(why !== undefined && { why }) }
    const attempted = await attempt(deps, of, way, signal)
    if (attempted === undefined) return 'told'
    const { answer, outcome } = attempted
    deps.counters.add(`refetch.${answer.kind}`)
    if (answer.kind === 'busy') {
      one.waiter?.resolve(outcome)
      delete one.waiter
      item.way = index
      leave(one, answer.text)
      return 'told'
    }
    item.answers.push(answer.kind)
    item.notes.push(`${nameOf(way)}: ${answer.text}`)
    if (fetchedSince(item)) {
      one.waiter?.resolve(outcome)
      end(one, 'fetched')
      return 'told'
    }
    if (answer.kind !== 'accepted') {
      if (one.waiter !== undefined) lastAnswers.set(one, outcome)
      return 'next'
    }
    item.dueAt = clock.now() + advice.patienceMs
    save(one)
    one.waiter?.resolve(outcome)
    delete one.waiter
    one.inFlight = false
    deps.onWatch(one)
    return 'told'
  }

  /** What the phone said last to those that somebody waits for. */
  const lastAnswers = new WeakMap<Active, NotifyOutcome>()

  function leave(one: Active, reason: string): void {
    const { item, job } = one
    const now = clock.now()
    if (job.state !== 'open') {
      end(one, 'busy')
      return
    }
    if (job.request.when.kind !== 'window' && now - (item.firstAt ?? now) >= BUSY_PATIENCE_MS) {
      item.notes.push('it was in a call for an hour, each time it was looked at')
      end(one, 'busy')
      return
    }
    // Nobody waits for the end of a call.
    one.waiter?.reject(new OperatorError(`${formatMac(item.mac)} is in a call; it is asked later`))
    delete one.waiter
    item.state = 'waiting'
    item.notBefore = now + BUSY_RETRY_MS
    delete item.dueAt
    save(one)
    tell(one, { kind: 'refetch.left', reason: `${reason}; tried again later`, by: job.request.by })
    deps.onWait(one)
  }

  function end(one: Active, outcome: Outcome): void {
    const { item, job, waiter } = one
    const { by } = job.request
    item.state = 'ended'
    item.outcome = outcome
    item.endedAt = clock.now()
    save(one)
    const text = item.notes.slice(-4).join('; ')
    if (outcome === 'fetched') tell(one, { kind: 'refetch.ended', fetched: true, text: lastOf(item), by })
    else if (item.answers.length > 0) tell(one, { kind: 'refetch.ended', fetched: false, text, by })
    else tell(one, { kind: 'refetch.left', reason: text, by })
    deps.counters.add(`refetch.${outcome}`)
    const answer = lastAnswers.get(one)
    if (answer !== undefined) waiter?.resolve(answer)
    else waiter?.reject(new OperatorError(`${formatMac(item.mac)} cannot be asked: ${text}`))
    deps.onEnd(one)
  }

  return {
    go,
    /** It was seen to fetch. */
    fetched(one: Active): void {
      end(one, 'fetched')
    },
    /** It had all its time and did not fetch; the caller goes on with the next way unless this ended it. */
    overdue(one: Active): void {
      const { item, job } = one
      if (fetchedSince(item)) {
        end(one, 'fetched')
        return
      }
      item.answers.push('accepted')
      item.notes.push(`nothing was fetched in ${minutes((item.dueAt ?? 0) - (item.askedAt ?? 0))}`)
      if (job.state !== 'open') end(one, 'not-fetched')
    },
    fail(one: Active): void {
      one.item.notes.push('something went wrong here; the log of the box says what')
      end(one, 'unreachable')
    },
    /** How a device would be asked now, as far as that is known without asking. */
    wayFor(mac: Mac, reboot: boolean): Pending['way'] {
      const way = advisor.adviceFor(mac, { reboot })?.ways[0]
      if (way === undefined) return undefined
      return way.kind === 'schedule'
        ? { kind: 'schedule', reboots: false, text: `it looks by itself ${scheduleText(way, clock.now())}` }
        : { kind: way.kind, reboots: way.reboots, text: nameOf(way) }
    },
  }
}

/** Says a thing once: a phone that is looked at every minute has the same to say each time. */
function note(item: Item, ...texts: readonly string[]): void {
  for (const text of texts) if (!item.notes.includes(text)) item.notes.push(text)
}

function lastOf(item: Item): string {
  return item.notes.at(-1) ?? 'asked'
}

function minutes(ms: EpochMs): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
