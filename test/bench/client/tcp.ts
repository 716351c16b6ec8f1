import type { Host, Hosts } from './hosts.ts'
import type { Timer } from './timers.ts'

const [FIN, SYN, RST, PSH, ACK] = [1, 2, 4, 8, 16] as const
const LARGEST_SEGMENT = 1460
const RETRY_MS = 1000
const MOST_RETRIES = 6

/** One TCP connection of a virtual host: enough of RFC 9293 for a client that asks and reads over a whole cable. */
export interface Connection {
  send(bytes: Uint8Array): void
  close(): void
}

export interface ConnectionEvents {
  onOpen(): void
  /** The bytes are valid during the call only. */
  onData(bytes: Uint8Array): void
  /** Called once; undefined when the server closed in order. */
  onEnd(problem?: string): void
}

/** Opens a connection; the server's hardware address must be resolved. Counts segments sent again into `resent`. */
export function connect(
  hosts: Hosts,
  host: Host,
  to: { readonly address: number; readonly port: number },
  counts: { resent: number },
  events: ConnectionEvents,
): Connection {
  const from = host.freePort()
  let next = Math.floor(Math.random() * 0x7fffffff)
  let unacknowledged = next
  let expected = 0
  let state: 'opening' | 'open' | 'closing' | 'ended' = 'opening'
  let pending: { flags: number; payload?: Uint8Array; sequence: number } | undefined
  let timer: Timer | undefined

  function transmit(flags: number, sequence: number, payload?: Uint8Array): void {
    hosts.sendTcp(host, to.address, {
      from,
      to: to.port,
      sequence,
      acknowledged: expected,
      flags,
      ...((flags & SYN) === 0 ? {} : { largest: LARGEST_SEGMENT }),
      ...(payload === undefined ? {} : { payload }),
    })
  }

  /** Sends what must be acknowledged; one at a time is enough for a client that asks and waits. */
  function sendSurely(flags: number, payload?: Uint8Array): void {
    pending = { flags, sequence: next, ...(payload === undefined ? {} : { payload }) }
    next = (next + (payload?.length ?? 0) + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0
    attempt(0)
  }

  function attempt(tries: number): void {
    if (pending === undefined || state === 'ended') return
    if (tries > MOST_RETRIES) {
      end('the server does not acknowledge')
      return
    }
    if (tries > 0) counts.resent++
    transmit(pending.flags, pending.sequence, pending.payload)
    timer = hosts.timers.after(RETRY_MS * 2 ** tries, () => attempt(tries + 1))
  }

  function end(problem?: string): void {
    if (state === 'ended') return
    const told = state === 'closing'
    state = 'ended'
    if (timer !== undefined) timer.cancelled = true
    host.tcp.delete(from)
    if (!told) events.onEnd(problem)
  }

  host.tcp.set(from, ({ flags, sequence, acknowledged, payload }) => {
    if ((flags & RST) !== 0) {
      end('the server reset the connection')
      return
    }
    if ((flags & ACK) !== 0 && acknowledged === next && unacknowledged !== next) {
      unacknowledged = next
      pending = undefined
      if (timer !== undefined) timer.cancelled = true
    }
    if (state === 'opening') {
      if ((flags & SYN) === 0) return
      expected = (sequence + 1) >>> 0
      state = 'open'
      transmit(ACK, next)
      events.onOpen()
      return
    }
    if (payload.length === 0 && (flags & FIN) === 0) {
      if (state === 'closing' && pending === undefined) end()
      return
    }
    // Over a whole cable nothing is reordered; what is not next was sent again and is acknowledged again.
    if (sequence !== expected) {
      transmit(ACK, next)
      return
    }
    expected = (expected + payload.length + ((flags & FIN) === 0 ? 0 : 1)) >>> 0
    transmit(ACK, next)
    if (state === 'open' && payload.length > 0) events.onData(payload)
    if ((flags & FIN) === 0) return
    if (state === 'open') transmit(FIN | ACK, next)
    end()
  })
  sendSurely(SYN)
  return {
    send: (bytes) => sendSurely(PSH | ACK, bytes),
    close() {
      if (state !== 'open') return
      state = 'closing'
      sendSurely(FIN | ACK)
    },
  }
}
