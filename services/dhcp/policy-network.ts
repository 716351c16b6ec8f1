import { contains, type Ipv4, ipv4FromBytes } from '../core/ipv4.ts'
import type { DhcpMessage } from './codec.ts'
import type { Network } from './policy-setup.ts'
import type { Client, Facts, Link } from './policy-types.ts'

type Where = Pick<Facts, 'setup' | 'link'>

/**
 * The networks that a client may get an address of, the first choice first. For a relayed packet: what the relay's link selection says (option 82
 * sub-option 5, RFC 3527), else the subnet selection option (118, RFC 3011), else giaddr. For a direct one: the networks of the interface.
 */
export function networksFor(request: DhcpMessage, facts: Where): readonly Network[] {
  const { networks } = facts.setup
  const selected = addressOption(request, 118)
  if (request.giaddr !== 0) {
    const link = linkSelection(request) ?? selected ?? request.giaddr
    return networks.filter((network) => contains(network.spec.subnet, link))
  }
  if (selected !== undefined) {
    // A direct client may not help itself to the networks of other interfaces of this box.
    const within = networks.filter((network) => contains(network.spec.subnet, selected))
    return within.filter(({ spec }) => spec.interface === undefined || spec.interface === facts.link.name)
  }
  const attached = networks.filter((network) => network.spec.interface === facts.link.name)
  return attached.length < 2
    ? attached
    : attached.toSorted((a, b) => Number(isOnLink(b, facts)) - Number(isOnLink(a, facts)))
}

/** Of several networks on one wire, those that the box itself has an address of come first. */
function isOnLink(network: Network, facts: Where): boolean {
  return facts.link.addresses.some(({ address }) => contains(network.spec.subnet, address))
}

/** The network of a client that has an address already. It may be routed to us past any relay (RFC 2131 §4.3.2). */
export function networkOfAddress(request: DhcpMessage, address: Ipv4, facts: Where): Network | undefined {
  const near = networksFor(request, facts).find((network) => contains(network.spec.subnet, address))
  if (near !== undefined || request.giaddr !== 0 || request.ciaddr === 0) return near
  return facts.setup.networks.find(({ spec }) => spec.interface === undefined && contains(spec.subnet, address))
}

function linkSelection(request: DhcpMessage): Ipv4 | undefined {
  const relay = request.options.get(82)
  if (relay === undefined) return undefined
  // A relay's option is not ours to judge: what cannot be read is echoed all the same.
  for (let at = 0; at + 2 <= relay.length; at += 2 + (relay[at + 1] ?? 0))
    if (relay[at] === 5 && relay[at + 1] === 4 && at + 6 <= relay.length) return ipv4FromBytes(relay, at + 2)
  return undefined
}

/** An option that holds exactly one address other than 0.0.0.0. */
export function addressOption(request: DhcpMessage, code: number): Ipv4 | undefined {
  const value = request.options.get(code)
  if (value?.length !== 4) return undefined
  const address = ipv4FromBytes(value)
  return address === 0 ? undefined : address
}

/** Our address as a server towards this client: within its subnet where we have one, else the interface's first. */
export function serverAddress(link: Link, network: Network | undefined): Ipv4 | undefined {
  const near = network && link.addresses.find(({ address }) => contains(network.spec.subnet, address))
  return (near ?? link.addresses[0])?.address
}

/** The address that a reservation of this network keeps for the client; the identifier counts before the MAC. */
export function reservationOf(network: Network, client: Client): Ipv4 | undefined {
  const byId = client.clientId === undefined ? undefined : network.byClientId.get(client.clientId)
  return byId ?? (client.mac === undefined ? undefined : network.byMac.get(client.mac))
}
