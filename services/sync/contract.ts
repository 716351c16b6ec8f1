import type { EpochMs } from '../core/clock.ts'
import type { JsonObject } from '../records/contract.ts'

// What box and cloud say to each other. Types only: both programs import this file, `schema.ts` beside it checks what
// arrives. docs/sync.md tells the protocol on two pages.

/**
 * The number that every request carries. It rises by one whenever a message gains a field or a rule that the other side
 * must know of; a number that was released never changes its meaning.
 *
 * - 1 (2026-11-25): feeds with opaque cursors and snapshots; outbox of mutations in epochs; heartbeat; status and
 *   events; secrets as `{ sealed, id }`, sealed to a key of the receiver (form `x1:`).
 */
export type SyncVersion = 1

/**
 * How many numbers back the cloud still takes edits of. An older box's push is answered `refused` with code `upgrade`,
 * and so is that of a box which is newer than the cloud. Pulls, heartbeats and reports are always answered.
 */
export type SyncVersionsBack = 2

/**
 * A scope that is followed as one: the desired state of one box's site, what the boxes of an organisation share, and
 * what is the same for all. Where two feeds hold a record of the same kind and id, the narrower one is in force: a
 * record in `box:` is the branch's override of the one in `org:` or `catalogue`.
 */
export type FeedName = `box:${string}` | `org:${string}` | 'catalogue'

/** Opaque to the box. The cloud reads feed, generation and sequence number from it. */
export type Cursor = string

/** The newest form of one record. Kinds and fields that a reader does not know are stored and sent back untouched. */
export interface FeedItem {
  readonly kind: string
  readonly id: string
  /** Raised by one at each write in the cloud. Two boxes with the same revisions hold the same records. */
  readonly rev: number
  /** A tombstone: no body. */
  readonly deleted?: boolean
  /** Each secret in it is `{ sealed, id }`: sealed to the box's X25519 key, `id` names the secret without telling it. */
  readonly body?: JsonObject
}

/**
 * Where a box's outbox stands. A box that finds its past disputed (restored from a backup, cloned, or the cloud was)
 * starts a new epoch: `n` one above every number it has heard of, `id` random.
 */
export interface Epoch {
  readonly n: number
  readonly id: string
}

/** What the cloud has of a box's outbox. No epoch: nothing yet. */
export interface Inbox {
  readonly epoch?: Epoch
  readonly lastSeq: number
}

interface Request {
  readonly version: number
}

/** Why a request got no answer of its own. `upgrade` 426, `forbidden` 403, `malformed` 400, `too-large` 413. */
export interface Refused {
  readonly answer: 'refused'
  readonly code: 'upgrade' | 'forbidden' | 'malformed' | 'too-large'
  readonly message: string
}

/** No cursor: start a snapshot of what lives now. */
export interface PullRequest extends Request {
  readonly feed: FeedName
  readonly cursor?: Cursor
  /** Items in the answer at most, 1 to 500. */
  readonly limit: number
}

/** A page. The box applies it and its cursor in one transaction. */
export interface Page {
  readonly answer: 'page'
  /** In the order in which they were written; a record that changes meanwhile comes again later. */
  readonly items: readonly FeedItem[]
  /** What to ask with next. */
  readonly cursor: Cursor
  /** There is more at once. */
  readonly more: boolean
  /** Part of a snapshot: set aside, and swapped in when the page without `more` comes. */
  readonly snapshot: boolean
  /** Nothing was newer when this was read. */
  readonly upToDate: boolean
  /** With `upToDate`: SHA-256 over the living records, see `digestText`. Another one than the box's is a bug: reset. */
  readonly digest?: string
  /**
   * What the cloud had of this box's outbox before it read the page. With `upToDate`, every mutation up to there is
   * reflected in what the box now has, so the box stops showing its own effect of them.
   */
  readonly inbox: Inbox
}

/** The cursor cannot be continued: pull again without one. Nothing is lost by it. */
export interface MustReset {
  readonly answer: 'must_reset'
  readonly reason: 'other-history' | 'compacted'
}

export type PullAnswer = Page | MustReset | Refused

/** Fields of one group as they shall be. `set` and `unset` together name every field of the group. */
export interface Patch {
  readonly set: JsonObject
  readonly unset: readonly string[]
}

/** One edit of one field group of one record, or a removal. Made at the box, decided by the cloud, exactly once. */
export interface Mutation {
  /** Counted from 1 in each epoch, without gaps. */
  readonly seq: number
  /** Unique for ever and kept when it is renumbered, so that sending it again is harmless. */
  readonly mutationId: string
  readonly feed: FeedName
  readonly kind: string
  readonly id: string
  /** A name of the ownership table, or of a field that it does not list; `*` removes the record. */
  readonly group: string
  /**
   * SHA-256 of the group's fields as the person saw them (of the whole body for a removal), secrets by their id.
   * Null: there was no record. Compared with what the cloud has by value, because revisions do not survive a restored
   * backup.
   */
  readonly base: string | null
  /** Null removes the record. */
  readonly patch: Patch | null
  readonly by: string
  /** By the box's clock: for people, never for a decision. */
  readonly at: EpochMs
}

/** At most 200 mutations and 512 KB of JSON. */
export interface PushRequest extends Request {
  readonly epoch: Epoch
  /** Random at each start of the box's program: tells two live copies of one disk apart. */
  readonly holder: string
  readonly items: readonly Mutation[]
}

export type RejectCode =
  /** Fields are missing or out of bounds. */
  | 'malformed'
  /** The feed is not this box's. */
  | 'forbidden'
  /** Records of this kind and feed are the cloud's alone; a branch makes an override in its own feed. */
  | 'cloud-owned'
  /** The body that it would make is too large. */
  | 'too-large'

/**
 * - `applied`: nobody else had changed the group.
 * - `merged`: somebody had, and the box's value stands; what it replaced is kept where a person would miss it.
 * - `conflict`: the cloud's value stands, the box's is kept for a person to choose.
 * - `rejected`: it cannot be used, `code` says why.
 */
export interface Outcome {
  readonly seq: number
  readonly mutationId: string
  readonly outcome: 'applied' | 'merged' | 'conflict' | 'rejected'
  readonly code?: RejectCode
}

/** Every mutation has an outcome: the queue always moves. */
export interface Taken {
  readonly answer: 'taken'
  readonly inbox: Inbox
  readonly outcomes: readonly Outcome[]
  /** The cloud's clock: the box counts the days that it keeps mutations by it, not by its own. */
  readonly now: EpochMs
}

/** Mutations before these are missing: `inbox` says where to go on. */
export interface Gap {
  readonly answer: 'gap'
  readonly inbox: Inbox
}

/** The cloud has another mutation under one of these numbers, or a newer epoch: start a new one. */
export interface Fork {
  readonly answer: 'fork'
  readonly inbox: Inbox
}

/** Two live boxes hold this identity. Nothing is taken from either until a person has chosen in the cloud. */
export interface Halted {
  readonly answer: 'halted'
  readonly inbox: Inbox
}

export type PushAnswer = Taken | Gap | Fork | Halted | Refused

/** Sent at every poll, also when there is nothing to push: otherwise a restored cloud would not be noticed. */
export interface HeartbeatRequest extends Request {
  readonly epoch: Epoch
  readonly holder: string
  /** The newest mutation that was made. */
  readonly lastSeq: number
}

export interface HeartbeatAnswer {
  readonly answer: 'heartbeat'
  readonly inbox: Inbox
  readonly halted: boolean
  /** The highest number of a status that the cloud has; lower than what it had acknowledged: send all again. */
  readonly statusSeq: number
  readonly now: EpochMs
}

/** What is the case at the site. The newest of a kind and id wins; older ones need not be sent. */
export interface Status {
  readonly seq: number
  readonly kind: string
  readonly id: string
  /** Null: there is no such thing any more. */
  readonly body: JsonObject | null
}

/** At most 500 and 512 KB. */
export interface StatusRequest extends Request {
  readonly epoch: Epoch
  readonly items: readonly Status[]
  /** Ends a full report: every status with a lower number is void. */
  readonly voidBelow?: number
}

export interface StatusAnswer {
  readonly answer: 'status'
  readonly statusSeq: number
}

/** What happened. Append only; the box keeps the newest 20,000 that were not sent. */
export interface SyncEvent {
  /** Rises by one; a hole means that events were dropped. Unique within an epoch. */
  readonly seq: number
  readonly kind: string
  readonly at: EpochMs
  readonly body: JsonObject
}

/** At most 500 and 512 KB. */
export interface EventsRequest extends Request {
  readonly epoch: Epoch
  readonly items: readonly SyncEvent[]
  /** Events that the ring has pushed out since the box was set up. */
  readonly dropped: number
}

export interface EventsAnswer {
  readonly answer: 'events'
  /** The newest that is stored. */
  readonly eventSeq: number
}

/** Sent by the cloud over whatever channel is open. A lost one costs a minute, never data. */
export interface Poke {
  readonly feeds: readonly FeedName[]
}

/**
 * The way to the cloud, over HTTPS or in memory. It authenticates the box; answers come as parsed JSON and are checked
 * by the caller. Throws when there is no answer, whatever the reason.
 */
export interface Transport {
  pull(request: PullRequest): Promise<unknown>
  push(request: PushRequest): Promise<unknown>
  heartbeat(request: HeartbeatRequest): Promise<unknown>
  status(request: StatusRequest): Promise<unknown>
  events(request: EventsRequest): Promise<unknown>
}

/** Whom the cloud's HTTP layer has proven to be asking. */
export interface BoxIdentity {
  readonly boxId: string
  readonly orgId: string
}

/** The cloud's half as its HTTP layer calls it. Requests come as parsed JSON of any content. */
export interface CloudSync {
  pull(box: BoxIdentity, request: unknown): Promise<PullAnswer>
  push(box: BoxIdentity, request: unknown): Promise<PushAnswer>
  heartbeat(box: BoxIdentity, request: unknown): Promise<HeartbeatAnswer | Refused>
  status(box: BoxIdentity, request: unknown): Promise<StatusAnswer | Refused>
  events(box: BoxIdentity, request: unknown): Promise<EventsAnswer | Refused>
  /** Writes by people and programs in the cloud: all or none. Undefined body removes. */
  write(feed: FeedName, changes: readonly CloudChange[], options: { readonly by: string }): Promise<void>
  /**
   * A person has looked at a value that did not stand. `take`: it replaces what stands. Throws `NotFoundError` when there
   * is no such conflict, `ConflictError` when somebody has settled it already.
   */
  settle(boxId: string, mutationId: string, choice: { readonly take: boolean; readonly by: string }): Promise<void>
  /** A person has chosen which of two live boxes stays: mutations are taken again. */
  resume(boxId: string): Promise<void>
  /** Removes tombstones older than 90 days, mutations and secrets that are past their time. */
  compact(feed: FeedName): Promise<void>
  /** Called with the feeds that a committed write has changed; returns the way to stop. */
  onPoke(listener: (poke: Poke) => void): () => void
}

export interface CloudChange {
  readonly kind: string
  readonly id: string
  readonly body: JsonObject | undefined
  /** The revision that the edit was based on; another one now throws `ConflictError`. 0: there must be no record. */
  readonly baseRev?: number
}

/** What a person sees of a box's own half. */
export interface BoxSyncState {
  readonly epoch: Epoch
  /** Edits that the cloud has not decided yet. */
  readonly waiting: number
  /** More than 50,000 edits wait: local editing shall ask for confirmation. */
  readonly crowded: boolean
  /** Two live boxes hold this identity. */
  readonly halted: boolean
  /** Box and cloud are too many versions apart: edits wait here until one of the two is updated. */
  readonly upgrade: boolean
  /** When a whole cycle last succeeded since the program started, by the box's clock. */
  readonly syncedAt?: EpochMs
  /** Outcomes that were not `applied`, newest last, a hundred at most. */
  readonly notices: readonly Notice[]
  /** Records of the account that this box cannot use, a hundred at most: what it had before stays in force. */
  readonly unusable: readonly Unusable[]
  /** The account has no key to which secrets could be sealed: they stay here. */
  readonly withoutSecrets: boolean
}

export interface Unusable {
  readonly kind: string
  readonly id: string
  readonly reason: string
}

/** How sync goes, for people at the box. */
export interface SyncStatus extends Omit<BoxSyncState, 'epoch'> {
  /** The account tells at once when there is something new. */
  readonly live: boolean
  /** The last cycle failed: since when, and why. */
  readonly failing?: { readonly since: EpochMs; readonly reason: string }
}

export interface Notice {
  readonly mutationId: string
  readonly kind: string
  readonly id: string
  readonly group: string
  readonly outcome: Outcome['outcome']
  readonly code?: RejectCode
}

/** What the box's own API and command line need of sync. */
export interface SyncLink {
  /** Undefined while the box is in no account. */
  status(): SyncStatus | undefined
  /** A cycle now; what became of it is in `status()`. Throws `OperatorError` when the box is in no account. */
  now(): Promise<void>
}

/** The box's half. No part of serving phones waits for it. */
export interface BoxSync {
  /** One round: heartbeat, push, pull, status, events. Throws when the cloud cannot be reached; calling again goes on. */
  cycle(): Promise<CycleResult>
  state(): BoxSyncState
  /** Latest wins by kind and id; kept in memory, since the services report again after a start. */
  report(kind: string, id: string, body: JsonObject | null): void
  record(events: readonly { readonly kind: string; readonly at: EpochMs; readonly body: JsonObject }[]): void
  /** Fetches a feed whole again, for an operator who does not trust what is there. */
  resync(feed: FeedName): void
}

export interface CycleResult {
  readonly pushed: number
  readonly pulled: number
  /** Something moved, so the next poll should come soon. */
  readonly busy: boolean
}

/** A secret in a body. In the box's records it is `{ sealed }` alone, sealed with the box's own key. */
export interface SealedSecret {
  readonly sealed: string
  /** Random, made by whoever typed the secret. Two secrets are the same when their ids are. */
  readonly id?: string
}
