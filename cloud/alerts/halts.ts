import { sql } from 'kysely'
import type { CloudDatabase } from '../database/open.ts'
import type { SiteFacts } from './policy-signals.ts'

/** More rollouts that stand still at once say nothing more. */
const MOST = 20

/**
 * Rollouts of an account that halted by themselves, by the site that they are told of: the first that failed in the rings
 * that are out, so that one halt is one alert.
 */
export async function haltsOf(
  { db }: CloudDatabase,
  accountId: string,
): Promise<ReadonlyMap<string, SiteFacts['halts']>> {
  const { rows } = await sql<{ id: string; name: string; reason: string | null; site_id: string }>`
    SELECT rollout.id, rollout.name, rollout.reason, own.site_id FROM rollout
    JOIN rollout_site own ON own.rollout_id = rollout.id AND own.ring_n <= rollout.ring_n
      AND (own.hard_n > 0 OR own.failed_n > own.excused_n)
    JOIN site ON site.id = own.site_id
    WHERE rollout.account_id = ${accountId} AND rollout.status = 'halted'
    ORDER BY rollout.id DESC, own.ring_n DESC, own.position_n`.execute(db)
  const bySite = new Map<string, SiteFacts['halts'][number][]>()
  const told = new Set<string>()
  for (const { id, name, reason, site_id } of rows) {
    if (told.has(id) || told.size >= MOST) continue
    told.add(id)
    const halts = bySite.get(site_id) ?? []
    bySite.set(site_id, halts)
    halts.push({ name, reason: reason ?? 'too much failed' })
  }
  return bySite
}
