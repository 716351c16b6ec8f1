import { getServers } from 'node:dns'
import { readFileSync } from 'node:fs'
import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { type Ipv4, readIpv4 } from '../../services/core/ipv4.ts'
import type { Lan } from '../../services/core/net.ts'
import type { DhcpMode, DhcpSettings } from '../../services/dhcp/contract.ts'
import type { Records } from '../../services/records/contract.ts'
import type { BoxConfig } from '../config/config.ts'
import { assembleDhcp } from './settings.ts'
import { readGateways, suggestNetwork } from './suggest.ts'

export interface InterfaceChange {
  readonly mode: DhcpMode
  readonly besideForeignServer: boolean
}

export interface DhcpControlDeps {
  readonly config: BoxConfig
  readonly records: Records
  readonly lan: Lan
  /** Called with the new settings after each change. */
  readonly apply: (settings: DhcpSettings) => void
}

/**
 * Switches DHCP on an interface and stores that. Where the interface has no network yet, one is made of its own subnet.
 * Throws `NotFoundError` for an interface that is not there, `OperatorError` for one that the configuration file fixes.
 */
export function setDhcpInterface(deps: DhcpControlDeps, name: string, change: InterfaceChange, by: string): void {
  const { config, records, lan, apply } = deps
  const present = lan.interfaces()
  const { fixedInterfaces, settings } = assembleDhcp(config, records, present)
  if (fixedInterfaces.has(name))
    throw new OperatorError(`dhcp on ${name} is set in ${config.file ?? 'the configuration'}; change it there`)
  const device = present.find((one) => one.name === name)
  if (device === undefined && change.mode !== 'off')
    throw new NotFoundError(`no interface ${name}; there are ${present.map((one) => one.name).join(', ') || 'none'}`)
  const items = [{ kind: 'interface' as const, id: name, body: { ...change } }]
  const hasNetwork = settings.networks.some((network) => network.interface === name)
  if (device === undefined || change.mode === 'off' || hasNetwork) records.putMany(items, { by })
  else {
    const network = suggestNetwork(device, surroundings())
    if (network === undefined)
      throw new OperatorError(
        `${name} has no address of a subnet that could be shared; give it one, or configure a network`,
      )
    records.putMany([...items, { kind: 'network' as const, id: name, body: network }], { by })
  }
  const made = assembleDhcp(config, records, present)
  apply(made.settings)
  const fault = made.faults.find((text) => text.startsWith(`network ${name}: `))
  if (fault !== undefined) throw new OperatorError(fault)
}

function surroundings() {
  return {
    gateways: readGateways(readFileSync('/proc/net/route', 'utf8')),
    resolvers: getServers()
      .map((server) => readIpv4(server))
      .filter((server): server is Ipv4 => server !== undefined),
  }
}
