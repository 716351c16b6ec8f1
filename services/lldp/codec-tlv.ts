import { printable } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'

const LONGEST_TEXT = 255
const VLAN_MOST = 4094

/** A number of two bytes, most significant first. Throws `MalformedPacketError` where it is cut off. */
export function uint16(bytes: Uint8Array, at: number): number {
  const [high, low] = [bytes[at], bytes[at + 1]]
  if (high === undefined || low === undefined) throw new MalformedPacketError('cut off')
  return (high << 8) | low
}

/** Text for people of what may be any bytes. */
export function textOf(bytes: Uint8Array): string {
  return printable(new TextDecoder().decode(bytes).replace(/\0+$/, ''), LONGEST_TEXT).trim()
}

/** A VLAN's number, or undefined for none (0) and what is none (IEEE 802.1Q-2018 §9.6). */
export function vlanOf(id: number): number | undefined {
  return id >= 1 && id <= VLAN_MOST ? id : undefined
}

/** Fields of which none is undefined or empty. */
export function told<Fields extends Record<string, string | number | undefined>>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>
  }
}
