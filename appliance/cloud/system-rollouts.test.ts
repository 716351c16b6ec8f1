import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../services/core/log.ts'
import { type AssignedRollout, assignedRollout } from '../../services/rollouts/assigned.ts'
import { UnansweredError } from '../../services/sync/box-caller.ts'
import type { UpdateState } from '../../services/updates/contract.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import type { SystemRollouts } from './rollouts.ts'
import { makeSystemRollouts } from './system-rollouts.ts'

const WISH = assignedRollout.parse({
  ...{ name: 'June', by: 'ada', what: 'system', state: 'run', attempt: 1, file: 'b.raucb', sha256: 'a'.repeat(64) },
  ...{ size: 6, version: '2.0', models: [], pace: {} },
})
const NIGHT = { window: { from: '02:00', to: '03:00' }, zone: 'Europe/Berlin' }

let folder: string
let db: ReturnType<typeof memoryDatabase>
let system: SystemRollouts
let state: UpdateState
let now: number
let startedAt: number
let fetched: number
let received: string[]
let restarts: number
let broken: boolean

function open(): void {
  startedAt = now
  system = makeSystemRollouts({
    ...{ db, log: silentLog, clock: { now: () => now }, startedAt, zone: () => 'Etc/UTC', onChange: () => undefined },
    allowed: () => true,
    updates: {
      state: () => state,
      async receive(content, { by, held }) {
        received.push(`${by} ${held} ${await new Response(content as ReadableStream<Uint8Array>).text()}`)
        state = { ...state, phase: 'installing', percent: 20 }
        return state
      },
      restart: () => void restarts++,
      stay: () => undefined,
      setWindow: () => undefined,
    },
    downloads: {
      async fetch({ sha256 }) {
        fetched++
        if (broken) throw new UnansweredError('the line is gone')
        const path = join(folder, sha256)
        await writeFile(path, 'bundle')
        return path
      },
      drop: async () => undefined,
      clear: async () => undefined,
    },
  })
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bl-system-'))
  db = memoryDatabase()
  ;[now, fetched, received, restarts, broken] = [1_000_000, 0, [], 0, false]
  state = { phase: 'idle', percent: 0, version: '1.0', slot: 'A', well: true }
  open()
  return async () => {
    await system[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  }
})

const step = (change: Partial<AssignedRollout> = {}) => system.step('r1', { ...WISH, ...change })
const becomes = (text: string, change: Partial<AssignedRollout> = {}) =>
  expect.poll(() => `${step(change).state} ${step(change).text}`).toContain(text)
/** The power is cut, or the box starts again. */
async function restarted(after: Partial<UpdateState> = {}): Promise<void> {
  await system[Symbol.asyncDispose]()
  now += 60_000
  state = { ...state, phase: 'idle', percent: 0, ...after }
  open()
}

describe('an update of the box that the account rolls out', () => {
  it('is fetched, installed and started, and done when the box runs it and is well', async () => {
    await becomes('running installing: 20 %')
    expect([received, fetched]).toEqual([['ada (account) 2.0 bundle'], 1])
    state = { ...state, phase: 'installed', bundle: '2.0' }
    expect(step()).toMatchObject({ state: 'running', text: 'installed; the box starts again' })
    expect([step().state, restarts]).toEqual(['running', 1])
    await restarted({ version: '2.0', well: false })
    expect(step()).toMatchObject({ state: 'running', text: 'started; its checks are under way' })
    state = { ...state, well: true }
    expect(step()).toMatchObject({ state: 'done', text: 'runs 2.0' })
    await restarted({ version: '3.0' })
    expect([step().state, fetched, restarts]).toEqual(['done', 1, 1])
  })

  it('that fell back is a failure with its reason, and is not tried again but by another attempt', async () => {
    await becomes('running installing')
    state = { ...state, phase: 'installed', bundle: '2.0' }
    step()
    await restarted({ version: '1.0', fellBack: '2026-06-01 B to A' })
    expect(step()).toMatchObject({ state: 'refused', text: 'fell back: 2026-06-01 B to A' })
    expect([step().state, fetched]).toEqual(['refused', 1])
    expect(step({ attempt: 2 }).state).toBe('downloading')
  })

  it('after a power cut in the middle of the installation it is installed again', async () => {
    await becomes('running installing')
    await restarted()
    await becomes('running installing')
    expect([received.length, restarts]).toEqual([2, 0])
  })

  it.each([
    [
      'refused by the system',
      { phase: 'refused', message: 'signature verification failed' },
      'refused signature verification failed',
    ],
    [
      'another version than was said',
      { phase: 'installed', bundle: '1.9' },
      'refused the file is version 1.9, not 2.0',
    ],
  ] as const)('%s', async (_, then, text) => {
    await becomes('running installing')
    state = { ...state, ...then }
    const told = step()
    expect(`${told.state} ${told.text}`).toBe(text)
    expect(restarts).toBe(0)
  })

  it('cannot be where there is no image, and is no news where it runs already', () => {
    state = { ...state, unsupported: 'this box was installed as a package' }
    expect(step()).toMatchObject({ state: 'refused', text: 'this box was installed as a package' })
    state = { phase: 'idle', percent: 0, version: '2.0', well: true }
    expect(step()).toMatchObject({ state: 'done', text: 'runs 2.0 already' })
    expect(fetched).toBe(0)
  })

  it('waits with the file on its disk for the window, by the clock of the site, also in the night of the change', async () => {
    // In Berlin 2026-10-25 has two o'clock twice: the window opens the first time, 00:00 UTC, and ends with 03:00 of the second.
    now = Date.UTC(2026, 9, 24, 23, 59)
    await becomes('waiting waits for its window 02:00 to 03:00 (Europe/Berlin)', NIGHT)
    expect([fetched, received]).toEqual([1, []])
    now = Date.UTC(2026, 9, 25, 0, 30)
    await becomes('running installing', NIGHT)
    // Installed when it has closed: started in the next one. In spring two o'clock does not exist, and three o'clock ends it.
    state = { ...state, phase: 'installed', bundle: '2.0' }
    now = Date.UTC(2027, 2, 28, 1, 0)
    expect(step(NIGHT)).toMatchObject({
      state: 'waiting',
      text: expect.stringContaining('installed; waits for its window'),
    })
    now = Date.UTC(2027, 2, 29, 0, 15)
    expect(step(NIGHT).text).toBe('installed; the box starts again')
    expect(restarts).toBe(1)
  })

  it('without a window of its own it is installed at once, and started in the window of the box', async () => {
    now = Date.UTC(2026, 10, 26, 12)
    state = { ...state, window: { from: '02:00', to: '03:00' } }
    await becomes('running installing')
    state = { ...state, phase: 'installed', bundle: '2.0' }
    expect(step().text).toBe('installed; waits for its window 02:00 to 03:00 (Etc/UTC)')
    expect(step({ window: { from: '11:00', to: '13:00' }, zone: 'Etc/UTC' }).text).toBe(
      'installed; the box starts again',
    )
    expect(restarts).toBe(1)
  })

  it('a line that breaks is tried again, and a pause or an end before the start keeps the box as it is', async () => {
    broken = true
    await becomes('waiting the line is gone')
    broken = false
    now += 60_000
    await becomes('running installing')
    state = { ...state, phase: 'installed', bundle: '2.0' }
    expect(step({ state: 'pause' })).toMatchObject({ state: 'paused', text: 'installed; paused before the start' })
    expect(step({ state: 'cancel' })).toMatchObject({ state: 'cancelled' })
    expect(restarts).toBe(0)
  })
})
