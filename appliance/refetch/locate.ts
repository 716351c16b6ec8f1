import type { Ipv4 } from '../../services/core/ipv4.ts'
import { networkOf } from '../../services/core/ipv4.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { Lan } from '../../services/core/net.ts'
import type { Leases } from '../../services/dhcp/contract.ts'
import type { Journeys } from '../../services/journey/contract.ts'
import type { Place } from '../../services/refetch/contract.ts'

export interface LocateDeps {
  readonly leases: Pick<Leases, 'byMac' | 'byAddress'>
  readonly journeys: Pick<Journeys, 'of'>
  readonly lan: Pick<Lan, 'interfaces' | 'neighbour' | 'openUdp' | 'inUse'>
}

/** How long the link is asked who holds an address. */
const PROBE_MS = 1_000

/**
 * Where a device is: the address of its lease, else the one that it was last seen at. By MAC, not by what once had the
 * address: a request may carry what is made of this device's secrets. Our lease proves it unless the link says otherwise;
 * where neither knows, the link is asked.
 */
export async function locate(deps: LocateDeps, mac: Mac): Promise<Place> {
  const address = deps.leases.byMac(mac)?.address ?? deps.journeys.of(mac)?.address
  if (address === undefined) return { kind: 'unknown' }
  const known = placeAt(deps, mac, address)
  if (known.kind !== 'unproven' || !(await probe(deps, address))) return known
  return placeAt(deps, mac, address)
}

function placeAt({ leases, lan }: LocateDeps, mac: Mac, address: Ipv4): Exclude<Place, { kind: 'unknown' }> {
  const holders = [leases.byAddress(address)?.mac, lan.neighbour(address)].filter((holder) => holder !== undefined)
  const other = holders.find((holder) => holder !== mac)
  if (other !== undefined) return { kind: 'shared', address, holder: other }
  return { kind: holders.length > 0 ? 'held' : 'unproven', address }
}

/** Makes the kernel ask the link; false when the address is on none of ours. */
async function probe({ lan }: LocateDeps, address: Ipv4): Promise<boolean> {
  const near = lan
    .interfaces()
    .find(({ up, addresses }) =>
      addresses.some((own) => up && networkOf(own.address, own.prefix) === networkOf(address, own.prefix)),
    )
  if (near === undefined) return false
  const socket = lan.openUdp({ port: 0, onDatagram() {} })
  // Four bytes of keep-alive (RFC 5626 §3.5.1) are for nobody: what matters is that they need a hardware address.
  socket.send(Uint8Array.of(13, 10, 13, 10), { address, port: 5060 })
  await lan.inUse([address], near.name, PROBE_MS)
  socket.close()
  return true
}
