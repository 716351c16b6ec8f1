import type { BackoffLimits } from '../core/backoff.ts'

/** One phone, or one address: the fifth wrong PIN holds it for half a minute, the tenth for a quarter of an hour. */
export const EACH: BackoffLimits = { free: 4, firstMs: 30_000, mostMs: 3_600_000, forgetMs: 900_000, maxKeys: 4096 }

/**
 * All together, for a flood from invented addresses: thirty mistakes at once are a busy move, more are slowed, and over
 * a day a few hundred of a million PINs can be tried. Each claim that works makes up for one mistake, so that a thousand
 * people who claim their phones in an hour may mistype half the time.
 */
export const ALL: BackoffLimits = { free: 30, firstMs: 10_000, mostMs: 900_000, forgetMs: 300_000, maxKeys: 1 }
