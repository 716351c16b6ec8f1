import type { Clock } from '../core/clock.ts'
import { BranchlineError, messageOf } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Mac } from '../core/mac.ts'
import type { Journal, Step } from '../journey/contract.ts'
import type { Notifier, NotifyOutcome } from '../sip/contract.ts'
import type { Advice, Idle, PhoneHttp, Place } from './contract.ts'
import { type Answer, answerOfHttp, answerOfNotify, type HttpWay, idleOf, type NotifyWay, nameOf } from './policy.ts'

export interface AttemptDeps {
  readonly notifier: Pick<Notifier, 'notify'>
  readonly http: PhoneHttp
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
}

export interface Attempted {
  readonly answer: Answer
  /** The same in the words of SIP, for those who wait for it. */
  readonly outcome: NotifyOutcome
}

export interface AttemptOf {
  readonly mac: Mac
  readonly place: Exclude<Place, { kind: 'unknown' }>
  readonly by: string
  readonly why?: string
}

/**
 * One request to one phone, with both ends of it in its journey. What goes wrong here is an answer too; undefined when
 * `signal` ended it, of which nothing is told.
 */
export async function attempt(
  deps: AttemptDeps,
  of: AttemptOf,
  way: NotifyWay | HttpWay,
  signal: AbortSignal,
): Promise<Attempted | undefined> {
  const order = { by: of.by, ...(of.why !== undefined && { why: of.why }) }
  const address = of.place.address
  const tell = (step: Step) => deps.journal.record({ at: deps.clock.now(), mac: of.mac, address, step })
  if (way.kind === 'notify') {
    tell({ kind: 'notify.sent', event: way.event, to: targetOf(way), ...order })
    const outcome = await notify(deps, of, way, signal)
    if (signal.aborted) return undefined
    const answer = answerOfNotify(outcome)
    tell({ kind: 'notify.result', event: way.event, outcome: answer.text, ok: answer.kind === 'accepted' })
    return { answer, outcome }
  }
  const action = nameOf(way)
  tell({ kind: 'action.sent', action, ...order })
  const reply = await deps.http.send(address, way.call, signal)
  if (signal.aborted) return undefined
  const answer = answerOfHttp(way, reply)
  tell({ kind: 'action.result', action, outcome: answer.text, ok: answer.kind === 'accepted' })
  const status = reply.kind === 'silent' ? 0 : reply.status
  const outcome: NotifyOutcome =
    answer.kind === 'accepted'
      ? { kind: 'accepted', status, challenged: reply.kind === 'answered' && reply.challenged }
      : answer.kind === 'silent'
        ? { kind: 'silent', attempts: 1 }
        : { kind: 'refused', status, reason: `${action}: ${answer.text}` }
  return { answer, outcome }
}

/** The user, and the port where it is not the one that all take. */
function targetOf({ user, port }: NotifyWay): string {
  return port === 5060 ? user : `${user}:${port}`
}

async function notify(
  deps: AttemptDeps,
  { mac, place }: AttemptOf,
  way: NotifyWay,
  signal: AbortSignal,
): Promise<NotifyOutcome> {
  try {
    return await deps.notifier.notify(
      {
        mac,
        to: { address: place.address, port: way.port },
        user: way.user,
        event: way.event,
        ...(way.contentType !== undefined && { contentType: way.contentType }),
        ...(way.body !== undefined && { body: way.body }),
        // An answer to a challenge is made with this device's secret: whoever else holds the address gets none.
        ...(way.credentials !== undefined && place.kind !== 'shared' && { credentials: way.credentials }),
      },
      signal,
    )
  } catch (thrown) {
    if (!(thrown instanceof BranchlineError)) throw thrown
    deps.log.warn('refetch: notify failed', { mac, reason: messageOf(thrown) })
    return { kind: 'silent', attempts: 0 }
  }
}

/** Asks a phone whether it is in a call; only at an address that is proven to be its own. */
export async function askIdle(
  http: PhoneHttp,
  check: Advice['idle'],
  place: { readonly kind: Place['kind']; readonly address?: Ipv4 },
  signal: AbortSignal,
): Promise<Idle> {
  if (check === undefined || place.kind !== 'held' || place.address === undefined) return 'unknown'
  return idleOf(check, await http.send(place.address, check.call, signal))
}
