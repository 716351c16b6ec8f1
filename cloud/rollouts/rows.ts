import { type Kysely, sql } from 'kysely'
import { rolloutStatus } from '../../services/rollouts/assigned.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { Tables } from '../database/tables.ts'
import type { RolloutSiteTable, RolloutTable } from '../database/tables-rollouts.ts'
import { OFFLINE_AFTER_MS } from '../fleet/policy-drift.ts'
import type { RolloutPlan } from './plan.ts'
import { heard, isOver, type RingSite, type RolloutFacts } from './policy-advance.ts'

/** What is stored of a plan beside what was asked for. */
export interface StoredPlan extends RolloutPlan {
  /** Minutes to wait after each ring. */
  readonly waits: readonly number[]
  /** As it was asked for, to know the same request by. */
  readonly asked: string
}

/** One site of a rollout with what is known of its box. */
export interface SiteRow extends Omit<RolloutSiteTable, 'told'> {
  /** Null: the site was removed. */
  readonly name: string | null
  readonly time_zone: string | null
  readonly feed: FeedName
  readonly box_id: string | null
  readonly seen_at: number | null
  /** What its box told, where that may be news. */
  readonly news: string | null
  readonly news_at: number | null
}

export async function loadRollout(db: Kysely<Tables>, id: string): Promise<RolloutTable | undefined> {
  return db.selectFrom('rollout').selectAll().where('id', '=', id).executeTakeFirst()
}

const OWN = sql.raw(
  [
    ...['rollout_id', 'site_id', 'position_n', 'ring_n', 'state', 'attempt_n', 'failed_n', 'total_n', 'excused_n'],
    ...['hard_n', 'written', 'reason', 'let_go_at', 'ended_at', 'told_at'],
  ]
    .map((name) => `own.${name}`)
    .join(', '),
)

/** The sites of a rollout in their order. */
export async function loadSites(db: Kysely<Tables>, id: string): Promise<readonly SiteRow[]> {
  const { rows } = await sql<SiteRow>`
    SELECT ${OWN}, site.name, site.time_zone, COALESCE(site_feed.feed, 'box:draft-' || own.site_id) AS feed,
      box.id AS box_id, box_seen.seen_at, reported.at AS news_at,
      CASE WHEN reported.at <> COALESCE(own.told_at, -1) THEN reported.body END AS news
    FROM rollout_site own
    LEFT JOIN site ON site.id = own.site_id
    LEFT JOIN site_feed ON site_feed.site_id = own.site_id
    LEFT JOIN box ON box.site_id = own.site_id AND box.state = 'active'
    LEFT JOIN box_seen ON box_seen.box_id = box.id
    LEFT JOIN reported ON reported.box_id = box.id AND reported.kind = 'rollout' AND reported.id = own.rollout_id
    WHERE own.rollout_id = ${id} ORDER BY own.position_n`.execute(db)
  return rows
}

export function planOf({ plan }: Pick<RolloutTable, 'plan'>): StoredPlan {
  return JSON.parse(plan) as StoredPlan
}

export function factsOf(row: RolloutTable): RolloutFacts {
  const plan = planOf(row)
  return {
    ...{ status: row.status, ring: row.ring_n, plan, waits: plan.waits },
    ringAt: row.ring_at ?? undefined,
    reason: row.reason ?? undefined,
  }
}

export function ringSite(row: SiteRow, now: number): RingSite {
  const online = row.seen_at !== null && row.seen_at >= now - OFFLINE_AFTER_MS
  return {
    ...{ id: row.site_id, name: row.name ?? '', ring: row.ring_n, state: row.state, total: row.total_n },
    failed: Math.max(0, row.failed_n - row.excused_n),
    hard: row.hard_n > 0,
    reason: row.reason ?? undefined,
    reach: row.box_id === null ? 'none' : online ? 'online' : 'offline',
  }
}

export type SiteChange = Partial<Omit<RolloutSiteTable, 'rollout_id' | 'site_id'>>

/** What is to be written because of what a box told; undefined: it is no news. */
export function foldNews(row: SiteRow, now: number): SiteChange | undefined {
  if (row.name === null && !isOver(row.state))
    return { state: 'skipped', reason: 'the site was removed', ended_at: now }
  if (row.news === null || row.written === null) return undefined
  const read = rolloutStatus.safeParse(JSON.parse(row.news))
  const told = read.success ? heard({ state: row.state, attempt: row.attempt_n }, read.data) : undefined
  if (!read.success || told === undefined) return undefined
  return {
    ...{ state: told.state, failed_n: told.failed, total_n: told.total, hard_n: told.hard ? 1 : 0 },
    ...{ reason: read.data.text, told: JSON.stringify(read.data), told_at: row.news_at },
    ended_at: isOver(told.state) ? (row.ended_at ?? now) : null,
  }
}
