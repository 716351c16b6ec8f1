import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { Work } from './work.ts'

/** Begins all work, each again when it is done and its pause over. Disposing waits for what is under way. */
export function startWork(works: readonly Work[], log: Log): AsyncDisposable {
  let stopped = false
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const running = new Set<Promise<void>>()

  async function once({ name, run }: Work): Promise<void> {
    try {
      await run()
    } catch (thrown) {
      log.warn('work failed', { work: name, reason: messageOf(thrown) })
    }
  }
  function later(work: Work): void {
    if (stopped) return
    const timer = setTimeout(() => {
      const run = once(work).finally(() => {
        running.delete(run)
        later(work)
      })
      running.add(run)
    }, work.everyMs)
    timers.set(work.name, timer)
  }
  for (const work of works) later(work)
  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
