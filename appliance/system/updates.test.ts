import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../services/core/log.ts'
import { makeUpdates } from './updates.ts'

const NOON = Date.UTC(2026, 10, 26, 12)
const HOUR = 3_600_000
const by = 'account:maria'
let folder: string
let now: number
let tick: () => void
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-updates-'))
  now = NOON
})
afterEach(() => rmSync(folder, { recursive: true }))
/** The service, in this start of the machine. */
const open = (boot = 'b1') =>
  makeUpdates({
    ...{ dataFolder: folder, systemFolder: folder, log: silentLog, commandLine: '', boot, versionFile: '/none' },
    ...{ zone: () => 'Europe/Berlin', clock: { now: () => now } },
    every(_, work) {
      tick = work
      return () => undefined
    },
  })
const isAsked = () => existsSync(join(folder, 'update/restart'))
function system(phase: string, version = '1.5.0'): void {
  writeFileSync(join(folder, 'status'), `phase=${phase}\npercent=100\nversion=${version}\n`)
}

describe('a restart that is put off', () => {
  it('comes at its time, unless it is taken back', () => {
    using updates = open()
    updates.restart({ by, at: now + HOUR })
    expect(updates.state().restartAt).toBe(NOON + HOUR)
    updates.stay({ by })
    now += HOUR
    tick()
    expect([updates.state().restartAt, isAsked()]).toEqual([undefined, false])
    updates.restart({ by, at: now + 1 })
    now += 1
    tick()
    expect([updates.state().restartAt, isAsked()]).toEqual([undefined, true])
  })

  it('is kept while the service is away, and forgotten when the machine has started again', () => {
    open().restart({ by, at: now + HOUR })
    expect(open('b2').state().restartAt).toBeUndefined()
    using updates = open()
    expect(updates.state().restartAt).toBe(NOON + HOUR)
    now += HOUR + 60_000
    tick()
    expect(isAsked()).toBe(true)
  })

  it('is not made hours later, when the service was away at its time', () => {
    open().restart({ by, at: now + HOUR })
    using updates = open()
    now += 3 * HOUR
    tick()
    expect([updates.state().restartAt, isAsked()]).toEqual([undefined, false])
  })

  it('does not break off an update that is under way', () => {
    using updates = open()
    updates.restart({ by, at: now + 1 })
    system('installing')
    now += 1
    tick()
    expect(isAsked()).toBe(false)
    system('installed')
    tick()
    expect([isAsked(), updates.state().restartAt]).toEqual([true, undefined])
  })

  it('is not put off beyond a week, nor into the past', () => {
    using updates = open()
    for (const at of [now - 60_000, now + 8 * 24 * HOUR, Number.NaN])
      expect(() => updates.restart({ by, at }), `${at}`).toThrow('within the next seven days')
    expect(isAsked()).toBe(false)
    updates.restart({ by })
    expect(isAsked()).toBe(true)
  })
})

it('what was left of an update that was on its way when the power went is removed', () => {
  mkdirSync(join(folder, 'update'))
  writeFileSync(join(folder, 'update/bundle.part'), 'half')
  using _ = open()
  expect(existsSync(join(folder, 'update/bundle.part'))).toBe(false)
})

describe('a window', () => {
  const NIGHT = { from: '02:00', to: '03:00', days: ['fri' as const] }

  it('is on the disk when it is acknowledged, and starts what is installed when it opens', () => {
    open().setWindow(NIGHT, { by })
    expect(JSON.parse(readFileSync(join(folder, 'update.json'), 'utf8'))).toEqual({ form: 1, window: NIGHT })
    using updates = open()
    expect(updates.state()).toMatchObject({ window: NIGHT })
    expect(updates.state().windowStartAt).toBeUndefined()
    system('installed')
    expect(updates.state().windowStartAt).toBe(Date.UTC(2026, 10, 27, 1))
    tick()
    expect(isAsked()).toBe(false)
    now = Date.UTC(2026, 10, 27, 1, 30)
    tick()
    expect(isAsked()).toBe(true)
  })

  it('does nothing with nothing installed, and nothing unless somebody gave one', () => {
    using updates = open()
    system('installed')
    tick()
    expect([updates.state().window, isAsked()]).toEqual([undefined, false])
    updates.setWindow({ from: '00:00', to: '00:00' }, { by })
    system('idle', '')
    tick()
    expect(isAsked()).toBe(false)
    updates.setWindow(undefined, { by })
    system('installed')
    tick()
    expect([updates.state().window, isAsked()]).toEqual([undefined, false])
  })

  it('lets go first what a person said, and what the account starts itself', async () => {
    using updates = open()
    updates.setWindow({ from: '00:00', to: '00:00' }, { by })
    system('installed')
    updates.restart({ by, at: now + HOUR })
    tick()
    expect([updates.state().windowStartAt, isAsked()]).toEqual([undefined, false])
    updates.stay({ by })
    const receiving = updates.receive(new TextEncoder().encode('bundle'), { by, held: '1.5.0' })
    await expect.poll(() => existsSync(join(folder, 'update/install')), { timeout: 20_000 }).toBe(true)
    rmSync(join(folder, 'update/install'))
    system('checking', '1.5.0')
    await receiving
    system('installed')
    tick()
    expect([updates.state().windowStartAt, isAsked()]).toEqual([undefined, false])
  })

  it('does not go again where a version came back from', () => {
    open().setWindow({ from: '00:00', to: '00:00' }, { by })
    system('installed')
    using first = open()
    tick()
    expect([isAsked(), first.state().windowStartAt]).toEqual([true, now])
    rmSync(join(folder, 'update/restart'))
    using again = open('b2')
    tick()
    expect([isAsked(), again.state().windowStartAt]).toEqual([false, undefined])
    system('installed', '1.5.1')
    tick()
    expect(isAsked()).toBe(true)
  })

  it.each([
    [{ from: '25:00', to: '03:00' }, '"25:00" is no time of day'],
    [{ from: '02:00', to: '03:00', days: [] }, 'at least one day'],
  ])('that is none is refused, and the one before stays: %o', (window, why) => {
    using updates = open()
    updates.setWindow(NIGHT, { by })
    expect(() => updates.setWindow(window, { by })).toThrow(why)
    expect(updates.state().window).toEqual(NIGHT)
  })

  it('that cannot be read any more is told in the log, and the box goes on', () => {
    writeFileSync(join(folder, 'update.json'), '{"form":1,"window":')
    using updates = open()
    expect(updates.state()).not.toHaveProperty('window')
  })
})
