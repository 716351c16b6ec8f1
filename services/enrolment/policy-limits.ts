import type { EpochMs } from '../core/clock.ts'

// How much guessing is allowed. The attempts themselves are kept by the storage, so that several processes count together.

export interface Limit {
  readonly most: number
  readonly withinMs: number
}

export const WRONG_BY_ADMIN: Limit = { most: 5, withinMs: 10 * 60_000 }
export const WRONG_BY_ADDRESS: Limit = { most: 20, withinMs: 3_600_000 }
/** Over all accounts: nobody is slowed by it, somebody is told. */
export const WRONG_BY_ALL: Limit = { most: 50, withinMs: 60_000 }
/** Codes alive at once from one public address, and in all: each is one more that a guess can hit. */
export const ALIVE_BY_ADDRESS = 10
export const ALIVE_IN_ALL = 20_000

/** Seconds until another attempt is allowed; undefined: now. `times` are those within the window, oldest first. */
export function heldFor(limit: Limit, times: readonly EpochMs[], now: EpochMs): number | undefined {
  const deciding = times[times.length - limit.most]
  if (deciding === undefined) return undefined
  const left = deciding + limit.withinMs - now
  return left > 0 ? Math.ceil(left / 1000) : undefined
}

/** Seconds between polls at first, the step by which a box that asks too often is slowed (RFC 8628 §3.5), and the most. */
const FIRST_INTERVAL = 5
const SLOWER = 5
const SLOWEST = 60
/** Two requests that were sent apart may arrive this much closer. */
const LEEWAY_MS = 1_000

export interface Polling {
  readonly interval: number
  readonly lastAt?: EpochMs
}

export const NEW_POLLING: Polling = { interval: FIRST_INTERVAL }

/** Whether a poll came too early, and how it goes on. */
export function poll({ interval, lastAt }: Polling, now: EpochMs): { readonly early: boolean; readonly next: Polling } {
  const early = lastAt !== undefined && now - lastAt < interval * 1000 - LEEWAY_MS
  const slower = early ? Math.min(SLOWEST, interval + SLOWER) : interval
  return { early, next: { interval: slower, lastAt: now } }
}
