import type { EpochMs } from '../../services/core/clock.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** After the first try, the second … and so on; the last one is repeated. */
const PAUSES = [10 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR] as const
/** Tried for a day, whatever happens meanwhile. */
const LIFE_MS = 24 * HOUR
/** A channel that nothing reached for so long is switched off. */
const CHANNEL_MS = 3 * 24 * HOUR

/** When a delivery is tried next after `tries` that failed; undefined: never again. */
export function nextTry(tries: number, createdAt: EpochMs, now: EpochMs): EpochMs | undefined {
  const pause = PAUSES[Math.min(tries, PAUSES.length) - 1] ?? PAUSES[0]
  return now + pause - createdAt > LIFE_MS ? undefined : now + pause
}

/** Whether a channel has failed for so long that it is switched off. */
export function isLost(failingSince: EpochMs, now: EpochMs): boolean {
  return now - failingSince >= CHANNEL_MS
}
