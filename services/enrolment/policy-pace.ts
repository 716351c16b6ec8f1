const MINUTE = 60_000
const SLOWEST = 5 * MINUTE
/** After an outage boxes come back spread over this time. */
const SPREAD = 10 * MINUTE
/** How often a claimed box asks after itself, so that a release is seen even when nothing else speaks to the account. */
const CHECK = 10 * MINUTE

/** What the last step came to. */
export type StepResult =
  /** Waits for a person; the cloud says how often it may be asked. */
  | { readonly kind: 'pending'; readonly intervalMs: number }
  /** The code is void: ask for another. */
  | { readonly kind: 'again' }
  | { readonly kind: 'claimed' }
  /** Nothing to do until somebody acts, here or there. */
  | { readonly kind: 'idle' }
  /** No answer, or one that cannot be used; so many in a row. */
  | { readonly kind: 'failed'; readonly failures: number; readonly retryAfterMs?: number }

/** Milliseconds until the next step. `random` is in [0, 1). */
export function nextStepIn(result: StepResult, random: number): number {
  const jittered = (ms: number) => Math.round(ms * (0.8 + 0.4 * random))
  switch (result.kind) {
    case 'pending':
      // Never earlier than allowed: that would be answered with slow_down.
      return Math.round(result.intervalMs * (1 + 0.2 * random))
    case 'again':
      return jittered(1_000)
    case 'claimed':
      return jittered(CHECK)
    case 'idle':
      return jittered(SLOWEST)
    case 'failed': {
      const { failures, retryAfterMs } = result
      if (retryAfterMs !== undefined) return Math.round(retryAfterMs + random * Math.min(retryAfterMs, SPREAD))
      return jittered(Math.min(SLOWEST, MINUTE * Math.max(1, failures - 1)))
    }
  }
}
