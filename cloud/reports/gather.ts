import { sql } from 'kysely'
import type { FeedStorage } from '../../services/sync/storage.ts'
import type { BoxesSeen } from '../alerts/boxes-seen.ts'
import { readSummary } from '../alerts/site-summary.ts'
import { titleOf } from '../alerts/words.ts'
import type { CloudDatabase } from '../database/open.ts'
import type { Period } from './policy-period.ts'
import type { SiteFacts } from './policy-report.ts'

export interface GatherDeps {
  readonly database: CloudDatabase
  readonly storage: FeedStorage
  readonly boxes: BoxesSeen
}

/** What is known of the sites of an account; `wanted` empty: of all. */
export async function gather(
  { database, storage, boxes }: GatherDeps,
  accountId: string,
  wanted: readonly string[],
  { from, until }: Period,
): Promise<readonly SiteFacts[]> {
  let query = database.db.selectFrom('site').select(['id', 'name']).where('account_id', '=', accountId)
  if (wanted.length > 0) query = query.where('id', 'in', wanted)
  const sites = await query.orderBy('name').orderBy('id').execute()
  const bySite = new Map((await boxes.ofAccount(accountId)).map((box) => [box.siteId, box]))
  const { rows } = await sql<{ site_id: string; kind: string; opened_n: number; open_n: number }>`
    SELECT site_id, kind, sum(CASE WHEN opened_at >= ${from} AND opened_at < ${until} THEN 1 ELSE 0 END) AS opened_n,
      sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS open_n
    FROM alert WHERE account_id = ${accountId} AND opened_at IS NOT NULL GROUP BY site_id, kind`.execute(database.db)
  const facts: SiteFacts[] = []
  for (const { id, name } of sites) {
    const alerts = rows
      .filter((row) => row.site_id === id && row.opened_n + row.open_n > 0)
      .map(({ kind, opened_n, open_n }) => ({ kind, title: titleOf(kind), opened: opened_n, open: open_n }))
      .sort((a, b) => (a.kind < b.kind ? -1 : 1))
    const box = bySite.get(id)
    if (box === undefined) {
      facts.push({ id, name, devices: [], newDevices: 0, alerts })
      continue
    }
    const summary = await storage.read((reader) => readSummary(reader, box.boxId))
    const { devices, newDevices } = summary
    facts.push({ id, name, box: { seenAt: box.seenAt, version: summary.box?.version }, devices, newDevices, alerts })
  }
  return facts
}
