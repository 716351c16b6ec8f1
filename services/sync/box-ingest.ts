import type { SqlDatabase } from '../core/sql.ts'
import { type Change, KINDS } from '../records/contract.ts'
import type { Key } from './box-confirmed-store.ts'
import type { BoxSyncDeps } from './box-deps.ts'
import { type Effective, effective, isKnownKind } from './box-effective.ts'
import { addMutation, shown } from './box-outbox-store.ts'
import { localSecretId, rememberSecrets } from './box-secrets.ts'
import { readState, writeState } from './box-store.ts'
import type { FeedName } from './contract.ts'
import { sha256 } from './hash.ts'
import { type LocalChange, mutationsOf } from './policy-mutation.ts'
import { isGiven, ruleOf } from './policy-ownership.ts'
import { withoutSecrets } from './policy-value.ts'

const CHUNK = 500

type IngestDeps = Pick<BoxSyncDeps, 'db' | 'records' | 'secrets'>

/**
 * Makes mutations of every change of a record that is not of sync's own making. The history of changes is the outbox
 * already: a change is in it in the transaction that made it, so none is lost when the program dies before this runs.
 * Call inside `transact`; returns the records that were changed.
 */
export function ingest(deps: IngestDeps, feeds: readonly FeedName[]): readonly Key[] {
  const { db, records } = deps
  const keys: Key[] = []
  let { changeSeq, lastSeq } = readState(db)
  const start = changeSeq
  for (;;) {
    const changes = records.changesAfter(changeSeq, CHUNK)
    for (const change of changes) {
      lastSeq = queue(deps, feeds, change, lastSeq)
      keys.push({ kind: change.kind, id: change.id })
      changeSeq = change.seq
    }
    if (changes.length < CHUNK) break
  }
  if (changeSeq > start) writeState(db, { changeSeq, lastSeq })
  return keys
}

/** Passes over what sync itself has written since `ingest`, in the same transaction. */
export function passOwnChanges({ db, records }: Pick<BoxSyncDeps, 'db' | 'records'>): void {
  const changeSeq = records.lastSeq()
  if (changeSeq > readState(db).changeSeq) writeState(db, { changeSeq })
}

/** At the first start: every record that is there is offered to the cloud as if it had just been made. */
export function adopt(deps: IngestDeps, feeds: readonly FeedName[]): void {
  offer(
    deps,
    feeds,
    KINDS.flatMap((kind) => deps.records.list(kind).map(({ id }) => ({ kind, id }))),
  )
  passOwnChanges(deps)
}

/** Offers records that are here. `again` stands before the ids of changes that were told to somebody else already. */
export function offer(deps: IngestDeps, feeds: readonly FeedName[], keys: readonly Key[], again = ''): void {
  const { db, records } = deps
  let { lastSeq } = readState(db)
  for (const { kind, id } of keys) {
    if (isGiven(kind)) continue
    const record = isKnownKind(kind) ? records.get(kind, id) : undefined
    const last = record && records.lastMutationId(record.kind, id)
    if (record === undefined || last === undefined) continue
    const { body: after, updatedBy: by, updatedAt: at } = record
    lastSeq = queue(deps, feeds, { mutationId: `${again}${last}`, kind, id, after, by, at }, lastSeq)
  }
  writeState(db, { lastSeq })
}

function queue(deps: IngestDeps, feeds: readonly FeedName[], given: LocalChange | Change, lastSeq: number): number {
  const { db } = deps
  const [own] = feeds
  if (own === undefined) return lastSeq
  const change = deps.secrets.isOpen?.() === false ? plain(given) : given
  const origin = { feed: originOf(db, feeds, change), own }
  let seq = lastSeq
  for (const mutation of mutationsOf(change, origin, { hash: sha256, secretId: localSecretId(db) })) {
    if (!addMutation(db, { ...mutation, seq: seq + 1 })) continue
    seq += 1
    if (mutation.patch !== null) rememberSecrets(db, mutation.patch.set)
  }
  return seq
}

/** A change as an account sees it that takes no secrets. */
function plain(change: LocalChange): LocalChange {
  const { before, after } = change
  return {
    ...change,
    ...(before && { before: withoutSecrets(before) }),
    ...(after && { after: withoutSecrets(after) }),
  }
}

/** The feed that the changed record stood in; one that was made here, or made again, has its home. */
function originOf(db: SqlDatabase, feeds: readonly FeedName[], { kind, id }: Key): FeedName {
  const stood: Effective | undefined = effective(db, feeds, { kind, id })
  if (stood !== undefined) return stood.feed
  const before = shown(db, kind, id).at(-1)
  if (before !== undefined) return before.feed
  const home = feeds.find((feed) => feed.startsWith(`${ruleOf(kind).home}:`))
  return home ?? feeds[0] ?? 'catalogue'
}
