import { concat, fromLatin1, latin1, printable } from '../core/bytes.ts'
import { InvariantError, MalformedPacketError } from '../core/errors.ts'

/** A header field. `name` is lower-case and long (`via`, never `v`); `value` is one line without blanks around it. */
export interface SipHeader {
  readonly name: string
  readonly value: string
}

export interface CSeq {
  readonly number: number
  readonly method: string
}

interface MessageParts {
  /** In the order of the wire. Texts hold one character a byte. */
  readonly headers: readonly SipHeader[]
  readonly cseq: CSeq
  readonly body: Uint8Array
}

export interface SipRequest extends MessageParts {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
}

export interface SipResponse extends MessageParts {
  readonly kind: 'response'
  readonly status: number
  readonly reason: string
}

export type SipMessage = SipRequest | SipResponse

/** What a UDP datagram over IPv4 can carry. */
export const MAX_MESSAGE = 65_507
export const MAX_HEADERS = 128
export const MAX_LINE = 8_192

/** RFC 3261 §7.3.3 and the compact forms that later RFCs added. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
}

/** Names that are not simply written with capitals after each dash. */
const SPELLED: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'www-authenticate': 'WWW-Authenticate',
}

/** Those that RFC 3261 §8.1.1 demands of every message and that may stand only once. */
const SINGLE = ['from', 'to', 'call-id', 'cseq']
const TOKEN = /^[\w\-.!%*+`'~]{1,64}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not come through
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/

/** A datagram of line ends alone: a keep-alive (RFC 5626 §3.5.1), no message. */
export function isKeepAlive(bytes: Uint8Array): boolean {
  return bytes.length <= 4 && bytes.every((byte) => byte === 13 || byte === 10)
}

/**
 * Reads one SIP message from one datagram (RFC 3261 §7), tolerant of what phones do: compact names, folded lines, bare
 * LF, no blank after the colon, odd case. Throws `MalformedPacketError`. No accepted value holds a control character,
 * so that what is echoed cannot make a line of its own.
 */
export function parseMessage(bytes: Uint8Array): SipMessage {
  if (bytes.length > MAX_MESSAGE) throw new MalformedPacketError(`sip message of ${bytes.length} bytes`)
  // RFC 3261 §7.5: line ends before the start line are passed over.
  let start = 0
  while (bytes[start] === 13 || bytes[start] === 10) start++
  const end = findBody(bytes, start)
  const lines = unfold(latin1(bytes.subarray(start, end)))
  const [first = '', ...rest] = lines
  const headers = rest.map(readHeader)
  const value = (name: string) => headers.find((header) => header.name === name)?.value
  for (const name of SINGLE) {
    const count = headers.filter((header) => header.name === name).length
    if (count !== 1) throw new MalformedPacketError(`sip header ${name} stands ${count} times`)
  }
  if (value('via') === undefined) throw new MalformedPacketError('sip header via is missing')
  const cseq = readCSeq(value('cseq') ?? '')
  const body = readBody(bytes.subarray(end), value('content-length'))
  const parts = { headers, cseq, body }

  const response = /^SIP\/2\.0[ \t]+([1-6]\d\d)(?:[ \t]+(.*))?$/i.exec(first)
  if (response !== null) return { kind: 'response', status: Number(response[1]), reason: response[2] ?? '', ...parts }
  const request = /^(\S+)[ \t]+(\S+)[ \t]+SIP\/2\.0[ \t]*$/i.exec(first)
  const [, method = '', uri = ''] = request ?? []
  if (!TOKEN.test(method)) throw new MalformedPacketError(`sip start line ${JSON.stringify(printable(first, 60))}`)
  if (cseq.method !== method.toUpperCase())
    throw new MalformedPacketError(`sip cseq is for ${cseq.method}, the request is ${printable(method, 20)}`)
  return { kind: 'request', method: method.toUpperCase(), uri, ...parts }
}

/**
 * Writes a message. `content-length` is set here. Throws `InvariantError` where a text would break the line that it
 * stands on: nothing that a peer sent may become a header.
 */
export function writeMessage(message: Omit<SipRequest, 'cseq'> | Omit<SipResponse, 'cseq'>): Uint8Array {
  const first =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`
  const lines = [line('start line', first)]
  for (const { name, value } of message.headers) {
    if (!TOKEN.test(name)) throw new InvariantError(`sip header name ${JSON.stringify(printable(name, 40))}`)
    if (name !== 'content-length') lines.push(line(name, `${spell(name)}: ${value}`))
  }
  lines.push(`Content-Length: ${message.body.length}`, '', '')
  const bytes = concat([fromLatin1(lines.join('\r\n')), message.body])
  if (bytes.length > MAX_MESSAGE)
    throw new InvariantError(`sip message of ${bytes.length} bytes does not fit a datagram`)
  return bytes
}

/** The first header of that name. */
export function headerOf(message: { readonly headers: readonly SipHeader[] }, name: string): string | undefined {
  return message.headers.find((header) => header.name === name)?.value
}

function line(where: string, text: string): string {
  if (CONTROL.test(text)) throw new InvariantError(`sip ${where} holds a control character`)
  return text
}

function spell(name: string): string {
  return SPELLED[name] ?? name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}

/** The offset behind the blank line. */
function findBody(bytes: Uint8Array, start: number): number {
  for (let i = bytes.indexOf(10, start); i >= 0; i = bytes.indexOf(10, i + 1)) {
    if (bytes[i + 1] === 10) return i + 2
    if (bytes[i + 1] === 13 && bytes[i + 2] === 10) return i + 3
  }
  throw new MalformedPacketError(`sip message of ${bytes.length} bytes has no end of headers`)
}

/** The lines with their continuations (RFC 3261 §7.3.1: a line that begins with a blank goes on). */
function unfold(text: string): string[] {
  const out: string[] = []
  for (const raw of text.replace(/(\r?\n)+$/, '').split('\n')) {
    const piece = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    const folded = out.length > 1 && /^[ \t]/.test(piece)
    const joined = folded ? `${out.pop()} ${piece.trim()}` : piece
    if (joined.length > MAX_LINE) throw new MalformedPacketError(`sip header line of ${joined.length} bytes`)
    if (CONTROL.test(joined)) throw new MalformedPacketError(`sip control character in header line ${out.length}`)
    out.push(joined)
    if (out.length > MAX_HEADERS + 1) throw new MalformedPacketError(`sip message has over ${MAX_HEADERS} headers`)
  }
  return out
}

function readHeader(text: string): SipHeader {
  const colon = text.indexOf(':')
  const name = text.slice(0, Math.max(colon, 0)).trim().toLowerCase()
  if (!TOKEN.test(name)) throw new MalformedPacketError(`sip header line ${JSON.stringify(printable(text, 40))}`)
  const long = Object.hasOwn(COMPACT, name) ? COMPACT[name] : undefined
  return { name: long ?? name, value: text.slice(colon + 1).trim() }
}

function readCSeq(text: string): CSeq {
  const [, number = '', method = ''] = /^(\d{1,10})[ \t]+(\S+)$/.exec(text) ?? []
  // RFC 3261 §8.1.1.5: less than 2**31.
  if (!TOKEN.test(method) || Number(number) >= 2 ** 31)
    throw new MalformedPacketError(`sip cseq ${JSON.stringify(printable(text, 40))}`)
  return { number: Number(number), method: method.toUpperCase() }
}

/** RFC 3261 §18.3: over UDP bytes past the length are cut off, and too few make the message unusable. */
function readBody(rest: Uint8Array, length: string | undefined): Uint8Array {
  if (length === undefined) return rest.slice()
  if (!/^\d{1,6}$/.test(length) || Number(length) > rest.length)
    throw new MalformedPacketError(`sip content-length ${printable(length, 10)} with ${rest.length} bytes of body`)
  return rest.slice(0, Number(length))
}
