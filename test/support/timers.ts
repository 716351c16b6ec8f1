/** Timers that stand still until a test moves them. */
export interface TestTimers {
  /** Calls `work` once after so many milliseconds; returns the way to stop. */
  readonly later: (ms: number, work: () => void) => () => void
  readonly monotonic: () => number
  /** Milliseconds until the next one; undefined when none waits. */
  next(): number | undefined
  /** Moves on by so much, running what comes due in its order, and lets promises settle after each. */
  advance(ms: number): Promise<void>
}

export function makeTestTimers(): TestTimers {
  let now = 0
  const waiting = new Set<{ readonly at: number; readonly work: () => void }>()
  const first = () => [...waiting].sort((a, b) => a.at - b.at)[0]
  return {
    later(ms, work) {
      const timer = { at: now + ms, work }
      waiting.add(timer)
      return () => void waiting.delete(timer)
    },
    monotonic: () => now,
    next() {
      const timer = first()
      return timer && timer.at - now
    },
    async advance(ms) {
      const end = now + ms
      for (let timer = first(); timer !== undefined && timer.at <= end; timer = first()) {
        waiting.delete(timer)
        now = timer.at
        timer.work()
        await settled()
      }
      now = end
      await settled()
    },
  }
}

/** Resolves when promises that need no timer have settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
