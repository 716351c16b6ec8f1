export type JobWaits = ReturnType<typeof makeJobWaits>

/** Who waits in this process for news of a job. Another process may have the news: whoever waits looks now and then too. */
export function makeJobWaits() {
  const waiting = new Map<string, Set<() => void>>()
  let ended = false
  return {
    /** The program ends: nobody waits any more. */
    end(): void {
      ended = true
      for (const wakes of [...waiting.values()]) for (const wake of [...wakes]) wake()
    },
    ended: () => ended,

    changed(id: string): void {
      for (const wake of [...(waiting.get(id) ?? [])]) wake()
    },

    /** Resolves at the next news, or after `ms`. */
    next(id: string, ms: number): Promise<void> {
      return new Promise((resolve) => {
        const wakes = waiting.get(id) ?? new Set()
        waiting.set(id, wakes)
        const end = () => {
          clearTimeout(timer)
          wakes.delete(end)
          if (wakes.size === 0) waiting.delete(id)
          resolve()
        }
        const timer = setTimeout(end, ms)
        wakes.add(end)
      })
    },
  }
}
