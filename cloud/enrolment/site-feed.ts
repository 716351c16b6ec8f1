import type { Kysely } from 'kysely'
import type { EpochMs } from '../../services/core/clock.ts'
import type { Place } from '../../services/enrolment/storage.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { type FeedPen, makePen } from '../../services/sync/cloud-feed.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import { mapBodySecrets } from '../../services/sync/policy-value.ts'
import type { FeedRecord, FeedWriter } from '../../services/sync/storage.ts'
import type { Trx } from '../database/open.ts'
import type { Tables } from '../database/tables.ts'
import { makeFeedWriter } from '../sync/feed-storage.ts'
import type { AccountKeys } from './account-keys.ts'

const PAGE = 500

/** The feed that holds a site's records before it has a box. */
export function draftOf(siteId: string): FeedName {
  return `box:draft-${siteId}`
}

/** The feed that holds the records of a site: its box's, or its last box's, else its draft. */
export async function feedOfSite(db: Kysely<Tables>, siteId: string): Promise<FeedName> {
  const row = await db.selectFrom('site_feed').select('feed').where('site_id', '=', siteId).executeTakeFirst()
  return (row?.feed ?? draftOf(siteId)) as FeedName
}

/**
 * Gives a site to a box: what the account keeps of the site is copied into the box's feed, and what is there already stays.
 * A box that comes from another site leaves a copy of everything behind; in another account its secrets are sealed anew.
 */
export async function moveIn(
  trx: Trx,
  { keys, now, by }: { readonly keys: AccountKeys; readonly now: EpochMs; readonly by: string },
  to: Place,
  from?: Place,
): Promise<void> {
  const feed: FeedName = `box:${to.boxId}`
  const former = await feedOfSite(trx, to.siteId)
  const left = from === undefined ? [] : [draftOf(from.siteId)]
  const writer = makeFeedWriter(trx)
  const pen = makePen(writer, by, now)
  await pen.lock(former === feed ? [feed, ...left] : [feed, former, ...left])
  if (from !== undefined) {
    await mirror(writer, pen, feed, draftOf(from.siteId))
    await setFeed(trx, from.siteId, draftOf(from.siteId))
    if (from.orgId !== to.orgId) {
      const [theirs, ours] = [await keys.within(trx, from.orgId), await keys.within(trx, to.orgId)]
      for (const record of await living(writer, feed))
        await pen.put(
          feed,
          record,
          resealed(record.body, (sealed) => ours.seal(theirs.open(sealed))),
        )
    }
  }
  if (former !== feed)
    for (const record of await living(writer, former)) {
      const stands = await writer.record(feed, record.kind, record.id)
      if (stands === undefined || stands.deleted) await pen.put(feed, record, record.body)
    }
  await setFeed(trx, to.siteId, feed)
  await pen.close()
}

/** Makes `copy` hold what `feed` holds, and nothing else. */
async function mirror(writer: FeedWriter, pen: FeedPen, feed: FeedName, copy: FeedName): Promise<void> {
  const records = await living(writer, feed)
  const names = new Set(records.map(({ kind, id }) => `${kind}/${id}`))
  for (const record of await living(writer, copy))
    if (!names.has(`${record.kind}/${record.id}`)) await pen.put(copy, record, null)
  for (const record of records) await pen.put(copy, record, record.body)
}

async function living(writer: FeedWriter, feed: FeedName): Promise<readonly FeedRecord[]> {
  const all: FeedRecord[] = []
  for (;;) {
    const after = all.at(-1)?.seq ?? 0
    const range = { after, upTo: Number.MAX_SAFE_INTEGER, limit: PAGE, living: true }
    const page = await writer.page(feed, range)
    all.push(...page)
    if (page.length < PAGE) return all
  }
}

/** A secret that cannot be opened is left out: it was no use to anybody. */
function resealed(body: JsonObject, seal: (sealed: string) => string): JsonObject {
  return mapBodySecrets(body, (secret) => {
    try {
      return { ...secret, sealed: seal(secret.sealed) }
    } catch {
      return undefined
    }
  })
}

async function setFeed(trx: Trx, site_id: string, feed: FeedName): Promise<void> {
  await trx
    .insertInto('site_feed')
    .values({ site_id, feed })
    .onConflict((conflict) => conflict.column('site_id').doUpdateSet({ feed }))
    .execute()
}
