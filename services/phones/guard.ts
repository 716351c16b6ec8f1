import type { EpochMs } from '../core/clock.ts'

// Slows guessing down. Time is an argument and memory is bounded, so a test needs neither clock nor patience.

export interface GuardLimits {
  /** Refusals from one address within `refusalWindowMs` after which it gets no answer at all. */
  readonly refusals: number
  readonly refusalWindowMs: number
  readonly silenceMs: number
  /** Requests of one address for one device: so many at once, and so many a minute after that. */
  readonly burst: number
  readonly perMinute: number
}

/** Threat model, section 6: a phone asks for 10 to 20 files at boot; ten refusals are no phone. */
export const GUARD_LIMITS: GuardLimits = {
  refusals: 10,
  refusalWindowMs: 600_000,
  silenceMs: 600_000,
  burst: 30,
  perMinute: 60,
}

export type GuardVerdict = { readonly kind: 'pass' } | { readonly kind: 'silence'; readonly reason: string }

export interface Guard {
  /**
   * May this request be looked at? Several devices behind one address have a budget each: `subject` is the device
   * that the name or the agent tells.
   */
  admit(at: EpochMs, source: number, subject: string): GuardVerdict
  /** Why this address gets no answer at all now, if so. Costs it nothing. */
  silence(at: EpochMs, source: number): string | undefined
  /** Counts a refusal; true when this one was the last straw. */
  refused(at: EpochMs, source: number): boolean
}

const MAX_SOURCES = 4096

interface Source {
  refusals: EpochMs[]
  silentUntil: EpochMs
}

interface Bucket {
  tokens: number
  at: EpochMs
}

/** Keeps at most so many entries; the one that was touched longest ago goes first. */
function touch<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make()
  map.delete(key)
  map.set(key, value)
  if (map.size > MAX_SOURCES)
    for (const oldest of map.keys()) {
      map.delete(oldest)
      break
    }
  return value
}

export function makeGuard(limits: GuardLimits = GUARD_LIMITS): Guard {
  const sources = new Map<number, Source>()
  const buckets = new Map<string, Bucket>()
  const silence = (at: EpochMs, source: number): string | undefined => {
    const known = sources.get(source)
    if (known === undefined || at >= known.silentUntil) return undefined
    return `too many refusals, silent for ${seconds(known.silentUntil - at)}`
  }
  return {
    silence,
    admit(at, source, subject) {
      const reason = silence(at, source)
      if (reason !== undefined) return { kind: 'silence', reason }
      const bucket = touch(buckets, `${source}/${subject}`, () => ({ tokens: limits.burst, at }))
      bucket.tokens = Math.min(limits.burst, bucket.tokens + (Math.max(0, at - bucket.at) * limits.perMinute) / 60_000)
      bucket.at = at
      if (bucket.tokens < 1) return { kind: 'silence', reason: `more than ${limits.perMinute} requests a minute` }
      bucket.tokens -= 1
      return { kind: 'pass' }
    },
    refused(at, source) {
      const entry = touch<number, Source>(sources, source, () => ({ refusals: [], silentUntil: 0 }))
      entry.refusals = entry.refusals.filter((then) => at - then < limits.refusalWindowMs)
      entry.refusals.push(at)
      if (entry.refusals.length < limits.refusals) return false
      entry.refusals = []
      entry.silentUntil = at + limits.silenceMs
      return true
    },
  }
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}
