import type { DhcpMessage } from './codec.ts'
import { discover } from './policy-discover.ts'
import { bootp, inform } from './policy-inform.ts'
import { decline, release } from './policy-leave.ts'
import { networksFor } from './policy-network.ts'
import { request } from './policy-request.ts'
import { type Decision, type Facts, silence } from './policy-types.ts'

const MOST_HOPS = 16

/** Decides about one packet of a client. Pure: what it would change is part of the decision. */
export function decide(message: DhcpMessage, facts: Facts): Decision {
  if (message.op !== 1) return silence('not-a-request')
  // RFC 1542 §4.1.1: relays drop it there too; a loop of relays must not multiply answers.
  if (message.hops > MOST_HOPS) return silence('too-many-hops')
  if (facts.link.addresses.length === 0) return silence('no-address')
  if (facts.link.keptOff) return silence('foreign-server')
  const type = typeOf(message)
  if (type === 'decline') return decline(message, facts)
  if (type === 'release') return release(message, facts)
  if (facts.link.phonesOnly && !facts.phone && !isLeased(message, facts)) return silence('not-a-phone')
  switch (type) {
    case 'discover':
      return discover(message, facts)
    case 'request':
      return request(message, facts)
    case 'inform':
      return inform(message, facts)
    case 'bootp':
      return bootp(message, facts)
    default:
      return silence('not-for-servers')
  }
}

export type MessageType = 'discover' | 'request' | 'decline' | 'release' | 'inform' | 'bootp'

/** Which message of a client it is; undefined for those that only servers and relays send. */
export function typeOf(message: DhcpMessage): MessageType | undefined {
  const value = message.options.get(53)
  if (value === undefined) return 'bootp'
  if (value.length !== 1) return undefined
  switch (value[0]) {
    case 1:
      return 'discover'
    case 3:
      return 'request'
    case 4:
      return 'decline'
    case 7:
      return 'release'
    case 8:
      return 'inform'
    default:
      return undefined
  }
}

/** In phones-only mode a client that has our lease is served on, even where this packet does not name its class. */
function isLeased(message: DhcpMessage, facts: Facts): boolean {
  const held = (address: DhcpMessage['ciaddr']) => {
    const binding = facts.leases.at(address)
    return binding?.client === facts.client.key && binding.state === 'active' && binding.endsAt > facts.now
  }
  if (message.ciaddr !== 0) return held(message.ciaddr)
  return networksFor(message, facts).some((network) => {
    const binding = facts.leases.of(network, facts.client.key)
    return binding !== undefined && held(binding.address)
  })
}
