import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document as YamlDocument } from 'yaml'
import type { z } from 'zod'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import type { DhcpNetwork } from '../../services/dhcp/contract.ts'
import { toDhcpNetwork } from './network.ts'
import { CONFIG_FILE_ENV, OPTION_NAMES, type OptionName } from './options.ts'
import { type FileConfig, fileSchema } from './schema.ts'

/** Every fault of the configuration, each with its place and value; the box does not start with one. */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

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

export interface ConfigSources {
  /** Flags by name without dashes; `config` names the file. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly root: boolean
}

type Tree = { [key: string]: unknown }

/** Reads file, environment and flags together, or throws `ConfigError` that names every fault. */
export function readConfig(sources: ConfigSources): BoxConfig {
  const file = configFile(sources)
  const document = file === undefined ? undefined : readYaml(file)
  const merged: Tree = document === undefined ? {} : { ...(document.tree as Tree) }
  const given = new Map<string, string>()
  const faults: string[] = []
  for (const option of OPTION_NAMES) {
    const flag = sources.flags[option.flag]
    const text = flag ?? sources.env[option.env]
    if (text === undefined) continue
    const origin = flag === undefined ? `environment ${option.env}` : `flag --${option.flag}`
    given.set(option.path.join('.'), origin)
    try {
      setAt(merged, option.path, readOption(option, text))
    } catch (thrown) {
      faults.push(`${origin}: ${messageOf(thrown)}`)
    }
  }
  const result = fileSchema.safeParse(merged)
  if (!result.success)
    for (const issue of result.error.issues) faults.push(...describeIssue(issue, given, document?.lineOf, file))
  if (result.success) faults.push(...networkFaults(result.data, document?.lineOf, file))
  if (faults.length > 0 || !result.success) throw new ConfigError(faults)
  const { ports, dataFolder, dhcp, ...rest } = result.data
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

function configFile(sources: ConfigSources): string | undefined {
  const named = sources.flags.config ?? sources.env[CONFIG_FILE_ENV]
  if (named !== undefined) {
    if (!existsSync(named)) throw new ConfigError([`configuration file does not exist: ${named}`])
    return named
  }
  const usual = '/etc/branchline/branchline.yaml'
  return existsSync(usual) ? usual : undefined
}

interface ReadYaml {
  readonly tree: unknown
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined
}

function readYaml(file: string): ReadYaml {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
  })
  if (document.errors.length > 0)
    throw new ConfigError(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0])
        return `${file}:${line}:${col}: ${error.message}`
      }),
    )
  const tree: unknown = document.toJS({ maxAliasCount: 20 }) ?? {}
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree))
    throw new ConfigError([`${file}: the file is not a mapping of names to values`])
  return { tree, lineOf: (path) => lineOf(document, lines, path) }
}

/** The line of the deepest node on the path that exists. */
function lineOf(document: YamlDocument, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true)
    const key = path[depth - 1]
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined
    const node = pair?.key ?? (isSeq(parent) ? parent.items[Number(key)] : undefined)
    const range = typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[] | null) : null
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line
  }
  return undefined
}

function describeIssue(
  issue: z.core.$ZodIssue,
  given: ReadonlyMap<string, string>,
  line: ReadYaml['lineOf'] | undefined,
  file: string | undefined,
): string[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
  return paths.map((path) => {
    const name = path.join('.')
    const text = issue.code === 'unrecognized_keys' ? 'no such setting' : issue.message
    return `${placeOf(path, given, line, file)}${name === '' ? '' : `${name}: `}${text}`
  })
}

function placeOf(
  path: readonly PropertyKey[],
  given: ReadonlyMap<string, string>,
  line: ReadYaml['lineOf'] | undefined,
  file: string | undefined,
): string {
  const origin = given.get(path.join('.'))
  if (origin !== undefined) return `${origin}: `
  const number = line?.(path)
  return file === undefined ? '' : number === undefined ? `${file}: ` : `${file}:${number}: `
}

/** What no single field can see: ids used twice, subnets that overlap. */
function networkFaults(config: FileConfig, line: ReadYaml['lineOf'] | undefined, file: string | undefined): string[] {
  const faults: string[] = []
  config.dhcp.networks.forEach((network, i) => {
    const place = placeOf(['dhcp', 'networks', i], new Map(), line, file)
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

function readOption(option: OptionName, text: string): unknown {
  if (option.kind === 'text') return text
  if (option.kind === 'list') return text.split(',').map((part) => part.trim())
  if (option.kind === 'number') {
    if (!/^\d{1,9}$/.test(text)) throw new OperatorError(`not a whole number: ${JSON.stringify(text)}`)
    return Number(text)
  }
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  throw new OperatorError(`neither yes nor no: ${JSON.stringify(text)}`)
}

function setAt(tree: Tree, path: readonly [string, ...string[]], value: unknown): void {
  const [head, next, ...rest] = path
  if (next === undefined) {
    tree[head] = value
    return
  }
  const below = tree[head]
  const copy = typeof below === 'object' && below !== null ? { ...(below as Tree) } : {}
  tree[head] = copy
  setAt(copy, [next, ...rest], value)
}
