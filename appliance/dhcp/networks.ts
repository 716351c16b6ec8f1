import type { DhcpChoice, StoredNetwork } from '../../services/admin/contract.ts'
import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { formatCidr, formatIpv4 } from '../../services/core/ipv4.ts'
import { bodyOf, readInput } from '../../services/core/record-input.ts'
import type { DhcpNetwork, DhcpStatus, ForeignServer } from '../../services/dhcp/contract.ts'
import { type ListenDeps, listenForServers } from '../../services/dhcp/listen.ts'
import { networkSchema } from '../../services/dhcp/network-schema.ts'
import type { JsonObject, WriteOptions } from '../../services/records/contract.ts'
import { applyStored, type DhcpControlDeps } from './control.ts'
import { assembleDhcp } from './settings.ts'

export type ListeningDeps = Pick<DhcpControlDeps, 'config' | 'lan'> &
  Pick<ListenDeps, 'clock' | 'random' | 'log' | 'counters'> & { status(): DhcpStatus }

type Deps = Pick<DhcpControlDeps, 'config' | 'records' | 'lan'>

/** Every network with its ranges, and whether it may be changed here. */
export function storedNetworks({ config, records, lan }: Deps): StoredNetwork[] {
  const { settings, fixedNetworks } = assembleDhcp(config, records, lan.interfaces())
  return settings.networks.map((network) => ({
    ...viewOf(network),
    fixed: fixedNetworks.has(network.id),
    rev: fixedNetworks.has(network.id) ? 0 : (records.get('network', network.id)?.rev ?? 0),
  }))
}

/** The interfaces that DHCP could be switched on, and whether anybody has said what it shall do there. */
export function dhcpChoices({ config, records, lan }: Deps): DhcpChoice[] {
  return lan.interfaces().map(({ name, up, addresses }) => {
    const fixed = Object.hasOwn(config.dhcp.interfaces, name)
    return {
      ...{ name, up, fixed, decided: fixed || records.get('interface', name) !== undefined },
      addresses: addresses.map(({ address, prefix }) => `${formatIpv4(address)}/${prefix}`),
    }
  })
}

/** Changes some fields of a stored network; `null` takes one away. When the server refuses it all stays as it was. */
export function setDhcpNetwork(deps: DhcpControlDeps, id: string, change: object, options: WriteOptions): void {
  const { config, records, lan } = deps
  const { fixedNetworks, faults } = assembleDhcp(config, records, lan.interfaces())
  if (fixedNetworks.has(id))
    throw new OperatorError(`network ${id} is set in ${config.file ?? 'the configuration'}; change it there`)
  const stored = records.get('network', id)
  if (stored === undefined) throw new NotFoundError(`no network ${id}`)
  const body = Object.fromEntries(
    Object.entries({ ...stored.body, ...change, id }).filter(([, value]) => value !== null && value !== undefined),
  ) as JsonObject
  bodyOf(`network ${id}`, readInput(networkSchema, body))
  records.put('network', id, body, options)
  try {
    applyStored(deps, faults)
  } catch (thrown) {
    records.put('network', id, stored.body, { by: options.by })
    throw thrown
  }
}

/** Who else leases addresses on an interface: what is known where our server runs, else asked now. */
export async function heardOn(deps: ListeningDeps, name: string): Promise<readonly ForeignServer[]> {
  const { lan, config } = deps
  const known = deps.status().interfaces.find((one) => one.name === name)
  if (known !== undefined && known.mode !== 'off') return known.foreign
  const present = lan.interfaces()
  if (!present.some((one) => one.name === name))
    throw new NotFoundError(`no interface ${name}; there are ${present.map((one) => one.name).join(', ') || 'none'}`)
  const ours = new Set(present.flatMap(({ addresses }) => addresses.map(({ address }) => address)))
  const ports = { serverPort: config.ports.dhcp, clientPort: config.ports.dhcpClient }
  return listenForServers({ ...deps, ...ports, ours: () => ours, interface: name })
}

function viewOf(network: DhcpNetwork): Omit<StoredNetwork, 'fixed' | 'rev'> {
  const { id, pools, dns, ntp, reservations, leaseSeconds } = network
  return {
    id,
    ...(network.interface !== undefined && { interface: network.interface }),
    ...{ subnet: formatCidr(network.subnet), lease: leaseSeconds },
    pools: pools.map(({ from, to }) => `${formatIpv4(from)}-${formatIpv4(to)}`),
    ...(network.router !== undefined && { router: formatIpv4(network.router) }),
    ...(network.domain !== undefined && { domain: network.domain }),
    ...{ dns: dns.map(formatIpv4), ntp: ntp.map(formatIpv4) },
    reservations: reservations.map(({ address, ...rest }) => ({ ...rest, address: formatIpv4(address) })),
    options: network.options,
  }
}
