import { latin1 } from '../core/bytes.ts'
import { ANY, type Ipv4, ipv4FromBytes, ipv4ToBytes } from '../core/ipv4.ts'
import { BROADCAST_FLAG, type DhcpMessage, sizeLimit } from './codec.ts'
import type { Binding } from './lease-table.ts'
import { destination, type ReplyKind } from './policy-destination.ts'
import { serverAddress } from './policy-network.ts'
import type { Network, OptionSet, ReadyOption } from './policy-setup.ts'
import { type Decision, type Facts, silence } from './policy-types.ts'

const TYPES = { offer: 2, ack: 5, nak: 6, 'inform-ack': 5 } as const
export const INFINITE = 0xffffffff
const SHORTEST_LEASE = 60

export interface Granted {
  readonly address: Ipv4
  /** Absent in the answer to an INFORM or BOOTP request: those know no lease time. */
  readonly seconds?: number
  readonly changes: readonly Binding[]
  readonly newcomer?: boolean
}

/** An answer that gives the client its options, in the order of its parameter request list. */
export function grant(
  type: Exclude<ReplyKind, 'nak'>,
  request: DhcpMessage,
  network: Network,
  granted: Granted,
  facts: Facts,
): Decision {
  const server = serverAddress(facts.link, network)
  if (server === undefined) return silence('no-address')
  const options = new Map<number, Uint8Array>()
  if (type !== 'bootp-reply') {
    options.set(53, Uint8Array.of(TYPES[type]))
    options.set(54, ipv4ToBytes(server))
  }
  if (granted.seconds !== undefined) setTimes(options, granted.seconds)
  setOffered(options, network, facts)
  echo(options, request)
  const bare = facts.client.parameters.length === 0
  return {
    kind: 'reply',
    type,
    reply: {
      ...header(request),
      flags: request.flags,
      ciaddr: type === 'offer' ? ANY : request.ciaddr,
      yiaddr: granted.address,
      siaddr: nextServer(network, facts),
      // A client without a parameter request list is an old one that may look here instead.
      sname: bare ? shortText(optionOf(66, network, facts), 63) : '',
      file: bare ? shortText(optionOf(67, network, facts), 127) : '',
      cookie: request.cookie,
      options,
    },
    limit: sizeLimit(request),
    destination: destination(request, type, granted.address, facts.client.mac),
    network,
    changes: granted.changes,
    newcomer: granted.newcomer === true,
  }
}

/** Tells the client that it may not use its address. Phones-only mode refuses nobody. */
export function refuse(request: DhcpMessage, network: Network, reason: string, facts: Facts): Decision {
  if (facts.link.phonesOnly) return silence('no-refusal', { network })
  const server = serverAddress(facts.link, network)
  if (server === undefined) return silence('no-address')
  const options = new Map([
    [53, Uint8Array.of(TYPES.nak)],
    [54, ipv4ToBytes(server)],
  ])
  echo(options, request)
  return {
    kind: 'reply',
    type: 'nak',
    reply: {
      ...header(request),
      // RFC 2131 §4.3.2: the relay must broadcast it, the client may be on another subnet than it thinks.
      flags: request.giaddr === 0 ? request.flags : request.flags | BROADCAST_FLAG,
      ciaddr: ANY,
      yiaddr: ANY,
      siaddr: ANY,
      sname: '',
      file: '',
      cookie: true,
      options,
    },
    limit: sizeLimit(request),
    destination: destination(request, 'nak', ANY, undefined),
    network,
    changes: [],
    newcomer: false,
    reason,
  }
}

function header(request: DhcpMessage) {
  const { htype, xid, giaddr, chaddr } = request
  return { op: 2, htype, hops: 0, xid, secs: 0, giaddr, chaddr }
}

/** What a server gives back as it came: client identifier (RFC 6842), subnet selection (RFC 3011), relay information (RFC 3046). */
function echo(options: Map<number, Uint8Array>, request: DhcpMessage): void {
  for (const code of [61, 118, 82]) {
    const value = request.options.get(code)
    if (value !== undefined) options.set(code, value)
  }
}

/** Lease time, T1 at half and T2 at seven eighths of it (RFC 2131 §4.4.5). */
function setTimes(options: Map<number, Uint8Array>, seconds: number): void {
  options.set(51, ipv4ToBytes(seconds as Ipv4))
  if (seconds === INFINITE) return
  options.set(58, ipv4ToBytes(Math.floor(seconds / 2) as Ipv4))
  options.set(59, ipv4ToBytes(Math.floor(seconds * 0.875) as Ipv4))
}

function optionOf(code: number, network: Network, facts: Facts): ReadyOption | undefined {
  return facts.advised.get(code) ?? network.options.get(code)
}

function setOffered(options: Map<number, Uint8Array>, network: Network, { advised, client }: Facts): void {
  offerTo(network.options, advised, client.parameters, ({ code, bytes }) => {
    if (!options.has(code)) options.set(code, bytes)
  })
}

/** Takes the options that a client is told, in the order of the packet; one may come twice, and the first counts. */
export function offerTo(
  own: OptionSet,
  advised: OptionSet,
  parameters: readonly number[],
  take: (option: ReadyOption) => void,
): void {
  const takeCode = (code: number) => {
    const option = advised.get(code) ?? own.get(code)
    if (option !== undefined) take(option)
  }
  takeCode(1)
  for (const code of parameters) takeCode(code)
  const all = parameters.length === 0
  for (const option of advised.values()) if (all || option.always) take(option)
  for (const option of own.values()) if (all || option.always) take(advised.get(option.code) ?? option)
}

/** The TFTP server as an address, for clients that read siaddr (Cisco, Avaya, boot ROMs): option 150, else 66 in numbers. */
function nextServer(network: Network, facts: Facts): Ipv4 {
  return optionOf(150, network, facts)?.server ?? optionOf(66, network, facts)?.server ?? ANY
}

function shortText(option: ReadyOption | undefined, longest: number): string {
  return option === undefined || option.bytes.length > longest ? '' : latin1(option.bytes)
}

/** How long a lease may be: what the client asks for (option 51), between a minute and what the network allows. */
export function leaseSeconds(request: DhcpMessage, network: Network): number {
  const most = Math.min(INFINITE, Math.floor(network.spec.leaseSeconds))
  const wish = request.options.get(51)
  if (wish?.length !== 4) return most
  return Math.min(most, Math.max(ipv4FromBytes(wish), SHORTEST_LEASE))
}
