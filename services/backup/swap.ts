import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { InvariantError } from '../core/errors.ts'
import { isOfBox, type Note, nextStep, type Outcome, STEPS } from './policy-swap.ts'

// Puts data in their place, step by step. Call while the folder is locked and nothing in it is open. Every function may
// be cut off anywhere and called again: it then goes on with what is left.

/** The folder in the data folder in which a restore happens. */
export const WORK = 'restore'
/** What was checked, laid out as it will be; it has this name only once it is whole and on disk. */
export const STAGED = 'staged'
const BESIDE = join(STAGED, 'beside')
const NOTE = 'note.json'
const OUTCOME = 'outcome.json'

/** What is under way in a data folder. A note that cannot be read throws: what it says is not guessed. */
export function readNote(folder: string): Note | undefined {
  const text = readIfThere(join(folder, WORK, NOTE))
  if (text === undefined) return undefined
  const note = JSON.parse(text) as Note
  if (!STEPS.includes(note.step)) throw new InvariantError(`a restore of an unknown step: ${JSON.stringify(note.step)}`)
  return note
}

export function writeNote(folder: string, note: Note): void {
  mkdirSync(join(folder, WORK), { recursive: true, mode: 0o700 })
  writeWhole(join(folder, WORK, NOTE), JSON.stringify(note))
}

export function readOutcome(folder: string): Outcome | undefined {
  const text = readIfThere(join(folder, WORK, OUTCOME))
  return text === undefined ? undefined : (JSON.parse(text) as Outcome)
}

/**
 * What a start of the box does before it opens anything: goes on with what was begun, until the box may open its data.
 * Returns the note of a box that is on trial.
 */
export function settle(folder: string, now: number): Note | undefined {
  for (;;) {
    const note = readNote(folder)
    if (note === undefined) return undefined
    perform(folder, note, now)
    const next = nextStep(note)
    if (next === 'done') {
      removeNote(folder)
    } else if (next === 'run') {
      const counted = { ...note, starts: note.starts + 1 }
      writeNote(folder, counted)
      return counted
    } else writeNote(folder, next)
  }
}

/** The box runs well with what was restored: the old data go. */
export function confirmTrial(folder: string, now: number): void {
  const note = readNote(folder)
  if (note?.step !== 'trial') return
  writeNote(folder, { ...note, step: 'settle' })
  perform(folder, { ...note, step: 'settle' }, now)
  removeNote(folder)
}

/** The box did not start with what was restored: the next start puts the old data back. Whether there was a trial. */
export function giveUpTrial(folder: string, reason: string): boolean {
  const note = readNote(folder)
  if (note?.step !== 'trial') return false
  writeNote(folder, { ...note, step: 'back-out', reason })
  return true
}

function perform(folder: string, note: Note, now: number): void {
  const at = (name: string) => join(folder, WORK, name)
  const { step } = note
  const outcome = (kind: Outcome['kind']) =>
    writeWhole(
      at(OUTCOME),
      JSON.stringify({
        ...{ kind, at: now, box: note.box, madeAt: note.madeAt },
        ...(note.reason !== undefined && { reason: note.reason }),
      } satisfies Outcome),
    )
  if (step === 'out') moveAll(folder, at('old'), isOfBox)
  if (step === 'in') {
    moveAll(join(at(STAGED), 'data'), folder, isOfBox)
    // What stood beside the data on the other machine is for a person to put in place.
    if (existsSync(at(BESIDE))) renameSync(at(BESIDE), join(folder, 'restored'))
    flush(folder)
  }
  if (step === 'settle') {
    outcome('restored')
    clear(folder)
  }
  if (step === 'back-out') moveAll(folder, at('failed'), isOfBox)
  if (step === 'back-in') moveAll(at('old'), folder, isOfBox)
  if (step === 'tidy') {
    outcome('taken-back')
    clear(folder)
  }
  if (step === 'erase') {
    const stays = (name: string) => name === 'branchline.lock' || name === WORK
    for (const name of readdirSync(folder)) if (!stays(name)) removeAll(join(folder, name))
    for (const name of readdirSync(join(folder, WORK))) if (name !== NOTE) removeAll(join(folder, WORK, name))
    flush(folder)
  }
}

/** Renames everything that is wanted; what was renamed before is no longer there. */
function moveAll(from: string, to: string, wanted: (name: string) => boolean): void {
  mkdirSync(to, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(from)) if (wanted(name)) renameSync(join(from, name), join(to, name))
  flush(from)
  flush(to)
}

/** Everything that the restore needed, but for what is told of it. */
function clear(folder: string): void {
  const work = join(folder, WORK)
  for (const name of readdirSync(work)) if (name !== NOTE && name !== OUTCOME) removeAll(join(work, name))
}

function removeAll(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

function removeNote(folder: string): void {
  rmSync(join(folder, WORK, NOTE), { force: true })
  flush(join(folder, WORK))
}

function flush(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function writeWhole(path: string, text: string): void {
  const file = openSync(`${path}.new`, 'w', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.new`, path)
  flush(join(path, '..'))
}
