import type { Ipv4 } from '../services/core/ipv4.ts'
import type { Mac } from '../services/core/mac.ts'
import type { Lan } from '../services/core/net.ts'
import type { Leases } from '../services/dhcp/contract.ts'

/** Who holds an address: our own lease first (none before DHCP is made), else the kernel's neighbour table. */
export function holderOf(
  address: Ipv4,
  leases: Pick<Leases, 'byAddress'> | undefined,
  lan: Pick<Lan, 'neighbour'>,
): Mac | undefined {
  return leases?.byAddress(address)?.mac ?? lan.neighbour(address)
}
