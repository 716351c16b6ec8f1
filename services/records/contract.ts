import type { EpochMs } from '../core/clock.ts'

/** What a person gives, as opposed to what the box observes. One table for all, so that all of it can sync. */
export const KINDS = [
  'site',
  'vendor',
  'group',
  'model',
  'device',
  'network',
  'interface',
  'template',
  'person',
  'pack',
  'file',
  'rollout',
] as const
export type RecordKind = (typeof KINDS)[number]

/** A JSON value. Unknown fields of a body are kept as they came. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

export interface StoredRecord {
  readonly kind: RecordKind
  /** A device's MAC, else a name given by its creator. */
  readonly id: string
  /** Raised by one at each change. */
  readonly rev: number
  /** Secrets in it are sealed. */
  readonly body: JsonObject
  readonly updatedBy: string
  readonly updatedAt: EpochMs
}

/** One change as it was made; the list of them is the history, the undo, and later the outbox to the cloud. */
export interface Change {
  readonly seq: number
  /** Unique for ever, so that sending it twice is harmless. */
  readonly mutationId: string
  readonly kind: RecordKind
  readonly id: string
  /** The body that the change was based on and the one that it made; undefined: there was, or is, no record. */
  readonly before?: JsonObject
  readonly after?: JsonObject
  readonly by: string
  readonly at: EpochMs
}

export interface WriteOptions {
  /** Who did it, for the audit log: `cli:root`, `api:…`. */
  readonly by: string
  /** The revision that the edit was based on; another one now is a `ConflictError`. 0: there must be no record. */
  readonly base?: number
}

/** The store of records. A write is on disk when the call returns. */
export interface Records {
  get(kind: RecordKind, id: string): StoredRecord | undefined
  list(kind: RecordKind): readonly StoredRecord[]
  put(kind: RecordKind, id: string, body: JsonObject, options: WriteOptions): StoredRecord
  /** All or none, in one transaction. */
  putMany(
    items: readonly { kind: RecordKind; id: string; body: JsonObject }[],
    options: WriteOptions,
  ): readonly StoredRecord[]
  /** Removes a record or throws `NotFoundError`. */
  remove(kind: RecordKind, id: string, options: WriteOptions): void
  /**
   * Runs `work` in one transaction: every write of this store inside it is done or none, and `work` may write its own
   * tables beside them. Reads inside see what stood before; listeners hear of it after the commit. `work` must not wait
   * for anything, and what a write inside throws ends the whole, also when `work` catches it. Not nested.
   */
  batch<Result>(work: () => Result): Result
  /** The newest changes of one record (500 at most), oldest first. */
  history(kind: RecordKind, id: string): readonly Change[]
  /** The newest changes of any record that fit, newest first; before the change of that number. */
  recent(wanted: ChangesWanted): readonly Change[]
  /** Called after each committed change; returns the way to stop. */
  onChange(listener: (change: Change) => void): () => void
}

export interface ChangesWanted {
  readonly limit: number
  readonly before?: number
  readonly kind?: RecordKind
  readonly id?: string
  readonly by?: string
}

/** Writes inside the transaction of `transact`. A body that cannot be stored throws `OperatorError` before it is. */
export interface RecordWriter {
  /** As the transaction sees it. */
  get(kind: RecordKind, id: string): JsonObject | undefined
  put(kind: RecordKind, id: string, body: JsonObject, by: string): void
  /** Without a record there is nothing to remove, and nothing happens. */
  remove(kind: RecordKind, id: string, by: string): void
}

/** For a program that keeps tables of its own in step with the records, as sync does. */
export interface RecordLog {
  /** All that `work` writes, here and in its own tables, in one transaction; it must not wait. */
  transact<Result>(work: (writer: RecordWriter) => Result): Result
  /** Changes with a higher number, oldest first. Inside `transact` also those that it made. */
  changesAfter(seq: number, limit: number): readonly Change[]
  /** The number of the newest change; 0: there was none. Inside `transact` also of those that it made. */
  lastSeq(): number
  /** The id of the newest change of a record. */
  lastMutationId(kind: RecordKind, id: string): string | undefined
}
