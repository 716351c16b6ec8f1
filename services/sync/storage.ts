import type { EpochMs } from '../core/clock.ts'
import type { JsonObject } from '../records/contract.ts'
import type { Epoch, FeedName, Outcome, RejectCode, Status, SyncEvent } from './contract.ts'
import type { InboxState } from './policy-inbox.ts'

// What the cloud's half asks of a database. `test/support/feed-storage-suite.ts` says the same as tests; every
// implementation passes them. Times are whole milliseconds, bodies are JSON that is stored as text.

/** The counter of a feed. */
export interface FeedCounter {
  /** The last number that was given; 0: nothing was ever written. */
  readonly seq: number
  /** The generation that gave it; '' before the first. */
  readonly gen: string
  /** Removals up to here are forgotten. */
  readonly floor: number
}

export const NEW_FEED: FeedCounter = { seq: 0, gen: '', floor: 0 }

export interface FeedRecord {
  readonly kind: string
  readonly id: string
  /** The feed's number at the last write: unique in the feed. */
  readonly seq: number
  readonly rev: number
  /** A removed record keeps its last body, so that an edit which comes late can bring it back whole. */
  readonly deleted: boolean
  readonly body: JsonObject
  readonly updatedBy: string
  readonly updatedAt: EpochMs
}

export interface StoredMutation {
  readonly mutationId: string
  /** Where it was last sent: a new epoch gives it another number. */
  readonly epoch: Epoch
  readonly seq: number
  readonly outcome: Outcome['outcome']
  readonly code?: RejectCode
  readonly at: EpochMs
}

/** What did not stand, for a person to see and to choose. */
export interface SyncConflict {
  /** The mutation's id: there is one conflict at most for each mutation of a box. */
  readonly mutationId: string
  readonly boxId: string
  readonly feed: FeedName
  readonly kind: string
  readonly id: string
  readonly group: string
  /** The fields that the value is of; none: of the whole record. */
  readonly fields: readonly string[]
  /** Whose value it is. Null: that side had removed the record. Secrets in it stay sealed. */
  readonly side: 'box' | 'cloud'
  readonly value: JsonObject | null
  readonly alert: boolean
  /** Who edited at the box. */
  readonly by: string
  readonly at: EpochMs
  /** Only a secret is in it: forgotten then. */
  readonly until?: EpochMs
  readonly resolvedBy?: string
}

export interface Reported {
  readonly kind: string
  readonly id: string
  readonly seq: number
  readonly body: JsonObject
  readonly at: EpochMs
}

/** How far a box's status has come. Numbers below `voidBelow` are of things that are no more. */
export interface StatusProgress {
  readonly seq: number
  readonly voidBelow: number
}

/** What every pull looks at. */
export interface PullFacts {
  readonly inbox: InboxState
  readonly counter: FeedCounter
  readonly generation: string
}

export interface FeedReader {
  /** `inbox`, `counter` and `generation` in one question: most pulls need nothing else. */
  pullFacts(boxId: string, feed: FeedName): Promise<PullFacts>
  /** `NEW_FEED` when nothing was ever written. */
  counter(feed: FeedName): Promise<FeedCounter>
  /** The last number of a generation that another one has followed. */
  generationEnd(feed: FeedName, gen: string): Promise<number | undefined>
  /** Records with `after < seq <= upTo` in order of `seq`, `limit` at most; removed ones too unless `living`. */
  page(
    feed: FeedName,
    range: { readonly after: number; readonly upTo: number; readonly limit: number; readonly living: boolean },
  ): Promise<readonly FeedRecord[]>
  record(feed: FeedName, kind: string, id: string): Promise<FeedRecord | undefined>
  /** Every record that is not removed, in any order. */
  revisions(feed: FeedName): Promise<readonly { readonly kind: string; readonly id: string; readonly rev: number }[]>
  inbox(boxId: string): Promise<InboxState>
  mutation(boxId: string, mutationId: string): Promise<StoredMutation | undefined>
  /** The id of the mutation that was last sent under this number in this epoch. */
  mutationAt(boxId: string, epoch: Epoch, seq: number): Promise<string | undefined>
  statusProgress(boxId: string): Promise<StatusProgress>
  /** In order of kind and id. */
  reported(boxId: string): Promise<readonly Reported[]>
  /** Oldest first as they were stored, `limit` at most, the newest ones. */
  events(boxId: string, limit: number): Promise<readonly SyncEvent[]>
  /** Those of one box, or of one feed, oldest first, 1,000 at most. */
  conflicts(of: { readonly boxId: string } | { readonly feed: FeedName }): Promise<readonly SyncConflict[]>
  conflict(boxId: string, mutationId: string): Promise<SyncConflict | undefined>
  /** The generation that writes are made in; '' before `startGeneration` was ever called. */
  generation(): Promise<string>
}

export interface FeedWriter extends FeedReader {
  /**
   * The counter of a feed, held against every other writer until the transaction ends: by its lock, numbers become
   * visible in the order in which they were given. A feed that is not there yet is made. Lock several in sorted order.
   */
  lockCounter(feed: FeedName): Promise<FeedCounter>
  putCounter(feed: FeedName, counter: FeedCounter): Promise<void>
  putGenerationEnd(feed: FeedName, gen: string, seq: number): Promise<void>
  startGeneration(gen: string): Promise<void>
  putRecord(feed: FeedName, record: FeedRecord): Promise<void>
  /** As `inbox`, held until the transaction ends. Lock it before any counter. */
  lockInbox(boxId: string): Promise<InboxState>
  putInbox(boxId: string, state: InboxState): Promise<void>
  /** By box and mutation id; a second one replaces the first. */
  putMutation(boxId: string, mutation: StoredMutation): Promise<void>
  /** By box and mutation id; a second one replaces the first. */
  putConflict(conflict: SyncConflict): Promise<void>
  /**
   * Each replaces an older number of the same kind and id; null body removes it. An older one than stands is passed over.
   * No two are of the same thing.
   */
  putStatuses(boxId: string, items: readonly Status[], at: EpochMs): Promise<void>
  putStatusProgress(boxId: string, progress: StatusProgress): Promise<void>
  /** Removes what has a lower number. */
  dropStatusBelow(boxId: string, seq: number): Promise<void>
  /** By box, epoch and number; one that is there stays. */
  putEvents(boxId: string, epoch: Epoch, events: readonly SyncEvent[], storedAt: EpochMs): Promise<void>
  /** Forgets tombstones that were last written before; returns the highest `seq` among them, 0: none. */
  forgetTombstones(feed: FeedName, before: EpochMs): Promise<number>
  /** Forgets mutations that were last sent before, but never the `keep` of each box that were sent last. */
  forgetMutations(before: EpochMs, keep: number): Promise<void>
  /** Forgets conflicts whose `until` has passed. */
  forgetConflicts(now: EpochMs): Promise<void>
  /** Forgets events that were stored before. */
  forgetEvents(before: EpochMs): Promise<void>
}

export interface FeedStorage {
  /** One snapshot: everything that `work` reads was committed at one moment (PostgreSQL: REPEATABLE READ). */
  read<Result>(work: (reader: FeedReader) => Promise<Result>): Promise<Result>
  /** As `read`, for one question: it needs no transaction around it. */
  peek<Result>(work: (reader: FeedReader) => Promise<Result>): Promise<Result>
  /**
   * One transaction, durable when the promise is fulfilled; what `work` throws rolls it back. `work` may run more than
   * once (serialisation errors), so it must not do anything but through its writer.
   */
  write<Result>(work: (writer: FeedWriter) => Promise<Result>): Promise<Result>
}
