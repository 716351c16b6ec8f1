import type { Clock, EpochMs } from '../../services/core/clock.ts'

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  /** Moves it on and returns the new time. */
  advance(ms: number): EpochMs
  set(now: EpochMs): void
}

/** Starts at 2026-01-01T00:00:00Z unless told otherwise. */
export function makeTestClock(start: EpochMs = 1_767_225_600_000): TestClock {
  let now = start
  return {
    now: () => now,
    advance(ms) {
      now += ms
      return now
    },
    set(to) {
      now = to
    },
  }
}
