import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { BlobStore } from '../../cloud/files/blob-store.ts'
import { OperatorError } from '../../services/core/errors.ts'
import { makeRandom } from './random.ts'

/** What every file store does alike. */
export function describeBlobStore(
  name: string,
  make: () => Promise<{ store: BlobStore; dispose: () => Promise<void> }>,
): void {
  describe(`file store: ${name}`, () => {
    async function within(work: (store: BlobStore) => Promise<void>): Promise<void> {
      const { store, dispose } = await make()
      try {
        await work(store)
      } finally {
        await dispose()
      }
    }
    const bytes = (text: string) => new TextEncoder().encode(text)
    const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
    async function keep(store: BlobStore, content: Uint8Array): Promise<string> {
      await using staged = await store.stage(content, { maxSize: 1e8 })
      await staged.keep()
      return staged.hash
    }
    async function text(store: BlobStore, hash: string, from: number, to: number): Promise<string | undefined> {
      const stream = await store.read(hash, { from, to })
      return stream && new Response(stream).text()
    }

    it('keeps content under its hash, and gives any part of it', () =>
      within(async (store) => {
        const content = bytes('hello, world')
        const hash = await keep(store, content)
        expect(hash).toBe(hashOf(content))
        expect(await store.has(hash)).toBe(true)
        expect(await text(store, hash, 0, content.length)).toBe('hello, world')
        expect(await text(store, hash, 7, 9)).toBe('wo')
        expect(await text(store, hash, 11, 12)).toBe('d')
        expect(await text(store, hash, 3, 3)).toBe('')
      }))

    it('keeps large content piece by piece', () =>
      within(async (store) => {
        const random = makeRandom(1)
        const content = Uint8Array.from({ length: 12_000_000 }, () => Math.floor(random() * 256))
        async function* pieces() {
          for (let at = 0; at < content.length; at += 1_000_003) yield content.subarray(at, at + 1_000_003)
        }
        await using staged = await store.stage(pieces(), { maxSize: content.length })
        await staged.keep()
        const stream = await store.read(staged.hash, { from: 0, to: content.length })
        expect(hashOf(new Uint8Array(await new Response(stream).arrayBuffer()))).toBe(hashOf(content))
        const part = await store.read(staged.hash, { from: 11_000_000, to: 11_500_000 })
        const got = new Uint8Array(await new Response(part).arrayBuffer())
        expect(hashOf(got)).toBe(hashOf(content.subarray(11_000_000, 11_500_000)))
      }))

    it('has nothing of what was not kept, came broken or is too large', () =>
      within(async (store) => {
        const content = bytes('not kept')
        {
          await using staged = await store.stage(content, { maxSize: 100 })
          expect(staged.size).toBe(8)
        }
        expect(await store.has(hashOf(content))).toBe(false)
        expect(await store.read(hashOf(content), { from: 0, to: 8 })).toBeUndefined()
        await expect(store.stage(content, { maxSize: 7 })).rejects.toThrow(OperatorError)
        await expect(store.stage(content, { maxSize: 7, size: 8 })).rejects.toThrow('larger than 7 bytes')
        async function* broken() {
          yield bytes('half')
          throw new TypeError('the line went dead')
        }
        await expect(store.stage(broken(), { maxSize: 100 })).rejects.toThrow('the line went dead')
        expect(await store.has(hashOf(bytes('half')))).toBe(false)
      }))

    it('takes the same content again and again, also at once, and empty content', () =>
      within(async (store) => {
        const hashes = await Promise.all(Array.from({ length: 4 }, () => keep(store, bytes('same'))))
        expect(new Set(hashes).size).toBe(1)
        expect(await text(store, hashes[0] ?? '', 0, 4)).toBe('same')
        const empty = await keep(store, bytes(''))
        expect(await store.has(empty)).toBe(true)
        expect(await text(store, empty, 0, 0)).toBe('')
      }))

    it('removes content, and what is not there', () =>
      within(async (store) => {
        const hash = await keep(store, bytes('gone'))
        await store.remove(hash)
        expect(await store.has(hash)).toBe(false)
        await store.remove(hash)
        await store.remove('../../etc/passwd')
        expect(await store.has('../../etc/passwd')).toBe(false)
      }))
  })
}
