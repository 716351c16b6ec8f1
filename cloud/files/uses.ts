import { type Kysely, sql } from 'kysely'
import { assignedPack } from '../../services/templates/assigned.ts'
import type { Tables } from '../database/tables.ts'
import { listOn } from '../records/shelf.ts'

/** What assigns content of an account's files, in words: it must stay as long as boxes shall have it. */
export async function usesOfContent(db: Kysely<Tables>, account: string, hash: string): Promise<string | undefined> {
  const shared = await listOn(db, { own: `org:${account}`, limited: false }, 'pack')
  const { rows } = await sql<{ id: string; body: string; name: string }>`
    SELECT record.id, record.body, site.name FROM site
    LEFT JOIN site_feed ON site_feed.site_id = site.id
    JOIN feed_record record ON record.feed = COALESCE(site_feed.feed, 'box:draft-' || site.id)
    WHERE site.account_id = ${account} AND record.kind = 'pack' AND record.deleted = 0`.execute(db)
  const uses = [
    ...shared.map(({ record }) => ({ body: record.body, text: `the pack ${record.id} of all sites` })),
    ...rows.map(({ id, body, name }) => ({ body: JSON.parse(body) as unknown, text: `the pack ${id} of ${name}` })),
  ]
  return uses.find(({ body }) => {
    const read = assignedPack.safeParse(body)
    return read.success && read.data.sha256 === hash
  })?.text
}
