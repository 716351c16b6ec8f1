import type { EpochMs } from '../../services/core/clock.ts'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { isHash, removeStaged, stage } from '../../services/files/blob-folder.ts'
import type { BlobStore } from './blob-store.ts'
import { prepareIncoming } from './incoming.ts'

export interface S3Options {
  /** `https://s3.example.net`; the bucket stands in the path, as MinIO and most others want it. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Before each key, e.g. `branchline/`. */
  readonly prefix: string
  /** Content waits in this folder until its hash, which is its key, is known. */
  readonly folder: string
}

/** Content in a bucket of any store that speaks S3. The runtime's own client signs (AWS Signature Version 4). */
export async function openS3Store(options: S3Options, now: EpochMs): Promise<BlobStore> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey, prefix, folder } = options
  await prepareIncoming(folder, now)
  const client = new Bun.S3Client({ endpoint, region, bucket, accessKeyId, secretAccessKey })
  const keyOf = (hash: string) => `${prefix}sha256/${hash.slice(0, 2)}/${hash}`

  /** The store's own words are told; they hold no secret, a request's signature does not come back. */
  async function ask<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (thrown) {
      throw new OperatorError(
        `the file store ${endpoint} does not do what it is asked: ${codeOf(thrown)}${messageOf(thrown)}`,
      )
    }
  }
  /** By its size, so that an upload that broke in a store which keeps halves is done again. */
  async function sizeOf(hash: string): Promise<number | undefined> {
    return ask(async () => {
      try {
        return (await client.stat(keyOf(hash))).size
      } catch (thrown) {
        if (isMissing(thrown)) return undefined
        throw thrown
      }
    })
  }

  return {
    async stage(content, { maxSize, size }) {
      const staged = await stage(folder, content, maxSize, size === undefined ? {} : { size })
      return {
        ...{ hash: staged.hash, size: staged.size },
        async keep() {
          if ((await sizeOf(staged.hash)) === staged.size) return
          await ask(() => client.write(keyOf(staged.hash), Bun.file(staged.path), { type: 'application/octet-stream' }))
        },
        [Symbol.asyncDispose]: () => removeStaged(staged.path),
      }
    },
    async read(hash, { from, to }) {
      if (!isHash(hash) || (await sizeOf(hash)) === undefined) return undefined
      if (to <= from) return new Response(new Uint8Array(0)).body ?? undefined
      return client.file(keyOf(hash)).slice(from, to).stream()
    },
    has: async (hash) => isHash(hash) && (await sizeOf(hash)) !== undefined,
    async remove(hash) {
      if (isHash(hash)) await ask(() => client.delete(keyOf(hash)))
    },
  }
}

function codeOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? `${String(thrown.code)}: ` : ''
}

function isMissing(thrown: unknown): boolean {
  return /^(NoSuchKey|NotFound|UnknownError: 404)/.test(codeOf(thrown))
}
