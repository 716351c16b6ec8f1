import type { JsonObject } from '../../services/records/contract.ts'
import type { Outcome, RejectCode, SyncEvent } from '../../services/sync/contract.ts'
import { EMPTY_INBOX, type InboxState } from '../../services/sync/policy-inbox.ts'
import type { FeedRecord, Reported, StoredMutation, SyncConflict } from '../../services/sync/storage.ts'

// Rows of migration 2 to what the sync service speaks of.

export interface RecordRow {
  kind: string
  id: string
  seq: number
  rev: number
  deleted: number
  body: string
  updated_by: string
  updated_at: number
}

export function toRecord({ deleted, body, updated_by, updated_at, ...row }: RecordRow): FeedRecord {
  return { ...row, deleted: deleted !== 0, body: toBody(body), updatedBy: updated_by, updatedAt: updated_at }
}

export interface InboxRow {
  epoch_n: number | null
  epoch_id: string | null
  last_seq: number
  holders: string
  halted: number
}

export function toInbox(row: InboxRow | undefined): InboxState {
  if (row === undefined) return EMPTY_INBOX
  const { epoch_n: n, epoch_id: id } = row
  return {
    ...(n === null || id === null ? {} : { epoch: { n, id } }),
    lastSeq: row.last_seq,
    holders: JSON.parse(row.holders),
    halted: row.halted !== 0,
  }
}

export interface MutationRow {
  mutation_id: string
  epoch_n: number
  epoch_id: string
  seq: number
  outcome: Outcome['outcome']
  code: RejectCode | null
  at: number
}

export function toMutation({ mutation_id, epoch_n, epoch_id, code, ...row }: MutationRow): StoredMutation {
  return { mutationId: mutation_id, epoch: { n: epoch_n, id: epoch_id }, ...row, ...(code === null ? {} : { code }) }
}

export function toConflict({ json }: { json: string }): SyncConflict {
  return JSON.parse(json)
}

export function toReported({ body, ...row }: Omit<Reported, 'body'> & { body: string }): Reported {
  return { ...row, body: toBody(body) }
}

export function toEvent({ body, ...row }: Omit<SyncEvent, 'body'> & { body: string }): SyncEvent {
  return { ...row, body: toBody(body) }
}

function toBody(text: string): JsonObject {
  return JSON.parse(text)
}
