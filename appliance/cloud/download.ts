import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, NotFoundError } from '../../services/core/errors.ts'
import { WrongHashError } from '../../services/files/contract.ts'
import { roomIn } from '../../services/files/room.ts'
import { type BoxAnswer, type BoxCaller, UnansweredError } from '../../services/sync/box-caller.ts'
import { FILES_PATH } from '../../services/sync/paths.ts'

/** A line on which nothing came for so long is given up; what came stays. */
const IDLE_MS = 60_000

export interface Wanted {
  /** In hexadecimal. */
  readonly sha256: string
  readonly size: number
  /** Bytes in a second at most; absent: as fast as the line is. */
  readonly rate?: number
}

export interface Downloads {
  /**
   * Fetches content of the account's files to a file of its own: where an earlier try broke off it goes on. What is
   * returned is whole, on the disk, and what its hash says. Throws `UnansweredError`, `NotFoundError`, `WrongHashError`,
   * `DiskFullError`.
   */
  fetch(wanted: Wanted, signal: AbortSignal, onPart?: (bytes: number) => void): Promise<string>
  drop(sha256: string): Promise<void>
  /** Takes away what was begun and is wanted no more. */
  clear(wanted: ReadonlySet<string>): Promise<void>
}

export function makeDownloads(folder: string, caller: Pick<BoxCaller, 'get'>, idleMs = IDLE_MS): Downloads {
  const pathOf = (sha256: string) => join(folder, `${sha256}.part`)
  return {
    async fetch(wanted, signal, onPart) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const path = pathOf(wanted.sha256)
      // Appending: what a former try wrote stays until it is known to be wrong.
      const file = await open(path, 'a', 0o600)
      try {
        await complete(file, wanted, signal, onPart)
        await file.sync()
      } finally {
        await file.close()
      }
      const hash = await hashOfFile(path)
      if (hash === wanted.sha256) return path
      await rm(path, { force: true })
      throw new WrongHashError(`what the account sent has SHA-256 ${hash}, not ${wanted.sha256}`)
    },
    drop: (sha256) => rm(pathOf(sha256), { force: true }),
    async clear(wanted) {
      const there = await readdir(folder).catch(() => [])
      for (const name of there)
        if (!wanted.has(name.replace(/\.part$/, ''))) await rm(join(folder, name), { force: true })
    },
  }

  async function complete(
    file: FileHandle,
    { sha256, size, rate }: Wanted,
    signal: AbortSignal,
    onPart?: (bytes: number) => void,
  ): Promise<void> {
    let at = (await file.stat()).size
    if (at > size) {
      await file.truncate(0)
      at = 0
    }
    if (at === size) return
    await roomIn(folder).check(size - at)
    const idle = new AbortController()
    const ends = AbortSignal.any([signal, idle.signal])
    let timer = setTimeout(() => idle.abort(), idleMs)
    try {
      // Content that a proxy has packed on the way could not be continued by its offset.
      const plain = { 'accept-encoding': 'identity' }
      const part = at > 0 ? { range: `bytes=${at}-`, 'if-range': `"${sha256}"` } : {}
      const answer = await caller.get(`${FILES_PATH}${sha256}`, { ...plain, ...part }, ends)
      if (begins(answer) !== at) {
        await file.truncate(0)
        at = 0
      }
      const pace = rate === undefined ? undefined : makePace(rate)
      for await (const piece of answer.body) {
        clearTimeout(timer)
        await pace?.(piece.length, ends)
        ends.throwIfAborted()
        timer = setTimeout(() => idle.abort(), idleMs)
        at += piece.length
        if (at > size) throw new WrongHashError(`the account sends more than the ${size} bytes that it told of`)
        for (let done = 0; done < piece.length; ) done += (await file.write(piece, done)).bytesWritten
        onPart?.(at)
      }
    } catch (thrown) {
      if (thrown instanceof WrongHashError) await file.truncate(0)
      if (!ends.aborted && isOurs(thrown)) throw thrown
      throw new UnansweredError(`the file broke off after ${at} of ${size} bytes: ${messageOf(thrown)}`)
    } finally {
      clearTimeout(timer)
      idle.abort()
    }
    if (at < size) throw new UnansweredError(`the file broke off after ${at} of ${size} bytes`)
  }
}

/** Waits so that no more than `rate` bytes come in a second: while nobody reads, the sender is held up too. */
function makePace(rate: number): (bytes: number, signal: AbortSignal) => Promise<void> {
  let due = performance.now()
  return async (bytes, signal) => {
    due = Math.max(due, performance.now() - 1000) + (bytes / rate) * 1000
    const ms = due - performance.now()
    if (ms < 1 || signal.aborted) return
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener('abort', end)
    })
  }
}

/** The offset at which the content of an answer begins. Throws when it has none. */
function begins({ status, headers }: BoxAnswer): number {
  if (status === 200) return 0
  if (status === 404) throw new NotFoundError('the account does not have this file any more')
  const from = status === 206 ? /^bytes (\d{1,15})-/.exec(headers.get('content-range') ?? '')?.[1] : undefined
  if (from === undefined) throw new UnansweredError(`the account answered ${status}`)
  return Number(from)
}

function isOurs(thrown: unknown): boolean {
  // A disk without room is told by its own code.
  return thrown instanceof Error && ('fault' in thrown || 'code' in thrown)
}

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array)
  return hash.digest('hex')
}
