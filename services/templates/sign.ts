import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { messageOf } from '../core/errors.ts'
import {
  cutFiles,
  KEYS_MAGIC,
  type KeyList,
  misfitOf,
  PACK_MAGIC,
  type PackManifest,
  type PublicKey,
  type Reading,
  readKeyList,
  readManifest,
  readSigned,
  signedBytes,
} from './codec-pack.ts'
import type { Source } from './contract.ts'
import { PackError } from './errors.ts'
import { hashOf } from './hash.ts'

/** What a pack holds, after its signature and every hash were found good. */
export interface Pack {
  readonly manifest: PackManifest
  readonly key: PublicKey
  readonly sources: ReadonlyMap<string, ReadonlyMap<string, Source>>
}

// RFC 8410 section 4: what stands before the 32 bytes of an Ed25519 key.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** The id of a public key. */
export function keyIdOf(key: string): string {
  return hashOf(Buffer.from(key, 'base64')).slice(0, 16)
}

/** The public half of a private key (PKCS #8, PEM). Throws `PackError` for what is no Ed25519 key. */
export function publicKeyOf(pem: string, title: string): PublicKey {
  const key = privateKey(pem)
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const raw = Buffer.from(spki.subarray(SPKI.length)).toString('base64')
  return { id: keyIdOf(raw), title, key: raw }
}

function privateKey(pem: string) {
  let key: ReturnType<typeof createPrivateKey>
  try {
    key = createPrivateKey(pem)
  } catch (thrown) {
    throw new PackError(`the key cannot be read: ${messageOf(thrown)}`)
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new PackError(`the key is ${key.asymmetricKeyType}, not ed25519`)
  return key
}

function headOf(magic: string, value: object, pem: string): Buffer {
  const bytes = signedBytes(magic, value)
  const signature = sign(null, bytes, privateKey(pem)).toString('base64')
  return Buffer.concat([bytes, Buffer.from(`${publicKeyOf(pem, '').id} ${signature}\n`)])
}

/** Makes a pack: the same files, version and key give the same bytes. `files`: `vendor/file` → content. */
export function makePack(
  about: Omit<PackManifest, 'files'>,
  files: ReadonlyMap<string, Uint8Array>,
  pem: string,
): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  const manifest: PackManifest = {
    ...about,
    files: sorted.map(([path, content]) => ({ path, size: content.length, sha256: hashOf(content) })),
  }
  const head = headOf(PACK_MAGIC, manifest, pem)
  const pack = Buffer.concat([head, ...sorted.map(([, content]) => content)])
  const key = publicKeyOf(pem, '')
  // What nobody would take must not be given out.
  readPack(pack, [key])
  return pack
}

/** Makes a list of keys, signed by one of those that counted before. */
export function makeKeyList(list: KeyList, pem: string): Uint8Array {
  return headOf(KEYS_MAGIC, list, pem)
}

/** Reads and checks a pack; `version`: of the box that it must fit. Throws `PackError` with the reason. */
export function readPack(bytes: Uint8Array, keys: readonly PublicKey[], version?: string): Pack {
  const { head, key } = readHead(bytes, PACK_MAGIC, keys)
  const manifest = taken(readManifest(head.text))
  const misfit = version === undefined ? undefined : misfitOf(manifest, version)
  if (misfit !== undefined) throw new PackError(`pack ${manifest.name} ${manifest.version} is not taken: ${misfit}`)
  return { manifest, key, sources: sourcesOf(bytes, head.end, manifest) }
}

/** What a pack says that it holds, for who passes it on: its hashes are checked, its signature is the box's to check. */
export function lookInto(bytes: Uint8Array): Omit<Pack, 'key'> & { readonly keyId: string } {
  const head = taken(readSigned(bytes, PACK_MAGIC))
  const manifest = taken(readManifest(head.text))
  return { manifest, keyId: head.keyId, sources: sourcesOf(bytes, head.end, manifest) }
}

function sourcesOf(bytes: Uint8Array, end: number, manifest: PackManifest): Pack['sources'] {
  const contents = taken(cutFiles(bytes, end, manifest.files))
  const sources = new Map<string, Map<string, Source>>()
  for (const [i, { path, sha256: wanted }] of manifest.files.entries()) {
    const content = contents[i] ?? new Uint8Array()
    if (hashOf(content) !== wanted) throw refused(`${path} is not what its signer listed`)
    const [vendor = '', file = ''] = path.split('/')
    const files = sources.get(vendor) ?? new Map<string, Source>()
    sources.set(
      vendor,
      files.set(file, { text: textOf(content, path), file: `${manifest.name}-${manifest.version}:${path}` }),
    )
  }
  return sources
}

/** Reads a list of keys that is signed by one of these. Throws `PackError`. */
export function readKeys(bytes: Uint8Array, keys: readonly PublicKey[]): KeyList {
  const { head } = readHead(bytes, KEYS_MAGIC, keys)
  if (head.end !== bytes.length) throw refused(`${bytes.length - head.end} bytes follow the list of keys`)
  const list = taken(readKeyList(head.text))
  if (list.keys.length === 0) throw refused('the list has no key: no pack could ever be taken again')
  for (const { id, key } of list.keys) if (keyIdOf(key) !== id) throw refused(`key ${id} has another id than it says`)
  return list
}

function readHead(bytes: Uint8Array, magic: string, keys: readonly PublicKey[]) {
  const head = taken(readSigned(bytes, magic))
  const key = keys.find(({ id }) => id === head.keyId)
  if (key === undefined)
    throw refused(
      `it is signed by the key ${head.keyId}, which this box does not trust (branchline packs keys lists those)`,
    )
  const spki = createPublicKey({
    key: Buffer.concat([SPKI, Buffer.from(key.key, 'base64')]),
    format: 'der',
    type: 'spki',
  })
  if (!verify(null, head.bytes, spki, head.signature)) throw refused(`its signature by the key ${key.id} is wrong`)
  return { head, key }
}

function taken<Value>(reading: Reading<Value>): Value {
  if ('fault' in reading) throw refused(reading.fault)
  return reading.value
}

function refused(why: string): PackError {
  return new PackError(`the file is not taken: ${why}`)
}

function textOf(content: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    throw refused(`${path} is no UTF-8`)
  }
}
