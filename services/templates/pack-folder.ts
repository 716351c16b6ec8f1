import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf, OperatorError } from '../core/errors.ts'
import { DiskFullError } from '../files/contract.ts'
import { PACK_LIMITS } from './codec-pack.ts'
import type { PackContent } from './contract.ts'
import { PackError } from './errors.ts'
import { hashOf } from './hash.ts'

// Packs on the disk: each as it came, under its hash, and one small file that says which of them are in use. That file is
// replaced in one step, so that after a crash at any instant the old packs are in use or the new ones.

const kept = z.object({ version: z.string(), hash: z.string().regex(/^[0-9a-f]{64}$/) })
const entry = kept.extend({
  name: z.string(),
  installedAt: z.number(),
  by: z.string(),
  previous: kept.extend({ by: z.string().optional() }).optional(),
})
const stateSchema = z.object({ packs: z.array(entry) })

/** One pack that is in use, and the one before it. */
export type PackEntry = z.infer<typeof entry>

export interface PackFolder {
  /** What is in use. Throws `OperatorError` when the list cannot be read. */
  entries(): readonly PackEntry[]
  /** Makes these the ones in use, on the disk, and clears away what nobody names any more. */
  commit(entries: readonly PackEntry[]): void
  /** Takes away what none of these names, e.g. after an install that was interrupted. */
  clear(entries: readonly PackEntry[]): void
  /** The bytes of a pack, or why they cannot be used. */
  read(hash: string): { readonly bytes: Uint8Array } | { readonly fault: 'missing' | 'changed' }
  /** Writes a pack beside the others and to the disk, under no name yet. Throws `PackError` when it is too large. */
  stage(content: PackContent): Promise<{ readonly bytes: Uint8Array; readonly hash: string; readonly path: string }>
  /** Puts a staged pack under its hash. */
  keep(staged: { readonly path: string; readonly hash: string }): Promise<void>
  drop(path: string): Promise<void>
  /** The list of keys that was taken last, as JSON. */
  readKeys(): string | undefined
  writeKeys(text: string): void
}

const MOST = PACK_LIMITS.whole + PACK_LIMITS.manifest + 1000
const INCOMING = 'incoming-'

/** `write` replaces a file durably. */
export function openPackFolder(folder: string, write: (path: string, text: string) => void): PackFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const listPath = join(folder, 'packs.json')
  const keysPath = join(folder, 'keys.json')
  const pathOf = (hash: string) => join(folder, `${hash}.pack`)
  const clear = (entries: readonly PackEntry[]) => {
    const named = new Set(entries.flatMap(({ hash, previous }) => [hash, ...(previous ? [previous.hash] : [])]))
    for (const name of readdirSync(folder)) {
      const hash = /^([0-9a-f]{64})\.pack$/.exec(name)?.[1]
      if (name.startsWith(INCOMING) || (hash !== undefined && !named.has(hash)))
        rmSync(join(folder, name), { force: true })
    }
  }
  const entries = (): readonly PackEntry[] => {
    const text = textIn(listPath)
    if (text === undefined) return []
    try {
      return stateSchema.parse(JSON.parse(text)).packs
    } catch {
      throw new OperatorError(`the list of packs is not what this box wrote: ${listPath}`)
    }
  }
  return {
    clear,
    readKeys: () => textIn(keysPath),
    writeKeys: (text) => write(keysPath, text),
    entries,
    commit(next) {
      write(listPath, `${JSON.stringify({ packs: next }, null, 2)}\n`)
      clear(next)
    },
    read(hash) {
      let bytes: Uint8Array
      try {
        bytes = readFileSync(pathOf(hash))
      } catch {
        return { fault: 'missing' }
      }
      return hashOf(bytes) === hash ? { bytes } : { fault: 'changed' }
    },
    async stage(content) {
      const path = join(folder, `${INCOMING}${randomUUID()}`)
      const pieces: Uint8Array[] = []
      let size = 0
      try {
        const file = await open(path, 'wx', 0o600)
        try {
          for await (const piece of content instanceof Uint8Array ? [content] : content) {
            size += piece.length
            if (size > MOST) throw new PackError(`the file is not taken: it is larger than ${MOST} bytes`)
            pieces.push(piece)
            for (let at = 0; at < piece.length; ) at += (await file.write(piece, at, piece.length - at)).bytesWritten
          }
          await file.sync()
        } finally {
          await file.close()
        }
      } catch (thrown) {
        await rm(path, { force: true })
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')
          throw new DiskFullError(`no room on the disk for the pack, in ${folder}`)
        throw thrown
      }
      const bytes = Buffer.concat(pieces)
      return { bytes, hash: hashOf(bytes), path }
    },
    async keep({ path, hash }) {
      await rename(path, pathOf(hash))
      const home = await open(folder, 'r')
      try {
        await home.sync()
      } finally {
        await home.close()
      }
    },
    drop: (path) => rm(path, { force: true }),
  }
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw new OperatorError(`a file of the packs cannot be read: ${path}: ${messageOf(thrown)}`)
  }
}
