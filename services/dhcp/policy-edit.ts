import { broadcastOf, type Cidr, formatCidr, formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import type { DhcpNetwork } from './contract.ts'
import { poolText } from './network-text.ts'

// What a person may make of a network, beyond what its own fields allow: how it stands beside the other networks and the
// box. A box asks this of what it is; an account of what the box last said. Both refuse in the same words.

/** An interface of the box with its addresses. */
export interface NetworkPort {
  readonly name: string
  readonly addresses: readonly { readonly address: Ipv4; readonly prefix: number }[]
}

export interface NetworkSurroundings {
  /** The networks beside it, without itself. */
  readonly others: readonly DhcpNetwork[]
  /** Undefined: nobody knows yet which there are. */
  readonly ports: readonly NetworkPort[] | undefined
  /** What it was; what a person left as it was is not held against them. */
  readonly before?: DhcpNetwork
}

export interface NetworkFault {
  readonly path: string
  readonly message: string
}

/** Why a network cannot be beside the others, every reason with the field that it is about. */
export function networkFaults(network: DhcpNetwork, around: NetworkSurroundings): readonly NetworkFault[] {
  const { others, ports, before } = around
  const faults: NetworkFault[] = []
  const fault = (path: string, message: string) => void faults.push({ path, message })
  const subnet = formatCidr(network.subnet)
  if (before === undefined || formatCidr(before.subnet) !== subnet) {
    const other = others.find((one) => overlap(one.subnet, network.subnet))
    if (other !== undefined) fault('subnet', `${subnet} overlaps network ${other.id} (${formatCidr(other.subnet)})`)
  }
  const name = network.interface
  if (name !== undefined && ports !== undefined && name !== before?.interface && !ports.some((it) => it.name === name))
    fault('interface', `no interface ${name}; there are ${ports.map((one) => one.name).join(', ') || 'none'}`)
  const former = new Set(before?.pools.map(poolText))
  network.pools.forEach((pool, i) => {
    for (const other of others) {
      const clash = other.pools.find(({ from, to }) => from <= pool.to && pool.from <= to)
      if (clash !== undefined) fault(`pools.${i}`, `range overlaps ${poolText(clash)} of network ${other.id}`)
    }
    if (former.has(poolText(pool))) return
    for (const port of ports ?? [])
      for (const { address } of port.addresses)
        if (pool.from <= address && address <= pool.to)
          fault(`pools.${i}`, `range holds ${formatIpv4(address)}, the box’s own address on ${port.name}`)
  })
  return faults
}

function overlap(a: Cidr, b: Cidr): boolean {
  return a.network <= broadcastOf(b.network, b.prefix) && b.network <= broadcastOf(a.network, a.prefix)
}

const LONGEST_ID = 64

/** An id that is not taken, from what a person calls the network, else from where it is. */
export function networkIdFrom(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.:-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, LONGEST_ID - 4)
    .toLowerCase()
  const base = plain === '' ? 'network' : plain
  for (let i = 1; ; i++) {
    const id = i === 1 ? base : `${base}-${i}`
    if (!taken.has(id)) return id
  }
}
