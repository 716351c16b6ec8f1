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
  const { config, records, lan } = deps
  const present = lan.interfaces()
  const { fixedInterfaces, settings, faults } = assembleDhcp(config, records, present)
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
  applyStored(deps, faults)
}

/**
 * Puts in force what a person has stored. Throws `OperatorError`, and leaves in force what was, when by it something
 * stored cannot be used that could be before (`faults` were there already).
 */
export function applyStored({ config, records, lan, apply }: DhcpControlDeps, faults: readonly string[]): void {
  const made = assembleDhcp(config, records, lan.interfaces())
  const fresh = made.faults.filter((fault) => !faults.includes(fault))
  if (fresh.length > 0) throw new OperatorError(fresh.join('; '))
  apply(made.settings)
}

function surroundings() {
  return {
    gateways: readGateways(readFileSync('/proc/net/route', 'utf8')),
    resolvers: getServers()
      .map((server) => readIpv4(server))
      .filter((server): server is Ipv4 => server !== undefined),
  }
}
