import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { InvariantError } from '../core/errors.ts'
import type { PublicKey } from './contract.ts'
import type { Verify } from './policy-keys.ts'

/** A key pair as it is kept: both halves as the 32 bytes that RFC 8037 calls `x` and `d`, base64url. */
export interface KeyPair {
  readonly publicKey: PublicKey
  readonly privateKey: string
}

export function sha256(content: string | Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(content).digest())
}

export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** SHA-256 of a public key's 32 bytes. */
export function keyHash(key: PublicKey): Uint8Array {
  return sha256(Buffer.from(key, 'base64url'))
}

/** The same in hexadecimal: what lists of boxes name them by. */
export function fingerprintOf(key: PublicKey): string {
  return sha256Hex(Buffer.from(key, 'base64url'))
}

export function hmac(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** A new pair: `ed25519` signs, `x25519` opens what is sealed to it. */
export function newKeyPair(kind: 'ed25519' | 'x25519'): KeyPair {
  // Two calls, since the runtime's types have one signature for each kind.
  const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519')
  const { x, d } = pair.privateKey.export({ format: 'jwk' })
  if (x === undefined || d === undefined) throw new InvariantError(`a new ${kind} key has no bytes`)
  return { publicKey: x, privateKey: d }
}

/** Ed25519 over UTF-8 text (RFC 8032), base64url. */
export function signText({ publicKey, privateKey }: KeyPair, text: string): string {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey, d: privateKey }
  return sign(null, Buffer.from(text), createPrivateKey({ key: jwk, format: 'jwk' })).toString('base64url')
}

/** Whether the signature is this key's over the text. A key that is none has signed nothing. */
export const verifyText: Verify = (key, text, signature) => {
  let publicKey: KeyObject
  try {
    publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' })
  } catch {
    return false
  }
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'))
}
