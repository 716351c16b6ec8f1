import { ANY } from '../core/ipv4.ts'
import type { DhcpMessage } from './codec.ts'
import { give, usableReservation } from './policy-address.ts'
import { networkOfAddress, networksFor } from './policy-network.ts'
import { grant, INFINITE } from './policy-reply.ts'
import { type Decision, type Facts, silence } from './policy-types.ts'

/** INFORM (RFC 2131 §4.3.5): options for a client that has an address already; no lease, no times, no yiaddr. */
export function inform(message: DhcpMessage, facts: Facts): Decision {
  // The answer goes to ciaddr, so it must be an address of a network of ours: nobody is answered elsewhere.
  if (message.ciaddr === 0) return silence('incomplete-request')
  const network = networkOfAddress(message, message.ciaddr, facts)
  if (network === undefined) return silence('no-network')
  return grant('inform-ack', message, network, { address: ANY, changes: [] }, facts)
}

/** BOOTP (RFC 951, RFC 1534): such a client never renews, so it gets a reserved address, for ever. */
export function bootp(message: DhcpMessage, facts: Facts): Decision {
  const networks = networksFor(message, facts)
  if (networks.length === 0) return silence('no-network')
  for (const network of networks) {
    const address = usableReservation(network, facts)
    if (address === undefined) continue
    const binding = facts.leases.at(address)
    const has = binding?.client === facts.client.key && binding.state === 'active' && binding.endsAt > facts.now
    const changes = has ? [] : give(network, address, 'active', INFINITE, facts)
    return grant('bootp-reply', message, network, { address, changes }, facts)
  }
  return silence('bootp-not-reserved')
}
