export interface Timer {
  cancelled: boolean
  readonly work: () => void
}

const SLOT_MS = 2

/** Timers for thousands of hosts in one loop: slots of two milliseconds, so that setting and cancelling cost nothing. */
export class Timers {
  readonly #slots = new Map<number, Timer[]>()
  #next = Math.floor(performance.now() / SLOT_MS)

  after(ms: number, work: () => void): Timer {
    const timer = { cancelled: false, work }
    const slot = Math.max(this.#next, Math.ceil((performance.now() + ms) / SLOT_MS))
    const waiting = this.#slots.get(slot)
    if (waiting === undefined) this.#slots.set(slot, [timer])
    else waiting.push(timer)
    return timer
  }

  /** Runs what is due. */
  run(now: number): void {
    const last = Math.floor(now / SLOT_MS)
    while (this.#next <= last) {
      const slot = this.#next++
      const due = this.#slots.get(slot)
      if (due === undefined) continue
      this.#slots.delete(slot)
      for (const timer of due) if (!timer.cancelled) timer.work()
    }
  }
}
