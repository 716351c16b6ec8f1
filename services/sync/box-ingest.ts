import type { SqlDatabase } from '../core/sql.ts'
import { type Change, KINDS } from '../records/contract.ts'
import type { Key } from './box-confirmed-store.ts'
import type { BoxSyncDeps } from './box-deps.ts'
import { type Effective, effective } from './box-effective.ts'
import { addMutation, shown } from './box-outbox-store.ts'
import { localSecretId, rememberSecrets } from './box-secrets.ts'
import { readState, writeState } from './box-store.ts'
import type { FeedName } from './contract.ts'
import { sha256 } from './hash.ts'
import { type LocalChange, mutationsOf } from './policy-mutation.ts'
import { ruleOf } from './policy-ownership.ts'

const CHUNK = 500

/**
 * Makes mutations of every change of a record that is not of sync's own making. The history of changes is the outbox
 * already: a change is in it in the transaction that made it, so none is lost when the program dies before this runs.
 * Call inside `transact`; returns the records that were changed.
 */
export function ingest(deps: Pick<BoxSyncDeps, 'db' | 'records'>, feeds: readonly FeedName[]): readonly Key[] {
  const { db, records } = deps
  const keys: Key[] = []
  let { changeSeq, lastSeq } = readState(db)
  const start = changeSeq
  for (;;) {
    const changes = records.changesAfter(changeSeq, CHUNK)
    for (const change of changes) {
      lastSeq = queue(db, feeds, change, lastSeq)
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
  let { changeSeq } = readState(db)
  const start = changeSeq
  for (;;) {
    const changes = records.changesAfter(changeSeq, CHUNK)
    changeSeq = changes.at(-1)?.seq ?? changeSeq
    if (changes.length < CHUNK) break
  }
  if (changeSeq > start) writeState(db, { changeSeq })
}

/** At the first start: every record that is there is offered to the cloud as if it had just been made. */
export function adopt(deps: Pick<BoxSyncDeps, 'db' | 'records'>, feeds: readonly FeedName[]): void {
  const { db, records } = deps
  let { lastSeq } = readState(db)
  for (const kind of KINDS)
    for (const record of records.list(kind)) {
      const last = records.history(kind, record.id).at(-1)
      if (last === undefined) continue
      const { before: _, ...made } = last
      lastSeq = queue(db, feeds, { ...made, after: record.body }, lastSeq)
    }
  writeState(db, { lastSeq })
  passOwnChanges(deps)
}

function queue(db: SqlDatabase, feeds: readonly FeedName[], change: LocalChange | Change, lastSeq: number): number {
  const [own] = feeds
  if (own === undefined) return lastSeq
  const origin = { feed: originOf(db, feeds, change), own }
  let seq = lastSeq
  for (const mutation of mutationsOf(change, origin, { hash: sha256, secretId: localSecretId(db) })) {
    if (!addMutation(db, { ...mutation, seq: seq + 1 })) continue
    seq += 1
    if (mutation.patch !== null) rememberSecrets(db, mutation.patch.set)
  }
  return seq
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
