import type { Clock, EpochMs } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import type { Log } from '../core/log.ts'
import type { Dropped } from './policy-queue.ts'

const WARN_EVERY_MS = 10_000

/** Counts packets that are dropped undecided, and says so in the log now and then. */
export class DropReport {
  readonly #deps: { readonly counters: Counters; readonly log: Log; readonly clock: Clock }
  #unsaid = 0
  #saidAt: EpochMs = Number.NEGATIVE_INFINITY

  constructor(deps: { readonly counters: Counters; readonly log: Log; readonly clock: Clock }) {
    this.#deps = deps
  }

  note(reason: Dropped, count: number): void {
    const { counters, log, clock } = this.#deps
    if (reason === 'repeat') {
      counters.add('dhcp.repeat-joined', count)
      return
    }
    counters.add('dhcp.overload-dropped', count)
    this.#unsaid += count
    const now = clock.now()
    if (now - this.#saidAt < WARN_EVERY_MS) return
    log.warn('dhcp packets dropped: more was asked than can be answered', { reason, count: this.#unsaid })
    this.#unsaid = 0
    this.#saidAt = now
  }
}
