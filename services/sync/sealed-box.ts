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
} from 'node:crypto'
import { messageOf, OperatorError } from '../core/errors.ts'

// A secret for one receiver, whom the sender knows by its X25519 public key:
//
//   (e, E)  a key pair made for this one seal                                             RFC 7748
//   shared  X25519(e, R)                                   R: the receiver's public key
//   key     HKDF-SHA256(ikm: shared, salt: E ‖ R, info: "branchline sealed box 1", 32)    RFC 5869
//   sealed  AES-256-GCM(key, nonce: 12 zero bytes, aad: key id)                           NIST SP 800-38D
//   text    "x1:" key id ":" base64url(E ‖ ciphertext ‖ tag)
//
// The nonce may be constant because the key is used once. Binding E and R into the key ties a seal to its receiver; the
// key id, the first eight bytes of SHA-256(R), lets a receiver with two keys find the one that is meant. It is
// anonymous: who sealed it must be known from how it came. HPKE (RFC 9180) does the same with a larger frame.

const FORM = 'x1'
const INFO = 'branchline sealed box 1'
const KEY_SIZE = 32
const TAG_SIZE = 16
const NONCE = Buffer.alloc(12)
/** RFC 8410: what stands before the 32 bytes of an X25519 public key in its SubjectPublicKeyInfo. */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex')
/** RFC 8410: the same for a private key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')

export interface SealingKey {
  /** The 32 bytes of RFC 7748, which senders are given. */
  readonly publicKey: Uint8Array
  /** The 32 bytes to store, where nobody else can read them. */
  readonly privateKey: Uint8Array
}

export function makeSealingKey(): SealingKey {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  return {
    publicKey: Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }).subarray(-KEY_SIZE)),
    privateKey: Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-KEY_SIZE)),
  }
}

/** Seals text to a public key of 32 bytes. Twice the same text differs. Throws `OperatorError` for an unusable key. */
export function sealTo(publicKey: Uint8Array, plain: string): string {
  const receiver = importPublic(publicKey)
  const ephemeral = generateKeyPairSync('x25519')
  const sender = ephemeral.publicKey.export({ type: 'spki', format: 'der' }).subarray(-KEY_SIZE)
  const id = keyId(publicKey)
  const key = derive(ephemeral.privateKey, receiver, sender, publicKey)
  const cipher = createCipheriv('aes-256-gcm', key, NONCE, { authTagLength: TAG_SIZE })
  cipher.setAAD(Buffer.from(id))
  const sealed = Buffer.concat([sender, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${FORM}:${id}:${sealed.toString('base64url')}`
}

/**
 * Opens text that was sealed to one of these keys: the present one, and the one before it while answers that were sealed
 * to that are still on their way. Throws `OperatorError` when it is for another key, or was changed.
 */
export function openSealed(keys: readonly SealingKey[], text: string): string {
  const [form, id, content = ''] = text.split(':')
  const bytes = Buffer.from(content, 'base64url')
  if (form !== FORM || bytes.length < KEY_SIZE + TAG_SIZE)
    throw new OperatorError(`sealed secret has an unknown form (${text.length} characters)`)
  const key = keys.find(({ publicKey }) => keyId(publicKey) === id)
  if (key === undefined) throw new OperatorError('sealed secret is for a key that is not here')
  const sender = bytes.subarray(0, KEY_SIZE)
  try {
    const secret = derive(importPrivate(key.privateKey), importPublic(sender), sender, key.publicKey)
    const decipher = createDecipheriv('aes-256-gcm', secret, NONCE, { authTagLength: TAG_SIZE })
    decipher.setAAD(Buffer.from(keyId(key.publicKey)))
    decipher.setAuthTag(bytes.subarray(-TAG_SIZE))
    return decipher.update(bytes.subarray(KEY_SIZE, -TAG_SIZE), undefined, 'utf8') + decipher.final('utf8')
  } catch (thrown) {
    throw new OperatorError('sealed secret is damaged', { cause: thrown })
  }
}

function derive(own: KeyObject, other: KeyObject, sender: Uint8Array, receiver: Uint8Array): Buffer {
  const shared = agree(own, other)
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([sender, receiver]), INFO, 32))
}

/** OpenSSL refuses a shared secret of zeros, which a public key of small order gives (RFC 7748 section 6.1). */
function agree(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  try {
    return diffieHellman({ privateKey, publicKey })
  } catch (thrown) {
    throw new OperatorError(`sealing key cannot be used: ${messageOf(thrown)}`, { cause: thrown })
  }
}

function keyId(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16)
}

function importPublic(bytes: Uint8Array): KeyObject {
  if (bytes.length !== KEY_SIZE) throw new OperatorError(`sealing key has ${bytes.length} of ${KEY_SIZE} bytes`)
  return createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' })
}

function importPrivate(bytes: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.concat([PKCS8, bytes]), format: 'der', type: 'pkcs8' })
  } catch (thrown) {
    throw new OperatorError(`sealing key cannot be used: ${messageOf(thrown)}`, { cause: thrown })
  }
}
