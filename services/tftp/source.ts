import { InvariantError } from '../core/errors.ts'
import type { BlobReference } from '../phones/contract.ts'
import { type BlobCache, CHUNK_SIZE } from './blob-cache.ts'
import { encodeNetascii, netasciiLength } from './codec-netascii.ts'

/** The octets of one transfer as they go over the wire, in any order of reading within the window. */
export interface Source {
  /** In octets as sent. */
  readonly size: number
  /** Fills `into` with what stands at `offset`; false when that must be loaded first. */
  read(offset: number, into: Uint8Array): boolean
  /** Loads what stands between `offset` and `end`. Rejects with `InvariantError` when the stored file is gone. */
  load(offset: number, end: number): Promise<void>
}

export function sourceOfBytes(bytes: Uint8Array, netascii: boolean): Source {
  const content = netascii ? encodeNetascii(bytes) : bytes
  return {
    size: content.length,
    read(offset, into) {
      into.set(content.subarray(offset, offset + into.length))
      return true
    },
    load: () => Promise.resolve(),
  }
}

export function sourceOfBlob(blob: BlobReference, cache: BlobCache): Source {
  return {
    size: blob.size,
    read(offset, into) {
      let at = 0
      while (at < into.length) {
        const index = Math.floor((offset + at) / CHUNK_SIZE)
        const chunk = cache.peek(blob.hash, index)
        if (chunk === undefined) return false
        const start = offset + at - index * CHUNK_SIZE
        const piece = chunk.subarray(start, start + into.length - at)
        if (piece.length === 0) return false
        into.set(piece, at)
        at += piece.length
      }
      return true
    },
    async load(offset, end) {
      for (let index = Math.floor(offset / CHUNK_SIZE); index * CHUNK_SIZE < end; index++)
        if (cache.peek(blob.hash, index) === undefined) await chunkOf(blob, cache, index)
    },
  }
}

/**
 * A stored file as netascii. Where an octet stands depends on all line ends before it, so the length of each chunk
 * is counted once in advance; afterwards any window is converted from the chunks that it touches.
 */
export async function sourceOfBlobAsNetascii(blob: BlobReference, cache: BlobCache): Promise<Source> {
  const starts: number[] = [0]
  for (let index = 0; index * CHUNK_SIZE < blob.size; index++)
    starts.push((starts[index] ?? 0) + netasciiLength(await chunkOf(blob, cache, index)))
  const size = starts[starts.length - 1] ?? 0
  let converted: { readonly index: number; readonly bytes: Uint8Array }[] = []
  const chunkAt = (offset: number) => starts.findIndex((start, i) => start <= offset && offset < (starts[i + 1] ?? 0))
  return {
    size,
    read(offset, into) {
      let at = 0
      while (at < into.length) {
        const index = chunkAt(offset + at)
        const chunk = converted.find((one) => one.index === index)
        if (chunk === undefined) return false
        const start = offset + at - (starts[index] ?? 0)
        const piece = chunk.bytes.subarray(start, start + into.length - at)
        into.set(piece, at)
        at += piece.length
      }
      return true
    },
    async load(offset, end) {
      const wanted: { readonly index: number; readonly bytes: Uint8Array }[] = []
      for (let index = chunkAt(offset); index >= 0 && (starts[index] ?? size) < end; index++)
        wanted.push({
          index,
          bytes:
            converted.find((one) => one.index === index)?.bytes ?? encodeNetascii(await chunkOf(blob, cache, index)),
        })
      converted = wanted
    },
  }
}

async function chunkOf(blob: BlobReference, cache: BlobCache, index: number): Promise<Uint8Array> {
  const chunk = cache.peek(blob.hash, index) ?? (await cache.load(blob.hash, index))
  const expected = Math.min(CHUNK_SIZE, blob.size - index * CHUNK_SIZE)
  if (chunk?.length !== expected)
    throw new InvariantError(
      `stored file ${blob.hash} has ${chunk?.length ?? 'no'} bytes at ${index * CHUNK_SIZE}, not ${expected}`,
    )
  return chunk
}
