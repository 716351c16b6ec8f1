import { MalformedPacketError } from '../core/errors.ts'
import type { Framing } from './codec.ts'

/** Collects the body of one request as its bytes come in, never more than its limit. */
export interface BodyReader {
  /** Takes what belongs to the body and says how many bytes that were. Throws `MalformedPacketError`. */
  push(bytes: Uint8Array): number
  readonly done: boolean
  /** The body was longer than the limit; nothing more is taken. */
  readonly tooLong: boolean
  body(): Uint8Array
}

/** A reader for this framing; `limit` in bytes. */
export function makeBodyReader(framing: Framing, limit: number): BodyReader {
  const sink = makeSink()
  if (framing.kind === 'chunked') return chunkedReader(sink, limit)
  const length = framing.kind === 'length' ? framing.length : 0
  return {
    push(bytes) {
      if (length > limit) return 0
      return sink.add(bytes.subarray(0, length - sink.length))
    },
    get done() {
      return sink.length === length
    },
    tooLong: length > limit,
    body: () => sink.bytes(),
  }
}

/** Bytes that grow by doubling, so that a body sent byte by byte costs no more than one sent at once. */
function makeSink() {
  let buffer = new Uint8Array(0)
  let length = 0
  return {
    add(bytes: Uint8Array): number {
      if (length + bytes.length > buffer.length) {
        const larger = new Uint8Array(Math.max(1024, buffer.length * 2, length + bytes.length))
        larger.set(buffer.subarray(0, length))
        buffer = larger
      }
      buffer.set(bytes, length)
      length += bytes.length
      return bytes.length
    },
    get length() {
      return length
    },
    bytes: () => buffer.slice(0, length),
  }
}

/** Size lines, extensions and trailers together may not outweigh the body by more than this. */
const MAX_OVERHEAD = 65_536

/** RFC 9112 §7.1. Chunk extensions and trailers are read and dropped. */
function chunkedReader(sink: ReturnType<typeof makeSink>, limit: number): BodyReader {
  let state: 'size' | 'data' | 'gap' | 'trailer' | 'done' = 'size'
  let line = ''
  let left = 0
  let overhead = 0
  let tooLong = false

  function endOfLine() {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    line = ''
    if (state === 'trailer') state = text === '' ? 'done' : 'trailer'
    else if (state === 'gap') {
      if (text !== '') throw new MalformedPacketError('chunk longer than its size')
      state = 'size'
    } else {
      const size = /^([0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(text)?.[1]
      if (size === undefined) throw new MalformedPacketError('not a chunk size')
      left = Number.parseInt(size, 16)
      tooLong = sink.length + left > limit
      state = left === 0 ? 'trailer' : 'data'
    }
  }

  return {
    push(bytes) {
      let at = 0
      while (at < bytes.length && state !== 'done' && !tooLong) {
        if (state === 'data') {
          const taken = sink.add(bytes.subarray(at, at + left))
          at += taken
          left -= taken
          if (left === 0) state = 'gap'
          continue
        }
        if (++overhead > MAX_OVERHEAD) throw new MalformedPacketError('chunks of too little content')
        const byte = bytes[at++] ?? 0
        if (byte === 10) endOfLine()
        else line += String.fromCharCode(byte)
      }
      return at
    },
    get done() {
      return state === 'done'
    },
    get tooLong() {
      return tooLong
    },
    body: () => sink.bytes(),
  }
}
