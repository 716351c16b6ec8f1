import type { EpochMs } from '../core/clock.ts'

// Two boxes with one key: a disk was copied, or a backup runs beside what it was made of.

/** The starts of the program that have used a key. */
export interface Boots {
  readonly current: string
  /** When the current one was first heard of. */
  readonly since: EpochMs
  /** Those before, newest first. */
  readonly earlier: readonly string[]
}

/** So many starts are remembered. */
const KEPT = 32

/**
 * What a request says of who holds the key. A start that was followed by another is over: should it sign a challenge
 * that was given after that, both are alive. A request that was merely late has an older challenge.
 */
export function seeBoot(
  boots: Boots | undefined,
  request: { readonly bootId: string; readonly challengedAt: EpochMs },
  now: EpochMs,
): { readonly boots: Boots; readonly cloned: boolean } {
  const { bootId, challengedAt } = request
  if (boots === undefined) return { boots: { current: bootId, since: now, earlier: [] }, cloned: false }
  if (boots.current === bootId) return { boots, cloned: false }
  const wasThere = boots.earlier.includes(bootId)
  if (wasThere && challengedAt <= boots.since) return { boots, cloned: false }
  const earlier = [boots.current, ...boots.earlier.filter((one) => one !== bootId)].slice(0, KEPT)
  return { boots: { current: bootId, since: now, earlier }, cloned: wasThere }
}
