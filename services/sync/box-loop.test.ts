import { describe, expect, it } from 'vitest'
import { makeTestTimers, settled } from '../../test/support/timers.ts'
import { silentLog } from '../core/log.ts'
import { UnansweredError } from './box-caller.ts'
import { makeBoxLoop } from './box-loop.ts'
import type { CycleResult } from './contract.ts'

const QUIET: CycleResult = { pushed: 0, pulled: 0, busy: false }

/** A loop whose cycles end as `outcome` says; random numbers lie in the middle. */
function made() {
  const timers = makeTestTimers()
  const begun: number[] = []
  const told: { ok: boolean; recovered: boolean }[] = []
  const world = { outcome: (): Promise<CycleResult> => Promise.resolve(QUIET) }
  const loop = makeBoxLoop({
    cycle() {
      begun.push(timers.monotonic())
      return world.outcome()
    },
    onCycle: (outcome) => void told.push(outcome),
    now: () => timers.monotonic(),
    monotonic: timers.monotonic,
    later: timers.later,
    random: () => 0.5,
    log: silentLog,
  })
  return {
    loop,
    timers,
    begun,
    told,
    world,
    fail(error: Error) {
      world.outcome = () => Promise.reject(error)
    },
  }
}
const AWAY = new UnansweredError('cannot be reached')

describe('loop', () => {
  it('begins soon, asks each minute, and less often when nothing moves', async () => {
    const { timers, begun } = made()
    await timers.advance(1_000)
    expect(begun).toEqual([1_000])
    for (let i = 0; i < 12; i++) await timers.advance(timers.next() ?? 0)
    const gaps = begun.slice(1).map((at, i) => at - (begun[i] ?? 0))
    expect(gaps).toEqual([...[60, 60, 60, 60, 60, 120, 180, 240, 300, 300, 300, 300]].map((s) => s * 1_000))
  })

  it('asks each minute again after something moved', async () => {
    const { timers, world } = made()
    for (let i = 0; i < 10; i++) await timers.advance(timers.next() ?? 0)
    world.outcome = () => Promise.resolve({ pushed: 1, pulled: 0, busy: true })
    await timers.advance(timers.next() ?? 0)
    expect(timers.next()).toBe(60_000)
  })

  it('asks at once on a poke, and within a second for all edits of that time together', async () => {
    const { loop, timers, begun } = made()
    await timers.advance(1_000)
    loop.poke()
    await timers.advance(0)
    loop.edited()
    await timers.advance(500)
    loop.edited()
    await timers.advance(10_000)
    expect(begun).toEqual([1_000, 1_000, 1_700])
  })

  it('runs one cycle at a time; what comes meanwhile is the reason for one more', async () => {
    const { loop, timers, begun, world } = made()
    let end: (result: CycleResult) => void = () => {}
    world.outcome = () =>
      new Promise((resolve) => {
        end = resolve
      })
    await timers.advance(1_000)
    for (let i = 0; i < 5; i++) loop.poke()
    await timers.advance(120_000)
    expect(begun).toEqual([1_000])
    end(QUIET)
    await settled()
    await timers.advance(0)
    expect(begun).toEqual([1_000, 121_000])
  })

  it('goes on after failures, spread over ten minutes once it is an outage', async () => {
    const { loop, timers, begun, told, fail, world } = made()
    fail(AWAY)
    for (let i = 0; i < 5; i++) await timers.advance(timers.next() ?? 0)
    expect(begun).toEqual([1_000, 61_000, 121_000, 451_000, 781_000])
    expect(loop.failing).toEqual({ since: 1_000, reason: 'cannot be reached' })
    loop.edited()
    expect(timers.next()).toBe(330_000)
    world.outcome = () => Promise.resolve(QUIET)
    loop.poke()
    await timers.advance(0)
    expect([loop.failing, told.at(-1)]).toEqual([undefined, { ok: true, recovered: true }])
  })

  it('waits as long as the account asks, whatever happens meanwhile', async () => {
    const { loop, timers, begun, fail, world } = made()
    fail(new UnansweredError('the account answered 503', { retryAfterMs: 100_000 }))
    await timers.advance(1_000)
    world.outcome = () => Promise.resolve(QUIET)
    loop.poke()
    loop.edited()
    await timers.advance(149_999)
    expect(begun).toEqual([1_000])
    await timers.advance(1)
    expect(begun).toEqual([1_000, 151_000])
  })

  it('does at once what a person asks for, with a cycle that began after it', async () => {
    const { loop, timers, begun, world } = made()
    let end: (result: CycleResult) => void = () => {}
    world.outcome = () =>
      new Promise((resolve) => {
        end = resolve
      })
    await timers.advance(1_000)
    const asked = [loop.now(), loop.now()]
    end(QUIET)
    await settled()
    expect(begun.length).toBe(2)
    end({ pushed: 3, pulled: 0, busy: true })
    expect(await Promise.all(asked)).toMatchObject([{ pushed: 3 }, { pushed: 3 }])
    world.outcome = () => Promise.reject(AWAY)
    await expect(loop.now()).rejects.toThrow('cannot be reached')
  })

  it('ends with the cycle that runs, and begins none after', async () => {
    const { loop, timers, begun, world } = made()
    let end: (result: CycleResult) => void = () => {}
    world.outcome = () =>
      new Promise((resolve) => {
        end = resolve
      })
    await timers.advance(1_000)
    const ended = loop[Symbol.asyncDispose]()
    loop.poke()
    end(QUIET)
    await ended
    await timers.advance(1_000_000)
    expect(begun).toEqual([1_000])
    await expect(loop.now()).rejects.toThrow('was ended')
  })
})
