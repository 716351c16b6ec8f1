/** Times in milliseconds, `now` from a clock that never jumps. */
export interface RetryState {
  /** Smoothed round-trip time and its variation (RFC 6298); undefined before the first measurement. */
  readonly roundTrip: { readonly smooth: number; readonly variation: number } | undefined
  /** Timeouts since the last progress. */
  readonly retries: number
}

export const freshRetry: RetryState = { roundTrip: undefined, retries: 0 }

/** Before anything is measured, and never waited longer than this for a first repeat. */
const FIRST_WAIT_MS = 1000
/** A device may pause to write its flash: shorter than this only makes duplicates. */
const LEAST_WAIT_MS = 200
const MOST_WAIT_MS = 8000
/** 1 + 2 + 4 + 8 s: somebody who never acknowledged anything may be a forged source, and gets few packets. */
const RETRIES_UNPROVEN = 3
const RETRIES = 7
/** A long timeout that the client asked for must not hold a transfer open for half an hour. */
const PATIENCE_MS = 60_000

/** Progress was made; `measured` is the round trip, given only for what was sent once (Karn's rule). */
export function progressed(state: RetryState, measured: number | undefined): RetryState {
  if (measured === undefined) return { roundTrip: state.roundTrip, retries: 0 }
  const before = state.roundTrip
  if (before === undefined) return { roundTrip: { smooth: measured, variation: measured / 2 }, retries: 0 }
  const variation = before.variation * 0.75 + Math.abs(before.smooth - measured) * 0.25
  return { roundTrip: { smooth: before.smooth * 0.875 + measured * 0.125, variation }, retries: 0 }
}

/** How long to wait before the next repeat: doubled after each. A timeout that the client gave is kept as it is. */
export function waitOf(state: RetryState, asked: number | undefined): number {
  if (asked !== undefined) return asked
  const { roundTrip } = state
  const base = roundTrip === undefined ? FIRST_WAIT_MS : roundTrip.smooth + 4 * roundTrip.variation
  const first = Math.min(FIRST_WAIT_MS, Math.max(LEAST_WAIT_MS, base))
  return Math.min(MOST_WAIT_MS, first * 2 ** state.retries)
}

/** One more repeat, or undefined when it is time to give up. */
export function retried(state: RetryState, proven: boolean, asked: number | undefined): RetryState | undefined {
  const most = proven ? RETRIES : RETRIES_UNPROVEN
  const limit = asked === undefined ? most : Math.min(most, Math.max(1, Math.ceil(PATIENCE_MS / asked)))
  if (state.retries >= limit) return undefined
  return { roundTrip: state.roundTrip, retries: state.retries + 1 }
}
