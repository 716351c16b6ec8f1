import { createHash } from 'node:crypto'

/** SHA-256 of a text or of bytes, in hexadecimal: what versions, packs and their files are told apart by. */
export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
