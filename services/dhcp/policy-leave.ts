import type { Ipv4 } from '../core/ipv4.ts'
import type { DhcpMessage } from './codec.ts'
import type { Binding } from './lease-table.ts'
import { DECLINED_MS, end } from './policy-address.ts'
import { addressOption } from './policy-network.ts'
import { type Decision, type Facts, silence } from './policy-types.ts'

/** RELEASE (RFC 2131 §4.3.4): the address is free again; who had it is remembered. */
export function release(message: DhcpMessage, facts: Facts): Decision {
  const binding = leasedTo(message, message.ciaddr, facts)
  if (binding === undefined) return silence('not-its-address')
  return { kind: 'silence', reason: 'released', changes: [end(binding, facts)], address: binding.address }
}

/** DECLINE (RFC 2131 §4.3.3): the client found its address in use; it is set aside. */
export function decline(message: DhcpMessage, facts: Facts): Decision {
  const binding = leasedTo(message, addressOption(message, 50) ?? message.ciaddr, facts)
  if (binding === undefined) return silence('not-its-address')
  const aside: Binding = { ...binding, client: '', state: 'declined', endsAt: facts.now + DECLINED_MS, held: true }
  return { kind: 'silence', reason: 'declined', changes: [aside], address: binding.address }
}

function leasedTo(message: DhcpMessage, address: Ipv4, facts: Facts): Binding | undefined {
  const server = addressOption(message, 54)
  if (server !== undefined && !facts.setup.ours.has(server)) return undefined
  const binding = facts.leases.at(address)
  const has = binding?.client === facts.client.key && binding.state !== 'declined' && binding.endsAt > facts.now
  return has ? binding : undefined
}
