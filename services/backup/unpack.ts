import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MalformedPacketError } from '../core/errors.ts'
import { ArchiveReader } from './codec-archive.ts'
import { chunksOf, type Head, headLength, readHead, START } from './codec-frame.ts'
import { writeAll } from './pack.ts'
import { isOfBox } from './policy-swap.ts'
import { beginOpening } from './seal.ts'

/** Everything before the chunks. Throws `MalformedPacketError` for what is no backup of a form that is known. */
export function preambleOf(path: string): { readonly bytes: Uint8Array; readonly head: Head; readonly size: number } {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const bytes = readAt(file, 0, headLength(readAt(file, 0, START)))
    return { bytes, head: readHead(bytes), size }
  } finally {
    closeSync(file)
  }
}

export interface UnpackJob {
  readonly file: string
  readonly seed: Uint8Array
  /** An empty folder; what is in the backup is below it and on disk when this returns. */
  readonly into: string
  readonly told?: (part: number) => void
}

/** Opens a backup and writes what is in it. Throws for whatever is not exactly as it was made; what was written until then stays. */
export function unpack({ file: path, seed, into, told }: UnpackJob): void {
  const { bytes, size } = preambleOf(path)
  const open = beginOpening(seed, bytes)
  const reader = new ArchiveReader()
  const folders = new Set<string>([into])
  let out: number | undefined
  let left = 0
  const close = () => {
    if (out === undefined) return
    fsyncSync(out)
    closeSync(out)
    out = undefined
  }
  const file = openSync(path, 'r')
  try {
    for (const chunk of chunksOf(size, bytes.length)) {
      for (const event of reader.push(open(readAt(file, chunk.at, chunk.length), chunk))) {
        if (event.kind === 'file') {
          const target = join(into, placed(event.path))
          makeFolders(dirname(target), into, folders)
          out = openSync(target, 'wx', 0o600)
          left = event.size
          if (left === 0) close()
        } else if (event.kind === 'content') {
          if (out !== undefined) writeAll(out, event.bytes)
          left -= event.bytes.length
          if (left === 0) close()
        }
      }
      told?.((chunk.at + chunk.length) / size)
    }
    reader.finish()
  } finally {
    close()
    closeSync(file)
  }
  for (const folder of [...folders].reverse()) flush(folder)
}

/** Data of the box, files of the machine beside them, and the manifest; nothing else has a place. */
function placed(path: string): string {
  const [first, second = ''] = path.split('/')
  const known = path === 'manifest.json' || (first === 'data' ? isOfBox(second) && second !== '' : first === 'beside')
  if (!known) throw new MalformedPacketError(`the backup has a file that has no place: ${JSON.stringify(path)}`)
  return path
}

function makeFolders(folder: string, root: string, made: Set<string>): void {
  if (made.has(folder)) return
  makeFolders(dirname(folder), root, made)
  mkdirSync(folder, { mode: 0o700 })
  made.add(folder)
}

function flush(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function readAt(file: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const read = readSync(file, bytes, done, length - done, at + done)
    if (read === 0) break
    done += read
  }
  return bytes.subarray(0, done)
}
