import { fromLatin1, latin1 } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'

/** The longest request head in bytes, and the most header fields in it; a phone's has some 300 bytes and eight. */
export const MAX_HEAD = 16_384
export const MAX_FIELDS = 100

/** The head of a request. Names of fields are lower-case; repeated fields are joined by `, ` (RFC 9110 §5.3). */
export interface RequestHead {
  /** Upper-case: some small clients send `get`. */
  readonly method: string
  /** As it came, one character a byte. */
  readonly target: string
  /** The minor version: HTTP/1.0 or HTTP/1.1. */
  readonly minor: 0 | 1
  readonly fields: ReadonlyMap<string, string>
}

const CR = 13
const LF = 10

/** How many bytes of empty lines stand before the request line; they are passed over (RFC 9112 §2.2). */
export function blankLead(bytes: Uint8Array): number {
  let at = 0
  while (bytes[at] === CR || bytes[at] === LF) at++
  return at
}

/** Where the head ends (the index after its empty line), or -1. A lone LF ends a line too (RFC 9112 §2.2). */
export function headEnd(bytes: Uint8Array, from = 0): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return -1
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}) +(\S+) +HTTP\/1\.(\d) *$/i
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/s
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/

/** Reads a complete head (up to and with its empty line) or throws `MalformedPacketError`. */
export function decodeHead(bytes: Uint8Array): RequestHead {
  const lines = latin1(bytes).split('\n')
  const lineAt = (i: number) => {
    const line = lines[i] ?? ''
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }
  const request = REQUEST_LINE.exec(lineAt(0))
  const [, method, target, minor] = request ?? []
  if (method === undefined || target === undefined) throw new MalformedPacketError('no http/1 request line')
  const fields = new Map<string, string>()
  for (let i = 1; i < lines.length && lineAt(i) !== ''; i++) {
    if (i > MAX_FIELDS) throw new MalformedPacketError(`more than ${MAX_FIELDS} header fields`)
    // Folded lines and blanks before the colon are ways to smuggle; no phone sends them (RFC 9112 §5.1, §5.2).
    const [, name, raw] = FIELD.exec(lineAt(i)) ?? []
    if (name === undefined || raw === undefined) throw new MalformedPacketError(`not a header field in line ${i}`)
    const value = raw.trim()
    if (CONTROL.test(value)) throw new MalformedPacketError(`control character in header line ${i}`)
    const key = name.toLowerCase()
    const before = fields.get(key)
    fields.set(key, before === undefined ? value : `${before}, ${value}`)
  }
  return { method: method.toUpperCase(), target, minor: minor === '0' ? 0 : 1, fields }
}

/** How the body of a request is framed (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }

/** The framing that the head announces; throws `MalformedPacketError` where two readers could disagree. */
export function framingOf(head: RequestHead): Framing {
  const length = head.fields.get('content-length')
  const coding = head.fields.get('transfer-encoding')
  if (coding !== undefined) {
    if (length !== undefined || coding.toLowerCase() !== 'chunked' || head.minor === 0)
      throw new MalformedPacketError('transfer-encoding beside content-length, or other than chunked')
    return { kind: 'chunked' }
  }
  if (length === undefined) return { kind: 'none' }
  if (!/^\d{1,15}$/.test(length))
    throw new MalformedPacketError(`content-length ${JSON.stringify(length.slice(0, 30))}`)
  return Number(length) === 0 ? { kind: 'none' } : { kind: 'length', length: Number(length) }
}

/** Whether the connection stays open after the answer (RFC 9112 §9.3). */
export function keepsAlive(head: RequestHead): boolean {
  const tokens = (head.fields.get('connection') ?? '').toLowerCase().split(/[\s,]+/)
  return head.minor === 1 ? !tokens.includes('close') : tokens.includes('keep-alive')
}

const REASON: Readonly<Record<number, string>> = {
  100: 'Continue',
  200: 'OK',
  206: 'Partial Content',
  302: 'Found',
  304: 'Not Modified',
  401: 'Unauthorized',
  404: 'Not Found',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  416: 'Range Not Satisfiable',
  503: 'Service Unavailable',
}

/** A header field of an answer. */
export type Field = readonly [name: string, value: string]

/** The head of an answer. Values are ours, checked by the policy; a line break in one would be a header of a stranger's. */
export function encodeHead(status: number, fields: readonly Field[]): Uint8Array {
  let text = `HTTP/1.1 ${status} ${REASON[status] ?? ''}\r\n`
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`
  return fromLatin1(`${text}\r\n`)
}

/** `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). */
export function httpDate(epochMs: number): string {
  return new Date(epochMs).toUTCString()
}

/** The entity tags of an If-Match or If-None-Match field; `*` stands for any. */
export function readEtags(field: string): { readonly any: boolean; readonly tags: readonly string[] } {
  if (field.trim() === '*') return { any: true, tags: [] }
  return { any: false, tags: field.match(/(?:W\/)?"[^"]*"/g) ?? [] }
}
