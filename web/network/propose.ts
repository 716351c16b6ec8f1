import type { NetworkView } from '../../services/admin/schema-network.ts'
import { addressOf, numberOf, rangeOf } from './data.ts'
import type { Port } from './ground.ts'

/** A subnet as numbers. */
interface Subnet {
  readonly first: number
  readonly last: number
  readonly prefix: number
}

type Drawn = Pick<NetworkView, 'subnet' | 'dns'> & { readonly interface?: string | undefined }

/** What a form for a new network begins with. */
export interface Proposal {
  readonly subnet: string
  readonly interface: string | undefined
  readonly pools: readonly string[]
  readonly router: string
  readonly dns: readonly string[]
}

/** `192.0.2.77/24` as the subnet that it is in; undefined: it is none, or one that nothing can be leased of. */
export function subnetOf(text: string): Subnet | undefined {
  const [, address = '', length = ''] = /^\s*(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})\s*$/.exec(text) ?? []
  const prefix = Number(length)
  if (address === '' || prefix < 8 || prefix > 30 || address.split('.').some((part) => Number(part) > 255))
    return undefined
  const size = 2 ** (32 - prefix)
  const first = Math.floor(numberOf(address) / size) * size
  return { first, last: first + size - 1, prefix }
}

function textOf({ first, prefix }: Subnet): string {
  return `${addressOf(first)}/${prefix}`
}

const overlap = (a: Subnet, b: Subnet) => a.first <= b.last && b.first <= a.last

/** Addresses of a network that are offered at most: more are a wish that somebody should type. */
const MOST_LEASED = 1000

/** The middle half of a subnet without these addresses: both ends stay for what has a fixed address. */
export function poolsFor(subnet: string, taken: readonly string[]): readonly string[] {
  const it = subnetOf(subnet)
  if (it === undefined) return []
  const size = it.last - it.first + 1
  const from = it.first + Math.floor(size / 4) + (size > 4 ? 1 : 0)
  const to = Math.min(it.first + Math.floor((size * 3) / 4) - 1, from + MOST_LEASED - 1, it.last - 1)
  const parts: string[] = []
  let start = from
  for (const stop of [...taken.map(numberOf).filter((one) => one >= from && one <= to), to + 1].sort((a, b) => a - b)) {
    if (stop > start) parts.push(`${addressOf(start)}-${addressOf(stop - 1)}`)
    start = stop + 1
  }
  return parts
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((text) => subnetOf(text) ?? [])

/** The first /24 that is nobody's: beside what is there already where that is private, else as most offices have it. */
export function freeSubnet(taken: readonly string[]): string {
  const all = taken.flatMap((text) => subnetOf(text) ?? [])
  const near = all.filter((one) => PRIVATE.some((it) => overlap(it, one)))
  const begin = [...near.map(({ last }) => last + 1), numberOf('192.168.10.0')]
  for (const start of begin)
    for (let first = Math.ceil(start / 256) * 256; first < start + 65_536; first += 256) {
      const it = { first, last: first + 255, prefix: 24 }
      const fits = PRIVATE.some((one) => overlap(one, it)) && !all.some((one) => overlap(one, it))
      if (fits) return textOf(it)
    }
  return ''
}

/** For an interface its own subnet, where no network has that yet; for none, one that a relay could bring. */
export function propose(
  networks: readonly Drawn[],
  ports: readonly Port[],
  wanted?: { readonly interface: string | undefined },
): Proposal {
  const drawn = networks.flatMap(({ subnet }) => subnetOf(subnet) ?? [])
  const own = (port: Port) =>
    port.addresses.find((text) => {
      const it = subnetOf(text)
      return it !== undefined && !drawn.some((one) => overlap(one, it))
    })
  const port =
    wanted === undefined
      ? ports.find((one) => own(one) !== undefined)
      : ports.find(({ name }) => name === wanted.interface)
  const address = port && own(port)
  const here = address === undefined ? undefined : subnetOf(address)
  const subnet = here
    ? textOf(here)
    : freeSubnet([...networks.map((one) => one.subnet), ...ports.flatMap(({ addresses }) => addresses)])
  return { subnet, interface: wanted?.interface ?? port?.name, ...within(networks, ports, subnet, here !== undefined) }
}

/** What a subnet leads to: the way out of it, and what is leased. */
export function within(
  networks: readonly Drawn[],
  ports: readonly Port[],
  subnet: string,
  attached: boolean,
): Pick<Proposal, 'pools' | 'router' | 'dns'> {
  const it = subnetOf(subnet)
  // A relay is a router most of the time, and most routers have the first address.
  const router = it === undefined || attached ? '' : addressOf(it.first + 1)
  const taken = ports.flatMap(({ addresses }) => addresses.map((text) => text.split('/')[0] ?? ''))
  return { router, pools: poolsFor(subnet, [...taken, router]), dns: networks[0]?.dns ?? [] }
}

/** The ranges of a text as it is being typed: lines that are none yet are passed over. */
export function typedPools(text: string): readonly string[] {
  return text
    .split(/[\n,;]+/)
    .map((line) => line.trim())
    .filter((line) => {
      if (!/^\d{1,3}(\.\d{1,3}){3}(\s*-\s*\d{1,3}(\.\d{1,3}){3})?$/.test(line)) return false
      const { from, to } = rangeOf(line)
      return from <= to
    })
}
