import { type Kysely, sql } from 'kysely'
import { type BoxStatus, boxStatus } from '../../services/sync/site-report.ts'
import { assignedPack } from '../../services/templates/assigned.ts'
import { type Standing, seesSite } from '../accounts/policy.ts'
import type { Tables } from '../database/tables.ts'
import { findOn } from '../records/shelf.ts'

/** How far one site is with a pack. */
export interface SiteProgress {
  readonly siteId: string
  readonly site: string
  /** The version that it shall have; absent: none, and what it has is its own. */
  readonly wanted?: string
  /** What its box told last; `unknown`: it has no box, or that said nothing of it. */
  readonly state: NonNullable<BoxStatus['given']>[number]['state'] | 'unknown'
  readonly reason?: string
  /** The version that is in use there. */
  readonly version?: string
  readonly at?: number
}

interface Row {
  readonly id: string
  readonly name: string
  readonly own: string | null
  readonly told: string | null
  readonly at: number | null
}

/** How far the sites of an account are with a pack, in the order of their ids, `limit` of them after `after`. */
export async function progressOf(
  db: Kysely<Tables>,
  { account, pack, standing }: { readonly account: string; readonly pack: string; readonly standing: Standing },
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<{ readonly sites: readonly SiteProgress[]; readonly next?: string }> {
  const shared = await findOn(db, { own: `org:${account}`, limited: false }, 'pack', pack)
  const { rows } = await sql<Row>`
    SELECT site.id, site.name, record.body AS own, reported.body AS told, reported.at FROM site
    LEFT JOIN site_feed ON site_feed.site_id = site.id
    LEFT JOIN feed_record record ON record.feed = COALESCE(site_feed.feed, 'box:draft-' || site.id)
      AND record.kind = 'pack' AND record.id = ${pack} AND record.deleted = 0
    LEFT JOIN reported ON reported.box_id = substr(site_feed.feed, 5) AND reported.kind = 'box' AND reported.id = 'box'
    WHERE site.account_id = ${account} AND site.id > ${after} ORDER BY site.id LIMIT ${sql.lit(limit + 1)}`.execute(db)
  const page = rows.slice(0, limit)
  const next = rows.length > limit ? page.at(-1)?.id : undefined
  const sites = page
    .filter(({ id }) => seesSite(standing, id))
    .map((row) => progress(pack, row, row.own === null ? shared?.record.body : (JSON.parse(row.own) as unknown)))
  return { sites, ...(next !== undefined && { next }) }
}

function progress(pack: string, { id, name, told, at }: Row, wanted: unknown): SiteProgress {
  const read = assignedPack.safeParse(wanted)
  const status = told === null ? undefined : boxStatus.safeParse(JSON.parse(told))
  const said = status?.success === true ? status.data : undefined
  const given = said?.given?.find((one) => one.kind === 'pack' && one.name === pack)
  const used = said?.packs.find((one) => one.name === pack)
  // What a box said of another version is no news of this one.
  const current = given?.version === (read.success ? read.data.version : undefined) ? given : undefined
  return {
    ...{ siteId: id, site: name, state: current?.state ?? 'unknown' },
    ...(read.success && { wanted: read.data.version }),
    ...(current?.reason !== undefined && { reason: current.reason }),
    ...(used && { version: used.version }),
    ...(said && at !== null && { at }),
  }
}
