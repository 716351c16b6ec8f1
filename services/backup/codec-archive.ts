import { concat } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'

// What is inside a backup, once opened: files one after another.
//
//   kind (1 byte: 1 a file, 0 the end)  length of the path (2 bytes)  path (UTF-8)  size (8 bytes)  content
//
// It was authenticated chunk by chunk before it is read here, but it may have been made by anybody who was given the
// box's public key: so no path leads out of the folder that it is written to.

const HEAD = 11
const LONGEST_PATH = 1_000

/** What stands before a file's content. */
export function entryHead(path: string, size: number): Uint8Array {
  const name = new TextEncoder().encode(path)
  const bytes = new Uint8Array(HEAD + name.length)
  const view = new DataView(bytes.buffer)
  bytes[0] = 1
  view.setUint16(1, name.length)
  bytes.set(name, 3)
  view.setUint32(3 + name.length, Math.floor(size / 2 ** 32))
  view.setUint32(7 + name.length, size % 2 ** 32)
  return bytes
}

/** What stands after the last file. */
export const END = new Uint8Array(HEAD)

export type ArchiveEvent =
  | { readonly kind: 'file'; readonly path: string; readonly size: number }
  | { readonly kind: 'content'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }

/** Reads an archive that comes in pieces of any length, holding no more of it than one head. */
export class ArchiveReader {
  #rest: Uint8Array = new Uint8Array(0)
  #left = 0
  #ended = false

  /** What is in this piece, in its order. Throws `MalformedPacketError`. */
  push(piece: Uint8Array): readonly ArchiveEvent[] {
    const events: ArchiveEvent[] = []
    let bytes = this.#rest.length === 0 ? piece : concat([this.#rest, piece])
    this.#rest = new Uint8Array(0)
    while (bytes.length > 0) {
      if (this.#ended) throw new MalformedPacketError('the backup goes on after its end')
      if (this.#left > 0) {
        const content = bytes.subarray(0, this.#left)
        this.#left -= content.length
        bytes = bytes.subarray(content.length)
        events.push({ kind: 'content', bytes: content })
        continue
      }
      const head = readEntryHead(bytes)
      if (head === undefined) {
        this.#rest = bytes.slice()
        break
      }
      bytes = bytes.subarray(head.length)
      if (head.path === undefined) {
        this.#ended = true
        events.push({ kind: 'end' })
      } else {
        this.#left = head.size
        events.push({ kind: 'file', path: head.path, size: head.size })
      }
    }
    return events
  }

  /** Call when there is no more. Throws when the end was not reached. */
  finish(): void {
    if (!this.#ended) throw new MalformedPacketError('the backup ends in the middle')
  }
}

/** Undefined: more bytes are needed. */
function readEntryHead(bytes: Uint8Array) {
  if (bytes.length < HEAD) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const name = view.getUint16(1)
  if (bytes[0] === 0) {
    if (bytes.subarray(0, HEAD).some((byte) => byte !== 0)) throw new MalformedPacketError('the end is no end')
    return { path: undefined, size: 0, length: HEAD }
  }
  if (bytes[0] !== 1 || name === 0 || name > LONGEST_PATH)
    throw new MalformedPacketError(`no file begins like this in the backup: kind ${bytes[0]}, name of ${name} bytes`)
  if (bytes.length < HEAD + name) return undefined
  const size = view.getUint32(3 + name) * 2 ** 32 + view.getUint32(7 + name)
  if (!Number.isSafeInteger(size)) throw new MalformedPacketError('a file in the backup is too long')
  return { path: safePath(bytes.subarray(3, 3 + name)), size, length: HEAD + name }
}

function safePath(bytes: Uint8Array): string {
  let path: string
  try {
    path = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new MalformedPacketError('a name in the backup is no UTF-8')
  }
  const parts = path.split('/')
  const odd = (part: string) => part === '' || part === '.' || part === '..' || /[\p{Cc}\\]/u.test(part)
  if (parts.some(odd)) throw new MalformedPacketError(`a name in the backup leads elsewhere: ${JSON.stringify(path)}`)
  return path
}
