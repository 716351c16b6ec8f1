import type { Ipv4 } from '../core/ipv4.ts'
import type { Listener } from './listeners.ts'
import type { Transfer } from './transfer.ts'

export interface TransfersLimits {
  readonly maxTransfers: number
  readonly maxPerSource: number
}

export interface RunningTransfer {
  /** Peer and request: the same request again belongs to this transfer. */
  readonly key: string
  readonly source: Ipv4
  readonly listener: Listener
  readonly writes: boolean
  readonly transfer: Transfer
}

/** A request that waits for its turn. */
export interface Waiting {
  readonly key: string
  readonly source: Ipv4
  readonly writes: boolean
  readonly since: number
  readonly begin: () => void
}

/** The transfers that run and the requests that wait, within the limits. */
export interface Transfers {
  readonly size: number
  has(key: string): boolean
  hasRoom(source: Ipv4, writes: boolean): boolean
  /** A transfer with the key of a running one takes its place. */
  add(running: RunningTransfer): void
  remove(key: string): void
  /** False when too many wait already. */
  wait(waiting: Waiting): boolean
  /** Wakes what is due. */
  tick(now: number): void
  /** Abandons what runs on this listener, or everything. */
  abandon(reason: string, listener?: Listener): void
}

const WAITING_MOST = 1024
const WAITING_PER_SOURCE = 256
/** By then the client has asked again, or has gone. */
const WAITING_MS = 10_000
/** Uploads are held in memory until they are whole. */
const UPLOADS_MOST = 8

export function makeTransfers(limits: TransfersLimits): Transfers {
  const running = new Map<string, RunningTransfer>()
  const perSource = new Map<Ipv4, number>()
  const waiting = new Map<string, Waiting>()
  const waitingPerSource = new Map<Ipv4, number>()
  let uploads = 0

  function hasRoom(source: Ipv4, writes: boolean): boolean {
    if (writes && uploads >= UPLOADS_MOST) return false
    return running.size < limits.maxTransfers && (perSource.get(source) ?? 0) < limits.maxPerSource
  }

  function drop(one: Waiting): void {
    waiting.delete(one.key)
    count(waitingPerSource, one.source, -1)
  }

  /** In the order in which they came, except that a busy source does not hold up the others. */
  function admit(): void {
    for (const one of waiting.values()) {
      if (running.size >= limits.maxTransfers) return
      if (!hasRoom(one.source, one.writes)) continue
      drop(one)
      one.begin()
    }
  }

  return {
    get size() {
      return running.size
    },
    has: (key) => running.has(key) || waiting.has(key),
    hasRoom,
    add(one) {
      if (running.has(one.key)) {
        running.set(one.key, one)
        return
      }
      running.set(one.key, one)
      count(perSource, one.source, 1)
      if (one.writes) uploads++
    },
    remove(key) {
      const one = running.get(key)
      if (one === undefined) return
      running.delete(key)
      count(perSource, one.source, -1)
      if (one.writes) uploads--
      if (waiting.size > 0) admit()
    },
    wait(one) {
      if (waiting.size >= WAITING_MOST || (waitingPerSource.get(one.source) ?? 0) >= WAITING_PER_SOURCE) return false
      waiting.set(one.key, one)
      count(waitingPerSource, one.source, 1)
      return true
    },
    tick(now) {
      for (const { transfer } of running.values()) if (transfer.deadline <= now) transfer.wake()
      for (const one of waiting.values()) if (one.since + WAITING_MS <= now) drop(one)
    },
    abandon(reason, listener) {
      if (listener === undefined) for (const one of waiting.values()) drop(one)
      for (const one of running.values())
        if (listener === undefined || one.listener === listener) one.transfer.abandon(reason)
    },
  }
}

function count(counts: Map<Ipv4, number>, source: Ipv4, change: number): void {
  const value = (counts.get(source) ?? 0) + change
  if (value > 0) counts.set(source, value)
  else counts.delete(source)
}
