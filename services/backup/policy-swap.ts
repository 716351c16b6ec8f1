import type { EpochMs } from '../core/clock.ts'

// How other data come into the place of the box's own: by a note on the disk and renames that can be done again. Each
// step below is written down before it begins, so that a start after a power cut goes on where it was cut.
//
//   out       everything of the box goes into restore/old
//   in        everything that was checked comes from restore/staged into its place
//   trial     the box runs with it; the old data are kept until it was found well
//   settle    the old data are removed
//   back-out  what did not start goes into restore/failed
//   back-in   the old data come back into their place
//   tidy      what did not start is removed
//   erase     everything of the box is removed

export const STEPS = ['out', 'in', 'trial', 'settle', 'back-out', 'back-in', 'tidy', 'erase'] as const
export type Step = (typeof STEPS)[number]

export interface Note {
  readonly step: Step
  readonly by: string
  readonly since: EpochMs
  /** Whose backup, and of when. */
  readonly box: string
  readonly madeAt: EpochMs
  /** Starts of the box in `trial`, each of which counted itself before it began. */
  readonly starts: number
  /** Why it is taken back. */
  readonly reason?: string
}

/** What came of the last restore, for the page. */
export interface Outcome {
  readonly kind: 'restored' | 'taken-back'
  readonly at: EpochMs
  readonly box: string
  readonly madeAt: EpochMs
  readonly reason?: string
}

/** Starts that a restored box has to be found well in. */
export const MOST_STARTS = 3

/** What a start of the box does next; `run`: it may open its data now. */
export function nextStep(note: Note): Note | 'run' | 'done' {
  const { step } = note
  if (step === 'out') return { ...note, step: 'in' }
  if (step === 'in') return { ...note, step: 'trial' }
  if (step === 'trial') {
    const reason = `it was not found well in ${MOST_STARTS} starts`
    return note.starts >= MOST_STARTS ? { ...note, step: 'back-out', reason } : 'run'
  }
  if (step === 'back-out') return { ...note, step: 'back-in' }
  if (step === 'back-in') return { ...note, step: 'tidy' }
  return 'done'
}

/** Names in the data folder that belong to this machine and its running program, and stay where they are. */
const STAY = new Set(['branchline.lock', 'branchline.sock', 'restore', 'backup', 'stick', 'update'])

/** Whether what lies under this name in the data folder is the box's, and goes with it. */
export function isOfBox(name: string): boolean {
  return !STAY.has(name)
}
