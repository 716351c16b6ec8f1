import type { SqlValue } from '../core/sql.ts'
import type { JsonObject } from '../records/contract.ts'
import type { RejectCode, SyncEvent } from './contract.ts'
import type { InboxState } from './policy-inbox.ts'
import type { FeedRecord, Reported, StoredMutation, SyncConflict } from './storage.ts'

// Rows of `sqlite-schema.ts` to what `storage.ts` speaks of, and back.

/** Values in the order of a statement's question marks. */
export type SqlRow = SqlValue[]

interface RecordColumns {
  readonly kind: string
  readonly id: string
  readonly seq: number
  readonly rev: number
  readonly deleted: number
  readonly body: string
  readonly updated_by: string
  readonly updated_at: number
}

export function readRecord(row: RecordColumns): FeedRecord {
  const { kind, id, seq, rev } = row
  const body = JSON.parse(row.body) as JsonObject
  return { kind, id, seq, rev, deleted: row.deleted !== 0, body, updatedBy: row.updated_by, updatedAt: row.updated_at }
}

export function recordRow({ kind, id, seq, rev, deleted, body, updatedBy, updatedAt }: FeedRecord): SqlValue[] {
  return [kind, id, seq, rev, deleted ? 1 : 0, JSON.stringify(body), updatedBy, updatedAt]
}

export function readInbox(row: {
  readonly epoch_n: number | null
  readonly epoch_id: string | null
  readonly last_seq: number
  readonly holders: string
  readonly halted: number
}): InboxState {
  const { epoch_n: n, epoch_id: id } = row
  return {
    ...(n === null || id === null ? {} : { epoch: { n, id } }),
    lastSeq: row.last_seq,
    holders: JSON.parse(row.holders) as string[],
    halted: row.halted !== 0,
  }
}

export function inboxRow({ epoch, lastSeq, holders, halted }: InboxState): SqlValue[] {
  return [epoch?.n ?? null, epoch?.id ?? null, lastSeq, JSON.stringify(holders), halted ? 1 : 0]
}

export function readMutationRow(row: {
  readonly mutation_id: string
  readonly epoch_n: number
  readonly epoch_id: string
  readonly seq: number
  readonly outcome: string
  readonly code: string | null
  readonly at: number
}): StoredMutation {
  return {
    mutationId: row.mutation_id,
    epoch: { n: row.epoch_n, id: row.epoch_id },
    seq: row.seq,
    outcome: row.outcome as StoredMutation['outcome'],
    ...(row.code === null ? {} : { code: row.code as RejectCode }),
    at: row.at,
  }
}

export function mutationRow({ mutationId, epoch, seq, outcome, code, at }: StoredMutation): SqlValue[] {
  return [mutationId, epoch.n, epoch.id, seq, outcome, code ?? null, at]
}

export function readConflict(row: { readonly json: string }): SyncConflict {
  return JSON.parse(row.json) as SyncConflict
}

export function conflictRow(conflict: SyncConflict): SqlValue[] {
  const { boxId, mutationId, feed, at, until } = conflict
  return [boxId, mutationId, feed, at, until ?? null, JSON.stringify(conflict)]
}

export function readReported(row: Omit<Reported, 'body'> & { readonly body: string }): Reported {
  return { ...row, body: JSON.parse(row.body) as JsonObject }
}

export function readEvent(row: Omit<SyncEvent, 'body'> & { readonly body: string }): SyncEvent {
  return { ...row, body: JSON.parse(row.body) as JsonObject }
}

export function eventRow({ seq, kind, at, body }: SyncEvent): SqlValue[] {
  return [seq, kind, at, JSON.stringify(body)]
}
