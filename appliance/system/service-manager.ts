import { sendToPath } from '../net/libc.ts'

/** Who started the box and watches it: systemd, or nobody. */
export interface ServiceManager {
  /** Starting is done: what waits for the box may go on. */
  ready(): void
  /** The box is well now. One that has not said so for `watchdogMs` is ended and started again. */
  alive(): void
  stopping(): void
  /** The box starts again by itself: it may be silent for as long as a first start may take, until it is `ready`. */
  startsAgain(): void
  /** Undefined: nobody watches. */
  readonly watchdogMs: number | undefined
}

/** TimeoutStartSec of image/package/branchline.service. */
const LONGEST_START_MS = 180_000

/** Speaks as sd_notify(3) has it: words in one datagram to the socket that the environment names. */
export function makeServiceManager(env: Readonly<Record<string, string | undefined>>): ServiceManager {
  const path = env.NOTIFY_SOCKET
  const say = (words: string) => {
    // Nobody to say it to is no fault: what hears nothing acts by itself.
    if (path !== undefined && path !== '') sendToPath(path, new TextEncoder().encode(words))
  }
  const watchdogMs = path === undefined ? undefined : watchdogOf(env)
  const watch = (ms: number) => `WATCHDOG_USEC=${ms * 1000}`
  let isLonger = false
  return {
    ready() {
      say(isLonger && watchdogMs !== undefined ? `READY=1\n${watch(watchdogMs)}` : 'READY=1')
      isLonger = false
    },
    alive: () => say('WATCHDOG=1'),
    stopping: () => say('STOPPING=1'),
    startsAgain() {
      if (watchdogMs === undefined) return
      isLonger = true
      say(watch(Math.max(watchdogMs, LONGEST_START_MS)))
    },
    watchdogMs,
  }
}

function watchdogOf(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const microseconds = Number(env.WATCHDOG_USEC)
  return Number.isFinite(microseconds) && microseconds > 0 ? microseconds / 1000 : undefined
}
