import { createHash, randomBytes } from 'node:crypto'

/** A new secret of 256 bits. `kind` stands before it, so that a leaked one is recognised. */
export function newToken(kind: 'bls' | 'bla' | 'bli' | 'blc' | 'blp' | 'blr'): string {
  return `${kind}_${randomBytes(32).toString('base64url')}`
}

/** What is stored of a token. It is too random to be guessed, so a fast hash does. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Ordered by time, so that pages of lists stay put. */
export function newId(): string {
  return Bun.randomUUIDv7()
}
