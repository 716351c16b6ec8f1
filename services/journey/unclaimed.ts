import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Happening } from './contract.ts'

const MAX_ADDRESSES = 256
const MAX_EACH = 20
// Longer, and the address may have gone to another device in between.
const MAX_AGE_MS = 120_000

const NONE: readonly Happening[] = []

/** Happenings of addresses that nobody is known to hold yet, kept for a short while. */
export interface Unclaimed {
  put(address: Ipv4, happening: Happening): void
  /** Takes out what happened at this address in the two minutes before `at`, in order. */
  take(address: Ipv4, at: EpochMs): readonly Happening[]
}

/** At most 256 addresses with 20 happenings each; the address that waits longest goes first. */
export function makeUnclaimed(): Unclaimed {
  const waiting = new Map<Ipv4, Happening[]>()
  return {
    put(address, happening) {
      const list = waiting.get(address) ?? []
      list.push(happening)
      if (list.length > MAX_EACH) list.shift()
      waiting.delete(address)
      waiting.set(address, list)
      if (waiting.size <= MAX_ADDRESSES) return
      for (const oldest of waiting.keys()) {
        waiting.delete(oldest)
        return
      }
    },
    take(address, at) {
      const list = waiting.size === 0 ? undefined : waiting.get(address)
      if (list === undefined) return NONE
      waiting.delete(address)
      return list.filter((happening) => at - happening.at <= MAX_AGE_MS)
    },
  }
}
