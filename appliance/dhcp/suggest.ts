import { broadcastOf, contains, formatCidr, formatIpv4, type Ipv4, networkOf } from '../../services/core/ipv4.ts'
import type { LanInterface } from '../../services/core/net.ts'
import { poolText } from '../../services/dhcp/network-text.ts'
import type { JsonObject } from '../../services/records/contract.ts'

/** What the machine knows about the way out of a network. */
export interface Surroundings {
  readonly gateways: readonly Ipv4[]
  readonly resolvers: readonly Ipv4[]
}

/**
 * A network for an interface whose owner gave none, in the form of the configuration file: the interface's own subnet,
 * its middle half as the pool (no more than 1,000 addresses), the machine's own gateway and resolvers when they lie in
 * it or beyond it. Undefined when the interface has no address or a subnet too small to share.
 */
export function suggestNetwork(lan: LanInterface, around: Surroundings): JsonObject | undefined {
  const own = lan.addresses.find(({ prefix }) => prefix >= 8 && prefix <= 29)
  if (own === undefined) return undefined
  const subnet = { network: networkOf(own.address, own.prefix), prefix: own.prefix }
  const last = broadcastOf(subnet.network, subnet.prefix)
  const size = last - subnet.network + 1
  const router = around.gateways.find((gateway) => contains(subnet, gateway) && gateway !== own.address)
  const from = (subnet.network + Math.floor(size / 4) + 1) as Ipv4
  const to = Math.min(subnet.network + Math.floor((size * 3) / 4) - 1, from + 999, last - 1) as Ipv4
  const taken = [own.address, ...(router === undefined ? [] : [router])]
  const dns = around.resolvers.filter((resolver) => resolver >>> 24 !== 127)
  return {
    id: lan.name,
    interface: lan.name,
    subnet: formatCidr(subnet),
    pools: split({ from, to }, taken).map(poolText),
    ...(router === undefined ? {} : { router: formatIpv4(router) }),
    dns: (dns.length > 0 ? dns : router === undefined ? [] : [router]).map(formatIpv4),
  }
}

interface Range {
  readonly from: Ipv4
  readonly to: Ipv4
}

/** The range without the taken addresses. */
function split(range: Range, taken: readonly Ipv4[]): Range[] {
  let rest: Range[] = [range]
  for (const address of taken)
    rest = rest.flatMap(({ from, to }) => {
      if (address < from || address > to) return [{ from, to }]
      const parts: Range[] = []
      if (from < address) parts.push({ from, to: (address - 1) as Ipv4 })
      if (address < to) parts.push({ from: (address + 1) as Ipv4, to })
      return parts
    })
  return rest
}

/** The default gateways in the text of /proc/net/route (addresses stand there in the machine's byte order). */
export function readGateways(routeTable: string): Ipv4[] {
  return routeTable
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, gateway]) => destination === '00000000' && /^[0-9A-F]{8}$/.test(gateway ?? ''))
    .map(([, , gateway]) => {
      const value = Number.parseInt(gateway ?? '0', 16)
      return (((value & 255) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0
    })
    .filter((gateway) => gateway !== 0) as Ipv4[]
}
