import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { MalformedPacketError, messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { LinkNeighbour, LinkSocket, LinkWatch, OpenLink } from './contract.ts'
import { announcedIn, heard, inForce } from './policy.ts'

const LOOK_MS = 2_000
/** Frames taken of one interface at a time: announcements come twice a minute, so more are a flood. */
const MOST_FRAMES = 32

export interface LinkWatchDeps {
  readonly openLink: OpenLink
  /** Names of the interfaces that there are now. */
  readonly interfaces: () => readonly string[]
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  /** Calls `work` again and again; returns the way to stop. */
  readonly every: (ms: number, work: () => void) => () => void
}

/** Listens to what the devices at the other end of the cables say. It sends nothing. */
export function watchLinks(deps: LinkWatchDeps): LinkWatch {
  const { openLink, clock, counters, log } = deps
  const sockets = new Map<string, LinkSocket>()
  /** Where it cannot listen, and why; said once. */
  const deaf = new Map<string, string>()
  let known: readonly LinkNeighbour[] = []

  function open(device: string): void {
    try {
      sockets.set(device, openLink(device))
      deaf.delete(device)
    } catch (thrown) {
      const reason = messageOf(thrown)
      if (deaf.get(device) !== reason) log.info('LLDP is not heard', { interface: device, reason })
      deaf.set(device, reason)
    }
  }

  function take(device: string, frame: Uint8Array): void {
    try {
      const one = announcedIn(frame)
      if (one === undefined) return
      counters.add('lldp.heard')
      known = heard(known, one, { interface: device, at: clock.now() })
    } catch (thrown) {
      if (!(thrown instanceof MalformedPacketError)) throw thrown
      counters.add('lldp.malformed')
    }
  }

  function look(): void {
    const there = new Set(deps.interfaces())
    for (const [device, socket] of sockets)
      if (!there.has(device)) {
        socket.close()
        sockets.delete(device)
        known = known.filter((it) => it.interface !== device)
      }
    for (const device of there) if (!sockets.has(device)) open(device)
    for (const [device, socket] of sockets)
      for (let n = 0; n < MOST_FRAMES; n++) {
        const frame = socket.receive()
        if (frame === undefined) break
        take(device, frame)
      }
    known = inForce(known, clock.now())
  }

  look()
  const stop = deps.every(LOOK_MS, look)
  return {
    neighbours: () => inForce(known, clock.now()),
    [Symbol.dispose]() {
      stop()
      for (const socket of sockets.values()) socket.close()
      sockets.clear()
    },
  }
}
