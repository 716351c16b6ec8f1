import { createHash } from 'node:crypto'
import type { Hash } from './policy-value.ts'

/** SHA-256 of UTF-8 text in lower-case hexadecimal, as the policies want it. */
export const sha256: Hash = (text) => createHash('sha256').update(text, 'utf8').digest('hex')
