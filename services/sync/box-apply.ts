import type { SqlDatabase } from '../core/sql.ts'
import {
  clearStaged,
  findConfirmed,
  type Key,
  living,
  putConfirmed,
  removeConfirmed,
  swapStaged,
  sweep,
} from './box-confirmed-store.ts'
import { release } from './box-outbox-store.ts'
import { readFeed, readState, writeFeed } from './box-store.ts'
import type { FeedItem, FeedName, Page } from './contract.ts'
import { sha256 } from './hash.ts'
import type { SyncChecks } from './policy-checks.ts'
import { sameEpoch } from './policy-inbox.ts'
import { digestText } from './policy-value.ts'

export interface Applied {
  /** Records that may be in force in another form now. */
  readonly keys: readonly Key[]
  /** The box holds something else than the cloud says: the feed is fetched whole again. */
  readonly differs: boolean
}

/**
 * Applies a page to the confirmed records and moves the cursor. Call inside the transaction that also writes what is in
 * force, with secrets already sealed with the box's key.
 */
export function applyPage(db: SqlDatabase, feed: FeedName, page: Omit<Page, 'answer'>, checks: SyncChecks): Applied {
  const keys: Key[] = []
  const staging = page.snapshot && checks.staging
  if (page.snapshot && readFeed(db, feed).staging === null) {
    if (staging) clearStaged(db, feed)
    else keys.push(...swapStaged(db, feed))
  }
  for (const item of page.items) {
    if (staging) stage(db, feed, item)
    else keys.push(confirm(db, feed, item))
  }
  if (staging && !page.more) keys.push(...swapStaged(db, feed))
  if (page.snapshot && page.more) {
    writeFeed(db, feed, { cursor: null, staging: page.cursor })
    return { keys, differs: false }
  }
  if (page.upToDate) keys.push(...releaseBy(db, feed, page))
  sweep(db, feed)
  const differs = checks.digest && page.digest !== undefined && page.digest !== digestOf(db, feed)
  writeFeed(db, feed, { cursor: differs ? null : page.cursor, staging: null })
  return { keys, differs }
}

/** Ends the showing of our own edits that the page reflects. */
function releaseBy(db: SqlDatabase, feed: FeedName, { inbox }: Omit<Page, 'answer'>): readonly Key[] {
  return sameEpoch(inbox.epoch, readState(db).epoch) ? release(db, feed, inbox.lastSeq) : []
}

function stage(db: SqlDatabase, feed: FeedName, { kind, id, rev, deleted, body }: FeedItem): void {
  if (deleted === true || body === undefined) return
  putConfirmed(db, 'sync_staged', feed, { kind, id, rev, deleted: false, body })
}

function confirm(db: SqlDatabase, feed: FeedName, { kind, id, rev, deleted, body }: FeedItem): Key {
  if (deleted === true || body === undefined) {
    if (findConfirmed(db, feed, kind, id) !== undefined) removeConfirmed(db, feed, kind, id, rev)
  } else putConfirmed(db, 'sync_confirmed', feed, { kind, id, rev, deleted: false, body })
  return { kind, id }
}

/** The digest of what the box has of a feed. */
export function digestOf(db: SqlDatabase, feed: FeedName): string {
  return sha256(digestText(living(db, feed)))
}
