import type { EpochMs } from '../core/clock.ts'
import type { JobKind, JobReport, JobState, RemoteSwitches } from './contract.ts'

/** Bounds that both sides hold. Sizes in bytes or characters of JSON. */
export const LIMITS = {
  /** Phones in one job. */
  macs: 200,
  /** Jobs in one answer. */
  take: 20,
  /** The longest that a job may wait for its box. */
  waitMs: 86_400_000,
  text: 500,
  /** What a job is told: a record's patch, or a vendor's texts. */
  given: 256 * 1024,
  result: 512 * 1024,
  header: 8 * 1024,
  path: 4 * 1024,
  pageMinutes: 60,
  /** The body of a browser's request. */
  pageRequest: 512 * 1024,
  /** Requests in one answer, and waiting in all. */
  pageRequests: 16,
  /** A part of a phone's answer, and all of it. */
  pagePart: 256 * 1024,
  pageAnswer: 16 * 1024 * 1024,
} as const

/** How long a job waits for its box unless somebody says otherwise. */
export const WAIT_MS: Readonly<Record<JobKind, number>> = {
  explain: 120_000,
  render: 120_000,
  preview: 120_000,
  template: 120_000,
  versions: 120_000,
  history: 120_000,
  checks: 120_000,
  undo: 120_000,
  refetch: 600_000,
  reboot: 600_000,
  // A person sits before it.
  'phone-page': 60_000,
}

/** How long a box may take to say what came of it: phones are watched until they have fetched. */
export const RUN_MS: Readonly<Record<JobKind, number>> = {
  explain: 120_000,
  render: 120_000,
  preview: 120_000,
  template: 120_000,
  versions: 120_000,
  history: 120_000,
  checks: 300_000,
  undo: 120_000,
  refetch: 3_600_000,
  reboot: 3_600_000,
  'phone-page': 60_000,
}

const LOOKS: readonly JobKind[] = ['explain', 'render', 'preview', 'template', 'versions', 'history', 'checks']

/** Why the branch does not let this be done; undefined: it does. Nothing that comes from the account changes that. */
export function objectionTo(kind: JobKind, { remote, phonePages }: RemoteSwitches): string | undefined {
  if (remote === 'off') return 'this branch does not let its account do anything here (cloud.remote: off)'
  if (remote === 'read' && !LOOKS.includes(kind))
    return 'this branch lets its account look, not act (cloud.remote: read)'
  if (kind === 'phone-page' && !phonePages)
    return 'this branch does not show the pages of its phones (cloud.phonePages: false)'
  return undefined
}

/** What a box remembers of a job. `begun`: it was started and nobody knows how far it got. */
export type Remembered = 'begun' | 'ended'

/**
 * What to do with a job that was given. `run` is said once in the life of an id: whatever the box remembers keeps it from
 * being done again, and a box that remembers nothing only gets what its account does not know to be answered.
 */
export function onGiven(
  remembered: Remembered | undefined,
  given: { readonly underWay: boolean; readonly expiresInMs: number },
): 'run' | 'report' | 'wait' | 'give-up' | 'too-late' {
  if (remembered === 'ended') return 'report'
  if (given.underWay) return 'wait'
  if (remembered === 'begun') return 'give-up'
  return given.expiresInMs > 0 ? 'run' : 'too-late'
}

/** A job as far as its state needs it. */
export interface JobTimes {
  readonly state: JobState
  /** Until when it may be taken. */
  readonly expiresAt: EpochMs
  /** Once it was taken: until when the box must have said what came of it. */
  readonly answerBy: EpochMs | null
}

/** Whether a box is given it: also again, since the answer that carried it may have been lost. */
export function isGiven({ state, expiresAt }: JobTimes, now: EpochMs): boolean {
  return (state === 'waiting' || state === 'taken') && now < expiresAt
}

/** Why it has ended without a word of its box; undefined: it has not. */
export function expiry({ state, expiresAt, answerBy }: JobTimes, now: EpochMs): string | undefined {
  if (state === 'waiting' && now >= expiresAt) return 'the box did not fetch it in time'
  if (state === 'taken' && answerBy !== null && now >= answerBy)
    return 'the box fetched it and has not said what came of it'
  return undefined
}

/**
 * The state after a report, or undefined when the report changes nothing: the first last word stands, whatever is said
 * after it. A word that comes after the time still counts, for it tells what happened.
 */
export function afterReport(state: JobState, report: JobReport['state']): JobState | undefined {
  if (state === 'done' || state === 'failed') return undefined
  if (report !== 'running') return report
  return state === 'expired' ? undefined : 'taken'
}
