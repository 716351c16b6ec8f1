import { OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { type JsonObject, KINDS, type RecordKind, type RecordWriter } from '../records/contract.ts'
import { findConfirmed, type Key } from './box-confirmed-store.ts'
import { shown } from './box-outbox-store.ts'
import type { FeedName } from './contract.ts'
import { overlaid } from './policy-mutation.ts'
import { valueText } from './policy-value.ts'

/** Who wrote, in the history of a record, when it was the cloud. */
const BY_CLOUD = 'cloud'

/** A record as it is in force, and the feed that it stands in. */
export interface Effective {
  readonly feed: FeedName
  readonly body: JsonObject
}

/** Confirmed state with our own edits over it, of the narrowest feed that has the record. `feeds` are in that order. */
export function effective(
  db: SqlDatabase,
  feeds: readonly FeedName[],
  { kind, id }: Key,
  overlay = true,
): Effective | undefined {
  const edits = overlay ? shown(db, kind, id) : []
  for (const feed of feeds) {
    const own = edits.filter((edit) => edit.feed === feed)
    const body = overlaid(findConfirmed(db, feed, kind, id), own)
    if (body !== undefined) return { feed, body }
  }
  return undefined
}

export function isKnownKind(kind: string): kind is RecordKind {
  return KINDS.some((known) => known === kind)
}

/**
 * Writes what is in force to the records that phones are served from, where it differs. A kind that this release does
 * not know stays in sync's own tables, and so does a body that the records refuse.
 */
export function reconcile(
  deps: {
    readonly db: SqlDatabase
    readonly writer: RecordWriter
    readonly log: Log
    readonly overlay: boolean
    readonly knows?: (kind: string) => kind is RecordKind
  },
  feeds: readonly FeedName[],
  keys: readonly Key[],
): void {
  const { knows = isKnownKind } = deps
  for (const key of keys) {
    const { kind, id } = key
    if (!knows(kind)) continue
    const body = effective(deps.db, feeds, key, deps.overlay)?.body
    const stands = deps.writer.get(kind, id)
    if (body !== undefined && stands !== undefined && text(body) === text(stands)) continue
    try {
      if (body === undefined) deps.writer.remove(kind, id, BY_CLOUD)
      else deps.writer.put(kind, id, body, BY_CLOUD)
    } catch (thrown) {
      if (!(thrown instanceof OperatorError)) throw thrown
      deps.log.warn('a record from the cloud cannot be stored', { kind, id, error: thrown.message })
    }
  }
}

/** Here two secrets are the same when they are sealed the same. */
function text(body: JsonObject): string {
  return valueText(body, ({ sealed }) => sealed)
}
