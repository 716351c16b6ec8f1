import { OperatorError } from '../../services/core/errors.ts'
import type { LanInterface } from '../../services/core/net.ts'
import type { DhcpInterfaceSettings, DhcpNetwork, DhcpSettings } from '../../services/dhcp/contract.ts'
import { dhcpInterfaceSchema, networkSchema, toDhcpNetwork } from '../../services/dhcp/network-schema.ts'
import { compileSetup } from '../../services/dhcp/policy-setup.ts'
import type { Records } from '../../services/records/contract.ts'
import type { BoxConfig } from '../config/config.ts'

/** The DHCP settings, and which of them the configuration file holds (those the page may not change). */
export interface AssembledDhcp {
  readonly settings: DhcpSettings
  readonly fixedInterfaces: ReadonlySet<string>
  readonly fixedNetworks: ReadonlySet<string>
  /** Stored records that cannot be used, with the reason; they are passed over, never half used. */
  readonly faults: readonly string[]
}

/**
 * Puts together what the configuration file and the records say. The file wins: an interface or network that it names
 * is taken from it alone. An interface that neither names is off.
 */
export function assembleDhcp(config: BoxConfig, records: Records, present: readonly LanInterface[]): AssembledDhcp {
  const faults: string[] = []
  const fixedNetworks = new Set(config.dhcp.networks.map((network) => network.id))
  const fixedInterfaces = new Set(Object.keys(config.dhcp.interfaces))
  const networks: DhcpNetwork[] = [...config.dhcp.networks]
  for (const record of records.list('network')) {
    if (fixedNetworks.has(record.id)) continue
    const read = networkSchema.safeParse(record.body)
    const reason = read.success ? add(networks, toDhcpNetwork(read.data)) : messagesOf(read.error)
    if (reason !== undefined) faults.push(`network ${record.id}: ${reason}`)
  }
  const modes = new Map<string, DhcpInterfaceSettings>()
  for (const name of present.map((lan) => lan.name)) modes.set(name, { name, mode: 'off', besideForeignServer: false })
  for (const record of records.list('interface')) {
    const read = dhcpInterfaceSchema.safeParse(record.body)
    if (read.success) modes.set(record.id, { name: record.id, ...read.data })
    else faults.push(`interface ${record.id}: ${messagesOf(read.error)}`)
  }
  for (const [name, given] of Object.entries(config.dhcp.interfaces)) modes.set(name, { name, ...given })
  const settings = {
    interfaces: [...modes.values()],
    networks,
    probe: config.dhcp.probe,
    serverPort: config.ports.dhcp,
    clientPort: config.ports.dhcpClient,
  }
  return { settings, fixedInterfaces, fixedNetworks, faults }
}

/** Adds a stored network unless it does not fit to the others: one that came from elsewhere must not stop all of them. */
function add(networks: DhcpNetwork[], network: DhcpNetwork): string | undefined {
  try {
    compileSetup({ networks: [...networks, network] }, new Set())
  } catch (thrown) {
    if (thrown instanceof OperatorError) return thrown.message
    throw thrown
  }
  networks.push(network)
  return undefined
}

function messagesOf({ issues }: { readonly issues: readonly { readonly message: string }[] }): string {
  return issues.map((issue) => issue.message).join('; ')
}
