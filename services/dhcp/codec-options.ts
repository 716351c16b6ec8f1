import { concat, fromHex, latin1, toHex } from '../core/bytes.ts'
import { MalformedPacketError, OperatorError } from '../core/errors.ts'
import { formatIpv4, ipv4FromBytes, ipv4ToBytes, readIpv4 } from '../core/ipv4.ts'
import type { TypedOption } from './contract.ts'

/** Longer values never reach a client in one frame. */
const LONGEST_VALUE = 1024
const DEEPEST = 4
const utf8 = new TextEncoder()

/** The bytes of an option's value, without code and length. Throws `OperatorError` naming the option. */
export function encodeOption(option: TypedOption, depth = 0): Uint8Array {
  const where = `option ${option.code}`
  if (!Number.isInteger(option.code) || option.code < 1 || option.code > 254)
    throw new OperatorError(`${where}: the code is not between 1 and 254`)
  if (depth > DEEPEST) throw new OperatorError(`${where}: sub-options are nested deeper than ${DEEPEST}`)
  const bytes = bytesOf(option, where, depth)
  if (bytes.length > LONGEST_VALUE)
    throw new OperatorError(`${where}: ${bytes.length} bytes are more than ${LONGEST_VALUE}`)
  return bytes
}

function bytesOf(option: TypedOption, where: string, depth: number): Uint8Array {
  switch (option.type) {
    case 'text':
      return utf8.encode(option.value)
    case 'hex': {
      const bytes = fromHex(option.value)
      if (bytes === undefined) throw new OperatorError(`${where}: not hexadecimal: ${option.value.slice(0, 40)}`)
      return bytes
    }
    case 'ipv4':
      return concat(option.value.map((text) => addressBytes(text, where)))
    case 'uint8':
      return integer(option.value, 1, 0, 0xff, where)
    case 'uint16':
      return integer(option.value, 2, 0, 0xffff, where)
    case 'uint32':
      return integer(option.value, 4, 0, 0xffffffff, where)
    case 'int32':
      return integer(option.value, 4, -0x80000000, 0x7fffffff, where)
    case 'boolean':
      return Uint8Array.of(option.value ? 1 : 0)
    case 'sub':
      return subOptions(option.value, where, depth)
    case 'sip-servers':
      return sipServers(option.value, where)
    case 'vendor-identifying': {
      const data = subOptions(option.value, where, depth)
      // RFC 3925 §4: the length of one enterprise's data is a single byte.
      if (data.length > 255) throw new OperatorError(`${where}: ${data.length} bytes of sub-options are more than 255`)
      return concat([integer(option.enterprise, 4, 0, 0xffffffff, where), Uint8Array.of(data.length), data])
    }
  }
}

function addressBytes(text: string, where: string): Uint8Array {
  const address = readIpv4(text)
  if (address === undefined) throw new OperatorError(`${where}: not an IPv4 address: ${text.slice(0, 40)}`)
  return ipv4ToBytes(address)
}

function integer(value: number, size: number, least: number, most: number, where: string): Uint8Array {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new OperatorError(`${where}: ${value} is not a whole number between ${least} and ${most}`)
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = value >>> (8 * (size - 1 - i))
  return bytes
}

function subOptions(options: readonly TypedOption[], where: string, depth: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (const option of options) {
    const value = encodeOption(option, depth + 1)
    if (value.length > 255) throw new OperatorError(`${where}: sub-option ${option.code} is longer than 255 bytes`)
    parts.push(Uint8Array.of(option.code, value.length), value)
  }
  return concat(parts)
}

/** RFC 3361: addresses when all values are addresses, else names in the form of RFC 1035 §3.1. */
function sipServers(values: readonly string[], where: string): Uint8Array {
  if (values.length > 0 && values.every((value) => readIpv4(value) !== undefined))
    return concat([Uint8Array.of(1), ...values.map((value) => addressBytes(value, where))])
  return concat([Uint8Array.of(0), ...values.flatMap((value) => nameParts(value, where))])
}

function nameParts(name: string, where: string): Uint8Array[] {
  const labels = name.replace(/\.$/, '').split('.')
  if (name.length > 253 || labels.some((label) => !/^[a-z0-9_-]{1,63}$/i.test(label)))
    throw new OperatorError(`${where}: not a host name: ${name.slice(0, 40)}`)
  return [...labels.flatMap((label) => [Uint8Array.of(label.length), utf8.encode(label)]), Uint8Array.of(0)]
}

/** Reads a value as `type` says, or throws `MalformedPacketError`. Sub-options come back as hexadecimal. */
export function decodeOption(code: number, type: TypedOption['type'], bytes: Uint8Array): TypedOption {
  switch (type) {
    case 'text':
      return { code, type, value: latin1(bytes) }
    case 'hex':
      return { code, type, value: toHex(bytes) }
    case 'ipv4':
      return { code, type, value: addresses(code, bytes) }
    case 'uint8':
      return { code, type, value: unsigned(code, bytes, 1) }
    case 'uint16':
      return { code, type, value: unsigned(code, bytes, 2) }
    case 'uint32':
      return { code, type, value: unsigned(code, bytes, 4) }
    case 'int32':
      return { code, type, value: unsigned(code, bytes, 4) | 0 }
    case 'boolean':
      return { code, type, value: unsigned(code, bytes, 1) !== 0 }
    case 'sub':
      return { code, type, value: subsOf(code, bytes) }
    case 'sip-servers':
      return { code, type, value: bytes[0] === 1 ? addresses(code, bytes.subarray(1)) : names(code, bytes) }
    case 'vendor-identifying': {
      if (bytes.length < 5 || bytes.length !== 5 + (bytes[4] ?? 0))
        throw new MalformedPacketError(`option ${code}: ${bytes.length} bytes are not one enterprise's data`)
      return { code, type, enterprise: ipv4FromBytes(bytes), value: subsOf(code, bytes.subarray(5)) }
    }
  }
}

function unsigned(code: number, bytes: Uint8Array, size: number): number {
  if (bytes.length !== size) throw new MalformedPacketError(`option ${code}: ${bytes.length} bytes instead of ${size}`)
  let value = 0
  for (const byte of bytes) value = value * 256 + byte
  return value
}

function addresses(code: number, bytes: Uint8Array): string[] {
  if (bytes.length % 4 !== 0)
    throw new MalformedPacketError(`option ${code}: ${bytes.length} bytes are no whole number of addresses`)
  const list: string[] = []
  for (let at = 0; at < bytes.length; at += 4) list.push(formatIpv4(ipv4FromBytes(bytes, at)))
  return list
}

function names(code: number, bytes: Uint8Array): string[] {
  if (bytes[0] !== 0) throw new MalformedPacketError(`option ${code}: encoding ${bytes[0]} at byte 0 is not 0 or 1`)
  const list: string[] = []
  let labels: string[] = []
  for (let at = 1; at < bytes.length; ) {
    const length = bytes[at] ?? 0
    if (length > 63 || at + 1 + length > bytes.length)
      throw new MalformedPacketError(`option ${code}: label of length ${length} at byte ${at}`)
    if (length === 0) {
      list.push(labels.join('.'))
      labels = []
    } else labels.push(latin1(bytes.subarray(at + 1, at + 1 + length)))
    at += 1 + length
  }
  if (labels.length > 0) throw new MalformedPacketError(`option ${code}: last name does not end`)
  return list
}

function subsOf(code: number, bytes: Uint8Array): TypedOption[] {
  return [...readSubOptions(bytes, `option ${code}`)].map(([sub, value]) => ({
    code: sub,
    type: 'hex',
    value: toHex(value),
  }))
}

/** Code, length, value after one another, as in options 43, 82 and 125. Throws `MalformedPacketError`. */
export function readSubOptions(bytes: Uint8Array, where: string): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>()
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at] ?? 0
    const end = at + 2 + (bytes[at + 1] ?? 0)
    if (at + 1 >= bytes.length || end > bytes.length)
      throw new MalformedPacketError(`${where}: sub-option ${code} at byte ${at} exceeds the option`)
    found.set(code, bytes.subarray(at + 2, end))
    at = end
  }
  return found
}

/**
 * An option's value in one short line for a person. Passwords and queries of a URL are taken out. `everybody`: of bytes
 * that only a vendor can read it says how many there are, since a password may be among them.
 */
export function describeOption(option: TypedOption, everybody = false): string {
  switch (option.type) {
    case 'ipv4':
    case 'sip-servers':
      return option.value.join(', ')
    case 'sub':
    case 'vendor-identifying':
      return option.value.map((sub) => `${sub.code}: ${describeOption(sub, everybody)}`).join('; ')
    case 'text':
      return option.value.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '?…')
    case 'hex':
      return everybody ? `${Math.ceil(option.value.replace(/[^0-9a-f]/gi, '').length / 2)} bytes` : option.value
    default:
      return String(option.value)
  }
}
