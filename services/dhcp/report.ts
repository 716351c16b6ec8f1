import { printable } from '../core/bytes.ts'
import type { EpochMs } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Journal, Step } from '../journey/contract.ts'
import type { MessageType } from './policy.ts'
import type { ReplyKind } from './policy-destination.ts'
import type { Network, OptionSet } from './policy-setup.ts'
import { type Client, type Decision, SILENCE } from './policy-types.ts'

/** What one packet was, for the journey. */
export interface Seen {
  readonly at: EpochMs
  readonly interface: string
  readonly client: Client
  readonly type: MessageType | undefined
}

/** Writes the question of a packet into the journey. */
export function reportAsked(seen: Seen, journal: Journal): void {
  const { client, type } = seen
  if (type === undefined || type === 'decline' || type === 'release') return
  record(seen, journal, {
    kind: 'dhcp.asked',
    message: type,
    ...(client.vendorClass !== undefined && { vendorClass: printable(client.vendorClass) }),
    ...(client.hostName !== undefined && { hostName: printable(client.hostName) }),
    parameters: client.parameters,
  })
}

/** Writes what was decided into the journey and the counters, after it is on disk. */
export function reportDecision(
  seen: Seen,
  decision: Exclude<Decision, { kind: 'probe' }>,
  advised: OptionSet,
  journal: Journal,
  counters: Counters,
): void {
  if (decision.kind === 'reply') {
    counters.add(COUNTERS[decision.type])
    if (decision.type === 'nak') record(seen, journal, { kind: 'dhcp.refused', reason: decision.reason ?? '' })
    else
      recordAnswer(
        seen,
        decision.type,
        decision.reply.yiaddr,
        decision.reply.options,
        decision.network,
        advised,
        journal,
      )
    return
  }
  if (decision.reason === 'released') {
    counters.add('dhcp.released')
    record(seen, journal, { kind: 'dhcp.released' }, decision.address)
  } else if (decision.reason === 'declined' && decision.address !== undefined) {
    counters.add('dhcp.declined')
    record(seen, journal, { kind: 'dhcp.declined', leased: decision.address })
  } else {
    counters.add(`dhcp.silent.${decision.reason}`)
    record(seen, journal, { kind: 'dhcp.ignored', reason: SILENCE[decision.reason] })
  }
}

const COUNTERS: Record<ReplyKind, string> = {
  offer: 'dhcp.offered',
  ack: 'dhcp.acknowledged',
  nak: 'dhcp.refused',
  'inform-ack': 'dhcp.informed',
  'bootp-reply': 'dhcp.bootp-answered',
}

function recordAnswer(
  seen: Seen,
  message: Exclude<ReplyKind, 'nak'>,
  leased: Ipv4,
  sent: ReadonlyMap<number, Uint8Array>,
  network: Network,
  advised: OptionSet,
  journal: Journal,
): void {
  const options: { code: number; text: string }[] = []
  for (const code of sent.keys()) {
    const text = (advised.get(code) ?? network.options.get(code))?.text
    if (text !== undefined) options.push({ code, text })
  }
  const step: Step = { kind: 'dhcp.answered', message, ...(leased !== 0 && { leased }), options }
  record(seen, journal, step, leased === 0 ? undefined : leased)
}

function record(seen: Seen, journal: Journal, step: Step, address?: Ipv4): void {
  const { mac } = seen.client
  journal.record({
    at: seen.at,
    ...(mac !== undefined && { mac }),
    ...(address !== undefined && { address }),
    interface: seen.interface,
    step,
  })
}
