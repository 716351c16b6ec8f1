import { toHex } from '../core/bytes.ts'

/** Gives that many unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array

/** The cookie that RFC 3261 §8.1.1.7 puts before every branch, and 64 random bits. */
export function makeBranch(random: RandomBytes): string {
  return `z9hG4bK${toHex(random(8))}`
}

/** A tag: RFC 3261 §19.3 asks for at least 32 random bits. */
export function makeTag(random: RandomBytes): string {
  return toHex(random(6))
}
