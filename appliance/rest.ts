import type { Counters } from '../services/core/counters.ts'

export interface RestDeps {
  readonly counters: Pick<Counters, 'all'>
  /** Collects garbage now; takes some ten milliseconds. */
  readonly collect: () => void
}

/** What the box counts of its own accord, whether or not anybody asks anything of it. */
const OWN_WORK = new Set(['dhcp.probed'])

/**
 * Gives memory back once the box has come to rest after work: a boot storm leaves garbage that nothing collects while
 * nothing is asked, and a small machine has other use for it. Call the returned function every few seconds.
 */
export function makeRest({ counters, collect }: RestDeps): () => void {
  let last = -1
  let busy = true
  return () => {
    let sum = 0
    for (const [name, count] of counters.all()) if (!OWN_WORK.has(name)) sum += count
    if (sum !== last) busy = true
    else if (busy) {
      busy = false
      collect()
    }
    last = sum
  }
}
