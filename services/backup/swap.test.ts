import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MOST_STARTS, type Note, nextStep } from './policy-swap.ts'
import { confirmTrial, giveUpTrial, readNote, readOutcome, settle, writeNote } from './swap.ts'

const CHILD = fileURLToPath(new URL('../../test/support/restore-process.ts', import.meta.url))
const OLD = ['branchline.db', 'branchline.db-wal', 'secret.key', 'tls/ca.sealed', 'only-old']
const NEW = ['branchline.db', 'secret.key', 'tls/ca.sealed', 'cloud/enrolment.sealed', 'backup.json']
/** Of this machine and its program: no restore touches them. */
const STAYS = ['branchline.lock', 'backup/a.backup', 'update/install']
const NOTE: Note = { step: 'out', by: 'cli:local', since: 1, box: 'other', madeAt: 2, starts: 0 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-swap-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(base: string, names: readonly string[], text: string): void {
  for (const name of names) {
    mkdirSync(join(base, name, '..'), { recursive: true })
    writeFileSync(join(base, name), text)
  }
}

/** A box with data of its own, and another one's data checked and ready beside. */
function ready(step: Note['step'] = 'out'): void {
  rmSync(folder, { recursive: true })
  put(folder, STAYS, 'stays')
  put(folder, OLD, 'old')
  put(join(folder, 'restore/staged'), ['manifest.json'], '{}')
  put(join(folder, 'restore/staged/data'), NEW, 'new')
  put(join(folder, 'restore/staged/beside'), ['branchline.yaml'], 'new')
  writeNote(folder, { ...NOTE, step })
}

/** Every file in the data folder but those of the restore, with what is in it. */
function files(): Record<string, string> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile())
  const paths = found.map((it) => join(it.parentPath, it.name).slice(folder.length + 1)).sort()
  return Object.fromEntries(
    paths
      .filter((path) => !path.startsWith('restore/'))
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  )
}
const all = (names: readonly string[], text: string) => Object.fromEntries(names.map((name) => [name, text]))
const WHOLE_OLD = { ...all(OLD, 'old'), ...all(STAYS, 'stays') }
const WHOLE_NEW = { ...all(NEW, 'new'), 'restored/branchline.yaml': 'new', ...all(STAYS, 'stays') }

/** Runs the process that is killed after ever more steps, until it ends by itself; `look` after each. */
async function cutEverywhere(prepare: () => void, look: (cuts: number) => void): Promise<number> {
  for (let cuts = 0; ; cuts++) {
    prepare()
    const child = Bun.spawn([process.execPath, CHILD, folder, String(cuts)], { stdout: 'ignore', stderr: 'inherit' })
    const code = await child.exited
    if (child.signalCode === 'SIGKILL') {
      look(cuts)
      continue
    }
    expect(code).toBe(0)
    return cuts
  }
}

describe('a restore', () => {
  it('that is killed after any step is whole at the next start, and the old data are kept', async () => {
    const cuts = await cutEverywhere(ready, () => {
      settle(folder, 1_000)
      expect(readNote(folder)).toMatchObject({ step: 'trial' })
      expect(files()).toEqual(WHOLE_NEW)
      expect(readdirSync(join(folder, 'restore/old')).sort()).toEqual(
        ['branchline.db', 'branchline.db-wal', 'only-old', 'secret.key', 'tls'].sort(),
      )
    })
    expect(cuts).toBeGreaterThan(12)
  })

  it('that is taken back and killed after any step has the old data whole', async () => {
    const cuts = await cutEverywhere(
      () => {
        ready()
        settle(folder, 1_000)
        writeFileSync(join(folder, 'made-on-trial'), 'x')
        expect(giveUpTrial(folder, 'port taken')).toBe(true)
      },
      () => {
        settle(folder, 1_000)
        expect(files()).toEqual(WHOLE_OLD)
        expect(readOutcome(folder)).toEqual({
          ...{ kind: 'taken-back', at: 1_000, box: 'other', madeAt: 2, reason: 'port taken' },
        })
        expect(readdirSync(join(folder, 'restore'))).toEqual(['outcome.json'])
      },
    )
    expect(cuts).toBeGreaterThan(12)
  })

  it('keeps the new data once the box was found well, and says so', () => {
    ready()
    settle(folder, 1_000)
    confirmTrial(folder, 2_000)
    expect(files()).toEqual(WHOLE_NEW)
    expect(readdirSync(join(folder, 'restore'))).toEqual(['outcome.json'])
    expect(readOutcome(folder)).toEqual({ kind: 'restored', at: 2_000, box: 'other', madeAt: 2 })
    expect(settle(folder, 3_000)).toBeUndefined()
    expect(giveUpTrial(folder, 'late')).toBe(false)
  })

  it('is taken back by the start after the last one that never was found well', () => {
    ready()
    for (let starts = 1; starts <= MOST_STARTS; starts++)
      expect(settle(folder, 1_000)).toMatchObject({ step: 'trial', starts })
    expect(settle(folder, 1_000)).toBeUndefined()
    expect(files()).toEqual(WHOLE_OLD)
    expect(readOutcome(folder)?.reason).toBe('it was not found well in 3 starts')
  })
})

it('a factory reset that is killed after any step erases everything at the next start', async () => {
  const cuts = await cutEverywhere(
    () => ready('erase'),
    () => {
      settle(folder, 1_000)
      expect(files()).toEqual({ 'branchline.lock': 'stays' })
      expect(readdirSync(join(folder, 'restore'))).toEqual([])
    },
  )
  expect(cuts).toBeGreaterThan(5)
})

it('a restore of which nothing is there any more leaves the data as they are', () => {
  ready()
  rmSync(join(folder, 'restore/staged'), { recursive: true })
  expect(settle(folder, 1_000)).toBeUndefined()
  expect(files()).toEqual(WHOLE_OLD)
  expect(readOutcome(folder)).toMatchObject({ kind: 'taken-back', reason: 'what was checked is not there any more' })
})

it('a note of a step that is not known is not guessed at', () => {
  ready()
  writeFileSync(join(folder, 'restore/note.json'), JSON.stringify({ ...NOTE, step: 'sideways' }))
  expect(() => settle(folder, 1_000)).toThrow('unknown step')
  expect(files()).toEqual(WHOLE_OLD)
  expect(existsSync(join(folder, 'restore/staged/data'))).toBe(true)
})

it('each step leads to the next', () => {
  const after = (step: Note['step'], starts = 0) => {
    const next = nextStep({ ...NOTE, step, starts })
    return typeof next === 'string' ? next : next.step
  }
  expect([after('out'), after('in'), after('trial'), after('trial', MOST_STARTS)]).toEqual([
    ...['in', 'trial', 'run', 'back-out'],
  ])
  expect([after('back-out'), after('back-in'), after('tidy'), after('settle'), after('erase')]).toEqual([
    ...['back-in', 'tidy', 'done', 'done', 'done'],
  ])
})
