import { ConflictError } from '../../services/core/errors.ts'
import type { RolloutTable } from '../database/tables-rollouts.ts'
import { isOver } from './policy-advance.ts'
import type { SiteChange, SiteRow } from './rows.ts'

export const ACTS = ['pause', 'resume', 'retry', 'abort'] as const
export type Act = (typeof ACTS)[number]

interface Changes {
  readonly patch: Partial<RolloutTable>
  readonly changes: ReadonlyMap<string, SiteChange>
}

/** What an act of a person changes. Throws `ConflictError` when there is nothing that it could be done to. */
export function changesFor(
  act: Act,
  row: RolloutTable,
  sites: readonly SiteRow[],
  { now, by }: { readonly now: number; readonly by: string },
): Changes {
  const changes = new Map<string, SiteChange>()
  const refuse = (states: readonly RolloutTable['status'][]) => {
    if (!states.includes(row.status)) throw new ConflictError(`the rollout is ${row.status}`)
  }
  switch (act) {
    case 'pause':
      refuse(['running'])
      return { patch: { status: 'paused', reason: `by ${by}` }, changes }
    case 'resume':
      refuse(['paused', 'halted'])
      // Who resumes has looked at what failed. A box that stopped by itself begins another attempt.
      for (const site of sites)
        if (site.hard_n > 0) changes.set(site.site_id, anotherTry(site))
        else if (site.failed_n > 0) changes.set(site.site_id, { excused_n: site.failed_n })
      return { patch: { status: 'running', reason: null, ring_at: null }, changes }
    case 'retry':
      refuse(['running', 'paused', 'halted', 'completed'])
      for (const site of sites) if (site.state === 'failed') changes.set(site.site_id, anotherTry(site))
      if (changes.size === 0) throw new ConflictError('no site of this rollout has failed')
      return { patch: { status: 'running', reason: null, ring_at: null, ended_at: null }, changes }
    case 'abort':
      refuse(['running', 'paused', 'halted'])
      for (const { site_id, state } of sites)
        if (state === 'waiting') changes.set(site_id, { state: 'skipped', reason: `cancelled by ${by}`, ended_at: now })
      return { patch: { status: 'cancelled', reason: `by ${by}` }, changes }
    default:
      return never(act)
  }
}

/** Its phones that are done count as such at once; what its box tells of the attempt before is no news any more. */
function anotherTry({ attempt_n, state }: SiteRow): SiteChange {
  return {
    ...{ state: isOver(state) || state === 'going' ? 'going' : state, attempt_n: attempt_n + 1 },
    ...{ failed_n: 0, excused_n: 0, hard_n: 0, reason: null, ended_at: null },
  }
}

function never(act: never): never {
  throw new ConflictError(`no such act: ${JSON.stringify(act)}`)
}
