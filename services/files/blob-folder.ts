import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { OperatorError } from '../core/errors.ts'
import { type Content, DiskFullError } from './contract.ts'
import { type Room, roomIn } from './room.ts'

/** Content that is on disk but not under its hash yet. */
export interface Staged {
  readonly path: string
  readonly hash: string
  readonly size: number
}

/** The folder in it where content waits until its hash is known. */
export const INCOMING = 'incoming'

/** Where the content of a hash stands. Two digits make a folder, so that none grows large. */
export function blobPath(folder: string, hash: string): string {
  return join(folder, hash.slice(0, 2), hash)
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

/** Makes the folder and clears what an interrupted upload left in it. */
export async function prepareFolder(folder: string): Promise<void> {
  await rm(join(folder, INCOMING), { recursive: true, force: true })
  await mkdir(join(folder, INCOMING), { recursive: true, mode: 0o700 })
}

/** Writes content to a temporary file and to the disk. On any failure nothing is left of it. */
export async function stage(
  folder: string,
  content: Content,
  maxSize: number,
  options: { readonly size?: number; readonly room?: Room } = {},
): Promise<Staged> {
  const room = options.room ?? roomIn(folder)
  if ((options.size ?? 0) > maxSize) throw new OperatorError(`file is larger than ${maxSize} bytes`)
  const path = join(folder, INCOMING, randomUUID())
  try {
    if (options.size !== undefined) await room.check(options.size)
    const file = await open(path, 'wx', 0o640)
    try {
      return { path, ...(await writeAll(file, content, maxSize, room)) }
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(path, { force: true })
    throw isDiskFull(error) ? new DiskFullError(`no room on the disk for the file, in ${folder}`) : error
  }
}

/** So many bytes are written between two looks at what is free. */
const LOOK_EVERY = 8 * 1_048_576

async function writeAll(
  file: FileHandle,
  content: Content,
  maxSize: number,
  room: Room,
): Promise<{ hash: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  let looked = 0
  for await (const piece of content instanceof Uint8Array ? [content] : content) {
    size += piece.length
    if (size > maxSize) throw new OperatorError(`file is larger than ${maxSize} bytes`)
    if (size - looked >= LOOK_EVERY) {
      await room.check(piece.length)
      looked = size
    }
    hash.update(piece)
    // A write may take only a part of it, as it does when the disk runs full.
    for (let at = 0; at < piece.length; ) at += (await file.write(piece, at, piece.length - at)).bytesWritten
  }
  await file.sync()
  return { hash: hash.digest('hex'), size }
}

/** Puts staged content under its hash, durably: the folder's entry is on disk too. */
export async function settle(folder: string, staged: Staged): Promise<void> {
  const target = blobPath(folder, staged.hash)
  const parent = join(folder, staged.hash.slice(0, 2))
  await mkdir(parent, { recursive: true, mode: 0o700 })
  await rename(staged.path, target)
  for (const path of [parent, folder]) await syncFolder(path)
}

/** Throws away staged content, unless it was settled. */
export async function removeStaged(path: string): Promise<void> {
  await rm(path, { force: true })
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function removeBlob(folder: string, hash: string): Promise<void> {
  await rm(blobPath(folder, hash), { force: true })
}

/** The hashes of everything in the folder. */
export async function listBlobs(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const part of await readdir(folder))
    if (/^[0-9a-f]{2}$/.test(part)) found.push(...(await readdir(join(folder, part))).filter(isHash))
  return found
}

/** Reads `length` bytes at `offset`, fewer at the end, into a buffer if one is given; undefined when there is no such content. */
export async function readBlob(
  folder: string,
  hash: string,
  offset: number,
  length: number,
  into?: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (!isHash(hash)) return undefined
  let file: FileHandle
  try {
    file = await open(blobPath(folder, hash), 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const bytes = into ?? new Uint8Array(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  } finally {
    await file.close()
  }
}

/** The SHA-256 of what the folder holds under a hash, read piece by piece; undefined when it is gone. */
export async function hashOfBlob(folder: string, hash: string): Promise<string | undefined> {
  const sum = createHash('sha256')
  const buffer = new Uint8Array(1_048_576)
  for (let offset = 0; ; ) {
    const piece = await readBlob(folder, hash, offset, buffer.length, buffer)
    if (piece === undefined) return undefined
    if (piece.length === 0) return sum.digest('hex')
    sum.update(piece)
    offset += piece.length
  }
}

export async function hasBlob(folder: string, hash: string): Promise<boolean> {
  return stat(blobPath(folder, hash)).then(
    () => true,
    () => false,
  )
}

/** The disk, the quota or the limit on a file's size is used up; SQLite says it in its own word. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' || code === 'SQLITE_FULL'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
