import { MalformedPacketError } from '../core/errors.ts'
import { element, integer, octets, Reader, TAG } from './codec-ber.ts'

// LDAP messages (RFC 4511 section 4): requests are decoded, responses encoded.

/** A search filter (section 4.5.1.7). */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | {
      readonly kind: 'equal' | 'greater' | 'less' | 'approximate'
      readonly attribute: string
      readonly value: string
    }
  | {
      readonly kind: 'substrings'
      readonly attribute: string
      readonly initial?: string
      readonly any: readonly string[]
      readonly final?: string
    }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'extensible'
      readonly rule?: string
      readonly attribute?: string
      readonly value: string
      readonly dnAttributes: boolean
    }

export interface Control {
  readonly type: string
  readonly critical: boolean
  readonly value?: Uint8Array
}

export interface SearchRequest {
  readonly kind: 'search'
  readonly base: string
  readonly scope: 'base' | 'one' | 'sub'
  readonly sizeLimit: number
  readonly typesOnly: boolean
  readonly filter: Filter
  readonly attributes: readonly string[]
}

export type Operation =
  | { readonly kind: 'bind'; readonly version: number; readonly name: string; readonly password?: string }
  | { readonly kind: 'unbind' }
  | { readonly kind: 'abandon'; readonly id: number }
  | SearchRequest
  | { readonly kind: 'extended'; readonly name: string }
  /** Whatever else there is; `answer` is the tag of its response. */
  | { readonly kind: 'other'; readonly answer: number }

export interface Request {
  readonly id: number
  readonly operation: Operation
  readonly controls: readonly Control[]
}

/** Filters deeper or wider than this come from no phone. */
const MAX_DEPTH = 16
const MAX_FILTERS = 64
const MAX_ATTRIBUTES = 100
const MAX_CONTROLS = 10

const OPERATION = {
  ...{ bind: 0x60, unbind: 0x42, search: 0x63, modify: 0x66, add: 0x68, delete: 0x4a },
  ...{ modifyName: 0x6c, compare: 0x6e, abandon: 0x50, extended: 0x77 },
} as const
export const RESPONSE = { bind: 0x61, entry: 0x64, done: 0x65, extended: 0x78 } as const

/** Responses of the operations that change something, or compare. */
const OTHERS: ReadonlyMap<number, number> = new Map([
  [OPERATION.modify, 0x67],
  [OPERATION.add, 0x69],
  [OPERATION.delete, 0x6b],
  [OPERATION.modifyName, 0x6d],
  [OPERATION.compare, 0x6f],
])

/** Decodes one whole message. Throws `MalformedPacketError`. */
export function decodeRequest(bytes: Uint8Array): Request {
  const message = new Reader(bytes).inside(TAG.sequence)
  const id = message.integer()
  if (id < 0 || id > 0x7fffffff) throw new MalformedPacketError(`message id ${id}`)
  const operation = decodeOperation(message)
  const controls: Control[] = []
  if (message.tag === 0xa0) {
    const list = message.inside(0xa0)
    while (!list.done) {
      controls.push(decodeControl(list.inside(TAG.sequence)))
      if (controls.length > MAX_CONTROLS) throw new MalformedPacketError(`more than ${MAX_CONTROLS} controls`)
    }
  }
  return { id, operation, controls }
}

function decodeControl(reader: Reader): Control {
  const type = reader.text()
  const critical = reader.tag === TAG.boolean ? reader.boolean() : false
  return { type, critical, ...(reader.tag === TAG.octets && { value: reader.bytes() }) }
}

function decodeOperation(message: Reader): Operation {
  const { tag } = message
  switch (tag) {
    case OPERATION.bind:
      return decodeBind(message.inside(tag))
    case OPERATION.unbind:
      message.next()
      return { kind: 'unbind' }
    case OPERATION.abandon:
      return { kind: 'abandon', id: message.integer(tag) }
    case OPERATION.search:
      return decodeSearch(message.inside(tag))
    case OPERATION.extended:
      return { kind: 'extended', name: message.inside(tag).text(0x80) }
    default: {
      const answer = tag === undefined ? undefined : OTHERS.get(tag)
      if (answer === undefined) throw new MalformedPacketError(`no operation 0x${(tag ?? 0).toString(16)}`)
      message.next()
      return { kind: 'other', answer }
    }
  }
}

function decodeBind(reader: Reader): Operation {
  const version = reader.integer()
  const name = reader.text()
  // Anything but [0] simple is SASL or a method that was never made.
  return { kind: 'bind', version, name, ...(reader.tag === 0x80 && { password: reader.text(0x80) }) }
}

function decodeSearch(reader: Reader): SearchRequest {
  const base = reader.text()
  const scope = (['base', 'one', 'sub'] as const)[reader.integer(TAG.enumerated)]
  if (scope === undefined) throw new MalformedPacketError('no such scope')
  // Aliases: there are none. A time limit: all is in memory.
  reader.integer(TAG.enumerated)
  const sizeLimit = reader.integer()
  reader.integer()
  const typesOnly = reader.boolean()
  const filter = decodeFilter(reader, { left: MAX_FILTERS }, 0)
  const attributes: string[] = []
  const list = reader.inside(TAG.sequence)
  while (!list.done) {
    attributes.push(list.text())
    if (attributes.length > MAX_ATTRIBUTES) throw new MalformedPacketError(`more than ${MAX_ATTRIBUTES} attributes`)
  }
  return { kind: 'search', base, scope, sizeLimit, typesOnly, filter, attributes }
}

const ASSERTIONS: ReadonlyMap<number, 'equal' | 'greater' | 'less' | 'approximate'> = new Map([
  [0xa3, 'equal'],
  [0xa5, 'greater'],
  [0xa6, 'less'],
  [0xa8, 'approximate'],
])

function decodeFilter(reader: Reader, budget: { left: number }, depth: number): Filter {
  if (depth > MAX_DEPTH) throw new MalformedPacketError(`filter deeper than ${MAX_DEPTH}`)
  if (--budget.left < 0) throw new MalformedPacketError(`filter of more than ${MAX_FILTERS} parts`)
  const { tag = 0 } = reader
  const assertion = ASSERTIONS.get(tag)
  if (assertion !== undefined) {
    const parts = reader.inside(tag)
    return { kind: assertion, attribute: parts.text(), value: parts.text() }
  }
  switch (tag) {
    case 0xa0:
    case 0xa1: {
      const list = reader.inside(tag)
      const filters: Filter[] = []
      while (!list.done) filters.push(decodeFilter(list, budget, depth + 1))
      return { kind: tag === 0xa0 ? 'and' : 'or', filters }
    }
    case 0xa2:
      return { kind: 'not', filter: decodeFilter(reader.inside(tag), budget, depth + 1) }
    case 0xa4:
      return decodeSubstrings(reader.inside(tag))
    case 0x87:
      return { kind: 'present', attribute: reader.text(tag) }
    case 0xa9:
      return decodeExtensible(reader.inside(tag))
    default:
      throw new MalformedPacketError(`no filter 0x${tag.toString(16)}`)
  }
}

function decodeSubstrings(reader: Reader): Filter {
  const attribute = reader.text()
  const list = reader.inside(TAG.sequence)
  const any: string[] = []
  let initial: string | undefined
  let final: string | undefined
  while (!list.done) {
    if (final !== undefined) throw new MalformedPacketError('a part behind the final one')
    const first = initial === undefined && any.length === 0
    if (list.tag === 0x80 && first) initial = list.text(0x80)
    else if (list.tag === 0x81) any.push(list.text(0x81))
    else final = list.text(0x82)
    if (any.length > MAX_FILTERS) throw new MalformedPacketError('too many parts of a text')
  }
  if (initial === undefined && final === undefined && any.length === 0)
    throw new MalformedPacketError('no part of a text')
  return {
    ...{ kind: 'substrings', attribute, any },
    ...(initial !== undefined && { initial }),
    ...(final !== undefined && { final }),
  }
}

function decodeExtensible(reader: Reader): Filter {
  const rule = reader.tag === 0x81 ? reader.text(0x81) : undefined
  const attribute = reader.tag === 0x82 ? reader.text(0x82) : undefined
  const value = reader.text(0x83)
  const dnAttributes = reader.tag === 0x84 ? reader.boolean(0x84) : false
  return {
    ...{ kind: 'extensible', value, dnAttributes },
    ...(rule !== undefined && { rule }),
    ...(attribute !== undefined && { attribute }),
  }
}

/** The outcome of an operation (section 4.1.9). */
export interface Result {
  readonly code: number
  readonly matched?: string
  readonly message?: string
}

/** A message with a result; `controls` are encoded already. */
export function encodeResult(id: number, tag: number, result: Result, controls?: Uint8Array): Uint8Array {
  const { code, matched = '', message = '' } = result
  const operation = element(tag, integer(code, TAG.enumerated), octets(matched), octets(message))
  return element(TAG.sequence, integer(id), operation, ...(controls === undefined ? [] : [controls]))
}

/** One found entry: its name and its attributes. */
export function encodeEntry(
  id: number,
  name: string,
  attributes: readonly (readonly [string, readonly string[]])[],
): Uint8Array {
  const list = attributes.map(([type, values]) =>
    element(TAG.sequence, octets(type), element(TAG.set, ...values.map((value) => octets(value)))),
  )
  return element(TAG.sequence, integer(id), element(RESPONSE.entry, octets(name), element(TAG.sequence, ...list)))
}

/** Says, unasked, that the connection ends, and why (section 4.4.1). */
export function encodeDisconnection(result: Result): Uint8Array {
  const { code, message = '' } = result
  const name = octets('1.3.6.1.4.1.1466.20036', 0x8a)
  const operation = element(RESPONSE.extended, integer(code, TAG.enumerated), octets(''), octets(message), name)
  return element(TAG.sequence, integer(0), operation)
}

export const PAGED_RESULTS = '1.2.840.113556.1.4.319'

/** The value of the paged results control (RFC 2696 section 2). Throws `MalformedPacketError`. */
export function decodePaging(value: Uint8Array | undefined): { readonly size: number; readonly cookie: string } {
  const reader = new Reader(value ?? new Uint8Array()).inside(TAG.sequence)
  return { size: reader.integer(), cookie: reader.text() }
}

/** Controls with the answer to it: how many there are in all, and the cookie for the next page, empty on the last. */
export function encodePaging(total: number, cookie: string): Uint8Array {
  const value = element(TAG.sequence, integer(total), octets(cookie))
  return element(0xa0, element(TAG.sequence, octets(PAGED_RESULTS), octets(value)))
}
