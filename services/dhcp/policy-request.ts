import type { Ipv4 } from '../core/ipv4.ts'
import type { DhcpMessage } from './codec.ts'
import { end, give, heldBack, mustProbe, type Standing, standing } from './policy-address.ts'
import { addressOption, networkOfAddress, networksFor } from './policy-network.ts'
import { grant, leaseSeconds, refuse } from './policy-reply.ts'
import type { Network } from './policy-setup.ts'
import { type Decision, type Facts, silence } from './policy-types.ts'

/** Tells the client states of a REQUEST apart (RFC 2131 §4.3.2, table 4). */
export function request(message: DhcpMessage, facts: Facts): Decision {
  const server = addressOption(message, 54)
  if (server !== undefined) return selecting(message, server, facts)
  return message.ciaddr === 0 ? initReboot(message, facts) : renewing(message, facts)
}

/** SELECTING: the client takes an offer, ours or another server's. */
export function selecting(message: DhcpMessage, server: Ipv4, facts: Facts): Decision {
  if (!facts.setup.ours.has(server)) {
    const given = networksFor(message, facts)
      .map((network) => facts.leases.of(network, facts.client.key))
      .find((binding) => binding?.state === 'offered')
    // Our offer was not taken: the address is free again at once.
    const changes = given === undefined ? [] : [end(given, facts)]
    return { kind: 'silence', reason: 'other-server', changes, server }
  }
  const address = addressOption(message, 50) ?? (message.ciaddr || undefined)
  if (address === undefined) return silence('incomplete-request')
  const network = networkOfAddress(message, address, facts)
  if (network === undefined)
    return refuseOnLink(message, 'the requested address belongs to no network of this link', facts)
  const how = standing(network, address, facts)
  if (how === 'own') return acknowledge(message, network, address, false, facts)
  // A restart forgets offers, not leases: an address that is still free is given as it was offered.
  if (how === 'free') return takeOver(message, network, address, facts)
  return refuse(message, network, REFUSALS[how], facts)
}

/** INIT-REBOOT: the client remembers an address and asks whether it still holds. */
export function initReboot(message: DhcpMessage, facts: Facts): Decision {
  const address = addressOption(message, 50)
  if (address === undefined) return silence('incomplete-request')
  const network = networkOfAddress(message, address, facts)
  if (network === undefined) return onWrongNetwork(message, facts)
  return confirm(message, network, address, facts)
}

/** RENEWING (unicast) and REBINDING (broadcast): the client uses the address in ciaddr and wants to keep it. */
export function renewing(message: DhcpMessage, facts: Facts): Decision {
  const network = networkOfAddress(message, message.ciaddr, facts)
  if (network === undefined) return onWrongNetwork(message, facts)
  return confirm(message, network, message.ciaddr, facts)
}

const REFUSALS: Record<Exclude<Standing, 'own' | 'free'>, string> = {
  taken: 'the address is leased to or kept for another client',
  elsewhere: 'another address is reserved for this client',
  'not-ours': 'the address is in no pool of this network',
}

function confirm(message: DhcpMessage, network: Network, address: Ipv4, facts: Facts): Decision {
  const how = standing(network, address, facts)
  if (how === 'own') return acknowledge(message, network, address, false, facts)
  const mine = facts.leases.of(network, facts.client.key)
  const known = mine !== undefined && mine.endsAt > facts.now && mine.state !== 'declined'
  if (how === 'free' && known) return refuse(message, network, 'this client has another address', facts)
  // RFC 2131 §4.3.2: a server without a record of the client stays silent, unless it is the only one.
  if (!known && how !== 'elsewhere' && !isAuthoritative(network, facts)) return silence('unknown-client', { network })
  return how === 'free' ? takeOver(message, network, address, facts) : refuse(message, network, REFUSALS[how], facts)
}

function acknowledge(message: DhcpMessage, network: Network, address: Ipv4, newcomer: boolean, facts: Facts): Decision {
  // A client that renews answers for the address itself; a probe would only find that client.
  if (message.ciaddr === 0 && mustProbe(address, facts))
    return { kind: 'probe', network, address, changes: give(network, address, 'offered', 0, facts), newcomer }
  const seconds = leaseSeconds(message, network)
  const changes = give(network, address, 'active', seconds, facts)
  return grant('ack', message, network, { address, seconds, changes, newcomer }, facts)
}

/** Gives a free address that this server does not remember having given: after a restart, or after another server. */
function takeOver(message: DhcpMessage, network: Network, address: Ipv4, facts: Facts): Decision {
  const held = heldBack(network, facts)
  return held === undefined ? acknowledge(message, network, address, !facts.phone, facts) : silence(held, { network })
}

function onWrongNetwork(message: DhcpMessage, facts: Facts): Decision {
  const networks = networksFor(message, facts)
  if (networks.length === 0) return silence('no-network')
  if (networks.some((network) => isAuthoritative(network, facts)))
    return refuseOnLink(message, 'the address belongs to another network', facts)
  return silence('wrong-network')
}

function refuseOnLink(message: DhcpMessage, reason: string, facts: Facts): Decision {
  const [network] = networksFor(message, facts)
  return network === undefined ? silence('no-network') : refuse(message, network, reason, facts)
}

/** Beside another server nobody is authoritative. */
function isAuthoritative(network: Network, facts: Facts): boolean {
  return network.spec.authoritative && !facts.link.phonesOnly
}
