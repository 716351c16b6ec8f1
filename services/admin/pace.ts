import type { Clock } from '../core/clock.ts'
import type { Happening, Journeys } from '../journey/contract.ts'

const MINUTE_MS = 60_000
/** How far back the page looks. */
export const MINUTES = 120

/** What phones did in one minute. */
export interface Minute {
  /** When it began. */
  readonly at: number
  /** Addresses that were given or prolonged. */
  leased: number
  /** Phones' own configurations that arrived whole. */
  configured: number
  /** Other files: firmware, pictures, what all of a model share. */
  files: number
  /** Refusals, and files that broke off. */
  failed: number
}
type Count = Exclude<keyof Minute, 'at'>

/** Counts what phones do by the minute, for the last two hours, in memory: a morning's boot storm can be seen as one. */
export function makePace({ journeys, clock }: { journeys: Pick<Journeys, 'onHappening'>; clock: Clock }) {
  const kept = new Map<number, Minute>()
  const close = journeys.onHappening((happening) => {
    const count = countOf(happening)
    if (count === undefined) return
    const at = Math.floor(happening.at / MINUTE_MS) * MINUTE_MS
    const minute = kept.get(at) ?? { at, leased: 0, configured: 0, files: 0, failed: 0 }
    minute[count]++
    kept.set(at, minute)
    // A clock that was set anew may have left minutes of any time.
    for (const old of kept.keys()) if (kept.size > MINUTES) kept.delete(old)
  })
  return {
    /** The minutes in which something happened, oldest first. */
    minutes(): readonly Minute[] {
      const now = clock.now()
      return [...kept.values()]
        .filter(({ at }) => at > now - MINUTES * MINUTE_MS && at <= now)
        .sort((a, b) => a.at - b.at)
    },
    close,
  }
}

function countOf({ step }: Happening): Count | undefined {
  switch (step.kind) {
    case 'dhcp.answered':
      return step.message === 'ack' ? 'leased' : undefined
    case 'file.completed':
      return step.own ? 'configured' : 'files'
    case 'file.broken':
    case 'file.refused':
    case 'dhcp.refused':
      return 'failed'
    default:
      return undefined
  }
}
