export const ETHERTYPE_IPV4 = 0x0800
export const ETHERTYPE_ARP = 0x0806
export const PROTOCOL_TCP = 6
export const PROTOCOL_UDP = 17
export const ETHERNET = 14
export const IPV4 = 20
export const UDP = 8
export const BROADCAST_MAC = new Uint8Array(6).fill(255)

export interface Route {
  readonly sourceMac: Uint8Array
  readonly targetMac: Uint8Array
  readonly source: number
  readonly target: number
}

export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((readU16(bytes, at) << 16) | readU16(bytes, at + 2)) >>> 0
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value & 255
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, value >>> 16)
  writeU16(bytes, at + 2, value & 0xffff)
}

/** The one's complement sum of RFC 1071, to be folded and complemented. */
function sum(bytes: Uint8Array, from: number, to: number, start: number): number {
  let total = start
  for (let at = from; at + 1 < to; at += 2) total += readU16(bytes, at)
  if ((to - from) % 2 === 1) total += (bytes[to - 1] ?? 0) << 8
  return total
}

function fold(total: number): number {
  let folded = total
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}

/** Writes the Ethernet and IPv4 headers of a packet of `length` octets after the IPv4 header. */
export function writeIpv4(out: Uint8Array, route: Route, protocol: number, length: number): void {
  out.set(route.targetMac, 0)
  out.set(route.sourceMac, 6)
  writeU16(out, 12, ETHERTYPE_IPV4)
  writeU32(out, 14, 0x45000000 + IPV4 + length)
  writeU32(out, 18, 0x00004000)
  out[22] = 64
  out[23] = protocol
  writeU16(out, 24, 0)
  writeU32(out, 26, route.source)
  writeU32(out, 30, route.target)
  writeU16(out, 24, fold(sum(out, ETHERNET, ETHERNET + IPV4, 0)))
}

/** Writes a UDP datagram and returns the frame's length. Without a checksum, which IPv4 allows (RFC 768). */
export function writeUdp(out: Uint8Array, route: Route, from: number, to: number, payload: Uint8Array): number {
  writeIpv4(out, route, PROTOCOL_UDP, UDP + payload.length)
  const at = ETHERNET + IPV4
  writeU16(out, at, from)
  writeU16(out, at + 2, to)
  writeU16(out, at + 4, UDP + payload.length)
  writeU16(out, at + 6, 0)
  out.set(payload, at + UDP)
  return at + UDP + payload.length
}

export interface Segment {
  readonly from: number
  readonly to: number
  readonly sequence: number
  readonly acknowledged: number
  readonly flags: number
  /** The largest segment we take; said in a SYN only. */
  readonly largest?: number
  readonly payload?: Uint8Array
}

/** Writes a TCP segment (RFC 9293 §3.1) and returns the frame's length. */
export function writeTcp(out: Uint8Array, route: Route, segment: Segment): number {
  const header = segment.largest === undefined ? 20 : 24
  const length = header + (segment.payload?.length ?? 0)
  writeIpv4(out, route, PROTOCOL_TCP, length)
  const at = ETHERNET + IPV4
  writeU16(out, at, segment.from)
  writeU16(out, at + 2, segment.to)
  writeU32(out, at + 4, segment.sequence)
  writeU32(out, at + 8, segment.acknowledged)
  out[at + 12] = (header / 4) << 4
  out[at + 13] = segment.flags
  writeU16(out, at + 14, 0xffff)
  writeU32(out, at + 16, 0)
  if (segment.largest !== undefined) writeU32(out, at + 20, 0x02040000 + segment.largest)
  if (segment.payload !== undefined) out.set(segment.payload, at + header)
  const pseudo = sum(out, 26, 34, PROTOCOL_TCP + length)
  writeU16(out, at + 16, fold(sum(out, at, at + length, pseudo)))
  return at + length
}

/** Writes an ARP packet for IPv4 over Ethernet (RFC 826); 1 asks, 2 answers. Returns the frame's length. */
export function writeArp(out: Uint8Array, route: Route, operation: 1 | 2): number {
  out.set(route.targetMac, 0)
  out.set(route.sourceMac, 6)
  writeU16(out, 12, ETHERTYPE_ARP)
  writeU32(out, 14, 0x00010800)
  writeU16(out, 18, 0x0604)
  writeU16(out, 20, operation)
  out.set(route.sourceMac, 22)
  writeU32(out, 28, route.source)
  if (operation === 1) out.fill(0, 32, 38)
  else out.set(route.targetMac, 32)
  writeU32(out, 38, route.target)
  return 42
}
