import { sendToPath } from '../net/libc.ts'

/** Who started the box and watches it: systemd, or nobody. */
export interface ServiceManager {
  /** Starting is done: what waits for the box may go on. */
  ready(): void
  /** The box is well now. One that has not said so for `watchdogMs` is ended and started again. */
  alive(): void
  stopping(): void
  /** Undefined: nobody watches. */
  readonly watchdogMs: number | undefined
}

/** Speaks as sd_notify(3) has it: words in one datagram to the socket that the environment names. */
export function makeServiceManager(env: Readonly<Record<string, string | undefined>>): ServiceManager {
  const path = env.NOTIFY_SOCKET
  const say = (words: string) => {
    // Nobody to say it to is no fault: what hears nothing acts by itself.
    if (path !== undefined && path !== '') sendToPath(path, new TextEncoder().encode(words))
  }
  return {
    ready: () => say('READY=1'),
    alive: () => say('WATCHDOG=1'),
    stopping: () => say('STOPPING=1'),
    watchdogMs: path === undefined ? undefined : watchdogOf(env),
  }
}

function watchdogOf(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const microseconds = Number(env.WATCHDOG_USEC)
  return Number.isFinite(microseconds) && microseconds > 0 ? microseconds / 1000 : undefined
}
