import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { makeStreamReader, type StreamEvent } from './codec-stream.ts'
import { reconnectDelay } from './policy-pace.ts'

/** The account says something each 25 s, a comment at least: after this silence the line is dead. */
const QUIET_MS = 55_000
/** A stream that lived so long was a good one: the next failure is the first again. */
const GOOD_MS = 60_000

export interface BoxStreamDeps {
  /** Opens the stream of the account. */
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
  onEvent(event: StreamEvent): void
  /** It opened or ended. `open`: what was said meanwhile may be lost. */
  onChange(open: boolean): void
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** Calls `work` once after so many milliseconds; returns the way to stop. */
  readonly later: (ms: number, work: () => void) => () => void
  readonly log: Log
}

export interface BoxStream extends AsyncDisposable {
  readonly isOpen: boolean
  /** The account answers again: a stream that waits for its turn need wait no longer. */
  nudge(): void
}

/** Keeps a stream to the account open. Without one nothing is lost: the box asks all the same. */
export function followStream(deps: BoxStreamDeps): BoxStream {
  const { later, monotonic, log } = deps
  let isOpen = false
  let stopped = false
  let failed = 0
  let attempt = new AbortController()
  let wake = () => {}

  function change(open: boolean): void {
    if (isOpen === open) return
    isOpen = open
    deps.onChange(open)
  }

  async function once(): Promise<string> {
    attempt = new AbortController()
    const { signal, abort } = { signal: attempt.signal, abort: () => attempt.abort() }
    let quiet = () => {}
    const watch = () => {
      quiet()
      quiet = later(QUIET_MS, abort)
    }
    try {
      watch()
      const parts = await deps.open(signal)
      change(true)
      const reader = makeStreamReader()
      const decoder = new TextDecoder()
      for await (const part of parts) {
        watch()
        for (const event of reader.take(decoder.decode(part, { stream: true }))) deps.onEvent(event)
      }
      return 'it ended'
    } catch (thrown) {
      return signal.aborted ? 'it fell silent' : messageOf(thrown)
    } finally {
      quiet()
      abort()
      change(false)
    }
  }

  const following = (async () => {
    while (!stopped) {
      const begun = monotonic()
      const reason = await once()
      if (stopped) return
      failed = monotonic() - begun >= GOOD_MS ? 1 : failed + 1
      log.debug('no stream from the account', { reason, failed })
      await new Promise<void>((resolve) => {
        const cancel = later(reconnectDelay({ failed, random: deps.random() }), resolve)
        wake = () => {
          cancel()
          resolve()
        }
      })
    }
  })()

  return {
    get isOpen() {
      return isOpen
    },
    nudge() {
      failed = 0
      wake()
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      attempt.abort()
      wake()
      await following
    },
  }
}
