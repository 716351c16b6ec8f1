import type { Ipv4 } from '../services/core/ipv4.ts'
import type { Mac } from '../services/core/mac.ts'
import type { Lan } from '../services/core/net.ts'
import type { Leases } from '../services/dhcp/contract.ts'

/** Who holds an address: our own lease first, else the kernel's neighbour table. */
export function holderOf(address: Ipv4, leases: Leases, lan: Lan): Mac | undefined {
  return leases.byAddress(address)?.mac ?? lan.neighbour(address)
}
