import type { EpochMs } from '../../services/core/clock.ts'

/**
 * How what a phone has differs from what it shall have, the first that fits:
 *
 * - `no-box`: its site has no box yet; what is here is a plan.
 * - `site-offline`: its box was not heard of for a while; what is known of the phone is as old.
 * - `never-asked`: it has never fetched a configuration of its own.
 * - `changed-at-phone`: it told of a change at its own keypad or page after its last fetch.
 * - `pending`: the box has not got the last edit, or the phone has not fetched what that made.
 * - `in-sync`: it fetched exactly what is wanted now.
 */
export const DRIFT_STATES = ['no-box', 'site-offline', 'never-asked', 'changed-at-phone', 'pending', 'in-sync'] as const
export type DriftState = (typeof DRIFT_STATES)[number]

/** A box polls every five minutes at least, so twice that and a little is silence. */
export const OFFLINE_AFTER_MS = 12 * 60_000

/** What is known of a device and its box. Null: nothing. */
export interface DriftFacts {
  readonly boxId: string | null
  readonly boxSeenAt: EpochMs | null
  /** The number of the device's last edit in its feed, and how far the box has read that feed. */
  readonly recordSeq: number | null
  readonly pulledSeq: number | null
  readonly wantedHash: string | null
  readonly fetchedHash: string | null
  /** By the box's clock, both: compared with one another alone. */
  readonly fetchedAt: EpochMs | null
  readonly changedAt: EpochMs | null
}

export interface Drift {
  readonly state: DriftState
  /** For `site-offline`: when its box was last heard of. */
  readonly since?: EpochMs
}

export function driftOf(facts: DriftFacts, now: EpochMs): Drift {
  if (facts.boxId === null) return { state: 'no-box' }
  const { boxSeenAt } = facts
  if (boxSeenAt === null) return { state: 'site-offline' }
  if (boxSeenAt < now - OFFLINE_AFTER_MS) return { state: 'site-offline', since: boxSeenAt }
  if (facts.fetchedHash === null) return { state: 'never-asked' }
  if ((facts.changedAt ?? 0) > (facts.fetchedAt ?? 0)) return { state: 'changed-at-phone' }
  if ((facts.recordSeq ?? 0) > (facts.pulledSeq ?? 0)) return { state: 'pending' }
  return { state: facts.fetchedHash === facts.wantedHash ? 'in-sync' : 'pending' }
}
