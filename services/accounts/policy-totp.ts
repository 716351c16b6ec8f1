import type { EpochMs } from '../core/clock.ts'

/** HMAC-SHA-1 of a message; the box gives it. Every authenticator knows SHA-1, and many know nothing else. */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array

/** RFC 6238 §4: steps of 30 s since 1970. */
const STEP_MS = 30_000
/** RFC 6238 §5.2: one step back for what is on its way, and one ahead for a clock that is fast. */
const SLACK = [0, -1, 1]

/** The six digits of a step (RFC 4226 §5.3). */
export function totpAt(key: Uint8Array, step: number, hmac: Hmac): string {
  const message = new Uint8Array(8)
  new DataView(message.buffer).setBigUint64(0, BigInt(step))
  const digest = hmac(key, message)
  const offset = (digest[digest.length - 1] ?? 0) & 15
  const number = new DataView(digest.buffer, digest.byteOffset + offset, 4).getUint32(0) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/**
 * The step whose digits these are, near `now` and after `usedStep`; undefined: none. Each step is good once (RFC 6238
 * §5.2), so who looks over a shoulder comes too late.
 */
export function stepOf(
  given: string,
  { key, now, usedStep, hmac }: { key: Uint8Array; now: EpochMs; usedStep: number; hmac: Hmac },
): number | undefined {
  const digits = given.replace(/\s/g, '')
  if (!/^\d{6}$/.test(digits)) return undefined
  const current = Math.floor(now / STEP_MS)
  return SLACK.map((slack) => current + slack).find((step) => step > usedStep && totpAt(key, step, hmac) === digits)
}

/** What a QR code for an authenticator holds (the key URI format that they all read). */
export function totpUri(account: string, secret: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`
}
