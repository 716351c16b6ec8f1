import type { EpochMs } from '../../services/core/clock.ts'

/** A leaking bucket: each try adds a point, points leak away with time, and a full one refuses. */
export interface Limit {
  readonly most: number
  readonly perMs: number
}

const minutes = (n: number) => n * 60_000

/** Ten tries, then one in three minutes; the threat model's figures for guesses. */
export const LIMITS = {
  /** Of one e-mail address, from anywhere. */
  account: { most: 10, perMs: 1 / minutes(3) },
  /** Of one network address, for any e-mail address: a whole office may sit behind one. */
  address: { most: 30, perMs: 1 / minutes(1) },
  /** Of links for a new password to one e-mail address: nobody's letter box shall be filled by them. */
  reset: { most: 3, perMs: 1 / minutes(20) },
  /** Of second factors of one person: a million codes must stay out of reach. */
  factor: { most: 6, perMs: 1 / minutes(5) },
} as const satisfies Record<string, Limit>

export interface Bucket {
  readonly points: number
  readonly at: EpochMs
}

export type Drop =
  | { readonly allowed: true; readonly bucket: Bucket }
  | { readonly allowed: false; readonly retryAfterMs: number }

/** One try more. A refused one adds nothing, so that who waits gets in. */
export function drop(bucket: Bucket | undefined, limit: Limit, now: EpochMs): Drop {
  // A clock that went back leaks nothing.
  const elapsed = Math.max(0, now - (bucket?.at ?? now))
  const points = Math.max(0, (bucket?.points ?? 0) - elapsed * limit.perMs)
  if (points + 1 > limit.most)
    return { allowed: false, retryAfterMs: Math.ceil((points + 1 - limit.most) / limit.perMs) }
  return { allowed: true, bucket: { points: points + 1, at: now } }
}
