import type { DhcpMessage } from './codec.ts'
import { choose, give, mustProbe } from './policy-address.ts'
import { networksFor, serverAddress } from './policy-network.ts'
import { grant, leaseSeconds } from './policy-reply.ts'
import { type Decision, type Facts, silence } from './policy-types.ts'

/** DISCOVER (RFC 2131 §4.3.1): offers an address and keeps it for this client for a short time. */
export function discover(request: DhcpMessage, facts: Facts): Decision {
  const [first, ...more] = networksFor(request, facts)
  if (first === undefined) return silence('no-network')
  if (serverAddress(facts.link, first) === undefined) return silence('no-address')
  const choice = choose(request, [first, ...more], facts)
  if (choice.kind === 'none') return silence(choice.reason, { network: choice.network })
  const { network, address, newcomer } = choice
  const binding = facts.leases.at(address)
  const active = binding?.client === facts.client.key && binding.state === 'active' && binding.endsAt > facts.now
  // An offer must not shorten the lease that the client has.
  const changes = active ? [] : give(network, address, 'offered', 0, facts)
  if (mustProbe(address, facts)) return { kind: 'probe', network, address, changes, newcomer }
  return grant(
    'offer',
    request,
    network,
    { address, seconds: leaseSeconds(request, network), changes, newcomer },
    facts,
  )
}
