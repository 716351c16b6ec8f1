import type { Counters } from '../core/counters.ts'
import type { Endpoint } from '../core/net.ts'
import type { SipResponse } from './codec.ts'
import { parseVia } from './codec-header.ts'
import { topVia } from './policy.ts'

/** RFC 3261 §17.1.2.2, in milliseconds. */
export const T1 = 500
export const T2 = 4_000
export const TIMER_F = 64 * T1

const MAX_OPEN = 8_192

export interface ClientRequest {
  readonly bytes: Uint8Array
  readonly to: Endpoint
  readonly branch: string
  readonly cseq: { readonly number: number; readonly method: string }
  /** Sends the bytes once more. */
  send(bytes: Uint8Array, to: Endpoint): void
  /** Called once, with the final response or, when none came in time, without. */
  onEnd(response: SipResponse | undefined, attempts: number): void
}

/** The client side of non-INVITE transactions over UDP (RFC 3261 §17.1.2). */
export interface ClientTransactions {
  /** Sends and repeats the request until its end. Returns the way to give up, after which `onEnd` is not called. */
  start(request: ClientRequest): () => void
  /** Hands in a response; false when it belongs to nothing under way (late, doubled or forged). */
  take(response: SipResponse, from: Endpoint): boolean
  close(): void
}

interface Open {
  readonly request: ClientRequest
  /** How long the timer under way runs, and how much time had passed when it was set, in milliseconds. */
  interval: number
  elapsed: number
  attempts: number
  proceeding: boolean
  timer?: ReturnType<typeof setTimeout>
}

export function makeClientTransactions(counters: Counters): ClientTransactions {
  const open = new Map<string, Open>()

  function stop(branch: string): void {
    const entry = open.get(branch)
    if (entry !== undefined) clearTimeout(entry.timer)
    open.delete(branch)
  }

  function tick(entry: Open): void {
    entry.elapsed += entry.interval
    if (entry.elapsed >= TIMER_F) {
      stop(entry.request.branch)
      counters.add('sip.timeout')
      entry.request.onEnd(undefined, entry.attempts)
      return
    }
    entry.attempts += 1
    counters.add('sip.retransmitted')
    entry.request.send(entry.request.bytes, entry.request.to)
    const next = entry.proceeding ? T2 : Math.min(entry.interval * 2, T2)
    entry.interval = Math.min(next, TIMER_F - entry.elapsed)
    entry.timer = setTimeout(tick, entry.interval, entry)
  }

  return {
    start(request) {
      if (open.size >= MAX_OPEN) {
        counters.add('sip.transactions-full')
        queueMicrotask(() => request.onEnd(undefined, 0))
        return () => {}
      }
      const entry: Open = { request, interval: T1, elapsed: 0, attempts: 1, proceeding: false }
      entry.timer = setTimeout(tick, T1, entry)
      open.set(request.branch, entry)
      request.send(request.bytes, request.to)
      return () => stop(request.branch)
    },
    take(response, from) {
      const branch = parseVia(topVia(response))?.parameters.get('branch') ?? ''
      const entry = open.get(branch)
      const cseq = entry?.request.cseq
      const fits = cseq?.number === response.cseq.number && cseq.method === response.cseq.method
      // The port may differ (RFC 3261 §18.2.2 lets a server send from any); the host may not.
      if (entry === undefined || !fits || entry.request.to.address !== from.address) return false
      if (response.status < 200) {
        entry.proceeding = true
        return true
      }
      stop(branch)
      entry.request.onEnd(response, entry.attempts)
      return true
    },
    close() {
      for (const branch of [...open.keys()]) stop(branch)
    },
  }
}
