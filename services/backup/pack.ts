import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { concat } from '../core/bytes.ts'
import { OperatorError } from '../core/errors.ts'
import { END, entryHead } from './codec-archive.ts'
import { CHUNK, type Head, writeHead } from './codec-frame.ts'
import { beginSealing } from './seal.ts'

/** A file of a backup: where it is, or what is in it. */
export type Source = { readonly path: string } & ({ readonly file: string } | { readonly bytes: Uint8Array })

export interface PackJob {
  /** Made anew; on disk when this returns. */
  readonly out: string
  readonly head: Omit<Head, 'ephemeral'>
  /** Of the recovery key, base64url. */
  readonly publicKey: string
  readonly sources: Iterable<Source>
  /** Told how many bytes went in. */
  readonly told?: (bytes: number) => void
}

/** Writes one backup file. Holds no more than two chunks in memory. */
export function pack({ out, head, publicKey, sources, told }: PackJob): void {
  const { ephemeral, sealer } = beginSealing(publicKey)
  const preamble = writeHead({ ...head, ephemeral })
  const file = openSync(out, 'wx', 0o600)
  try {
    writeAll(file, preamble)
    const { seal } = sealer(preamble)
    let number = 0
    let total = 0
    let held: Uint8Array = new Uint8Array(0)
    for (const piece of piecesOf(sources)) {
      held = concat([held, piece])
      // The last chunk has a mark of its own: one is held back until it is known whether more follows.
      while (held.length > CHUNK) {
        writeAll(file, seal(held.subarray(0, CHUNK), number++, false))
        held = held.slice(CHUNK)
      }
      total += piece.length
      told?.(total)
    }
    writeAll(file, seal(held, number, true))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function* piecesOf(sources: Iterable<Source>): Generator<Uint8Array> {
  for (const source of sources) {
    if ('bytes' in source) {
      yield entryHead(source.path, source.bytes.length)
      yield source.bytes
    } else yield* piecesOfFile(source.path, source.file)
  }
  yield END
}

/** A file that was removed since it was listed is left out: the box runs meanwhile. */
function* piecesOfFile(path: string, name: string): Generator<Uint8Array> {
  let file: number
  try {
    file = openSync(name, 'r')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return
    throw thrown
  }
  try {
    const { size } = fstatSync(file)
    yield entryHead(path, size)
    const buffer = new Uint8Array(CHUNK)
    for (let left = size; left > 0; ) {
      const length = readSync(file, buffer, 0, Math.min(left, buffer.length), null)
      if (length === 0) throw new OperatorError(`${path} became shorter while it was read: make the backup again`)
      yield buffer.slice(0, length)
      left -= length
    }
  } finally {
    closeSync(file)
  }
}

export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
