import type { Clock } from '../core/clock.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Blobs } from '../phones/contract.ts'
import {
  blobPath,
  hasBlob,
  hashOfBlob,
  isDiskFull,
  isHash,
  listBlobs,
  prepareFolder,
  readBlob,
  removeBlob,
  removeStaged,
  type Staged,
  settle,
  stage,
} from './blob-folder.ts'
import { DiskFullError, type Files, type NamedFile, type PutOptions, WrongHashError } from './contract.ts'
import { factsOf } from './kind.ts'
import { checkName } from './name.ts'
import { deleteFile, findFile, isNamed, listFiles, saveFile } from './store.ts'

/** Files by name, their content by hash. */
export interface FileStore extends Files, Blobs {
  /** Makes the folder, clears interrupted uploads and content that no name leads to. */
  start(): Promise<void>
}

export interface FileStoreDependencies {
  readonly db: SqlDatabase
  /** A folder that belongs to the store alone. */
  readonly folder: string
  readonly log: Log
  readonly clock: Clock
  /** Whether the box belongs to an account, whose files are changed there alone. */
  readonly belongs?: () => boolean
}

const MAX_SIZE = 1024 ** 3

function withoutVersion({ version: _version, ...rest }: NamedFile): NamedFile {
  return rest
}

export function makeFileStore({ db, folder, log, clock, belongs }: FileStoreDependencies): FileStore {
  const listeners = new Set<(name: string) => void>()
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

  function found(name: string): NamedFile {
    const file = findFile(db, name)
    if (file === undefined) throw new NotFoundError(`no stored file is named ${JSON.stringify(name.slice(0, 60))}`)
    return file
  }

  /** What the account gave is changed there: an edit here would be undone, or never seen by who looks after all sites. */
  function checkOwner(file: NamedFile, origin: 'account' | undefined): void {
    if (origin === undefined && file.origin === 'account' && belongs?.() === true)
      throw new ConflictError(`${file.name} was given by the central account: change it or take it away there`)
    if (origin === 'account' && file.origin === undefined)
      throw new ConflictError(`a file named ${file.name} was stored at the branch: rename or remove it there`)
  }

  /** The database may be what finds the disk full: it lies beside the files. */
  function save(file: NamedFile): NamedFile | undefined {
    try {
      return saveFile(db, file)
    } catch (error) {
      throw isDiskFull(error) ? new DiskFullError('no room on the disk to write down the file') : error
    }
  }

  function changed(name: string): void {
    for (const listener of listeners) listener(name)
  }

  async function take(name: string, staged: Staged, options: PutOptions): Promise<NamedFile> {
    const { hash, size } = staged
    const there = findFile(db, name)
    if (there !== undefined) checkOwner(there, options.origin)
    if (there !== undefined && there.hash !== hash) options.mayReplace?.(there)
    // Other content is another version, whose number nobody has said.
    const known = there === undefined || there.hash === hash ? there : withoutVersion(there)
    const file: NamedFile = {
      ...{ name, hash, size, contentType: options.contentType ?? 'application/octet-stream' },
      ...{ addedAt: clock.now(), by: options.by },
      ...factsOf(name, options, known),
      ...(options.origin !== undefined && { origin: options.origin }),
    }
    await settle(folder, staged)
    let before: NamedFile | undefined
    try {
      before = save(file)
    } catch (error) {
      await dropUnnamed(file.hash)
      throw error
    }
    if (before !== undefined && before.hash !== file.hash) await dropUnnamed(before.hash)
    log.info('file stored', { name: file.name, size: file.size, hash: file.hash, by: file.by })
    changed(file.name)
    return file
  }

  return {
    start: () => alone(sweep),
    async put(name, content, options) {
      const clean = checkName(name)
      factsOf(clean, options)
      const wanted = options.sha256?.toLowerCase()
      if (wanted !== undefined && !isHash(wanted))
        throw new OperatorError(`${JSON.stringify(options.sha256?.slice(0, 70))} is no SHA-256 in hexadecimal`)
      const staged = await stage(folder, content, options.maxSize ?? MAX_SIZE, {
        ...(options.size !== undefined && { size: options.size }),
      })
      try {
        if (wanted !== undefined && wanted !== staged.hash)
          throw new WrongHashError(
            `what came has SHA-256 ${staged.hash}, not ${wanted}; nothing was stored, send it again`,
          )
        return await alone(() => take(clean, staged, options))
      } finally {
        await removeStaged(staged.path)
      }
    },
    describe: (name, facts, { by, origin }) =>
      alone(async () => {
        const before = found(name)
        checkOwner(before, origin)
        const file: NamedFile = { ...withoutVersion(before), ...factsOf(before.name, facts, before) }
        save(file)
        log.info('file described', { name: file.name, by })
        changed(file.name)
        return file
      }),
    remove: (name, { by, mayRemove, origin }) =>
      alone(async () => {
        checkOwner(found(name), origin)
        mayRemove?.(found(name))
        const before = deleteFile(db, name) ?? found(name)
        await dropUnnamed(before.hash)
        log.info('file removed', { name: before.name, hash: before.hash, by })
        changed(before.name)
      }),
    async verify(name) {
      const file = found(name)
      const hash = await hashOfBlob(folder, file.hash)
      const state = hash === undefined ? 'missing' : hash === file.hash ? 'good' : 'changed'
      if (state !== 'good') log.error('stored file is not what it was', { name: file.name, hash: file.hash, state })
      return { name: file.name, state }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    find: (name) => findFile(db, name),
    list: () => listFiles(db),
    read: (hash, offset, length, into) => readBlob(folder, hash, offset, length, into),
    path: (hash) => (isHash(hash) ? blobPath(folder, hash) : undefined),
  }
}
