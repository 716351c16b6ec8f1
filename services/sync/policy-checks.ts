/**
 * Every protective check of the protocol, by name. The programs run with all of them; the simulation switches off one
 * after the other and must then find the failure that it is there to prevent (docs/sync.md).
 */
export interface SyncChecks {
  /** Cloud: a cursor beyond the end of its generation is refused, so a restored cloud is noticed. */
  readonly generation: boolean
  /** Cloud: a cursor below the compaction floor is refused, because removals before it are forgotten. */
  readonly floor: boolean
  /** Cloud: a feed is given, and written, only to a box that it belongs to. */
  readonly tenant: boolean
  /** Cloud: a number that was taken must come again with the same mutation id. */
  readonly fork: boolean
  /** Cloud: a mutation whose id is known gets the outcome that it had. */
  readonly remember: boolean
  /** Cloud: an epoch that is older than the newest, or its twin, is no longer taken from. */
  readonly epoch: boolean
  /** Cloud: a box that comes back after another one took over its identity halts both. */
  readonly twins: boolean
  /** Cloud: edits of a box that is too old, or newer than the cloud, are not decided. */
  readonly version: boolean
  /** Box: what the cloud says of its inbox is compared at each poll, also with an empty outbox. */
  readonly heartbeat: boolean
  /** Box: mutations are kept after they were taken. */
  readonly kept: boolean
  /** Box: those that were kept are sent again in a new epoch. */
  readonly keptAfterFork: boolean
  /** Box: the effect of a mutation stays until a page reflects it. */
  readonly overlay: boolean
  /** Box: an answer to a question that is no longer the current one is thrown away. */
  readonly stale: boolean
  /** Box: edits that were made before a page arrived become mutations before it is applied. */
  readonly ingest: boolean
  /** Box: a snapshot replaces what was there only when it is complete. */
  readonly staging: boolean
  /** Box: age is counted by the cloud's clock. */
  readonly cloudClock: boolean
  /** Box: at its start, records that the cloud removed while a release ran that did not know their kind go too. */
  readonly relearn: boolean
  /** Box: what it has of a feed is compared with what the cloud has. */
  readonly digest: boolean
}

export const ALL_CHECKS: SyncChecks = {
  generation: true,
  floor: true,
  tenant: true,
  fork: true,
  remember: true,
  epoch: true,
  twins: true,
  version: true,
  heartbeat: true,
  kept: true,
  keptAfterFork: true,
  overlay: true,
  stale: true,
  ingest: true,
  staging: true,
  cloudClock: true,
  relearn: true,
  digest: true,
}
