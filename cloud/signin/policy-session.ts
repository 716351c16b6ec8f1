import type { EpochMs } from '../../services/core/clock.ts'

const HOUR = 3_600_000
/** Nobody stays signed in for longer, and nobody who was away for so long. */
export const SESSION = {
  lifeMs: 30 * 24 * HOUR,
  idleMs: 7 * 24 * HOUR,
  rotateMs: HOUR,
  /** Requests that were under way when the token changed. */
  graceMs: 60_000,
  /** How long a proof counts for acts that ask for a fresh one. */
  proofMs: HOUR / 4,
  /** Seen is written no more often. */
  seenMs: 60_000,
} as const

export interface SessionTimes {
  readonly rotatedAt: EpochMs
  readonly seenAt: EpochMs
  readonly endsAt: EpochMs
}

export type SessionFate = 'ended' | 'rotate' | 'touch' | 'keep'

/** What becomes of a session at a request. `previous`: the request brought the token before the last rotation. */
export function fateOf(session: SessionTimes, previous: boolean, now: EpochMs): SessionFate {
  if (now >= session.endsAt || now - session.seenAt > SESSION.idleMs) return 'ended'
  if (previous) return now - session.rotatedAt > SESSION.graceMs ? 'ended' : 'keep'
  if (now - session.rotatedAt > SESSION.rotateMs) return 'rotate'
  return now - session.seenAt > SESSION.seenMs ? 'touch' : 'keep'
}
