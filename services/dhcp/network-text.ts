import { formatCidr, formatIpv4 } from '../core/ipv4.ts'
import { formatMac } from '../core/mac.ts'
import type { DhcpNetwork, DhcpPool, NetworkText } from './contract.ts'

/** A range as `parsePool` reads it. */
export function poolText({ from, to }: DhcpPool): string {
  return `${formatIpv4(from)}-${formatIpv4(to)}`
}

/** A network in the form in which it is shown and changed: what `networkSchema` reads, with every default filled in. */
export function networkText(network: DhcpNetwork): NetworkText {
  const { id, pools, dns, ntp, reservations, leaseSeconds } = network
  return {
    id,
    ...(network.interface !== undefined && { interface: network.interface }),
    ...{ subnet: formatCidr(network.subnet), lease: leaseSeconds },
    pools: pools.map(poolText),
    ...(network.router !== undefined && { router: formatIpv4(network.router) }),
    ...(network.domain !== undefined && { domain: network.domain }),
    ...{ dns: dns.map(formatIpv4), ntp: ntp.map(formatIpv4) },
    reservations: reservations.map(({ address, mac, clientId }) => ({
      ...(mac !== undefined && { mac: formatMac(mac) }),
      ...(clientId !== undefined && { clientId }),
      address: formatIpv4(address),
    })),
    options: network.options,
  }
}
