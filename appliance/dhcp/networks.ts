import type { DhcpChoice, StoredNetwork } from '../../services/admin/contract.ts'
import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { formatIpv4 } from '../../services/core/ipv4.ts'
import type { Bag } from '../../services/core/merge-patch.ts'
import { bodyOf, RecordError, readInput } from '../../services/core/record-input.ts'
import type { DhcpStatus, ForeignServer } from '../../services/dhcp/contract.ts'
import { type ListenDeps, listenForServers } from '../../services/dhcp/listen.ts'
import { networkSchema, toDhcpNetwork } from '../../services/dhcp/network-schema.ts'
import { networkText } from '../../services/dhcp/network-text.ts'
import { type NetworkSurroundings, networkFaults, networkIdFrom } from '../../services/dhcp/policy-edit.ts'
import type { JsonObject, WriteOptions } from '../../services/records/contract.ts'
import { applyStored, type DhcpControlDeps } from './control.ts'
import { type AssembledDhcp, assembleDhcp } from './settings.ts'

export type ListeningDeps = Pick<DhcpControlDeps, 'config' | 'lan'> &
  Pick<ListenDeps, 'clock' | 'random' | 'log' | 'counters'> & { status(): DhcpStatus }

type Deps = Pick<DhcpControlDeps, 'config' | 'records' | 'lan'>

/** Every network with its ranges, and whether it may be changed here. */
export function storedNetworks({ config, records, lan }: Deps): StoredNetwork[] {
  const { settings, fixedNetworks } = assembleDhcp(config, records, lan.interfaces())
  return settings.networks.map((network) => ({
    ...networkText(network),
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

/** Adds a network under its `id`, else under one made of its `name` or its subnet. Answers the id. */
export function addDhcpNetwork(deps: DhcpControlDeps, given: object, { by }: Pick<WriteOptions, 'by'>): string {
  const { config, records, lan } = deps
  const { settings, fixedNetworks, faults } = assembleDhcp(config, records, lan.interfaces())
  const { name, ...rest } = present(given)
  const taken = new Set([...fixedNetworks, ...records.list('network').map((record) => record.id)])
  const called = typeof name === 'string' && name.trim() !== '' ? name : String(rest.subnet ?? '')
  const id = typeof rest.id === 'string' ? rest.id : networkIdFrom(called, taken)
  if (taken.has(id))
    throw new RecordError(`network ${id}`, [{ path: 'id', message: `there is a network ${id} already` }])
  const body = { ...rest, id } as JsonObject
  check(deps, id, body, { others: settings.networks })
  records.put('network', id, body, { by, base: 0 })
  try {
    applyStored(deps, faults)
  } catch (thrown) {
    records.remove('network', id, { by })
    throw thrown
  }
  return id
}

/** Takes a stored network away. Who has an address of it keeps it until its time is over. */
export function removeDhcpNetwork(deps: DhcpControlDeps, id: string, options: WriteOptions): void {
  const { faults } = notFixed(deps, id)
  // One that is there and cannot be used is the first that somebody wants to be rid of.
  deps.records.remove('network', id, options)
  applyStored(deps, faults)
}

/** Changes some fields of a stored network; `null` takes one away. When the server refuses it all stays as it was. */
export function setDhcpNetwork(deps: DhcpControlDeps, id: string, change: object, options: WriteOptions): void {
  const { records } = deps
  const { settings, faults } = notFixed(deps, id)
  const stored = records.get('network', id)
  if (stored === undefined) throw new NotFoundError(`no network ${id}`)
  const body = present({ ...stored.body, ...change, id }) as JsonObject
  const before = settings.networks.find((network) => network.id === id)
  const others = settings.networks.filter((network) => network.id !== id)
  check(deps, id, body, { others, ...(before && { before }) })
  records.put('network', id, body, options)
  try {
    applyStored(deps, faults)
  } catch (thrown) {
    records.put('network', id, stored.body, { by: options.by })
    throw thrown
  }
}

/** Throws `RecordError` with every fault of a network, of itself and of how it stands to the others and to the box. */
function check(
  { lan }: DhcpControlDeps,
  id: string,
  body: JsonObject,
  around: Omit<NetworkSurroundings, 'ports'>,
): void {
  const network = toDhcpNetwork(bodyOf(`network ${id}`, readInput(networkSchema, body)))
  const found = networkFaults(network, { ...around, ports: lan.interfaces() })
  if (found.length > 0) throw new RecordError(`network ${id}`, found)
}

function notFixed({ config, records, lan }: DhcpControlDeps, id: string): AssembledDhcp {
  const assembled = assembleDhcp(config, records, lan.interfaces())
  if (assembled.fixedNetworks.has(id))
    throw new OperatorError(`network ${id} is set in ${config.file ?? 'the configuration'}; change it there`)
  return assembled
}

/** Without what is said to be nothing. */
function present(given: object): Bag {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined))
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
