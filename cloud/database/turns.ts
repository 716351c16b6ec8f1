import { InvariantError } from '../../services/core/errors.ts'

/** Longer than any transaction: who waits so long waits for itself, e.g. asks the database inside its own transaction. */
const LONGEST_WAIT_MS = 30_000

/** One at a time, in the order in which they came. */
export class Turns {
  readonly #waiting: (() => void)[] = []
  readonly #longest: number
  #taken = false

  constructor(longestWaitMs = LONGEST_WAIT_MS) {
    this.#longest = longestWaitMs
  }

  take(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(mine), 1)
        reject(new InvariantError(`the database was held by one transaction for ${this.#longest} ms`))
      }, this.#longest)
      const mine = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.push(mine)
    })
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken = false
    else next()
  }
}
