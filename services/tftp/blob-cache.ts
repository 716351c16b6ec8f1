import type { Blobs } from '../phones/contract.ts'

/** Octets read at once; with the capacity below, what stored files may occupy in memory stays under 16 MB. */
export const CHUNK_SIZE = 64 * 1024
const CAPACITY = 256

/** Pieces of stored files in memory, shared by all transfers: two hundred phones fetch the same firmware at once. */
export interface BlobCache {
  /** The chunk when it is in memory. */
  peek(hash: string, index: number): Uint8Array | undefined
  /** Reads the chunk; one read for all who ask at the same time. Undefined when the stored file is gone. */
  load(hash: string, index: number): Promise<Uint8Array | undefined>
}

export function makeBlobCache(blobs: Blobs): BlobCache {
  // A Map keeps the order of insertion: the first key is the one unused for longest.
  const chunks = new Map<string, Uint8Array>()
  const loading = new Map<string, Promise<Uint8Array | undefined>>()

  function keep(key: string, chunk: Uint8Array): void {
    chunks.set(key, chunk)
    if (chunks.size <= CAPACITY) return
    for (const oldest of chunks.keys()) {
      chunks.delete(oldest)
      break
    }
  }

  async function read(key: string, hash: string, index: number): Promise<Uint8Array | undefined> {
    try {
      const chunk = await blobs.read(hash, index * CHUNK_SIZE, CHUNK_SIZE)
      if (chunk !== undefined) keep(key, chunk)
      return chunk
    } finally {
      loading.delete(key)
    }
  }

  return {
    peek(hash, index) {
      const key = `${hash} ${index}`
      const chunk = chunks.get(key)
      if (chunk !== undefined) {
        chunks.delete(key)
        chunks.set(key, chunk)
      }
      return chunk
    },
    load(hash, index) {
      const key = `${hash} ${index}`
      const running = loading.get(key)
      if (running !== undefined) return running
      const started = read(key, hash, index)
      loading.set(key, started)
      return started
    },
  }
}
