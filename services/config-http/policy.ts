import type { Answer } from '../phones/contract.ts'
import type { Field, RequestHead } from './codec.ts'
import { readEtags } from './codec.ts'
import type { ByteRange } from './codec-range.ts'
import { contentRange, readRanges } from './codec-range.ts'

/** Bytes to send: our own, or a part of a stored blob. */
export type Piece = Uint8Array | { readonly hash: string; readonly from: number; readonly to: number }

export interface Reply {
  readonly kind: 'reply'
  readonly status: number
  /** Without Date, Content-Length and Connection, which every answer has. */
  readonly fields: readonly Field[]
  /** What is sent after the head; empty for HEAD. */
  readonly pieces: readonly Piece[]
  /** The length of the body that GET has, in bytes. */
  readonly length: number
  /** Held back until the same time after the request, so that timing does not tell refused from missing. */
  readonly delayed: boolean
  /** After this reply the phone holds the whole content (as far as the answer goes to its last byte). */
  readonly completes: boolean
}

export type Decision = Reply | { readonly kind: 'silence'; readonly reason: string }

/** A file that anybody may have, such as the certificate of the box's own authority. */
export interface PublicFile {
  readonly bytes: Uint8Array
  readonly contentType: string
}

const EMPTY = { kind: 'reply', fields: [], pieces: [], length: 0, delayed: false, completes: false } as const

/** The one answer to everything missing, refused, misspelt or not supported. */
export const NOT_FOUND: Reply = { ...EMPTY, status: 404, delayed: true }
export const TOO_LARGE: Reply = { ...EMPTY, status: 413 }
export const BUSY: Reply = { ...EMPTY, status: 503, fields: [['Retry-After', '5']] }

/** Turns what was decided about a file into an HTTP answer. `nonce`: for a digest challenge, when it is one. */
export function decide(head: RequestHead, answer: Answer, nonce: string): Decision {
  switch (answer.kind) {
    case 'silence':
      return { kind: 'silence', reason: answer.reason }
    case 'missing':
    case 'refused':
      return NOT_FOUND
    case 'stored':
      return isUpload(head) ? { ...EMPTY, status: 200 } : NOT_FOUND
    case 'redirect': {
      const location = readable(answer.location)
      return location === undefined ? NOT_FOUND : { ...EMPTY, status: 302, fields: [['Location', location]] }
    }
    case 'challenge':
      return { ...EMPTY, status: 401, fields: [['WWW-Authenticate', challenge(answer.scheme, answer.realm, nonce)]] }
    case 'content':
      return resource(head, {
        size: answer.bytes.length,
        hash: answer.hash,
        contentType: answer.contentType,
        cache: answer.secret ? 'no-store' : 'no-cache',
        piece: (range) => answer.bytes.subarray(range.from, range.to),
      })
    case 'blob':
      return resource(head, {
        size: answer.blob.size,
        hash: answer.blob.hash,
        contentType: answer.contentType,
        cache: 'no-cache',
        piece: (range) => ({ hash: answer.blob.hash, ...range }),
      })
  }
}

/** A public file: no entity tag, it is small and asked for once. */
export function decidePublic(head: RequestHead, file: PublicFile): Reply {
  if (isUpload(head)) return NOT_FOUND
  return full(head, [['Content-Type', file.contentType]], [file.bytes], file.bytes.length)
}

interface Resource {
  readonly size: number
  readonly hash: string
  readonly contentType: string
  readonly cache: string
  piece(range: ByteRange): Piece
}

function resource(head: RequestHead, of: Resource): Reply {
  const contentType = readable(of.contentType)
  if (isUpload(head) || contentType === undefined) return NOT_FOUND
  // The content's hash makes a strong tag. There is no Last-Modified: content is made for the request, and the
  // clock of a phone that boots says 1970; so If-Modified-Since and a date in If-Range never hold.
  const tag = `"${of.hash}"`
  const fields: Field[] = [
    ['Accept-Ranges', 'bytes'],
    ['Cache-Control', of.cache],
    ['ETag', tag],
  ]
  const typed: Field[] = [['Content-Type', contentType], ...fields]
  const ifMatch = head.fields.get('if-match')
  if (ifMatch !== undefined && !names(ifMatch, tag, false)) return { ...EMPTY, status: 412 }
  const ifNoneMatch = head.fields.get('if-none-match')
  if (ifNoneMatch !== undefined && names(ifNoneMatch, tag, true))
    return { ...EMPTY, status: 304, fields, completes: true }

  const ranges = wantedRanges(head, tag, of.size)
  if (ranges === undefined) return full(head, typed, [of.piece({ from: 0, to: of.size })], of.size)
  const [first, ...others] = ranges
  if (first === undefined)
    return { ...EMPTY, status: 416, fields: [['Content-Range', `bytes */${of.size}`], ...fields] }
  if (others.length > 0) return multipart(ranges, of, contentType, fields)
  const length = first.to - first.from
  const single: Field[] = [['Content-Range', contentRange(first, of.size)], ...typed]
  const completes = first.to === of.size
  return { ...EMPTY, status: 206, fields: single, pieces: [of.piece(first)], length, completes }
}

function full(head: RequestHead, fields: readonly Field[], pieces: readonly Piece[], length: number): Reply {
  const bodiless = head.method === 'HEAD'
  return { ...EMPTY, status: 200, fields, pieces: bodiless ? [] : pieces, length, completes: !bodiless }
}

function wantedRanges(head: RequestHead, tag: string, size: number): readonly ByteRange[] | undefined {
  const range = head.fields.get('range')
  const ifRange = head.fields.get('if-range')
  if (range === undefined || head.method !== 'GET' || (ifRange !== undefined && ifRange !== tag)) return undefined
  return readRanges(range, size)
}

/** RFC 9110 §14.6: each piece with its own head between boundaries; the boundary is the hash, so it is stable. */
function multipart(ranges: readonly ByteRange[], of: Resource, contentType: string, fields: readonly Field[]): Reply {
  const boundary = of.hash.slice(0, 40)
  const text = new TextEncoder()
  const pieces: Piece[] = []
  for (const range of ranges) {
    const part = `\r\n--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Range: ${contentRange(range, of.size)}\r\n\r\n`
    pieces.push(text.encode(part), of.piece(range))
  }
  pieces.push(text.encode(`\r\n--${boundary}--\r\n`))
  const length = pieces.reduce((sum, piece) => sum + pieceLength(piece), 0)
  const completes = ranges.some((range) => range.to === of.size)
  const typed: Field[] = [['Content-Type', `multipart/byteranges; boundary=${boundary}`], ...fields]
  return { ...EMPTY, status: 206, fields: typed, pieces, length, completes }
}

export function pieceLength(piece: Piece): number {
  return piece instanceof Uint8Array ? piece.length : piece.to - piece.from
}

/** Whether a list of tags names ours; weak comparison takes `W/"x"` for `"x"` (RFC 9110 §8.8.3.2). */
function names(field: string, tag: string, weak: boolean): boolean {
  const { any, tags } = readEtags(field)
  return any || tags.includes(tag) || (weak && tags.includes(`W/${tag}`))
}

function isUpload(head: RequestHead): boolean {
  return head.method === 'PUT' || head.method === 'POST'
}

function challenge(scheme: 'basic' | 'digest', realm: string, nonce: string): string {
  const quoted = `"${realm.replace(/[^\x20-\x7e]|["\\]/g, '.')}"`
  // MD5 without other choices: old phones read the first challenge only, and know no other algorithm.
  if (scheme === 'digest') return `Digest realm=${quoted}, qop="auth", algorithm=MD5, nonce="${nonce}"`
  return `Basic realm=${quoted}`
}

/** A value fit for a header field, or undefined: a line break would let its author write further headers. */
function readable(value: string): string | undefined {
  return /^[\x20-\x7e]+$/.test(value) ? value : undefined
}
