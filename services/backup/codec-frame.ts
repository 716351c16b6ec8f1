import { MalformedPacketError } from '../core/errors.ts'

// The frame of a backup file (docs/decisions/0013-backup-format.md):
//
//   "branchline backup\n"  form (1 byte)  length of the head (4 bytes, big endian)  head (JSON, UTF-8, in clear)
//   chunks: 64 KiB of the archive each, the last one what is left, every one followed by its tag of 16 bytes
//
// A chunk's nonce is its number and whether it is the last (STREAM, as age has it), and the key is bound to every byte
// before the chunks: what was cut off, put in another order, swapped or changed does not open.

export const FORM = 1
export const CHUNK = 65_536
export const TAG = 16
/** A head has a dozen short fields. */
const LONGEST_HEAD = 16_384
const MAGIC = new TextEncoder().encode('branchline backup\n')
/** Bytes that say how long the head is. */
export const START = MAGIC.length + 5

/** What anybody who holds the file may know of it. */
export interface Head {
  /** Who made it: the machine's name. */
  readonly box: string
  /** The product's version that made it. */
  readonly version: string
  readonly at: number
  /** Of the archive inside, about: what a restore needs room for. */
  readonly size: number
  readonly content: 'all' | 'without-firmware'
  /** Number of the database's last migration, and the lowest that a program must know to work on it. */
  readonly database: number
  readonly readable: number
  /** Names the recovery key that opens it, without telling anything of it. */
  readonly keyId: string
  /** The X25519 public key of this one file, base64url. */
  readonly ephemeral: string
}

/** Everything before the chunks. */
export function writeHead(head: Head): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(head))
  const bytes = new Uint8Array(START + json.length)
  bytes.set(MAGIC)
  bytes[MAGIC.length] = FORM
  new DataView(bytes.buffer).setUint32(MAGIC.length + 1, json.length)
  bytes.set(json, START)
  return bytes
}

/** How long everything before the chunks is, from the first `START` bytes. Throws `MalformedPacketError`. */
export function headLength(start: Uint8Array): number {
  if (start.length < START) throw new MalformedPacketError(`this is no backup: it has ${start.length} bytes`)
  if (MAGIC.some((byte, i) => start[i] !== byte)) throw new MalformedPacketError('this is no backup of a box')
  const form = start[MAGIC.length] ?? 0
  if (form > FORM)
    throw new MalformedPacketError(
      `the backup is of form ${form}, made by a newer version; this one reads up to form ${FORM}: update this box first`,
    )
  const length = new DataView(start.buffer, start.byteOffset).getUint32(MAGIC.length + 1)
  if (form !== FORM || length > LONGEST_HEAD) throw new MalformedPacketError('the head of the backup is damaged')
  return START + length
}

/** The head in the bytes before the chunks. Throws `MalformedPacketError`; fields that are not known are ignored. */
export function readHead(bytes: Uint8Array): Head {
  if (headLength(bytes) !== bytes.length) throw new MalformedPacketError('the head of the backup is cut off')
  let tree: unknown
  try {
    tree = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(START)))
  } catch {
    throw new MalformedPacketError('the head of the backup is damaged')
  }
  const fields = (typeof tree === 'object' && tree !== null ? tree : {}) as Readonly<Record<string, unknown>>
  const text = (name: string, pattern: RegExp): string => {
    const value = fields[name]
    if (typeof value === 'string' && value.length <= 200 && pattern.test(value)) return value
    throw new MalformedPacketError(`the head of the backup is damaged at ${name}`)
  }
  const whole = (name: string): number => {
    const value = fields[name]
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw new MalformedPacketError(`the head of the backup is damaged at ${name}`)
  }
  return {
    box: text('box', /^[^\p{C}]*$/u),
    version: text('version', /^[\w.+-]+$/),
    ...{ at: whole('at'), size: whole('size'), database: whole('database'), readable: whole('readable') },
    content: text('content', /^(all|without-firmware)$/) === 'all' ? 'all' : 'without-firmware',
    keyId: text('keyId', /^[0-9a-f]{16}$/),
    ephemeral: text('ephemeral', /^[\w-]{43}$/),
  }
}

/** The nonce of one chunk: its number in eleven bytes, and whether it is the last. */
export function nonceOf(number: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(12)
  const view = new DataView(nonce.buffer)
  view.setUint32(3, Math.floor(number / 2 ** 32))
  view.setUint32(7, number % 2 ** 32)
  nonce[11] = last ? 1 : 0
  return nonce
}

/**
 * The chunks of a file of `size` bytes whose head ends at `from`: where each begins and how long it is. Throws
 * `MalformedPacketError` where no chunk can end like that.
 */
export function* chunksOf(size: number, from: number): Generator<Chunk> {
  for (let [at, number] = [from, 0]; ; number++) {
    const length = Math.min(CHUNK + TAG, size - at)
    if (length <= TAG) throw new MalformedPacketError(`the backup is cut off at byte ${size}`)
    const last = at + length === size
    yield { at, length, number, last }
    if (last) return
    at += length
  }
}

export interface Chunk {
  readonly at: number
  readonly length: number
  readonly number: number
  readonly last: boolean
}
