import { type Kysely, sql } from 'kysely'
import type { Tables } from '../database/tables.ts'

/** Kinds of record that name content among an account's files by its hash, and what people call them. */
const NAMING: Readonly<Record<string, string>> = { pack: 'pack', file: 'file', rollout: 'rollout' }

interface Row {
  readonly kind: string
  readonly id: string
  readonly body: string
  readonly site: string | null
}

/** What assigns content of an account's files, in words: it must stay as long as boxes shall have it. */
export async function usesOfContent(db: Kysely<Tables>, account: string, hash: string): Promise<string | undefined> {
  // By the text first: bodies of thousands of sites are not read one by one.
  const named = sql`record.kind IN ('pack', 'file', 'rollout') AND record.deleted = 0 AND record.body LIKE ${`%${hash}%`}`
  const { rows } = await sql<Row>`
    SELECT record.kind, record.id, record.body, NULL AS site FROM feed_record record
    WHERE record.feed = ${`org:${account}`} AND ${named}
    UNION ALL
    SELECT record.kind, record.id, record.body, site.name AS site FROM site
    LEFT JOIN site_feed ON site_feed.site_id = site.id
    JOIN feed_record record ON record.feed = COALESCE(site_feed.feed, 'box:draft-' || site.id)
    WHERE site.account_id = ${account} AND ${named}`.execute(db)
  const found = rows.find(({ body }) => (JSON.parse(body) as { sha256?: unknown }).sha256 === hash)
  if (found !== undefined) return `the ${NAMING[found.kind]} ${found.id} of ${found.site ?? 'all sites'}`
  const open = await db
    .selectFrom('rollout')
    .select('name')
    .where('account_id', '=', account)
    .where('sha256', '=', hash)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return open && `the file of the rollout ${open.name}`
}
