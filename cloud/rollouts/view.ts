import type { Kysely } from 'kysely'
import { type Standing, seesSite } from '../accounts/policy.ts'
import type { Tables } from '../database/tables.ts'
import type { RolloutTable } from '../database/tables-rollouts.ts'
import type { SiteState } from './policy-advance.ts'
import { planOf, ringSite, type SiteRow, type StoredPlan } from './rows.ts'

const STATES: readonly SiteState[] = ['waiting', 'going', 'done', 'failed', 'cancelled', 'skipped']

export interface RolloutSummary {
  readonly id: string
  readonly name: string
  readonly what: RolloutTable['what']
  readonly file: string
  readonly version: string
  readonly status: RolloutTable['status']
  readonly reason?: string
  /** Counted from 1; 0: none is out yet. */
  readonly ring: number
  readonly rings: number
  readonly sites: Readonly<Record<SiteState, number>>
  readonly phones: { readonly total: number; readonly failed: number }
  readonly rev: number
  readonly createdAt: number
  readonly by: string
  readonly endedAt?: number
}

export interface RolloutDetail extends RolloutSummary {
  /** What it does now, in plain words. */
  readonly text: string
  readonly plan: StoredPlan
}

export interface RolloutSiteView {
  readonly siteId: string
  readonly site: string
  readonly ring: number
  readonly state: SiteState
  readonly box: 'online' | 'offline' | 'none'
  readonly attempt: number
  readonly text?: string
  readonly total: number
  readonly failed: number
  readonly letGoAt?: number
  readonly endedAt?: number
}

/** How these rollouts stand, as far as who asks sees their sites. */
export async function summariesOf(
  db: Kysely<Tables>,
  rows: readonly RolloutTable[],
  standing: Standing,
): Promise<readonly RolloutSummary[]> {
  if (rows.length === 0) return []
  const counted = await db
    .selectFrom('rollout_site')
    .select(['rollout_id', 'site_id', 'state', 'total_n', 'failed_n', 'ring_n'])
    .where(
      'rollout_id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  const mine = counted.filter(({ site_id }) => seesSite(standing, site_id))
  return rows.map((row) => {
    const { name, what, status, rev } = row
    const plan = planOf(row)
    const sites = mine.filter(({ rollout_id }) => rollout_id === row.id)
    const sum = (of: (one: (typeof sites)[number]) => number) => sites.reduce((all, one) => all + of(one), 0)
    return {
      ...{ id: row.id, name, what, file: plan.as, version: plan.version, status, rev },
      ...(row.reason !== null && { reason: row.reason }),
      ...{ ring: row.ring_n + 1, rings: plan.waits.length },
      sites: Object.fromEntries(
        STATES.map((state) => [state, sites.filter((one) => one.state === state).length]),
      ) as RolloutSummary['sites'],
      phones: { total: sum(({ total_n }) => total_n), failed: sum(({ failed_n }) => failed_n) },
      ...{ createdAt: row.created_at, by: row.by_name || row.by_actor },
      ...(row.ended_at !== null && { endedAt: row.ended_at }),
    }
  })
}

export function siteView(row: SiteRow, now: number): RolloutSiteView {
  const { reach } = ringSite(row, now)
  return {
    ...{ siteId: row.site_id, site: row.name ?? '', ring: row.ring_n + 1, state: row.state, box: reach },
    ...{ attempt: row.attempt_n, total: row.total_n, failed: row.failed_n },
    ...(row.reason !== null && { text: row.reason }),
    ...(row.let_go_at !== null && { letGoAt: row.let_go_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  }
}
