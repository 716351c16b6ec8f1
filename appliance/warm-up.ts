import { messageOf } from '../services/core/errors.ts'
import type { Log } from '../services/core/log.ts'
import { formatMac } from '../services/core/mac.ts'
import type { Devices, Inspector } from '../services/phones/contract.ts'

/** Milliseconds of work at a time, and of rest after it: phones that ask in between wait no longer than for one slice. */
const SLICE_MS = 4
const REST_MS = 16
/** What is kept rendered has a bound; beyond it the first ones would be made for nothing. */
const MOST = 2_000

export interface WarmUpDeps {
  readonly devices: Pick<Devices, 'list'>
  readonly inspector: Pick<Inspector, 'explain'>
  readonly log: Log
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number
  /** Calls `work` once after a rest; returns the way to stop. */
  readonly later?: (work: () => void) => () => void
}

/**
 * Makes the files of each registered device once, in small slices: after a power failure all phones ask in the same
 * minute in which the box starts, and a file that was made before is given at once. Ends by itself; disposing stops it.
 */
export function warmUp(deps: WarmUpDeps): Disposable {
  const now = deps.now ?? (() => performance.now())
  const later = deps.later ?? rest
  let stop = later(begin)
  function begin(): void {
    const waiting = deps.devices
      .list()
      .filter((device) => device.enabled)
      .slice(0, MOST)
      .map((device) => device.mac)
      [Symbol.iterator]()
    const slice = () => {
      const end = now() + SLICE_MS
      do {
        const next = waiting.next()
        if (next.done === true) return
        try {
          // An explanation renders every file of the device, to say what is wrong with them.
          deps.inspector.explain(next.value)
        } catch (thrown) {
          deps.log.debug('files cannot be made ahead', { device: formatMac(next.value), error: messageOf(thrown) })
        }
      } while (now() < end)
      stop = later(slice)
    }
    slice()
  }
  return { [Symbol.dispose]: () => stop() }
}

function rest(work: () => void): () => void {
  const timer = setTimeout(work, REST_MS)
  timer.unref?.()
  return () => clearTimeout(timer)
}
