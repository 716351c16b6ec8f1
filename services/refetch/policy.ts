import { printable } from '../core/bytes.ts'
import { formatMac } from '../core/mac.ts'
import type { Happening } from '../journey/contract.ts'
import type { NotifyOutcome } from '../sip/contract.ts'
import type { Advice, Idle, Outcome, PhoneReply, Place, Way } from './contract.ts'

export type NotifyWay = Extract<Way, { kind: 'notify' }>
export type HttpWay = Extract<Way, { kind: 'http' }>
export type ScheduleWay = Extract<Way, { kind: 'schedule' }>

export type Choice =
  | { readonly kind: 'ask'; readonly index: number; readonly way: NotifyWay | HttpWay }
  /** Ask first whether it is in a call. */
  | { readonly kind: 'check-idle' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'by-itself'; readonly way: ScheduleWay }
  | { readonly kind: 'none' }

/**
 * The next way to be tried, from `index` on, and what is said of those passed over. A phone in a call is left alone
 * where its vendor can tell and it does not wait by itself. A restart that nobody asked for, after something gentler failed,
 * needs the certainty that it interrupts nobody.
 */
export function choose(
  advice: Advice,
  facts: { readonly index: number; readonly place: Place; readonly idle?: Idle; readonly reboot: boolean },
): { readonly choice: Choice; readonly notes: readonly string[] } {
  const notes: string[] = []
  for (let index = facts.index; index < advice.ways.length; index++) {
    const way = advice.ways[index]
    if (way === undefined) break
    if (way.kind === 'schedule') return { choice: { kind: 'by-itself', way }, notes }
    const objection = objectionTo(way, facts.place)
    if (objection !== undefined) {
      notes.push(`${nameOf(way)}: ${objection}`)
      continue
    }
    if (way.postpones) return { choice: { kind: 'ask', index, way }, notes }
    if (advice.idle !== undefined && facts.idle === undefined && facts.place.kind === 'held')
      return { choice: { kind: 'check-idle' }, notes }
    if (facts.idle === 'busy') return { choice: { kind: 'busy' }, notes }
    if (way.kind === 'http' && way.reboots && !facts.reboot && facts.idle !== 'idle') {
      notes.push(`${nameOf(way)}: it would restart the phone, and nothing tells whether it is in a call`)
      continue
    }
    return { choice: { kind: 'ask', index, way }, notes }
  }
  return { choice: { kind: 'none' }, notes }
}

function objectionTo(way: NotifyWay | HttpWay, place: Place): string | undefined {
  if (place.kind === 'unknown') return 'nobody knows its address'
  if (way.kind === 'http') {
    if (place.kind === 'held') return undefined
    return place.kind === 'shared'
      ? `its address is held by ${formatMac(place.holder)}, and a password goes to no other device`
      : 'nothing proves that it holds its address, and a password goes to no other device'
  }
  if (place.kind === 'shared' && !way.ownPort)
    return `its address is held by ${formatMac(place.holder)}, and its own record names no port (sip.localPort) to tell the two apart`
  return undefined
}

/** What a way is called in a journey, without anything secret. */
export function nameOf(way: NotifyWay | HttpWay): string {
  return way.kind === 'notify' ? `NOTIFY ${way.event}` : `HTTP ${way.call.name}`
}

export interface Answer {
  readonly kind: 'accepted' | 'refused' | 'silent' | 'busy'
  readonly text: string
}

/** RFC 3261 §21.4.24 and §21.6.1: it is in a call, here or everywhere. */
const BUSY = new Set([486, 600])

export function answerOfNotify(outcome: NotifyOutcome): Answer {
  if (outcome.kind === 'accepted')
    return { kind: 'accepted', text: `accepted (${outcome.status}${outcome.challenged ? ', with its password' : ''})` }
  if (outcome.kind === 'silent') return { kind: 'silent', text: `no answer to ${outcome.attempts} attempts` }
  if (BUSY.has(outcome.status)) return { kind: 'busy', text: `in a call: ${outcome.status} ${shown(outcome.reason)}` }
  return { kind: 'refused', text: `refused: ${outcome.status} ${shown(outcome.reason)}` }
}

export function answerOfHttp(way: HttpWay, reply: PhoneReply): Answer {
  if (reply.kind === 'silent') return { kind: 'silent', text: `no answer: ${shown(reply.reason)}` }
  if (reply.kind === 'refused') return { kind: 'refused', text: `refused: ${reply.status} ${shown(reply.reason)}` }
  if (way.busy?.test(reply.body)) return { kind: 'busy', text: 'in a call, by its own answer' }
  if (reply.status >= 300) return { kind: 'refused', text: `refused: status ${reply.status}` }
  // What it says stays unsaid: it may repeat what it was asked, the password included.
  if (way.accept !== undefined && !way.accept.test(reply.body))
    return { kind: 'refused', text: 'refused: it answered otherwise than its vendor documents for a success' }
  return { kind: 'accepted', text: `accepted (${reply.status}${reply.challenged ? ', with its password' : ''})` }
}

export function idleOf(check: NonNullable<Advice['idle']>, reply: PhoneReply): Idle {
  if (reply.kind !== 'answered' || reply.status >= 300) return 'unknown'
  if (check.busy.test(reply.body)) return 'busy'
  return check.idle.test(reply.body) ? 'idle' : 'unknown'
}

/** How an item ends whose last way has failed. */
export function outcomeOf(answers: readonly Answer['kind'][]): Outcome {
  if (answers.includes('accepted')) return 'not-fetched'
  if (answers.includes('refused')) return 'refused'
  return answers.includes('silent') ? 'silent' : 'unreachable'
}

/** Whether a device has fetched its own configuration completely since. */
export function hasFetched(happenings: readonly Happening[], since: number): boolean {
  return happenings.some((happening) => isFetch(happening) && happening.at >= since)
}

export function isFetch({ step }: Happening): boolean {
  return step.kind === 'file.completed' && step.own
}

function shown(text: string): string {
  return printable(text, 100)
}
