import type { Clock } from '../services/core/clock.ts'
import { messageOf } from '../services/core/errors.ts'
import type { Log } from '../services/core/log.ts'
import { formatMac, type Mac, readMac } from '../services/core/mac.ts'
import type { Journal, Journeys } from '../services/journey/contract.ts'
import type { Inspector } from '../services/phones/contract.ts'
import { driftOf } from '../services/phones/drift.ts'
import type { Records } from '../services/records/contract.ts'

/** Several edits of one phone are looked at once. */
const SETTLE_MS = 1_000
/** Milliseconds of work at a time, and of rest after it: phones that ask in between wait no longer than for one slice. */
const SLICE_MS = 4
const REST_MS = 30
/** More edits at once come from a template or a list; what is not looked at waits for its fetch as before. */
const MOST = 2_000

export interface EditsDeps {
  readonly records: Pick<Records, 'onChange'>
  readonly journal: Journal & Pick<Journeys, 'of'>
  readonly inspector: Pick<Inspector, 'files' | 'render'>
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic?: () => number
  /** Calls `work` once after so many milliseconds; returns the way to stop. */
  readonly later?: (ms: number, work: () => void) => () => void
}

/**
 * Puts edits of phones into their journeys, and after a while, whether one made any file of the phone another: of an edit that
 * did not, there is nothing to wait for.
 */
export function followEdits(deps: EditsDeps): Disposable {
  const { journal, inspector, clock, log, later = rest, monotonic = () => performance.now() } = deps
  const waiting = new Set<Mac>()
  let stop: (() => void) | undefined

  function look(mac: Mac): void {
    try {
      const { wanted, fetched } = driftOf(inspector, mac, journal.of(mac)?.happenings ?? [])
      if (wanted === undefined || wanted !== fetched?.hash) return
      journal.record({ at: clock.now(), mac, step: { kind: 'record.same' } })
    } catch (thrown) {
      log.debug('what an edit changes cannot be told', { device: formatMac(mac), error: messageOf(thrown) })
    }
  }

  function work(): void {
    stop = undefined
    const end = monotonic() + SLICE_MS
    for (const mac of waiting) {
      waiting.delete(mac)
      look(mac)
      if (monotonic() >= end) break
    }
    if (waiting.size > 0) stop = later(REST_MS, work)
  }

  const leave = deps.records.onChange(({ kind, id, at, by, before, after }) => {
    const mac = kind === 'device' ? readMac(id) : undefined
    if (mac === undefined) return
    const what = after === undefined ? 'removed' : before === undefined ? 'added' : 'edited'
    journal.record({ at, mac, step: { kind: 'record.changed', by, what } })
    if (what !== 'edited' || waiting.size >= MOST) return
    waiting.add(mac)
    stop ??= later(SETTLE_MS, work)
  })
  return {
    [Symbol.dispose]() {
      leave()
      stop?.()
    },
  }
}

function rest(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms)
  timer.unref?.()
  return () => clearTimeout(timer)
}
