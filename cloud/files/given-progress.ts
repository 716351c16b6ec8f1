import { type Kysely, sql } from 'kysely'
import { type BoxStatus, boxStatus } from '../../services/sync/site-report.ts'
import { type Standing, seesSite } from '../accounts/policy.ts'
import type { Tables } from '../database/tables.ts'
import { findOn } from '../records/shelf.ts'

/** What is given: a record of this kind and id. */
export interface GivenName {
  readonly kind: 'pack' | 'file'
  readonly id: string
  /** What a box calls it. */
  readonly name: string
  /** The version that a body asks for, as boxes tell it; undefined: it cannot be read. */
  readonly versionOf: (body: unknown) => string | undefined
}

/** How far one site is with what it is given. */
export interface SiteProgress {
  readonly siteId: string
  readonly site: string
  /** The version that it shall have; absent: none, and what it has is its own. */
  readonly wanted?: string
  /** Of what is under way: how much is there, 0 to 100. */
  readonly percent?: number
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

/** How far the sites of an account are with what they are given, in the order of their ids, `limit` of them after `after`. */
export async function progressOf(
  db: Kysely<Tables>,
  { account, of, standing }: { readonly account: string; readonly of: GivenName; readonly standing: Standing },
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<{ readonly sites: readonly SiteProgress[]; readonly next?: string }> {
  const shared = await findOn(db, { own: `org:${account}`, limited: false }, of.kind, of.id)
  const { rows } = await sql<Row>`
    SELECT site.id, site.name, record.body AS own, reported.body AS told, reported.at FROM site
    LEFT JOIN site_feed ON site_feed.site_id = site.id
    LEFT JOIN feed_record record ON record.feed = COALESCE(site_feed.feed, 'box:draft-' || site.id)
      AND record.kind = ${of.kind} AND record.id = ${of.id} AND record.deleted = 0
    LEFT JOIN reported ON reported.box_id = substr(site_feed.feed, 5) AND reported.kind = 'box' AND reported.id = 'box'
    WHERE site.account_id = ${account} AND site.id > ${after} ORDER BY site.id LIMIT ${sql.lit(limit + 1)}`.execute(db)
  const page = rows.slice(0, limit)
  const next = rows.length > limit ? page.at(-1)?.id : undefined
  const sites = page
    .filter(({ id }) => seesSite(standing, id))
    .map((row) => progress(of, row, row.own === null ? shared?.record.body : (JSON.parse(row.own) as unknown)))
  return { sites, ...(next !== undefined && { next }) }
}

function progress(of: GivenName, { id, name, told, at }: Row, wanted: unknown): SiteProgress {
  const version = of.versionOf(wanted)
  const status = told === null ? undefined : boxStatus.safeParse(JSON.parse(told))
  const said = status?.success === true ? status.data : undefined
  const given = said?.given?.find((one) => one.kind === of.kind && one.name === of.name)
  const used = of.kind === 'pack' ? said?.packs.find((one) => one.name === of.name) : undefined
  // What a box said of another version is no news of this one.
  const current = given?.version === version ? given : undefined
  return {
    ...{ siteId: id, site: name, state: current?.state ?? 'unknown' },
    ...(version !== undefined && { wanted: version }),
    ...(current?.reason !== undefined && { reason: current.reason }),
    ...(current?.percent !== undefined && { percent: current.percent }),
    ...(used && { version: used.version }),
    ...(said && at !== null && { at }),
  }
}
