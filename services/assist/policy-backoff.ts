import type { EpochMs } from '../core/clock.ts'

// Slows guessing down. Time is an argument and memory is bounded.

export interface BackoffLimits {
  /** So many failures cost nothing but themselves; the next one must wait. */
  readonly free: number
  /** The first wait; each further failure doubles it. */
  readonly firstMs: number
  readonly mostMs: number
  /** Failures are forgotten so long after the last wait ended. */
  readonly forgetMs: number
  readonly maxKeys: number
}

/** One phone, or one address: the fifth wrong PIN holds it for half a minute, the tenth for a quarter of an hour. */
export const EACH: BackoffLimits = { free: 4, firstMs: 30_000, mostMs: 3_600_000, forgetMs: 3_600_000, maxKeys: 4096 }

/**
 * All together, for a flood from invented addresses: thirty mistakes an hour are a busy move, more are slowed to a
 * hundred guesses a day. Of a million PINs that finds one in ten thousand days of a year's rounds.
 */
export const ALL: BackoffLimits = { free: 30, firstMs: 10_000, mostMs: 900_000, forgetMs: 3_600_000, maxKeys: 1 }

export interface Backoff {
  /** Until when this key may not try; undefined: it may now. */
  heldUntil(key: string, at: EpochMs): EpochMs | undefined
  /** Counts a failure; `held` when it must wait from now on. */
  failed(key: string, at: EpochMs): { readonly failures: number; readonly held: boolean }
  forget(key: string): void
}

interface Entry {
  failures: number
  until: EpochMs
}

export function makeBackoff(limits: BackoffLimits): Backoff {
  const entries = new Map<string, Entry>()
  const fresh = (key: string, at: EpochMs): Entry | undefined => {
    const entry = entries.get(key)
    if (entry === undefined || at < entry.until + limits.forgetMs) return entry
    entries.delete(key)
    return undefined
  }
  return {
    heldUntil(key, at) {
      const until = fresh(key, at)?.until ?? 0
      return at < until ? until : undefined
    },
    failed(key, at) {
      const failures = (fresh(key, at)?.failures ?? 0) + 1
      const doublings = failures - limits.free - 1
      const wait = doublings < 0 ? 0 : Math.min(limits.mostMs, limits.firstMs * 2 ** Math.min(doublings, 30))
      entries.delete(key)
      entries.set(key, { failures, until: at + wait })
      // The key that failed longest ago goes first.
      if (entries.size > limits.maxKeys)
        for (const oldest of entries.keys()) {
          entries.delete(oldest)
          break
        }
      return { failures, held: wait > 0 }
    },
    forget: (key) => void entries.delete(key),
  }
}
