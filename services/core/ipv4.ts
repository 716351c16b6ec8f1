import { OperatorError } from './errors.ts'

declare const ipv4Brand: unique symbol
/** An IPv4 address as an unsigned 32-bit number; text only at the borders (`formatIpv4`). */
export type Ipv4 = number & { readonly [ipv4Brand]: true }

export const ANY = 0 as Ipv4
export const BROADCAST = 0xffffffff as Ipv4

/** A network: its first address and the length of its prefix in bits. */
export interface Cidr {
  readonly network: Ipv4
  readonly prefix: number
}

/** Reads dotted-quad text strictly (no leading zeros, four parts), or returns undefined. */
export function readIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part)) return undefined
    const byte = Number(part)
    if (byte > 255) return undefined
    value = value * 256 + byte
  }
  return value as Ipv4
}

/** Reads dotted-quad text or throws `OperatorError` with the value. */
export function parseIpv4(text: string): Ipv4 {
  const address = readIpv4(text)
  if (address === undefined) throw new OperatorError(`not an IPv4 address: ${JSON.stringify(text.slice(0, 40))}`)
  return address
}

/** `192.0.2.1` */
export function formatIpv4(address: Ipv4): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** The four bytes of an address in network order. */
export function ipv4ToBytes(address: Ipv4): Uint8Array {
  return Uint8Array.of(address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255)
}

/** The address of four bytes at `offset`; missing bytes count as zero. */
export function ipv4FromBytes(bytes: Uint8Array, offset = 0): Ipv4 {
  const at = (i: number) => bytes[offset + i] ?? 0
  return (((at(0) << 24) | (at(1) << 16) | (at(2) << 8) | at(3)) >>> 0) as Ipv4
}

/** The netmask of a prefix length, e.g. 24 → 255.255.255.0. */
export function maskOf(prefix: number): Ipv4 {
  return (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0) as Ipv4
}

export function networkOf(address: Ipv4, prefix: number): Ipv4 {
  return ((address & maskOf(prefix)) >>> 0) as Ipv4
}

/** The directed broadcast address of the network that holds `address`. */
export function broadcastOf(address: Ipv4, prefix: number): Ipv4 {
  return ((address | ~maskOf(prefix)) >>> 0) as Ipv4
}

export function contains(cidr: Cidr, address: Ipv4): boolean {
  return networkOf(address, cidr.prefix) === cidr.network
}

/** Reads `192.0.2.0/24` (host bits are cut off) or throws `OperatorError`. */
export function parseCidr(text: string): Cidr {
  const [address, prefix, rest] = text.split('/')
  if (address === undefined || prefix === undefined || rest !== undefined || !/^\d{1,2}$/.test(prefix) || +prefix > 32)
    throw new OperatorError(`not an IPv4 network like 192.0.2.0/24: ${JSON.stringify(text.slice(0, 40))}`)
  return { network: networkOf(parseIpv4(address), +prefix), prefix: +prefix }
}

export function formatCidr(cidr: Cidr): string {
  return `${formatIpv4(cidr.network)}/${cidr.prefix}`
}
