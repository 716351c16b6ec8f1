const MINUTE = 60_000
/** A quiet box asks less and less often, but at least this often. */
const SLOWEST = 5 * MINUTE
/** After an outage, boxes come back spread over this time. */
const SPREAD = 10 * MINUTE

export interface PaceFacts {
  /** Cycles in a row that moved nothing. */
  readonly idle: number
  /** Cycles in a row that failed. */
  readonly failed: number
  /** Milliseconds that the cloud asked to wait (`Retry-After`). */
  readonly retryAfter?: number
  /** In [0, 1). */
  readonly random: number
}

/** Milliseconds until the next cycle; a poke comes before. 60 s give or take 20 %, growing to 5 min when nothing moves. */
export function nextDelay({ idle, failed, retryAfter, random }: PaceFacts): number {
  const jittered = (ms: number) => Math.round(ms * (0.8 + 0.4 * random))
  if (retryAfter !== undefined) return Math.round(retryAfter + random * Math.min(retryAfter, SPREAD))
  // The first failure may be anything; after several it is an outage, at whose end all boxes would come at once.
  if (failed >= 3) return Math.round(MINUTE + random * (SPREAD - MINUTE))
  return jittered(Math.min(SLOWEST, MINUTE * Math.max(1, idle - 4)))
}

/** Milliseconds until a stream that ended is opened again, so many failures in a row after the last good one. */
export function reconnectDelay({ failed, random }: { readonly failed: number; readonly random: number }): number {
  // All streams of a cloud that is started anew end in the same moment.
  if (failed <= 1) return Math.round(1_000 + random * 9_000)
  if (failed === 2) return Math.round(10_000 + random * 50_000)
  return Math.round(MINUTE + random * (SPREAD - MINUTE))
}
