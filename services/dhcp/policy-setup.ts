import { latin1, printable } from '../core/bytes.ts'
import { OperatorError } from '../core/errors.ts'
import { broadcastOf, contains, formatIpv4, type Ipv4, ipv4FromBytes, maskOf, readIpv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import { describeOption, encodeOption } from './codec-options.ts'
import { type DhcpNetwork, type DhcpPool, type DhcpSettings, type OfferedOption, OWN_OPTIONS } from './contract.ts'
import { poolText } from './network-text.ts'

/** An option ready to be sent. */
export interface ReadyOption {
  readonly code: number
  readonly bytes: Uint8Array
  readonly always: boolean
  /** For options 66 and 150: the TFTP server, when it is given as an address. */
  readonly server?: Ipv4
  /** For the journey, when it is one that phones take their provisioning from. */
  readonly text?: string
}
export type OptionSet = ReadonlyMap<number, ReadyOption>

/** One network as the policy uses it. */
export interface Network {
  readonly id: string
  readonly spec: DhcpNetwork
  /** Addresses that the pools hold, reserved and excluded ones included. */
  readonly size: number
  /** The pools in order, cut to what one network may hold. */
  readonly pools: readonly DhcpPool[]
  readonly byMac: ReadonlyMap<Mac, Ipv4>
  readonly byClientId: ReadonlyMap<string, Ipv4>
  /** Addresses that some reservation names. */
  readonly reserved: ReadonlySet<Ipv4>
  /** Addresses of the pools that nobody may get: the router's, the subnet's own two, this box's. */
  readonly excluded: ReadonlySet<Ipv4>
  readonly options: OptionSet
}

export interface Setup {
  readonly networks: readonly Network[]
  readonly byId: ReadonlyMap<string, Network>
  /** Every address of this box. */
  readonly ours: ReadonlySet<Ipv4>
}

/** No branch office needs more; it bounds the memory that strangers can make us use. */
const LARGEST_NETWORK = 131_072

/** Options by which phones find their configuration or their VLAN. */
const PROVISIONING: ReadonlySet<number> = new Set([
  43, 66, 67, 114, 120, 125, 128, 129, 132, 133, 144, 150, 157, 159, 160, 161, 191, 242,
])

/** Compiles settings for the policy, or throws `OperatorError` that names every fault. */
export function compileSetup(settings: Pick<DhcpSettings, 'networks'>, ours: ReadonlySet<Ipv4>): Setup {
  const faults: string[] = []
  const networks = settings.networks.map((spec) => compileNetwork(spec, ours, faults))
  const byId = new Map(networks.map((network) => [network.id, network]))
  if (byId.size < networks.length) faults.push('two networks have the same id')
  checkOverlap(networks, faults)
  if (faults.length > 0) throw new OperatorError(`dhcp settings: ${faults.join('; ')}`)
  return { networks, byId, ours }
}

function compileNetwork(spec: DhcpNetwork, ours: ReadonlySet<Ipv4>, faults: string[]): Network {
  const { network, prefix } = spec.subnet
  const fault = (text: string) => faults.push(`network ${spec.id}: ${text}`)
  const pools: DhcpPool[] = []
  let size = 0
  for (const { from, to } of spec.pools) {
    const text = poolText({ from, to })
    if (from > to) fault(`pool ${text} ends before it begins`)
    else if (!contains(spec.subnet, from) || !contains(spec.subnet, to)) fault(`pool ${text} leaves the subnet`)
    const room = Math.min(to - from + 1, LARGEST_NETWORK - size)
    if (room > 0) pools.push({ from, to: (from + room - 1) as Ipv4 })
    size += Math.max(0, room)
  }
  const byMac = new Map<Mac, Ipv4>()
  const byClientId = new Map<string, Ipv4>()
  const reserved = new Set<Ipv4>()
  for (const { mac, clientId, address } of spec.reservations) {
    if (!contains(spec.subnet, address)) fault(`reservation ${formatIpv4(address)} is outside of the subnet`)
    if (reserved.has(address)) fault(`address ${formatIpv4(address)} is reserved twice`)
    reserved.add(address)
    if (mac !== undefined) byMac.set(mac, address)
    if (clientId !== undefined) byClientId.set(clientId.toLowerCase(), address)
  }
  if (!(spec.leaseSeconds > 0)) fault(`lease time ${spec.leaseSeconds} is not positive`)
  const edges = prefix < 31 ? [network, broadcastOf(network, prefix)] : []
  const excluded = new Set([...edges, ...ours, ...(spec.router === undefined ? [] : [spec.router])])
  let options: OptionSet = new Map()
  try {
    options = readyOptions([...baseOptions(spec), ...spec.options])
  } catch (thrown) {
    if (!(thrown instanceof OperatorError)) throw thrown
    fault(thrown.message)
  }
  return { id: spec.id, spec, size, pools, byMac, byClientId, reserved, excluded, options }
}

function checkOverlap(networks: readonly Network[], faults: string[]): void {
  const all = networks
    .flatMap(({ id, pools }) => pools.map((pool) => ({ id, ...pool })))
    .sort((a, b) => a.from - b.from)
  for (let i = 1; i < all.length; i++) {
    const [before, here] = [all[i - 1], all[i]]
    if (before && here && here.from <= before.to)
      faults.push(`pools of ${before.id} and ${here.id} overlap at ${formatIpv4(here.from)}`)
  }
}

/** What every client of the network is told; a raw option of the same number stands in for it. */
export function baseOptions(spec: DhcpNetwork): OfferedOption[] {
  const list = (code: number, addresses: readonly Ipv4[], always = false): OfferedOption[] =>
    addresses.length === 0 ? [] : [{ code, type: 'ipv4', value: addresses.map(formatIpv4), always }]
  return [
    // A subnet mask goes before a router (RFC 2132 §3.3), and both go to clients that forgot to ask.
    ...list(1, [maskOf(spec.subnet.prefix)], true),
    ...list(3, spec.router === undefined ? [] : [spec.router], true),
    ...list(6, spec.dns),
    ...(spec.domain === undefined ? [] : [{ code: 15, type: 'text', value: spec.domain } as const]),
    ...list(28, spec.subnet.prefix < 31 ? [broadcastOf(spec.subnet.network, spec.subnet.prefix)] : []),
    ...list(42, spec.ntp),
  ]
}

/** Encodes options; a later one of the same code wins. Throws `OperatorError` naming the option. */
export function readyOptions(options: readonly OfferedOption[]): OptionSet {
  const ready = new Map<number, ReadyOption>()
  for (const option of options) {
    if (OWN_OPTIONS.has(option.code)) throw new OperatorError(`option ${option.code} is set by the protocol itself`)
    const bytes = encodeOption(option)
    const text = PROVISIONING.has(option.code) ? { text: printable(describeOption(option, true)) } : {}
    const server = serverOf(option, bytes)
    ready.set(option.code, {
      code: option.code,
      bytes,
      always: option.always === true,
      ...text,
      ...(server !== undefined && { server }),
    })
  }
  return ready
}

function serverOf(option: OfferedOption, bytes: Uint8Array): Ipv4 | undefined {
  if (option.code === 150 && bytes.length >= 4) return ipv4FromBytes(bytes)
  return option.code === 66 ? readIpv4(latin1(bytes).replace(/^tftp:\/\//, '')) : undefined
}

/** Whether a client without a reservation may get this address. */
export function inPool(network: Network, address: Ipv4): boolean {
  if (network.excluded.has(address) || network.reserved.has(address)) return false
  for (const pool of network.pools) if (address >= pool.from && address <= pool.to) return true
  return false
}

/** The address at this place in the pools taken one after another. */
export function addressAt(network: Network, index: number): Ipv4 | undefined {
  let rest = index
  for (const { from, to } of network.pools) {
    const size = to - from + 1
    if (rest < size) return (from + rest) as Ipv4
    rest -= size
  }
  return undefined
}
