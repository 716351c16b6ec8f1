import { fromHex, fromLatin1 } from '../../services/core/bytes.ts'
import { ANY, type Ipv4, ipv4ToBytes, parseCidr, parseIpv4 } from '../../services/core/ipv4.ts'
import { macToBytes, parseMac } from '../../services/core/mac.ts'
import { type DhcpMessage, encode } from '../../services/dhcp/codec.ts'
import type { DhcpNetwork, DhcpSettings } from '../../services/dhcp/contract.ts'

export const TYPE = { discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6, release: 7, inform: 8 } as const

/** What a test client sends; anything left out is as a plain client has it. */
export interface ClientPacket {
  readonly type?: keyof typeof TYPE
  readonly mac?: string
  readonly xid?: number
  readonly flags?: number
  readonly hops?: number
  readonly ciaddr?: string
  readonly giaddr?: string
  /** Option 50. */
  readonly wants?: string
  /** Option 54. */
  readonly server?: string
  /** Option 61 as hexadecimal. */
  readonly clientId?: string
  /** Option 60. */
  readonly vendorClass?: string
  readonly parameters?: readonly number[]
  /** More options as hexadecimal. */
  readonly options?: Readonly<Record<number, string>>
}

export function clientMessage(packet: ClientPacket): DhcpMessage {
  const options = new Map<number, Uint8Array>()
  const address = (text: string) => ipv4ToBytes(parseIpv4(text))
  if (packet.type !== undefined) options.set(53, Uint8Array.of(TYPE[packet.type]))
  if (packet.clientId !== undefined) options.set(61, hex(packet.clientId))
  if (packet.wants !== undefined) options.set(50, address(packet.wants))
  if (packet.server !== undefined) options.set(54, address(packet.server))
  if (packet.vendorClass !== undefined) options.set(60, fromLatin1(packet.vendorClass))
  if (packet.parameters !== undefined) options.set(55, Uint8Array.from(packet.parameters))
  for (const [code, value] of Object.entries(packet.options ?? {})) options.set(Number(code), hex(value))
  return {
    op: 1,
    htype: 1,
    hops: packet.hops ?? 0,
    xid: packet.xid ?? 0x11223344,
    secs: 0,
    flags: packet.flags ?? 0,
    ciaddr: packet.ciaddr === undefined ? ANY : parseIpv4(packet.ciaddr),
    yiaddr: ANY,
    siaddr: ANY,
    giaddr: packet.giaddr === undefined ? ANY : parseIpv4(packet.giaddr),
    chaddr: macToBytes(parseMac(packet.mac ?? '00:00:5e:00:53:01')),
    sname: '',
    file: '',
    cookie: true,
    options,
  }
}

export function clientBytes(packet: ClientPacket): Uint8Array {
  return encode(clientMessage(packet), 1472)
}

export function hex(text: string): Uint8Array {
  return fromHex(text) ?? new Uint8Array()
}

/** A network 192.0.2.0/24 on eth0 with ten addresses, or as `changes` say. */
export function network(changes: Partial<DhcpNetwork> = {}): DhcpNetwork {
  return {
    id: 'office',
    interface: 'eth0',
    subnet: parseCidr('192.0.2.0/24'),
    pools: [pool('192.0.2.100', '192.0.2.109')],
    router: parseIpv4('192.0.2.1'),
    dns: [parseIpv4('192.0.2.1')],
    ntp: [],
    leaseSeconds: 3600,
    authoritative: true,
    reservations: [],
    options: [],
    ...changes,
  }
}

export function pool(from: string, to: string): { from: Ipv4; to: Ipv4 } {
  return { from: parseIpv4(from), to: parseIpv4(to) }
}

export function dhcpSettings(changes: Partial<DhcpSettings> = {}): DhcpSettings {
  return {
    interfaces: [{ name: 'eth0', mode: 'full', besideForeignServer: false }],
    networks: [network()],
    probe: false,
    serverPort: 67,
    clientPort: 68,
    ...changes,
  }
}
