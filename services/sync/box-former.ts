import type { SqlDatabase } from '../core/sql.ts'
import { type Key, living } from './box-confirmed-store.ts'
import { renumber } from './box-outbox-store.ts'
import { findState, readFeed, writeFeed, writeState } from './box-store.ts'
import type { FeedName } from './contract.ts'
import { nextEpoch } from './policy-outbox.ts'

const TABLES = [
  'sync_state',
  'sync_outbox',
  'sync_feed',
  'sync_confirmed',
  'sync_staged',
  'sync_secret',
  'sync_event',
] as const

/**
 * Forgets the account that this box belonged to before, so that nothing of it reaches the next one: what it confirmed,
 * what was to be told to it, and what happened in its time. What is in force stays as it is. A box that was only moved to
 * another organisation keeps its own feed and leaves the other; the records that stood there are returned, to be offered
 * to the new organisation where they still are in force.
 *
 * Call inside a transaction, before anything else of a start. The feeds of this account are noted here even before
 * their first page, so that the next account finds them.
 */
export function leaveFormer(
  db: SqlDatabase,
  feeds: readonly FeedName[],
  random: (length: number) => string,
): readonly Key[] {
  const known = db.query<{ feed: FeedName }>('SELECT feed FROM sync_feed').all()
  const former = known.map(({ feed }) => feed).filter((feed) => !feeds.includes(feed))
  const left: Key[] = []
  if (former.some((feed) => feed.startsWith('box:'))) for (const table of TABLES) db.query(`DELETE FROM ${table}`).run()
  else
    for (const feed of former) {
      left.push(...living(db, feed), ...waitingIn(db, feed))
      for (const table of ['sync_confirmed', 'sync_staged', 'sync_outbox', 'sync_feed'] as const)
        db.query(`DELETE FROM ${table} WHERE feed = ?`).run(feed)
    }
  const state = findState(db)
  // What was taken out of the outbox leaves holes in its numbers, which only a new epoch may have.
  if (former.length > 0 && state !== undefined)
    writeState(db, { epoch: { n: nextEpoch(state.epoch.n, undefined), id: random(8) }, lastSeq: renumber(db) })
  for (const feed of feeds) writeFeed(db, feed, readFeed(db, feed))
  return left
}

/** Records of a feed that have edits which it does not reflect. */
function waitingIn(db: SqlDatabase, feed: FeedName): readonly Key[] {
  return db.query<Key>('SELECT DISTINCT kind, id FROM sync_outbox WHERE released = 0 AND feed = ?').all(feed)
}
