import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { NamedFile, NamedFiles } from '../files/contract.ts'
import type { Blobs } from '../phones/contract.ts'
import { HEAD_BYTES, type MediaFacts, probe } from './codec.ts'
import type { Fit, MediaLibrary } from './contract.ts'
import type { Job } from './job.ts'
import { contentTypeOf, formText, plan, type Target, variantName } from './policy.ts'
import { HelperError } from './process.ts'

/** The store of files, as far as it is needed here. */
export interface MediaStore extends NamedFiles, Pick<Blobs, 'path'> {
  put(
    name: string,
    content: Uint8Array,
    options: { readonly by: string; readonly contentType?: string },
  ): Promise<NamedFile>
  remove(name: string, options: { readonly by: string }): Promise<void>
}

export interface MediaDependencies {
  readonly files: MediaStore
  /** Does one job apart from this process; throws `OperatorError` when the source cannot be used. */
  convert(job: Job): Promise<Uint8Array>
  readonly log: Log
}

export interface Media extends MediaLibrary {
  /** Stored files by name, and copies by the names that `fit` gives. */
  readonly served: Pick<NamedFiles, 'find'>
  /** Whether a stored file is a copy that was made here. */
  isCopy(name: string): boolean
  /** A stored file came, changed or went: copies of what is gone are removed. */
  changed(): void
  /** Resolves when no copy is being made any more. */
  settled(): Promise<void>
}

/** Copies stand in the store below this folder, by the hash of what they were made of. */
const FOLDER = 'converted/'
const BY = 'box:media'
const MAX_PROBED = 500
/** Copies that wait to be made; beyond it a further one is asked for when a file is rendered again. */
const MAX_WAITING = 500
/** A process that could not be started is no fault of the file: it is tried again, but not for ever. */
const MOST_TRIES = 3

/** Makes of each stored picture and sound what a model takes, once, and keeps it beside the stored files. */
export function makeMedia(deps: MediaDependencies): Media {
  const { files, log } = deps
  const probed = new Map<string, MediaFacts>()
  /** By the last part of their names, in lower case. */
  const copies = new Map<string, NamedFile>()
  /** Jobs by key: why they failed, or that they are done. */
  const failed = new Map<string, string>()
  const checked = new Set<string>()
  const waiting = new Map<string, () => Promise<void>>()
  const tries = new Map<string, number>()
  let running: Promise<void> | undefined
  let revision = 0

  for (const file of files.list()) if (isCopy(file.name) && file.by === BY) copies.set(lastPart(file.name), file)

  const factsOf = (file: NamedFile): MediaFacts => {
    const before = probed.get(file.hash)
    if (before !== undefined) return before
    const facts = probe(readHead(files.path(file.hash)), file.size)
    if (probed.size >= MAX_PROBED) probed.clear()
    probed.set(file.hash, facts)
    return facts
  }

  async function drain(): Promise<void> {
    for (let next = first(waiting); next !== undefined; next = first(waiting)) {
      const [key, work] = next
      try {
        await work()
      } catch (thrown) {
        const tried = (tries.get(key) ?? 0) + 1
        tries.set(key, tried)
        if (!(thrown instanceof HelperError) || tried >= MOST_TRIES) {
          failed.set(key, messageOf(thrown))
          revision++
          log.info('stored file cannot be used as it is wanted', { job: key, error: messageOf(thrown) })
        }
      }
      waiting.delete(key)
    }
    running = undefined
  }
  const start = (key: string, work: () => Promise<void>) => {
    if (waiting.has(key) || waiting.size >= MAX_WAITING) return
    waiting.set(key, work)
    running ??= drain()
  }

  const check = (file: NamedFile) => {
    const path = files.path(file.hash)
    if (path === undefined || checked.has(file.hash)) return
    start(file.hash, async () => {
      await deps.convert({ path })
      checked.add(file.hash)
    })
  }
  const make = (file: NamedFile, name: string, target: Target, key: string) => {
    const path = files.path(file.hash)
    if (path === undefined) return
    start(key, async () => {
      const bytes = await deps.convert({ path, target })
      const stored = `${FOLDER}${file.hash}/${name}`
      copies.set(name.toLowerCase(), await files.put(stored, bytes, { by: BY, contentType: contentTypeOf(name) }))
    })
  }

  return {
    revision: () => revision,
    served: {
      find: (name) => files.find(name) ?? copies.get(name.toLowerCase()),
    },
    isCopy,
    fit(name, form) {
      if (form === undefined) return { kind: 'unknown', name }
      const file = files.find(name)
      if (file === undefined) return { kind: 'cannot', reason: `no stored file is named ${name}` }
      const wanted = plan(factsOf(file), form, file)
      const fails = (reason: string): Fit => ({ kind: 'cannot', reason: `${reason}; wanted: ${formText(form)}` })
      if (wanted.kind === 'cannot') return fails(wanted.reason)
      if (wanted.kind === 'as-is') {
        const reason = failed.get(file.hash)
        if (reason !== undefined) return fails(reason)
        check(file)
        return { kind: 'as-is', name }
      }
      const key = createHash('sha256')
        .update(`${file.hash} ${JSON.stringify(wanted.target)}`)
        .digest('hex')
      const reason = failed.get(key)
      if (reason !== undefined) return fails(reason)
      const made = variantName(name, wanted.target, key)
      if (!copies.has(made.toLowerCase())) make(file, made, wanted.target, key)
      return { kind: 'made', name: made, how: wanted.how }
    },
    changed() {
      revision++
      const sources = new Set(files.list().flatMap((file) => (isCopy(file.name) ? [] : [file.hash])))
      for (const [last, copy] of copies) {
        if (sources.has(copy.name.split('/')[1] ?? '')) continue
        copies.delete(last)
        start(`remove ${copy.name}`, () => files.remove(copy.name, { by: BY }))
      }
    },
    async settled() {
      while (running !== undefined) await running
    },
  }
}

function isCopy(name: string): boolean {
  return name.toLowerCase().startsWith(FOLDER)
}

function lastPart(name: string): string {
  return (name.split('/').at(-1) ?? '').toLowerCase()
}

function first<Key, Value>(map: ReadonlyMap<Key, Value>): readonly [Key, Value] | undefined {
  for (const entry of map) return entry
  return undefined
}

/** The beginning of a stored file; nothing when its content is lost. A few pages from the disk, once a file. */
function readHead(path: string | undefined): Uint8Array {
  if (path === undefined) return new Uint8Array(0)
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return new Uint8Array(0)
  }
  try {
    const bytes = new Uint8Array(HEAD_BYTES)
    let filled = 0
    for (let got = -1; got !== 0 && filled < bytes.length; filled += got)
      got = readSync(file, bytes, filled, bytes.length - filled, filled)
    return bytes.subarray(0, filled)
  } finally {
    closeSync(file)
  }
}
