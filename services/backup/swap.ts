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

/** What changes the disk; each call is one step that a power cut is before or after. */
export interface Disk {
  rename(from: string, to: string): void
  remove(path: string): void
  /** Either the old or the new text is there afterwards, whatever happens. */
  write(path: string, text: string): void
}

export const DISK: Disk = {
  rename: renameSync,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  write: writeWhole,
}

/** What is under way in a data folder. A note that cannot be read throws: what it says is not guessed. */
export function readNote(folder: string): Note | undefined {
  const text = readIfThere(join(folder, WORK, NOTE))
  if (text === undefined) return undefined
  const note = JSON.parse(text) as Note
  if (!STEPS.includes(note.step)) throw new InvariantError(`a restore of an unknown step: ${JSON.stringify(note.step)}`)
  return note
}

export function writeNote(folder: string, note: Note, disk = DISK): void {
  mkdirSync(join(folder, WORK), { recursive: true, mode: 0o700 })
  disk.write(join(folder, WORK, NOTE), JSON.stringify(note))
}

export function readOutcome(folder: string): Outcome | undefined {
  const text = readIfThere(join(folder, WORK, OUTCOME))
  return text === undefined ? undefined : (JSON.parse(text) as Outcome)
}

/**
 * What a start of the box does before it opens anything: goes on with what was begun, until the box may open its data.
 * Returns the note of a box that is on trial.
 */
export function settle(folder: string, now: number, disk = DISK): Note | undefined {
  for (;;) {
    const note = readNote(folder)
    if (note === undefined) return undefined
    if (note.step === 'out' && !existsSync(join(folder, WORK, STAGED, 'data'))) {
      writeNote(folder, { ...note, step: 'back-in', reason: 'what was checked is not there any more' }, disk)
      continue
    }
    perform(folder, note, now, disk)
    const next = nextStep(note)
    if (next === 'done') {
      removeNote(folder, disk)
    } else if (next === 'run') {
      const counted = { ...note, starts: note.starts + 1 }
      writeNote(folder, counted, disk)
      return counted
    } else writeNote(folder, next, disk)
  }
}

/** The box runs well with what was restored: the old data go. */
export function confirmTrial(folder: string, now: number, disk = DISK): void {
  const note = readNote(folder)
  if (note?.step !== 'trial') return
  writeNote(folder, { ...note, step: 'settle' }, disk)
  settle(folder, now, disk)
}

/** The box did not start with what was restored: the next start puts the old data back. Whether there was a trial. */
export function giveUpTrial(folder: string, reason: string): boolean {
  const note = readNote(folder)
  if (note?.step !== 'trial') return false
  writeNote(folder, { ...note, step: 'back-out', reason })
  return true
}

function perform(folder: string, note: Note, now: number, disk: Disk): void {
  const at = (name: string) => join(folder, WORK, name)
  const { step } = note
  const outcome = (kind: Outcome['kind']) =>
    disk.write(
      at(OUTCOME),
      JSON.stringify({
        ...{ kind, at: now, box: note.box, madeAt: note.madeAt },
        ...(note.reason !== undefined && { reason: note.reason }),
      } satisfies Outcome),
    )
  if (step === 'out') moveAll(folder, at('old'), disk)
  if (step === 'in') {
    moveAll(join(at(STAGED), 'data'), folder, disk)
    // What stood beside the data on the other machine is for a person to put in place.
    if (existsSync(at(BESIDE))) disk.rename(at(BESIDE), join(folder, 'restored'))
    flush(folder)
  }
  if (step === 'settle') {
    outcome('restored')
    clear(folder, disk)
  }
  if (step === 'back-out') moveAll(folder, at('failed'), disk)
  if (step === 'back-in') moveAll(at('old'), folder, disk)
  if (step === 'tidy') {
    outcome('taken-back')
    clear(folder, disk)
  }
  if (step === 'erase') {
    const stays = (name: string) => name === 'branchline.lock' || name === WORK
    for (const name of readdirSync(folder)) if (!stays(name)) disk.remove(join(folder, name))
    for (const name of readdirSync(join(folder, WORK))) if (name !== NOTE) disk.remove(join(folder, WORK, name))
    flush(folder)
  }
}

/** Renames everything of the box; what was renamed before is no longer there. */
function moveAll(from: string, to: string, disk: Disk): void {
  for (const one of [from, to]) mkdirSync(one, { recursive: true, mode: 0o700 })
  flush(join(to, '..'))
  for (const name of readdirSync(from)) if (isOfBox(name)) disk.rename(join(from, name), join(to, name))
  flush(from)
  flush(to)
}

/** Everything that the restore needed, but for what is told of it. */
function clear(folder: string, disk: Disk): void {
  const work = join(folder, WORK)
  for (const name of readdirSync(work)) if (name !== NOTE && name !== OUTCOME) disk.remove(join(work, name))
}

function removeNote(folder: string, disk: Disk): void {
  disk.remove(join(folder, WORK, NOTE))
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
