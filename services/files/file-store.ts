import type { Clock } from '../core/clock.ts'
import { NotFoundError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Blobs } from '../phones/contract.ts'
import {
  blobPath,
  type Content,
  hasBlob,
  isHash,
  listBlobs,
  prepareFolder,
  readBlob,
  removeBlob,
  settle,
  stage,
} from './blob-folder.ts'
import type { NamedFile, NamedFiles } from './contract.ts'
import { checkName } from './name.ts'
import { deleteFile, findFile, isNamed, listFiles, saveFile } from './store.ts'

export interface PutOptions {
  readonly by: string
  /** Default `application/octet-stream`. */
  readonly contentType?: string
  /** Octets at most; default 1 GiB. */
  readonly maxSize?: number
}

/** Files by name, their content by hash. What `put` returned is on disk; what it threw left everything as it was. */
export interface FileStore extends NamedFiles, Blobs {
  /** Makes the folder, clears interrupted uploads and content that no name leads to. */
  start(): Promise<void>
  /** Throws `OperatorError` for a bad name or size, `DiskFullError` when there is no room. */
  put(name: string, content: Content, options: PutOptions): Promise<NamedFile>
  /** Takes the name away, and the content with its last name; throws `NotFoundError`. */
  remove(name: string, options: { readonly by: string }): Promise<void>
}

export interface FileStoreDependencies {
  readonly db: SqlDatabase
  /** A folder that belongs to the store alone. */
  readonly folder: string
  readonly log: Log
  readonly clock: Clock
}

const MAX_SIZE = 1024 ** 3

export function makeFileStore({ db, folder, log, clock }: FileStoreDependencies): FileStore {
  // One at a time: a removal between "the content is there already" and "the name is saved" would lose it.
  let last: Promise<unknown> = Promise.resolve()
  function alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }

  async function dropUnnamed(hash: string): Promise<void> {
    if (!isNamed(db, hash)) await removeBlob(folder, hash)
  }

  async function sweep(): Promise<void> {
    await prepareFolder(folder)
    for (const hash of await listBlobs(folder)) await dropUnnamed(hash)
    for (const { name, hash } of listFiles(db))
      if (!(await hasBlob(folder, hash))) log.error('stored file has lost its content', { name, hash })
  }

  return {
    start: () => alone(sweep),
    async put(name, content, options) {
      const clean = checkName(name)
      const staged = await stage(folder, content, options.maxSize ?? MAX_SIZE)
      const { hash, size } = staged
      const contentType = options.contentType ?? 'application/octet-stream'
      return alone(async () => {
        await settle(folder, staged)
        const file: NamedFile = { name: clean, hash, size, contentType, addedAt: clock.now(), by: options.by }
        let before: NamedFile | undefined
        try {
          before = saveFile(db, file)
        } catch (error) {
          await dropUnnamed(hash)
          throw error
        }
        if (before !== undefined && before.hash !== hash) await dropUnnamed(before.hash)
        log.info('file stored', { name: clean, size, hash, by: options.by })
        return file
      })
    },
    remove: (name, { by }) =>
      alone(async () => {
        const before = deleteFile(db, name)
        if (before === undefined)
          throw new NotFoundError(`no stored file is named ${JSON.stringify(name.slice(0, 60))}`)
        await dropUnnamed(before.hash)
        log.info('file removed', { name: before.name, hash: before.hash, by })
      }),
    find: (name) => findFile(db, name),
    list: () => listFiles(db),
    read: (hash, offset, length) => readBlob(folder, hash, offset, length),
    path: (hash) => (isHash(hash) ? blobPath(folder, hash) : undefined),
  }
}
