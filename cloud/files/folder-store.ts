import type { EpochMs } from '../../services/core/clock.ts'
import { hasBlob, isHash, readBlob, removeBlob, removeStaged, settle, stage } from '../../services/files/blob-folder.ts'
import type { BlobStore } from './blob-store.ts'
import { prepareIncoming } from './incoming.ts'

const PIECE = 256 * 1024

/** Content in a folder of this machine, or of one that all processes mount. */
export async function openFolderStore(folder: string, now: EpochMs): Promise<BlobStore> {
  await prepareIncoming(folder, now)
  return {
    async stage(content, { maxSize, size }) {
      const staged = await stage(folder, content, maxSize, size === undefined ? {} : { size })
      return {
        ...{ hash: staged.hash, size: staged.size },
        keep: () => settle(folder, staged),
        [Symbol.asyncDispose]: () => removeStaged(staged.path),
      }
    },
    async read(hash, { from, to }) {
      if (!isHash(hash) || !(await hasBlob(folder, hash))) return undefined
      let at = from
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const piece = at >= to ? undefined : await readBlob(folder, hash, at, Math.min(PIECE, to - at))
          if (piece === undefined || piece.length === 0) return controller.close()
          at += piece.length
          controller.enqueue(piece)
        },
      })
    },
    has: async (hash) => isHash(hash) && (await hasBlob(folder, hash)),
    remove: async (hash) => {
      if (isHash(hash)) await removeBlob(folder, hash)
    },
  }
}
