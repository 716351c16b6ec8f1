import { toHex } from './bytes.ts'
import { OperatorError } from './errors.ts'

declare const macBrand: unique symbol
/** A 48-bit hardware address in the one internal form: twelve lower-case hexadecimal digits. */
export type Mac = string & { readonly [macBrand]: true }

const SPELLINGS = [
  /^[0-9a-f]{12}$/i,
  /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i,
  /^[0-9a-f]{2}(?:-[0-9a-f]{2}){5}$/i,
  /^[0-9a-f]{2}(?: [0-9a-f]{2}){5}$/i,
  /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i,
  /^[0-9a-f]{6}-[0-9a-f]{6}$/i,
]

/** Reads a MAC in any common spelling, or returns undefined. Multicast, all-zero and all-one addresses are no device. */
export function readMac(text: string): Mac | undefined {
  const trimmed = text.trim()
  if (!SPELLINGS.some((spelling) => spelling.test(trimmed))) return undefined
  const digits = trimmed.replace(/[^0-9a-f]/gi, '').toLowerCase()
  if (digits === '000000000000' || (Number.parseInt(digits.slice(0, 2), 16) & 1) === 1) return undefined
  return digits as Mac
}

/** Reads a MAC or throws `OperatorError` with the value. */
export function parseMac(text: string): Mac {
  const mac = readMac(text)
  if (mac === undefined) throw new OperatorError(`not a device's MAC address: ${JSON.stringify(text.slice(0, 40))}`)
  return mac
}

/** The MAC of six bytes as they stand in a packet, or undefined for multicast, all-zero and all-one. */
export function macFromBytes(bytes: Uint8Array): Mac | undefined {
  if (bytes.length !== 6 || ((bytes[0] ?? 1) & 1) === 1) return undefined
  const text = toHex(bytes)
  return text === '000000000000' ? undefined : (text as Mac)
}

/** The six bytes of a MAC. */
export function macToBytes(mac: Mac): Uint8Array {
  const bytes = new Uint8Array(6)
  for (let i = 0; i < 6; i++) bytes[i] = Number.parseInt(mac.slice(i * 2, i * 2 + 2), 16)
  return bytes
}

/** `80:5e:c0:12:34:56`, or with another separator. */
export function formatMac(mac: Mac, separator = ':'): string {
  let text = mac.slice(0, 2)
  for (let i = 2; i < 12; i += 2) text += separator + mac.slice(i, i + 2)
  return text
}

/** The manufacturer's first 24 bits: six lower-case digits. */
export function ouiOf(mac: Mac): string {
  return mac.slice(0, 6)
}
