import type { EpochMs } from './clock.ts'

// Slows guessing down. Time is an argument and memory is bounded.

export interface BackoffLimits {
  /** So many failures cost nothing but themselves; the next one must wait. */
  readonly free: number
  /** The first wait; each further failure doubles it. */
  readonly firstMs: number
  readonly mostMs: number
  /** One failure is forgotten each time so much has passed since the last wait ended. */
  readonly forgetMs: number
  readonly maxKeys: number
}

export interface Backoff {
  /** Until when this key may not try; undefined: it may now. */
  heldUntil(key: string, at: EpochMs): EpochMs | undefined
  /** Counts a failure; `held` when it must wait from now on. */
  failed(key: string, at: EpochMs): { readonly failures: number; readonly held: boolean }
  /** Takes one failure back. */
  forgive(key: string): void
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
    if (entry === undefined) return undefined
    const forgotten = Math.floor(Math.max(0, at - entry.until) / limits.forgetMs)
    if (forgotten === 0) return entry
    entry.failures -= forgotten
    entry.until += forgotten * limits.forgetMs
    if (entry.failures > 0) return entry
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
    forgive(key) {
      const entry = entries.get(key)
      if (entry !== undefined) entry.failures--
      if (entry !== undefined && entry.failures <= 0) entries.delete(key)
    },
    forget: (key) => void entries.delete(key),
  }
}
