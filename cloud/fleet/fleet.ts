import { type ExpressionBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { EpochMs } from '../../services/core/clock.ts'
import type { Standing } from '../accounts/policy.ts'
import type { CloudContext } from '../context.ts'
import type { Tables } from '../database/tables.ts'
import { type DriftState, OFFLINE_AFTER_MS } from './policy-drift.ts'
import { searchPatterns } from './policy-search.ts'
import { customerOf, type FleetCustomer, type FleetDevice, type FleetSite, viewOf, worstFirst } from './view.ts'

/** Which devices are meant; all that is given has to hold. */
export interface FleetFilter {
  /** Words that each have to be somewhere in name, MAC, lines, model, firmware, address, notes. */
  readonly text?: string
  readonly sites?: readonly string[]
  readonly vendor?: string
  readonly model?: string
  readonly group?: string
  readonly firmware?: string
  readonly verdict?: string
  readonly drift?: DriftState
}

export interface FleetPage {
  readonly devices: readonly FleetDevice[]
  /** To go on with; null: these were the last ones. */
  readonly next: string | null
}

type Joined = Tables & {
  d: Tables['fleet_device']
  f: Tables['site_feed']
  s: Tables['site']
  b: Tables['box']
  seen: Tables['box_seen']
  p: Tables['box_pulled']
}
type Query<Output> = SelectQueryBuilder<Joined, 'd' | 'f' | 's' | 'b' | 'seen' | 'p', Output>

const VENDOR = sql<string | null>`coalesce(d.vendor, d.seen_vendor)`
const MODEL = sql<string | null>`coalesce(d.model, d.seen_model)`

/** As `driftOf` says it, for the database to filter and count by; a test holds them together. */
const driftExpression = (now: EpochMs) => sql<DriftState>`CASE
  WHEN b.id IS NULL THEN 'no-box'
  WHEN seen.seen_at IS NULL OR seen.seen_at < ${now - OFFLINE_AFTER_MS} THEN 'site-offline'
  WHEN d.fetched_hash IS NULL THEN 'never-asked'
  WHEN coalesce(d.changed_at, 0) > coalesce(d.fetched_at, 0) THEN 'changed-at-phone'
  WHEN coalesce(d.record_seq, 0) > coalesce(p.seq, 0) THEN 'pending'
  WHEN d.fetched_hash = d.wanted_hash THEN 'in-sync'
  ELSE 'pending' END`

export type Fleet = ReturnType<typeof makeFleet>

/** The devices of an account over all its sites. */
export function makeFleet({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  /** Every device that has a record at a site that who asks may see. */
  function base(accountId: string, standing: Standing): Query<object> {
    const query = database.db
      .selectFrom('site as s')
      .leftJoin('site_feed as f', 'f.site_id', 's.id')
      // A site that never had a box keeps its records in its draft.
      .innerJoin('fleet_device as d', (join) =>
        join.on('d.feed', '=', sql<string>`coalesce(f.feed, 'box:draft-' || s.id)`),
      )
      .leftJoin('box as b', (join) => join.on('d.feed', '=', sql<string>`'box:' || b.id`).on('b.state', '=', 'active'))
      .leftJoin('box_seen as seen', 'seen.box_id', 'b.id')
      .leftJoin('box_pulled as p', (join) => join.onRef('p.box_id', '=', 'b.id').onRef('p.feed', '=', 'd.feed'))
      .where('s.account_id', '=', accountId)
      .where('d.recorded', '=', 1) as unknown as Query<object>
    return standing.sites === undefined ? query : query.where('s.id', 'in', [...standing.sites, ''])
  }

  function filtered(query: Query<object>, filter: FleetFilter, now: EpochMs): Query<object> {
    let narrowed = query
    for (const pattern of searchPatterns(filter.text ?? ''))
      narrowed = narrowed.where((eb: ExpressionBuilder<Joined, 'd'>) =>
        eb.or([
          eb(sql`d.record_text`, 'like', sql`${pattern} ESCAPE '\\'`),
          eb(sql`d.status_text`, 'like', sql`${pattern} ESCAPE '\\'`),
        ]),
      )
    if (filter.sites !== undefined) narrowed = narrowed.where('s.id', 'in', [...filter.sites, ''])
    if (filter.vendor !== undefined) narrowed = narrowed.where(VENDOR, '=', filter.vendor)
    if (filter.model !== undefined) narrowed = narrowed.where(MODEL, '=', filter.model)
    if (filter.group !== undefined) narrowed = narrowed.where('d.device_group', '=', filter.group)
    if (filter.firmware !== undefined) narrowed = narrowed.where('d.firmware', '=', filter.firmware)
    if (filter.verdict !== undefined) narrowed = narrowed.where('d.verdict', '=', filter.verdict)
    if (filter.drift !== undefined) narrowed = narrowed.where(driftExpression(now), '=', filter.drift)
    return narrowed
  }

  async function page(
    accountId: string,
    standing: Standing,
    filter: FleetFilter,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<FleetPage> {
    const now = clock.now()
    let query = filtered(base(accountId, standing), filter, now)
    const [mac, feed] = after?.split('~') ?? []
    if (mac !== undefined && feed !== undefined)
      query = query.where((eb: ExpressionBuilder<Joined, 'd'>) =>
        eb.or([eb('d.mac', '>', mac), eb.and([eb('d.mac', '=', mac), eb('d.feed', '>', feed)])]),
      )
    const rows = await query
      .select(['d.feed', 'd.mac', 'd.name', 'd.device_group', 'd.extension', 'd.firmware', 'd.address', 'd.record_seq'])
      .select(['d.verdict', 'd.verdict_text', 'd.advice', 'd.last_seen', 'd.wanted_hash', 'd.wanted_since'])
      .select(['d.fetched_hash', 'd.fetched_at', 'd.fetched_file', 'd.fetched_by', 'd.changed_at'])
      .select([VENDOR.as('vendor'), MODEL.as('model'), 's.id as site_id', 'b.id as box_id'])
      .select(['seen.seen_at as box_seen_at', 'p.seq as pulled_seq'])
      .orderBy('d.mac')
      .orderBy('d.feed')
      .limit(limit + 1)
      .execute()
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    const next = rows.length > limit && last !== undefined ? `${last.mac}~${last.feed}` : null
    return { devices: shown.map((row) => viewOf(row, now)), next }
  }

  /** How many devices there are of each value, for filters to be chosen by; all of them are counted. */
  async function counts(accountId: string, standing: Standing, filter: FleetFilter) {
    const now = clock.now()
    const by = async (value: typeof VENDOR) => {
      // Within: to PostgreSQL an expression with parameters is another one when it is said again.
      const each = filtered(base(accountId, standing), filter, now).select(value.as('value')).as('each')
      const rows = await database.db
        .selectFrom(each)
        .select(['value', (eb) => eb.fn.countAll<number>().as('n')])
        .groupBy('value')
        .execute()
      const found = rows.map(({ value: name, n }) => ({ value: name, devices: n }))
      return found.sort((a, b) => b.devices - a.devices).slice(0, 200)
    }
    const firmware = sql<string | null>`d.firmware`
    const verdict = sql<string | null>`d.verdict`
    return {
      drift: await by(sql<string | null>`${driftExpression(now)}`),
      verdict: await by(verdict),
      vendor: await by(VENDOR),
      model: await by(MODEL),
      firmware: await by(firmware),
      group: await by(sql<string | null>`d.device_group`),
    }
  }

  /** Each site with how its devices stand, the worst first. */
  async function sites(accountId: string, standing: Standing): Promise<readonly FleetSite[]> {
    const now = clock.now()
    const many = (condition: ReturnType<typeof sql<boolean>>) =>
      sql<number>`sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`
    const drift = driftExpression(now)
    const rows = await base(accountId, standing)
      .select(['s.id as site_id', (eb) => eb.fn.countAll<number>().as('n')])
      .select([
        many(sql`d.verdict = 'trouble'`).as('trouble_n'),
        many(sql`d.verdict = 'configured'`).as('configured_n'),
        many(sql`${drift} = 'pending'`).as('pending_n'),
        many(sql`${drift} = 'never-asked'`).as('never_n'),
      ])
      .groupBy('s.id')
      .execute()
    const places = await placesOf(accountId, standing)
    const known = new Map(rows.map((row) => [row.site_id, row]))
    return places
      .map(({ id, name, box_id, seen_at }) => {
        const row = known.get(id)
        return {
          ...{ siteId: id, name, boxId: box_id, boxSeenAt: seen_at },
          offline: box_id !== null && (seen_at ?? 0) < now - OFFLINE_AFTER_MS,
          ...{ devices: row?.n ?? 0, configured: row?.configured_n ?? 0, trouble: row?.trouble_n ?? 0 },
          ...{ pending: row?.pending_n ?? 0, neverAsked: row?.never_n ?? 0 },
        }
      })
      .sort(worstFirst)
  }

  /** The accounts directly below, each with how its sites stand, the worst first. */
  async function customers(accountId: string): Promise<readonly FleetCustomer[]> {
    const below = await database.db
      .selectFrom('account')
      .select(['id', 'name'])
      .where('parent_id', '=', accountId)
      .execute()
    const all = await Promise.all(
      below.map(async ({ id, name }) => customerOf({ accountId: id, name }, await sites(id, { role: 'viewer' }))),
    )
    return all.sort((a, b) => b.offline - a.offline || b.trouble - a.trouble || a.name.localeCompare(b.name))
  }

  async function placesOf(accountId: string, standing: Standing) {
    const query = database.db
      .selectFrom('site as s')
      .leftJoin('box as b', (join) => join.onRef('b.site_id', '=', 's.id').on('b.state', '=', 'active'))
      .leftJoin('box_seen as seen', 'seen.box_id', 'b.id')
      .select(['s.id', 's.name', 'b.id as box_id', 'seen.seen_at'])
      .where('s.account_id', '=', accountId)
    const rows = await (standing.sites === undefined
      ? query
      : query.where('s.id', 'in', [...standing.sites, ''])
    ).execute()
    return rows
  }

  return { page, counts, sites, customers }
}
