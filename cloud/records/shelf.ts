import { type Kysely, sql } from 'kysely'
import { ForbiddenError } from '../../services/admin/errors.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import { ruleOf } from '../../services/sync/policy-ownership.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import type { Standing } from '../accounts/policy.ts'
import type { Tables } from '../database/tables.ts'
import { feedOfSite } from '../enrolment/site-feed.ts'
import { type RecordRow, toRecord } from '../sync/rows.ts'

/** Where the records of a site, or those that an account shares, are kept. */
export interface Shelf {
  readonly own: FeedName
  /** Of a site: what its account shares. A record of the same kind and id in `own` is in force instead. */
  readonly shared?: FeedName
  /** Who asks has only some sites of the account, so what is shared is not theirs to change. */
  readonly limited: boolean
}

/** A record, and whether it is one that the account shares. */
export interface Found {
  readonly record: FeedRecord
  readonly shared: boolean
}

export async function shelfOf(
  db: Kysely<Tables>,
  { account, site }: { readonly account: string; readonly site?: string },
  standing: Standing,
): Promise<Shelf> {
  const shared: FeedName = `org:${account}`
  const limited = standing.sites !== undefined
  return site === undefined ? { own: shared, limited } : { own: await feedOfSite(db, site), shared, limited }
}

const COLUMNS = sql.raw('kind, id, seq, rev, deleted, body, updated_by, updated_at')

async function living(db: Kysely<Tables>, feed: FeedName, kind: string): Promise<readonly FeedRecord[]> {
  const { rows } = await sql<RecordRow>`SELECT ${COLUMNS} FROM feed_record
    WHERE feed = ${feed} AND kind = ${kind} AND deleted = 0`.execute(db)
  return rows.map(toRecord)
}

async function one(db: Kysely<Tables>, feed: FeedName, kind: string, id: string): Promise<FeedRecord | undefined> {
  const { rows } = await sql<RecordRow>`SELECT ${COLUMNS} FROM feed_record
    WHERE feed = ${feed} AND kind = ${kind} AND id = ${id} AND deleted = 0`.execute(db)
  return rows[0] && toRecord(rows[0])
}

/** Every record of a kind that is in force, in order of id. */
export async function listOn(db: Kysely<Tables>, { own, shared }: Shelf, kind: string): Promise<readonly Found[]> {
  const found = new Map<string, Found>()
  if (shared !== undefined)
    for (const record of await living(db, shared, kind)) found.set(record.id, { record, shared: true })
  for (const record of await living(db, own, kind)) found.set(record.id, { record, shared: false })
  return [...found.values()].sort((a, b) => (a.record.id < b.record.id ? -1 : 1))
}

export async function findOn(
  db: Kysely<Tables>,
  { own, shared }: Shelf,
  kind: string,
  id: string,
): Promise<Found | undefined> {
  const mine = await one(db, own, kind, id)
  if (mine !== undefined) return { record: mine, shared: false }
  const theirs = shared === undefined ? undefined : await one(db, shared, kind, id)
  return theirs && { record: theirs, shared: true }
}

/** Where an edit goes, and the record there that it changes. The same rules as for edits at the branch. */
export function placeOf(
  { own, shared, limited }: Shelf,
  kind: string,
  found: Found | undefined,
): { readonly feed: FeedName; readonly before: FeedRecord | undefined } {
  const rule = ruleOf(kind)
  if (shared === undefined || found?.shared === false) return { feed: own, before: found?.record }
  if (found === undefined) return { feed: rule.home === 'org' && !limited ? shared : own, before: undefined }
  // The site's own takes the place of what the account says, whole.
  if (rule.shared === 'override') return { feed: own, before: undefined }
  if (limited) throw new ForbiddenError(`this ${kind} belongs to the whole account, not to this site alone`)
  return { feed: shared, before: found.record }
}

/** The revision on which an edit of it is to be based. */
export function revOf({ record, shared }: Found): number {
  return shared && ruleOf(record.kind).shared === 'override' ? 0 : record.rev
}
