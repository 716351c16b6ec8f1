import type { Counters } from '../core/counters.ts'
import { messageOf, OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { OfferedOption } from './contract.ts'
import { type OptionSet, readyOptions } from './policy-setup.ts'

/** Encodes what the advisor says, once for each list that it hands out. One option that cannot be encoded costs only itself. */
export class AdviceEncoder {
  readonly #log: Log
  readonly #counters: Counters
  readonly #known = new WeakMap<readonly OfferedOption[], OptionSet>()

  constructor(log: Log, counters: Counters) {
    this.#log = log
    this.#counters = counters
  }

  encode(options: readonly OfferedOption[]): OptionSet {
    const known = this.#known.get(options)
    if (known !== undefined) return known
    const set: OptionSet = new Map(options.flatMap((option) => [...this.#encodeOne(option)]))
    this.#known.set(options, set)
    return set
  }

  #encodeOne(option: OfferedOption): OptionSet {
    try {
      return readyOptions([option])
    } catch (thrown) {
      if (!(thrown instanceof OperatorError)) throw thrown
      this.#counters.add('dhcp.option-left-out')
      this.#log.warn('dhcp option cannot be sent', { error: messageOf(thrown) })
      return new Map()
    }
  }
}
