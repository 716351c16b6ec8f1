import { concat, latin1 } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'

/** A BOOTP or DHCPv4 message (RFC 2131 §2). Options stand in the order in which they came or shall go out. */
export interface DhcpMessage {
  /** 1 from a client, 2 from a server. */
  readonly op: number
  readonly htype: number
  readonly hops: number
  readonly xid: number
  readonly secs: number
  /** Bit 15 asks for a broadcast answer. */
  readonly flags: number
  readonly ciaddr: Ipv4
  readonly yiaddr: Ipv4
  readonly siaddr: Ipv4
  readonly giaddr: Ipv4
  /** As many bytes as hlen says, at most 16. */
  readonly chaddr: Uint8Array
  /** One character a byte, up to the first NUL; empty when the field carried options (option 52). */
  readonly sname: string
  readonly file: string
  /** False for a bare BOOTP packet without the magic cookie. */
  readonly cookie: boolean
  readonly options: ReadonlyMap<number, Uint8Array>
}

export const BROADCAST_FLAG = 0x8000

/** RFC 2131 §2: every client takes 576 bytes, of which IP and UDP headers use 28. */
export const DEFAULT_LIMIT = 548
/** What fits an Ethernet frame; a client that claims more would get fragments. */
const LARGEST_LIMIT = 1472
/** RFC 951: a BOOTP packet has 300 bytes; some clients and relays drop shorter ones. */
const SMALLEST_REPLY = 300
/** Nobody sends longer ones; joining split options stays cheap below it. */
const LONGEST_PACKET = 4096

const SNAME = 44
const FILE = 108
const COOKIE = 236
const OPTIONS = 240
const PAD = 0
const OVERLOAD = 52
const RELAY = 82
const END = 255

/**
 * Reads a packet or throws `MalformedPacketError`. Pieces of an option that occurs more than once are joined (RFC 3396), options in `file` and
 * `sname` follow those of the options field. A missing end option is borne: some clients fill the packet to its brim.
 */
export function decode(bytes: Uint8Array): DhcpMessage {
  const length = bytes.length
  if (length < COOKIE) throw new MalformedPacketError(`dhcp packet of ${length} bytes is shorter than ${COOKIE}`)
  if (length > LONGEST_PACKET) throw new MalformedPacketError(`dhcp packet of ${length} bytes is longer than 4096`)
  const hlen = byteAt(bytes, 2)
  if (hlen > 16) throw new MalformedPacketError(`hardware address length ${hlen} at byte 2 exceeds 16`)
  const cookie = length >= OPTIONS && wordAt(bytes, COOKIE) === 0x63825363
  const options = new Map<number, Uint8Array>()
  let overload = 0
  if (cookie) {
    readOptions(bytes, OPTIONS, length, options)
    const value = options.get(OVERLOAD)
    if (value !== undefined) {
      overload = value[0] ?? 0
      options.delete(OVERLOAD)
      if (value.length !== 1 || overload < 1 || overload > 3)
        throw new MalformedPacketError(`option overload ${overload} of ${value.length} bytes is not 1, 2 or 3`)
      if (overload & 1) readOptions(bytes, FILE, COOKIE, options)
      if (overload & 2) readOptions(bytes, SNAME, FILE, options)
      options.delete(OVERLOAD)
    }
  }
  return {
    op: byteAt(bytes, 0),
    htype: byteAt(bytes, 1),
    hops: byteAt(bytes, 3),
    xid: wordAt(bytes, 4),
    secs: (byteAt(bytes, 8) << 8) | byteAt(bytes, 9),
    flags: (byteAt(bytes, 10) << 8) | byteAt(bytes, 11),
    ciaddr: wordAt(bytes, 12) as Ipv4,
    yiaddr: wordAt(bytes, 16) as Ipv4,
    siaddr: wordAt(bytes, 20) as Ipv4,
    giaddr: wordAt(bytes, 24) as Ipv4,
    chaddr: bytes.subarray(28, 28 + hlen),
    sname: overload & 2 ? '' : textAt(bytes, SNAME, FILE),
    file: overload & 1 ? '' : textAt(bytes, FILE, COOKIE),
    cookie,
    options,
  }
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((byteAt(bytes, at) << 24) |
      (byteAt(bytes, at + 1) << 16) |
      (byteAt(bytes, at + 2) << 8) |
      byteAt(bytes, at + 3)) >>>
    0
  )
}

function textAt(bytes: Uint8Array, from: number, to: number): string {
  if (bytes[from] === 0) return ''
  const end = bytes.indexOf(0, from)
  return latin1(bytes.subarray(from, end === -1 || end > to ? to : end))
}

function readOptions(bytes: Uint8Array, from: number, to: number, into: Map<number, Uint8Array>): void {
  let at = from
  while (at < to) {
    const code = byteAt(bytes, at)
    if (code === END) return
    if (code === PAD) {
      at++
      continue
    }
    if (at + 1 >= to) throw new MalformedPacketError(`option ${code} at byte ${at} has no length`)
    const end = at + 2 + byteAt(bytes, at + 1)
    if (end > to)
      throw new MalformedPacketError(
        `option ${code} of length ${byteAt(bytes, at + 1)} exceeds its field at byte ${at}`,
      )
    const value = bytes.subarray(at + 2, end)
    const before = into.get(code)
    into.set(code, before === undefined ? value : concat([before, value]))
    at = end
  }
}

/** How many bytes the answer to this client may have: its option 57, RFC 2132 §9.10, never below the default. */
export function sizeLimit(request: DhcpMessage): number {
  const value = request.options.get(57)
  if (value?.length !== 2) return DEFAULT_LIMIT
  const claimed = ((byteAt(value, 0) << 8) | byteAt(value, 1)) - 28
  return Math.min(LARGEST_LIMIT, Math.max(DEFAULT_LIMIT, claimed))
}

/**
 * Writes a message: the same message makes the same bytes. Options go out in the map's order, option 82 last (RFC 3046 §2.1). What does not fit
 * `limit` overflows into `file` and `sname` where those are empty (option 52); codes that fit nowhere are added to `left`.
 */
export function encode(message: DhcpMessage, limit: number = DEFAULT_LIMIT, left?: number[]): Uint8Array {
  const { options } = message
  let size = OPTIONS + 1
  for (const value of options.values()) size += spaceOf(value.length)
  const overflow = size > limit
  const out = new Uint8Array(overflow ? limit : Math.max(size, SMALLEST_REPLY))
  writeHeader(out, message)
  if (!message.cookie) return out
  putWord(out, COOKIE, 0x63825363)
  if (overflow) {
    writeOverflowing(out, message, left)
    return out
  }
  let at = OPTIONS
  for (const [code, value] of options) if (code !== RELAY) at = put(out, at, code, value)
  const relay = options.get(RELAY)
  if (relay !== undefined) at = put(out, at, RELAY, relay)
  out[at] = END
  return out
}

function writeHeader(out: Uint8Array, message: DhcpMessage): void {
  out[0] = message.op
  out[1] = message.htype
  out[2] = message.chaddr.length
  out[3] = message.hops
  putWord(out, 4, message.xid)
  out[8] = message.secs >>> 8
  out[9] = message.secs
  out[10] = message.flags >>> 8
  out[11] = message.flags
  putWord(out, 12, message.ciaddr)
  putWord(out, 16, message.yiaddr)
  putWord(out, 20, message.siaddr)
  putWord(out, 24, message.giaddr)
  out.set(message.chaddr.length > 16 ? message.chaddr.subarray(0, 16) : message.chaddr, 28)
  if (message.sname !== '') putText(out, SNAME, message.sname, 63)
  if (message.file !== '') putText(out, FILE, message.file, 127)
}

function putWord(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24
  out[at + 1] = value >>> 16
  out[at + 2] = value >>> 8
  out[at + 3] = value
}

function putText(out: Uint8Array, at: number, text: string, longest: number): void {
  for (let i = 0; i < text.length && i < longest; i++) out[at + i] = text.charCodeAt(i)
}

/** RFC 3396: a value over 255 bytes goes out in several pieces, each with its own code and length. */
function spaceOf(length: number): number {
  return length + 2 * Math.max(1, Math.ceil(length / 255))
}

function put(out: Uint8Array, at: number, code: number, value: Uint8Array): number {
  let next = at
  let from = 0
  do {
    const piece = Math.min(255, value.length - from)
    out[next] = code
    out[next + 1] = piece
    // A loop beats set(subarray) for the few bytes that options have.
    for (let i = 0; i < piece; i++) out[next + 2 + i] = value[from + i] ?? 0
    next += 2 + piece
    from += piece
  } while (from < value.length)
  return next
}

interface Area {
  at: number
  /** First byte that options may not use; the area's end option stands at or before it. */
  readonly end: number
}

function writeOverflowing(out: Uint8Array, message: DhcpMessage, left: number[] | undefined): void {
  const relay = message.options.get(RELAY)
  const main: Area = { at: OPTIONS, end: out.length - 1 - 3 - (relay === undefined ? 0 : spaceOf(relay.length)) }
  const file: Area = { at: FILE, end: message.file === '' ? COOKIE - 1 : FILE }
  const sname: Area = { at: SNAME, end: message.sname === '' ? FILE - 1 : SNAME }
  const areas = [main, file, sname]
  for (const [code, value] of message.options) {
    if (code === RELAY) continue
    const whole = areas.find((area) => area.end - area.at >= spaceOf(value.length))
    if (whole !== undefined) whole.at = put(out, whole.at, code, value)
    else if (!spread(out, areas, code, value)) left?.push(code)
  }
  const overload = (file.at > FILE ? 1 : 0) | (sname.at > SNAME ? 2 : 0)
  if (overload & 1) out[file.at] = END
  if (overload & 2) out[sname.at] = END
  if (overload !== 0) main.at = put(out, main.at, OVERLOAD, Uint8Array.of(overload))
  if (relay !== undefined) main.at = put(out, main.at, RELAY, relay)
  out[main.at] = END
}

/** Splits one value over what is left of the areas, in the order in which RFC 3396 §5 joins them again. */
function spread(out: Uint8Array, areas: readonly Area[], code: number, value: Uint8Array): boolean {
  const room = (area: Area) => Math.max(0, area.end - area.at)
  const fits = (space: number) => Math.max(0, space - 2 * Math.ceil(space / 257))
  if (areas.reduce((sum, area) => sum + fits(room(area)), 0) < value.length) return false
  let from = 0
  for (const area of areas) {
    const count = Math.min(fits(room(area)), value.length - from)
    if (count <= 0) continue
    area.at = put(out, area.at, code, value.subarray(from, from + count))
    from += count
  }
  return true
}
