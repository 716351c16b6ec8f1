import type { Happening, Journal } from '../journey/contract.ts'

/** What waits to be recorded at most: the whole start of some 1,000 phones. Beyond that recording keeps pace. */
const MOST_WAITING = 4096

/** Records happenings in their order, but after the answers that they tell of. */
export class LateJournal implements Journal {
  readonly #journal: Journal
  #waiting: Happening[] = []

  constructor(journal: Journal) {
    this.#journal = journal
  }

  get waiting(): number {
    return this.#waiting.length
  }

  record(happening: Happening): void {
    this.#waiting.push(happening)
  }

  /** Records what exceeds the bound. */
  keepPace(): void {
    if (this.#waiting.length > MOST_WAITING) this.flush(this.#waiting.length - MOST_WAITING)
  }

  flush(most = this.#waiting.length): void {
    for (const happening of this.#waiting.splice(0, most)) this.#journal.record(happening)
  }
}
