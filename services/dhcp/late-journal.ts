import type { Happening, Journal } from '../journey/contract.ts'

/** Records happenings in their order, but after the answers that they tell of: clients wait for those. */
export class LateJournal implements Journal {
  readonly #journal: Journal
  #waiting: Happening[] = []

  constructor(journal: Journal) {
    this.#journal = journal
  }

  record(happening: Happening): void {
    this.#waiting.push(happening)
  }

  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const happening of waiting) this.#journal.record(happening)
  }
}
