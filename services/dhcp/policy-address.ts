import type { Ipv4 } from '../core/ipv4.ts'
import type { DhcpMessage } from './codec.ts'
import type { Binding } from './lease-table.ts'
import { addressOption, reservationOf } from './policy-network.ts'
import { INFINITE } from './policy-reply.ts'
import { inPool, type Network } from './policy-setup.ts'
import type { Facts, Mutable, SilenceReason } from './policy-types.ts'

/** How long an offer keeps its address. Clients answer at once; one that retries does so within 64 s (RFC 2131 §4.1). */
export const OFFER_MS = 60_000
/** How long an address rests that somebody else was found to use. */
export const DECLINED_MS = 3_600_000

/** How the client stands to one address. */
export type Standing = 'own' | 'free' | 'taken' | 'elsewhere' | 'not-ours'

/**
 * `own`: leased or offered to it, or last held by it and still free. `free`: it may have it. `taken`: somebody else has it. `elsewhere`:
 * a reservation keeps another address for this client. `not-ours`: this server does not give that address out.
 */
export function standing(network: Network, address: Ipv4, facts: Facts): Standing {
  const reserved = usableReservation(network, facts)
  if (reserved !== undefined && reserved !== address) return 'elsewhere'
  if (reserved === address) return isOwn(facts.leases.at(address), facts) ? 'own' : 'free'
  if (!inPool(network, address)) return network.reserved.has(address) ? 'taken' : 'not-ours'
  const binding = facts.leases.at(address)
  if (isOwn(binding, facts)) return 'own'
  return isFree(binding, facts) ? 'free' : 'taken'
}

function isOwn(binding: Binding | undefined, facts: Facts): boolean {
  return binding !== undefined && binding.client === facts.client.key && !restsFrom(binding, facts)
}

function isFree(binding: Binding | undefined, facts: Facts): boolean {
  return binding === undefined || binding.endsAt <= facts.now
}

function restsFrom(binding: Binding, facts: Facts): boolean {
  return binding.state === 'declined' && binding.endsAt > facts.now
}

/** The reserved address, unless somebody else was found on it or still has its lease. */
export function usableReservation(network: Network, facts: Facts): Ipv4 | undefined {
  const address = reservationOf(network, facts.client)
  if (address === undefined || facts.setup.ours.has(address)) return undefined
  const binding = facts.leases.at(address)
  if (binding === undefined || binding.endsAt <= facts.now) return address
  if (binding.state === 'declined') return undefined
  // A reservation by MAC is for the device, whichever client identifier its boot loader and its firmware send.
  const same = binding.client === facts.client.key || (binding.mac !== undefined && binding.mac === facts.client.mac)
  return same ? address : undefined
}

export type Choice =
  | { readonly kind: 'chosen'; readonly network: Network; readonly address: Ipv4; readonly newcomer: boolean }
  | { readonly kind: 'none'; readonly network: Network; readonly reason: SilenceReason }

/**
 * An address for a client that asks for any: its reservation, the one it has or had last, the one it wishes for (option 50), else one that
 * is free. Networks are tried in their order at each of these steps. No step walks through the pool.
 */
export function choose(request: DhcpMessage, networks: readonly [Network, ...Network[]], facts: Facts): Choice {
  for (const network of networks) {
    const address = usableReservation(network, facts)
    if (address !== undefined) return { kind: 'chosen', network, address, newcomer: false }
  }
  for (const network of networks) {
    const binding = facts.leases.of(network, facts.client.key)
    if (binding !== undefined && standing(network, binding.address, facts) === 'own')
      return { kind: 'chosen', network, address: binding.address, newcomer: false }
  }
  let reason: SilenceReason = 'pool-exhausted'
  for (const network of networks) {
    const held = heldBack(network, facts)
    if (held !== undefined) {
      reason = held
      continue
    }
    const newcomer = !facts.phone
    const wish = addressOption(request, 50)
    if (wish !== undefined && standing(network, wish, facts) === 'free')
      return { kind: 'chosen', network, address: wish, newcomer }
    const address = facts.leases.candidate(network)
    if (address !== undefined) return { kind: 'chosen', network, address, newcomer }
  }
  return { kind: 'none', network: networks[0], reason }
}

/** Whether the guard keeps a client out that this network does not know: strangers must leave room for phones. */
export function heldBack(network: Network, facts: Facts): SilenceReason | undefined {
  if (facts.phone || reservationOf(network, facts.client) !== undefined) return undefined
  const free = network.size - facts.leases.busy(network)
  if (free <= 0) return undefined
  if (free <= network.size * facts.guard.keptShare) return 'kept-for-phones'
  if (free < network.size * facts.guard.watchShare && !facts.mayJoin(network)) return 'rate-limited'
  return undefined
}

/** The change that gives the client this address, and takes from it another one that it had in the same network. */
export function give(
  network: Network,
  address: Ipv4,
  state: 'offered' | 'active',
  seconds: number,
  facts: Facts,
): Binding[] {
  const { client, now, link } = facts
  const before = facts.leases.at(address)
  const own = before?.client === client.key ? before : undefined
  const binding: Mutable<Binding> = {
    address,
    state,
    network: network.id,
    client: client.key,
    parameters: client.parameters,
    interface: link.name,
    startedAt: now,
    endsAt: state === 'offered' ? now + OFFER_MS : now + Math.min(seconds, INFINITE) * 1000,
    held: state === 'active' || own?.held === true,
  }
  if (client.mac !== undefined) binding.mac = client.mac
  if (client.clientId !== undefined) binding.clientId = client.clientId
  if (client.hostName !== undefined) binding.hostName = client.hostName
  if (client.vendorClass !== undefined) binding.vendorClass = client.vendorClass
  // A client renews directly, without its relay (RFC 2131 §4.3.6): it is still where it was.
  const relay = client.relay ?? own?.relay
  if (relay !== undefined) binding.relay = relay
  if (state === 'offered') return [binding]
  const other = facts.leases.of(network, client.key)
  if (other === undefined || other.address === address || other.endsAt <= now) return [binding]
  return [end(other, facts), binding]
}

/** The binding as it stands when its client has given it up. */
export function end(binding: Binding, facts: Facts): Binding {
  return { ...binding, state: 'released', endsAt: Math.min(binding.endsAt, facts.now) }
}

/** The binding that sets an address aside because somebody uses it without our lease. */
export function setAside(network: Network, address: Ipv4, link: string, now: number): Binding {
  return {
    address,
    state: 'declined',
    network: network.id,
    client: '',
    parameters: [],
    interface: link,
    startedAt: now,
    endsAt: now + DECLINED_MS,
    held: true,
  }
}

/** Whether an address must be probed before this client gets it: not when it is known to have had it already. */
export function mustProbe(address: Ipv4, facts: Facts): boolean {
  const binding = facts.leases.at(address)
  if (binding?.client === facts.client.key && binding.held && binding.state !== 'declined') return false
  return !facts.cleared(address)
}
