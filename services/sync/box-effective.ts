import { OperatorError } from '../core/errors.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { type JsonObject, KINDS, type RecordKind, type RecordWriter } from '../records/contract.ts'
import { findConfirmed, type Key } from './box-confirmed-store.ts'
import type { BoxSyncDeps, SecretCourier } from './box-deps.ts'
import { shown } from './box-outbox-store.ts'
import type { FeedName, Unusable } from './contract.ts'
import { overlaid } from './policy-mutation.ts'
import { valueText, withSecretsOf } from './policy-value.ts'

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

export interface Reconciling {
  readonly db: SqlDatabase
  readonly writer: RecordWriter
  readonly overlay: boolean
  readonly courier: Pick<SecretCourier, 'isOpen'>
  readonly objection?: NonNullable<BoxSyncDeps['objection']>
  /** Kinds that this release knows; the simulation plays other ones. */
  readonly knows?: NonNullable<BoxSyncDeps['knows']>
  /** What cannot be used, by kind and id: kept up to date. */
  readonly unusable: Map<string, Unusable>
}

/**
 * Writes what is in force to the records that phones are served from, where it differs. A kind that this release does
 * not know stays in sync's own tables; of a body that the box cannot use the one before it stays in force.
 */
export function reconcile(deps: Reconciling, feeds: readonly FeedName[], keys: readonly Key[]): void {
  const { writer, unusable, knows = isKnownKind } = deps
  for (const key of keys) {
    const { kind, id } = key
    if (!knows(kind)) continue
    const name = JSON.stringify([kind, id])
    const stands = writer.get(kind, id)
    const body = complete(deps, effective(deps.db, feeds, key, deps.overlay)?.body, stands)
    unusable.delete(name)
    if (body !== undefined && stands !== undefined && text(body) === text(stands)) continue
    try {
      const reason = body && deps.objection?.(kind, id, body)
      if (reason !== undefined) unusable.set(name, { kind, id, reason })
      else if (body === undefined) writer.remove(kind, id, BY_CLOUD)
      else writer.put(kind, id, body, BY_CLOUD)
    } catch (thrown) {
      if (!(thrown instanceof OperatorError)) throw thrown
      unusable.set(name, { kind, id, reason: thrown.message })
    }
  }
}

/** Where the account takes no secrets, nothing that comes from it says anything of them. */
function complete(
  { courier }: Reconciling,
  body: JsonObject | undefined,
  stands: JsonObject | undefined,
): JsonObject | undefined {
  if (body === undefined || stands === undefined || courier.isOpen?.() !== false) return body
  return withSecretsOf(body, stands)
}

/** Here two secrets are the same when they are sealed the same. */
function text(body: JsonObject): string {
  return valueText(body, ({ sealed }) => sealed)
}
