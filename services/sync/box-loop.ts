import type { EpochMs } from '../core/clock.ts'
import { messageOf, OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { CycleResult } from './contract.ts'
import { nextDelay } from './policy-pace.ts'

/** What people change in this time goes up together. */
const EDIT_MS = 700
/** After so many failures in a row it is an outage: edits wait with everything else. */
const OUTAGE = 3

export interface BoxLoopDeps {
  cycle(): Promise<CycleResult>
  /** Told after each cycle. `recovered`: the ones before failed. */
  onCycle(outcome: { readonly ok: boolean; readonly recovered: boolean }): void
  /** The box's clock, for people. */
  readonly now: () => EpochMs
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** Calls `work` once after so many milliseconds; returns the way to stop. */
  readonly later: (ms: number, work: () => void) => () => void
  readonly log: Log
}

/** Runs cycles, one at a time, as often as there is reason to. Disposing waits for the one that runs. */
export interface BoxLoop extends AsyncDisposable {
  /** The account has news. */
  poke(): void
  /** Somebody changed something here. */
  edited(): void
  /** The next cycle begins in so many milliseconds at the latest, but not before the account wants to be asked. */
  within(ms: number): void
  /** A cycle that begins after this call, whatever the pace. Throws what it throws. */
  now(): Promise<CycleResult>
  /** Since when no cycle succeeds, and why the last one did not. */
  readonly failing: { readonly since: EpochMs; readonly reason: string } | undefined
}

/** Begins with a cycle within two seconds. */
export function makeBoxLoop(deps: BoxLoopDeps): BoxLoop {
  const { later, monotonic, random, log } = deps
  let idle = 0
  let failed = 0
  let failing: BoxLoop['failing']
  let dueAt = 0
  let cancel = () => {}
  let running: Promise<CycleResult> | undefined
  let forced: Promise<CycleResult> | undefined
  /** The shortest wait that was asked for while a cycle ran. */
  let wanted: number | undefined
  /** The account does not want to be asked before. */
  let closedUntil = 0
  let stopped = false

  function schedule(ms: number): void {
    cancel()
    dueAt = monotonic() + ms
    cancel = later(ms, () => void start().catch(() => undefined))
  }

  function within(ms: number): void {
    if (stopped) return
    if (running !== undefined) {
      wanted = Math.min(wanted ?? ms, ms)
      return
    }
    const at = Math.max(monotonic() + ms, closedUntil)
    if (at < dueAt) schedule(Math.max(0, at - monotonic()))
  }

  async function cycle(): Promise<CycleResult> {
    let retryAfter: number | undefined
    const hadFailed = failed > 0
    try {
      const result = await deps.cycle()
      idle = result.busy ? 0 : idle + 1
      ;[failed, failing] = [0, undefined]
      return result
    } catch (thrown) {
      failed++
      const reason = messageOf(thrown)
      failing = { since: failing?.since ?? deps.now(), reason }
      retryAfter = retryAfterOf(thrown)
      log.debug('no sync with the account', { reason, failed })
      throw thrown
    } finally {
      running = undefined
      if (!stopped) {
        const delay = nextDelay({ idle, failed, random: random(), ...(retryAfter !== undefined && { retryAfter }) })
        closedUntil = retryAfter === undefined ? 0 : monotonic() + delay
        schedule(delay)
        const sooner = wanted
        wanted = undefined
        if (sooner !== undefined && failed < OUTAGE) within(sooner)
        deps.onCycle({ ok: failed === 0, recovered: hadFailed && failed === 0 })
      }
    }
  }

  function start(): Promise<CycleResult> {
    cancel()
    if (stopped) return Promise.reject(new OperatorError('sync with the account was ended'))
    running ??= Promise.resolve().then(cycle)
    return running
  }

  schedule(Math.round(random() * 2_000))
  return {
    within,
    poke: () => within(0),
    edited() {
      if (failed < OUTAGE) within(EDIT_MS)
    },
    now() {
      // The one that runs may have passed what it is asked for.
      forced ??= (running ?? Promise.resolve()).then(start, start).finally(() => {
        forced = undefined
      })
      return forced
    },
    get failing() {
      return failing
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      cancel()
      await running?.catch(() => undefined)
    },
  }
}

/** What the account asked to wait, of whatever was thrown. */
function retryAfterOf(thrown: unknown): number | undefined {
  return thrown instanceof Error && 'retryAfterMs' in thrown && typeof thrown.retryAfterMs === 'number'
    ? thrown.retryAfterMs
    : undefined
}
