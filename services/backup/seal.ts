import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { MalformedPacketError, messageOf, OperatorError } from '../core/errors.ts'
import { type Chunk, nonceOf, readHead, TAG } from './codec-frame.ts'
import { SEED_SIZE } from './codec-key.ts'

// Keys of a backup (docs/decisions/0013-backup-format.md):
//
//   seed     120 random bits, what the recovery key spells
//   (r, R)   X25519, r = HKDF-SHA256(seed, info "branchline recovery key 1")        the box keeps R alone
//   (e, E)   X25519, made for one file; E stands in its head
//   key      HKDF-SHA256(X25519(e, R), salt SHA-256(all before the chunks) ‖ E ‖ R, info "branchline backup 1")
//   chunk    AES-256-GCM(key, nonce: number and whether it is the last)

/** RFC 8410: what stands before the 32 bytes of an X25519 key in its PKCS #8 and SubjectPublicKeyInfo. */
const PRIVATE = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC = Buffer.from('302a300506032b656e032100', 'hex')
const CIPHER = 'aes-256-gcm'

export function newSeed(): Uint8Array {
  return new Uint8Array(randomBytes(SEED_SIZE))
}

/** The public part of a recovery key, base64url, and the short name of it. */
export function recipientOf(seed: Uint8Array): { readonly publicKey: string; readonly id: string } {
  const raw = rawPublic(createPublicKey(privateKeyOf(seed)))
  return { publicKey: raw.toString('base64url'), id: idOf(raw) }
}

/** Seals the chunks of one file. */
export interface Sealer {
  seal(plain: Uint8Array, number: number, last: boolean): Uint8Array
}

/** A key pair for one file, whose public part goes into the head; then the sealer for the head as it is written. */
export function beginSealing(publicKey: string): { readonly ephemeral: string; sealer(preamble: Uint8Array): Sealer } {
  const receiver = Buffer.from(publicKey, 'base64url')
  const pair = generateKeyPairSync('x25519')
  const sender = rawPublic(pair.publicKey)
  return {
    ephemeral: sender.toString('base64url'),
    sealer(preamble) {
      const key = derive(agree(pair.privateKey, receiver), preamble, sender, receiver)
      return {
        seal(plain, number, last) {
          const cipher = createCipheriv(CIPHER, key, nonceOf(number, last), { authTagLength: TAG })
          return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
        },
      }
    },
  }
}

/** Opens the chunks of the file that begins with `preamble`. Throws `OperatorError` for another recovery key. */
export function beginOpening(seed: Uint8Array, preamble: Uint8Array): (sealed: Uint8Array, chunk: Chunk) => Uint8Array {
  const head = readHead(preamble)
  const privateKey = privateKeyOf(seed)
  const receiver = rawPublic(createPublicKey(privateKey))
  if (idOf(receiver) !== head.keyId)
    throw new OperatorError(
      `this backup was made for another recovery key: it needs key ${head.keyId.slice(0, 4)}, this is ${idOf(receiver).slice(0, 4)}`,
    )
  const sender = Buffer.from(head.ephemeral, 'base64url')
  const key = derive(agree(privateKey, sender), preamble, sender, receiver)
  return (sealed, { number, last, at }) => {
    try {
      const decipher = createDecipheriv(CIPHER, key, nonceOf(number, last), { authTagLength: TAG })
      decipher.setAuthTag(sealed.subarray(-TAG))
      return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()])
    } catch {
      throw new MalformedPacketError(
        `the backup was cut off or changed at byte ${at}: get the file anew, or take another one; nothing was changed here`,
      )
    }
  }
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  const raw = Buffer.from(hkdfSync('sha256', seed, '', 'branchline recovery key 1', 32))
  return createPrivateKey({ key: Buffer.concat([PRIVATE, raw]), format: 'der', type: 'pkcs8' })
}

function rawPublic(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32)
}

function idOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16)
}

/** OpenSSL refuses a shared secret of zeros (RFC 7748 section 6.1). */
function agree(privateKey: KeyObject, other: Uint8Array): Buffer {
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC, other]), format: 'der', type: 'spki' })
    return diffieHellman({ privateKey, publicKey })
  } catch (thrown) {
    throw new MalformedPacketError(`the key in the backup cannot be used: ${messageOf(thrown)}`)
  }
}

function derive(shared: Buffer, preamble: Uint8Array, sender: Buffer, receiver: Buffer): Buffer {
  const salt = Buffer.concat([createHash('sha256').update(preamble).digest(), sender, receiver])
  return Buffer.from(hkdfSync('sha256', shared, salt, 'branchline backup 1', 32))
}
