import { MalformedPacketError } from '../core/errors.ts'

// The part of BER (X.690) that LDAP uses (RFC 4511 section 5.1): tags of one byte, lengths of the definite form.

/** A decoded element: its tag, and where its contents begin and end. */
export interface Element {
  readonly tag: number
  readonly from: number
  readonly to: number
}

export const TAG = {
  ...{ boolean: 0x01, integer: 0x02, octets: 0x04, enumerated: 0x0a, sequence: 0x30, set: 0x31 },
} as const

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads the head of the element at `at`; undefined when `end` comes before the head does. Throws when it cannot be BER. */
function readHead(bytes: Uint8Array, at: number, end: number): Element | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (at + 2 > end || tag === undefined || first === undefined) return undefined
  if ((tag & 0x1f) === 0x1f) throw new MalformedPacketError(`tag of more than one byte at ${at}`)
  if (first < 0x80) return { tag, from: at + 2, to: at + 2 + first }
  const count = first & 0x7f
  if (count === 0) throw new MalformedPacketError(`indefinite length at ${at}`)
  if (count > 4) throw new MalformedPacketError(`length of ${count} bytes at ${at}`)
  if (at + 2 + count > end) return undefined
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0)
  return { tag, from: at + 2 + count, to: at + 2 + count + length }
}

/**
 * How many bytes the element at the beginning takes, all of it; undefined when too few are there to tell. Throws
 * `MalformedPacketError` for what is no sequence, or is longer than `most`.
 */
export function frameLength(bytes: Uint8Array, most: number): number | undefined {
  if (bytes.length > 0 && bytes[0] !== TAG.sequence)
    throw new MalformedPacketError(`message begins with 0x${(bytes[0] ?? 0).toString(16)}`)
  const head = readHead(bytes, 0, bytes.length)
  if (head !== undefined && head.to > most)
    throw new MalformedPacketError(`message of ${head.to} bytes exceeds ${most}`)
  return head?.to
}

/** Reads elements one after the other, within the bounds of the one around them. */
export class Reader {
  #at: number
  readonly #bytes: Uint8Array
  readonly #end: number

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.#bytes = bytes
    this.#at = from
    this.#end = to
  }

  get done(): boolean {
    return this.#at >= this.#end
  }

  /** The tag of the next element, without reading it. */
  get tag(): number | undefined {
    return this.done ? undefined : this.#bytes[this.#at]
  }

  next(tag?: number): Element {
    const element = readHead(this.#bytes, this.#at, this.#end)
    if (element === undefined || element.to > this.#end)
      throw new MalformedPacketError(`element exceeds its frame at ${this.#at}`)
    if (tag !== undefined && element.tag !== tag)
      throw new MalformedPacketError(
        `tag 0x${element.tag.toString(16)} instead of 0x${tag.toString(16)} at ${this.#at}`,
      )
    this.#at = element.to
    return element
  }

  inside(tag?: number): Reader {
    const { from, to } = this.next(tag)
    return new Reader(this.#bytes, from, to)
  }

  bytes(tag: number = TAG.octets): Uint8Array {
    const { from, to } = this.next(tag)
    return this.#bytes.subarray(from, to)
  }

  text(tag: number = TAG.octets): string {
    const bytes = this.bytes(tag)
    try {
      return decoder.decode(bytes)
    } catch {
      throw new MalformedPacketError('text is not utf-8')
    }
  }

  /** A whole number of at most 32 bits. */
  integer(tag: number = TAG.integer): number {
    const bytes = this.bytes(tag)
    if (bytes.length === 0 || bytes.length > 5) throw new MalformedPacketError(`integer of ${bytes.length} bytes`)
    let value = (bytes[0] ?? 0) >= 0x80 ? -1 : 0
    for (const byte of bytes) value = value * 256 + byte
    return value
  }

  boolean(tag: number = TAG.boolean): boolean {
    const bytes = this.bytes(tag)
    if (bytes.length !== 1) throw new MalformedPacketError(`boolean of ${bytes.length} bytes`)
    return bytes[0] !== 0
  }
}

/** An element of this tag with these contents. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = [tag, ...lengthBytes(length)]
  const bytes = new Uint8Array(head.length + length)
  bytes.set(head)
  let at = head.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}

export function octets(value: string | Uint8Array, tag: number = TAG.octets): Uint8Array {
  return element(tag, typeof value === 'string' ? encoder.encode(value.toWellFormed()) : value)
}

/** A whole number from 0. */
export function integer(value: number, tag: number = TAG.integer): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  if (bytes.length === 0 || (bytes[0] ?? 0) >= 0x80) bytes.unshift(0)
  return element(tag, Uint8Array.from(bytes))
}
