import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { encodeBase32 } from './codec-base32.ts'
import type { Hmac } from './policy-totp.ts'

export type Random = (length: number) => Uint8Array

/** What is stored of a secret that has too many bits to be guessed; passwords have not, and are hashed slowly. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** 256 random bits for a cookie or a token. */
export function newSecret(random: Random): string {
  return Buffer.from(random(32)).toString('base64url')
}

/** Fifty random bits in ten letters and digits that are hard to mistake, in two halves. */
export function newRecoveryCode(random: Random): string {
  const text = encodeBase32(random(7)).slice(0, 10).toLowerCase()
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

/** What people change when they copy a code: case, spaces, dashes. */
export function plainCode(code: string): string {
  return code.toLowerCase().replace(/[\s-]/g, '')
}

/** Forty random bits in eight letters and digits. */
export function newSetupCode(random: Random): string {
  return encodeBase32(random(5))
}

/** Compares in a time that depends on neither text. */
export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(a), 'hex'), Buffer.from(hashOf(b), 'hex'))
}

export const hmacSha1: Hmac = (key, message) => new Uint8Array(createHmac('sha1', key).update(message).digest())
