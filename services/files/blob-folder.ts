import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { OperatorError } from '../core/errors.ts'

/** The disk has no room for the file. */
export class DiskFullError extends OperatorError {
  override readonly name = 'DiskFullError'
}

export type Content = Uint8Array | AsyncIterable<Uint8Array>

/** Content that is on disk but not under its hash yet. */
export interface Staged {
  readonly path: string
  readonly hash: string
  readonly size: number
}

const INCOMING = 'incoming'

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
export async function stage(folder: string, content: Content, maxSize: number): Promise<Staged> {
  const path = join(folder, INCOMING, randomUUID())
  try {
    const file = await open(path, 'wx', 0o640)
    try {
      return { path, ...(await writeAll(file, content, maxSize)) }
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(path, { force: true })
    throw isDiskFull(error) ? new DiskFullError(`no room on the disk for the file, in ${folder}`) : error
  }
}

async function writeAll(file: FileHandle, content: Content, maxSize: number): Promise<{ hash: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of content instanceof Uint8Array ? [content] : content) {
    size += piece.length
    if (size > maxSize) throw new OperatorError(`file is larger than ${maxSize} bytes`)
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

/** Reads `length` bytes at `offset`, fewer at the end; undefined when there is no such content. */
export async function readBlob(
  folder: string,
  hash: string,
  offset: number,
  length: number,
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
    const bytes = new Uint8Array(length)
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

export async function hasBlob(folder: string, hash: string): Promise<boolean> {
  return stat(blobPath(folder, hash)).then(
    () => true,
    () => false,
  )
}

function isDiskFull(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
