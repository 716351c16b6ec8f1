import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { DhcpNetwork } from '../../services/dhcp/contract.ts'
import { toDhcpNetwork } from '../../services/dhcp/network-schema.ts'
import { type ConfigSources as LayerSources, type PlaceOf, readLayers } from '../../services/program/config-file.ts'
import { CONFIG_FILE_ENV, OPTION_NAMES } from './options.ts'
import { type FileConfig, fileSchema } from './schema.ts'

export interface Ports {
  readonly dhcp: number
  readonly dhcpClient: number
  readonly tftp: number
  readonly http: number
  readonly https: number
  readonly sip: number
  readonly admin: number
  readonly adminTls: number
  readonly ldap: number
}

/** Ports of a box that may open low ones, and of one that runs as an ordinary user. */
export const ROOT_PORTS: Ports = {
  dhcp: 67,
  dhcpClient: 68,
  tftp: 69,
  http: 80,
  https: 443,
  sip: 5060,
  admin: 8080,
  adminTls: 8443,
  ldap: 389,
}
export const USER_PORTS: Ports = {
  dhcp: 10067,
  dhcpClient: 10068,
  tftp: 10069,
  http: 10080,
  https: 10443,
  sip: 15060,
  admin: 8080,
  adminTls: 8443,
  ldap: 10389,
}

/** The configuration with every default filled in. What is set here wins over what the page stored. */
export interface BoxConfig extends Omit<FileConfig, 'ports' | 'dataFolder' | 'dhcp'> {
  readonly file: string | undefined
  readonly dataFolder: string
  readonly ports: Ports
  readonly dhcp: {
    readonly probe: boolean
    readonly interfaces: FileConfig['dhcp']['interfaces']
    readonly networks: readonly DhcpNetwork[]
  }
}

export interface ConfigSources extends LayerSources {
  readonly root: boolean
}

/** Reads file, environment and flags together, or throws `ConfigError` that names every fault. */
export function readConfig(sources: ConfigSources): BoxConfig {
  const { data, file } = readLayers({
    ...sources,
    schema: fileSchema,
    options: OPTION_NAMES,
    fileEnv: CONFIG_FILE_ENV,
    usualFile: '/etc/branchline/branchline.yaml',
    check: networkFaults,
  })
  const { ports, dataFolder, dhcp, ...rest } = data
  return {
    ...rest,
    file,
    dataFolder: resolve(dataFolder ?? defaultDataFolder(sources.root, sources.env)),
    ports: withDefaults(sources.root ? ROOT_PORTS : USER_PORTS, ports),
    dhcp: { ...dhcp, networks: dhcp.networks.map(toDhcpNetwork) },
  }
}

function withDefaults(defaults: Ports, given: Partial<{ [Name in keyof Ports]: number | undefined }>): Ports {
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(set) }
}

/** Where data are kept when nobody says: the system's place for root, the user's for a user. */
export function defaultDataFolder(root: boolean, env: ConfigSources['env']): string {
  if (root) return '/var/lib/branchline'
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'branchline')
}

/** What no single field can see: ids used twice, subnets that overlap. */
function networkFaults(config: FileConfig, placeOf: PlaceOf): string[] {
  const faults: string[] = []
  config.dhcp.networks.forEach((network, i) => {
    const place = placeOf(['dhcp', 'networks', i])
    const earlier = config.dhcp.networks.slice(0, i)
    if (earlier.some((other) => other.id === network.id))
      faults.push(`${place}dhcp.networks.${i}.id: two networks are called ${network.id}`)
    const size = (prefix: number) => 2 ** (32 - prefix)
    const clash = earlier.find(
      (other) =>
        other.subnet.network < network.subnet.network + size(network.subnet.prefix) &&
        network.subnet.network < other.subnet.network + size(other.subnet.prefix),
    )
    if (clash !== undefined) faults.push(`${place}dhcp.networks.${i}.subnet: overlaps the network ${clash.id}`)
  })
  return faults
}
