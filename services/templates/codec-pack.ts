import { isTemplateFile, isVendorName } from './contract.ts'

// A pack is one file: three lines, then the files one after the other as the manifest lists them.
//
//   branchline-pack 1
//   {"name":"yealink","version":"2026.12.1","box":{"from":"0.1.0"},"files":[{"path":"yealink/vendor.yaml","size":20729,"sha256":"…"}]}
//   KEYID SIGNATURE
//   …bytes…
//
// The signature (Ed25519, base64) is of the first two lines with their line feeds; the manifest's hashes cover the rest. No
// compression, no folders, no links: nothing in it can grow or point anywhere.

export const PACK_MAGIC = 'branchline-pack 1'
export const KEYS_MAGIC = 'branchline-keys 1'

export const PACK_LIMITS = { manifest: 1_048_576, files: 2000, file: 1_048_576, whole: 16 * 1_048_576 } as const

export interface PackFile {
  /** `vendor/file`. */
  readonly path: string
  readonly size: number
  /** Hexadecimal. */
  readonly sha256: string
}

export interface PackManifest {
  readonly name: string
  /** Numbers with dots, compared part by part. */
  readonly version: string
  readonly title?: string
  /** Which versions of the box it was made for: from this one on, and before that one. */
  readonly box: { readonly from?: string; readonly below?: string }
  readonly files: readonly PackFile[]
}

/** Text that is signed, and by whom. */
export interface Signed {
  /** The bytes that the signature is of. */
  readonly bytes: Uint8Array
  readonly keyId: string
  readonly signature: Uint8Array
  /** The JSON text. */
  readonly text: string
  /** Where what follows begins. */
  readonly end: number
}

export type Reading<Value> = { readonly value: Value } | { readonly fault: string }

const LF = 10

/** Reads the signed head: the magic line, one line of JSON, the line of the signature. Nothing of it is believed yet. */
export function readSigned(bytes: Uint8Array, magic: string): Reading<Signed> {
  const first = lineEnd(bytes, 0, magic.length + 1)
  if (first === undefined || ascii(bytes.subarray(0, first)) !== magic)
    return { fault: `it does not begin with the line "${magic}"` }
  const second = lineEnd(bytes, first + 1, PACK_LIMITS.manifest)
  if (second === undefined) return { fault: `its second line, the list of what it holds, does not end` }
  const third = lineEnd(bytes, second + 1, 200)
  if (third === undefined) return { fault: 'its third line, the signature, does not end' }
  const [keyId = '', encoded = '', ...more] = ascii(bytes.subarray(second + 1, third)).split(' ')
  const signature = fromBase64(encoded)
  if (!/^[0-9a-f]{16}$/.test(keyId) || signature?.length !== 64 || more.length > 0)
    return { fault: 'its third line is no signature' }
  const text = utf8(bytes.subarray(first + 1, second))
  if (text === undefined) return { fault: 'its second line is no UTF-8' }
  return { value: { bytes: bytes.subarray(0, second + 1), keyId, signature, text, end: third + 1 } }
}

/** What the signature of a head must be of. */
export function signedBytes(magic: string, value: object): Uint8Array {
  return new TextEncoder().encode(`${magic}\n${JSON.stringify(value)}\n`)
}

/** The manifest of a head whose signature was found good; every bound is checked. */
export function readManifest(text: string): Reading<PackManifest> {
  const given = objectOf(text)
  if (given === undefined) return { fault: 'the manifest is no JSON object' }
  const { name, version, title, box, files } = given
  if (typeof name !== 'string' || !isVendorName(name)) return { fault: 'the manifest names no pack' }
  if (typeof version !== 'string' || !isVersion(version))
    return { fault: 'the manifest has no version of numbers and dots' }
  if (title !== undefined && (typeof title !== 'string' || title.length > 200))
    return { fault: 'the title is no short text' }
  const range = readRange(box)
  if (range === undefined) return { fault: 'the manifest does not say which versions of the box it is for' }
  if (!Array.isArray(files) || files.length === 0) return { fault: 'the manifest lists no file' }
  if (files.length > PACK_LIMITS.files)
    return { fault: `it lists ${files.length} files, more than ${PACK_LIMITS.files}` }
  const read: PackFile[] = []
  const seen = new Set<string>()
  let whole = 0
  for (const [i, file] of files.entries()) {
    const one = readFile(file)
    if (typeof one === 'string') return { fault: `file ${i + 1}: ${one}` }
    if (seen.has(one.path)) return { fault: `file ${i + 1}: ${one.path} is there twice` }
    seen.add(one.path)
    whole += one.size
    read.push(one)
  }
  if (whole > PACK_LIMITS.whole) return { fault: `its files have ${whole} bytes, more than ${PACK_LIMITS.whole}` }
  return { value: { name, version, box: range, files: read, ...(title !== undefined && { title }) } }
}

function readFile(given: unknown): PackFile | string {
  if (typeof given !== 'object' || given === null) return 'is no entry'
  const { path, size, sha256 } = given as Record<string, unknown>
  const [vendor = '', file = '', ...more] = typeof path === 'string' ? path.split('/') : []
  if (typeof path !== 'string' || more.length > 0 || !isVendorName(vendor) || !isTemplateFile(file))
    return `${JSON.stringify(String(path).slice(0, 80))} is no vendor/file`
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > PACK_LIMITS.file)
    return `${path} has no size from 0 to ${PACK_LIMITS.file}`
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return `${path} has no SHA-256`
  return { path, size, sha256 }
}

function readRange(given: unknown): PackManifest['box'] | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
  const { from, below } = given as Record<string, unknown>
  for (const bound of [from, below])
    if (bound !== undefined && (typeof bound !== 'string' || !isVersion(bound))) return undefined
  return {
    ...(typeof from === 'string' && { from }),
    ...(typeof below === 'string' && { below }),
  }
}

/** The files of a pack, cut out of what follows its head; every byte belongs to one of them. */
export function cutFiles(bytes: Uint8Array, end: number, files: readonly PackFile[]): Reading<readonly Uint8Array[]> {
  const whole = files.reduce((sum, { size }) => sum + size, 0)
  const there = bytes.length - end
  if (there < whole) return { fault: `it is cut off: ${there} of ${whole} bytes of its files are there` }
  if (there > whole) return { fault: `${there - whole} bytes follow its last file` }
  let at = end
  return {
    value: files.map(({ size }) => {
      at += size
      return bytes.subarray(at - size, at)
    }),
  }
}

/** A public key whose packs are taken. */
export interface PublicKey {
  /** The first 16 digits of the SHA-256 of the key's 32 bytes. */
  readonly id: string
  readonly title: string
  /** 32 bytes, base64. */
  readonly key: string
}

export interface KeyList {
  /** Rises with each list: an old one never comes back. */
  readonly number: number
  readonly keys: readonly PublicKey[]
}

const MAX_KEYS = 16

/** A list of keys. Ids are checked by who can hash. */
export function readKeyList(text: string): Reading<KeyList> {
  const given = objectOf(text)
  if (given === undefined) return { fault: 'the list is no JSON object' }
  const { number, keys } = given
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    return { fault: 'the list has no number' }
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) return { fault: `the list has no keys, or more than ${MAX_KEYS}` }
  const read: PublicKey[] = []
  for (const [i, one] of keys.entries()) {
    const { id, title, key } = typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {}
    if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return { fault: `key ${i + 1} has no id` }
    if (typeof title !== 'string' || title.length > 100) return { fault: `key ${i + 1} has no title` }
    if (typeof key !== 'string' || fromBase64(key)?.length !== 32) return { fault: `key ${i + 1} is no Ed25519 key` }
    read.push({ id, title, key })
  }
  return { value: { number, keys: read } }
}

const VERSION = /^\d{1,6}(?:\.\d{1,6}){0,4}$/

export function isVersion(text: string): boolean {
  return VERSION.test(text)
}

/** Below zero when `a` is older. Missing parts count as 0; what follows a dash (`0.2.0-rc.1`) is passed over. */
export function compareVersions(a: string, b: string): number {
  const [left = [], right = []] = [a, b].map((text) => (text.split('-')[0] ?? '').split('.').map(Number))
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const by = (left[i] ?? 0) - (right[i] ?? 0)
    if (by !== 0) return by
  }
  return 0
}

/** Why a pack is not for this box, or undefined. */
export function misfitOf({ box }: PackManifest, version: string): string | undefined {
  if (box.from !== undefined && compareVersions(version, box.from) < 0)
    return `it needs a box of version ${box.from} or later; this one is ${version}`
  if (box.below !== undefined && compareVersions(version, box.below) >= 0)
    return `it is for boxes before version ${box.below}; this one is ${version}`
  return undefined
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function lineEnd(bytes: Uint8Array, from: number, most: number): number | undefined {
  const at = bytes.subarray(from, from + most).indexOf(LF)
  return at === -1 ? undefined : from + at
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** RFC 4648 section 4, in its one canonical spelling. */
function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const digits = text.replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let bits = 0
  let value = 0
  let at = 0
  for (const digit of digits) {
    value = (value << 6) | DIGITS.indexOf(digit)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (value >> bits) & 0xff
    value &= (1 << bits) - 1
  }
  return value === 0 ? bytes : undefined
}
