import { NotFoundError } from '../../services/core/errors.ts'
import { contains, type Ipv4 } from '../../services/core/ipv4.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { Lan } from '../../services/core/net.ts'
import type { DhcpAdvisor, DhcpNetwork, Leases, Told } from '../../services/dhcp/contract.ts'
import { toldOptions } from '../../services/dhcp/told.ts'

interface Deps {
  readonly networks: () => readonly DhcpNetwork[]
  readonly leases: Pick<Leases, 'byMac'>
  readonly advisor: DhcpAdvisor
  readonly lan: Pick<Lan, 'interfaces'>
}

/** What a device is told in its network, or in the one that is named; from what it asked for when it last came. */
export function toldTo({ networks, leases, advisor, lan }: Deps, mac: Mac, id: string | undefined): Told {
  const all = networks()
  const lease = leases.byMac(mac)
  const network =
    id === undefined
      ? (all.find((one) => one.id === lease?.network) ?? all.find((one) => keeps(one, mac)) ?? all[0])
      : all.find((one) => one.id === id)
  if (network === undefined)
    throw new NotFoundError(id === undefined ? 'the box gives no addresses yet' : `no network ${id}`)
  const { vendorClass, hostName, parameters = [] } = lease ?? {}
  const advice = advisor.advise({
    mac,
    ...(vendorClass !== undefined && { vendorClass }),
    ...(hostName !== undefined && { hostName }),
    ...{ parameters, serverAddress: ownAddress(network, lan) },
  })
  return {
    ...{ network: network.id, phone: advice.phone },
    ...(vendorClass !== undefined && { vendorClass }),
    ...(lease !== undefined && { asked: parameters }),
    options: toldOptions(network, advice.options, parameters),
  }
}

function keeps(network: DhcpNetwork, mac: Mac): boolean {
  return network.reservations.some((one) => one.mac === mac)
}

/** The address by which the box would answer there: in the subnet, else the first of the interface. */
function ownAddress({ interface: name, subnet }: DhcpNetwork, lan: Pick<Lan, 'interfaces'>): Ipv4 {
  const here = lan.interfaces().filter((one) => name === undefined || one.name === name)
  const addresses = here.flatMap((one) => one.addresses.map(({ address }) => address))
  return addresses.find((one) => contains(subnet, one)) ?? addresses[0] ?? subnet.network
}
