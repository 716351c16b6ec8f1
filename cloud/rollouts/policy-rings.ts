import type { RolloutInput } from './plan.ts'

export interface Ring {
  readonly ids: readonly string[]
  /** Between its end and the next one. */
  readonly waitMinutes: number
}

/**
 * Which site is in which ring: those that a ring names, then so many of the others in their order. Nobody is in two; what is
 * left over is the last ring. A ring in which nobody would be is left out, so that none is waited for.
 */
export function ringsOf(sites: readonly string[], rings: RolloutInput['rings']): readonly Ring[] {
  const left = new Set(sites)
  // A site that a later ring names is not taken by the count of an earlier one.
  const named = new Set(rings.flatMap(({ ids = [] }) => ids))
  const all: Ring[] = []
  for (const { sites: count = 0, percent = 0, ids = [], waitMinutes } of rings) {
    const taken = ids.filter((id) => left.delete(id))
    const wanted = Math.max(count, percent === 0 ? 0 : Math.max(1, Math.round((sites.length * percent) / 100)))
    for (const id of left) {
      if (taken.length >= wanted) break
      if (named.has(id)) continue
      left.delete(id)
      taken.push(id)
    }
    if (taken.length > 0) all.push({ ids: taken, waitMinutes })
  }
  if (left.size > 0) all.push({ ids: [...left], waitMinutes: 0 })
  return all
}
