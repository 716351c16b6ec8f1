import type { EpochMs } from '../core/clock.ts'
import { isSameExchange, xidOf } from './codec-peek.ts'

export interface QueueRules {
  /** Packets decided and committed together; between two batches the sockets are read. */
  readonly batch: number
  /** Share of a full batch that stays for DISCOVERs when others wait too: neither kind may starve the other. */
  readonly shareOfAsking: number
  /** DISCOVERs that wait at most. Several times as many as the phones of a large site that get power at once. */
  readonly mostAsking: number
  /** Other packets that wait at most. */
  readonly mostPrompt: number
  /** A packet that waited longer is answered no more: the client asks again after 4 s ± 1 s (RFC 2131 §4.1). */
  readonly longestWaitMs: number
}
export const QUEUE_RULES: QueueRules = {
  batch: 256,
  shareOfAsking: 0.25,
  mostAsking: 4096,
  mostPrompt: 16_384,
  longestWaitMs: 2500,
}

/** What the queue looks at; packets of two ports are never the same. */
export interface Waiting {
  readonly bytes: Uint8Array
  readonly port: object
}

/** Why a packet leaves the queue without having been decided. `repeat`: a later copy of it stands in for it. */
export type Dropped = 'queue-full' | 'too-late' | 'repeat'

interface Entry<Packet> {
  /** Undefined once its repeat stands in for it. */
  packet: Packet | undefined
  readonly since: EpochMs
}

/**
 * The order in which waiting packets are decided. While all fit one batch they go as they came. Of more, those that
 * finish what was begun (REQUEST, RELEASE, ...) go before DISCOVERs, and the newest DISCOVERs go before older ones: when
 * more is asked than can be answered, whoever is answered is answered at once, and the rest asks again.
 */
export class PacketQueue<Packet extends Waiting> {
  readonly #rules: QueueRules
  readonly #onDrop: (reason: Dropped, count: number) => void
  /** Oldest first, both. */
  #prompt: Entry<Packet>[] = []
  #asking: Entry<Packet>[] = []
  readonly #byXid = new Map<number, Entry<Packet>>()
  /** Entries of `#asking` that still have their packet. */
  #askers = 0

  constructor(rules: QueueRules, onDrop: (reason: Dropped, count: number) => void) {
    this.#rules = rules
    this.#onDrop = onDrop
  }

  get size(): number {
    return this.#prompt.length + this.#askers
  }

  /** Adds what finishes an exchange that was begun. A full queue keeps what it has. */
  put(packet: Packet, now: EpochMs): void {
    if (this.#prompt.length < this.#rules.mostPrompt) this.#prompt.push({ packet, since: now })
    else this.#onDrop('queue-full', 1)
  }

  /** Adds a DISCOVER; it takes the place of its own repeats, and in a full queue that of the oldest. */
  ask(packet: Packet, now: EpochMs): void {
    const xid = xidOf(packet.bytes)
    const before = this.#byXid.get(xid)
    if (before?.packet?.port === packet.port && isSameExchange(before.packet.bytes, packet.bytes)) {
      this.#forget(before)
      this.#onDrop('repeat', 1)
    }
    if (this.#askers >= this.#rules.mostAsking) this.#dropOldest()
    const entry = { packet, since: now }
    this.#asking.push(entry)
    this.#byXid.set(xid, entry)
    this.#askers++
  }

  /** Takes out the next batch. */
  take(now: EpochMs): Packet[] {
    this.#dropLate(now)
    const { batch, shareOfAsking } = this.#rules
    const kept = Math.min(this.#askers, Math.floor(batch * shareOfAsking))
    const taken = packetsOf(this.#prompt.splice(0, batch - kept))
    const newest: Packet[] = []
    while (taken.length + newest.length < batch) {
      const entry = this.#asking.pop()
      if (entry === undefined) break
      if (entry.packet === undefined) continue
      newest.push(entry.packet)
      this.#forget(entry)
    }
    return taken.concat(newest.reverse())
  }

  #dropLate(now: EpochMs): void {
    const isLate = ({ since }: Entry<Packet>) => now - since > this.#rules.longestWaitMs
    const late = this.#prompt.findIndex((entry) => !isLate(entry))
    const prompt = this.#prompt.splice(0, late < 0 ? this.#prompt.length : late).length
    let asking = 0
    for (let entry = this.#asking[0]; entry !== undefined; entry = this.#asking[0]) {
      if (entry.packet !== undefined && !isLate(entry)) break
      this.#asking.shift()
      if (entry.packet === undefined) continue
      this.#forget(entry)
      asking++
    }
    if (prompt + asking > 0) this.#onDrop('too-late', prompt + asking)
  }

  #dropOldest(): void {
    for (let entry = this.#asking.shift(); entry !== undefined; entry = this.#asking.shift()) {
      if (entry.packet === undefined) continue
      this.#forget(entry)
      this.#onDrop('queue-full', 1)
      return
    }
  }

  #forget(entry: Entry<Packet>): void {
    if (entry.packet === undefined) return
    const xid = xidOf(entry.packet.bytes)
    if (this.#byXid.get(xid) === entry) this.#byXid.delete(xid)
    entry.packet = undefined
    this.#askers--
  }
}

function packetsOf<Packet>(entries: readonly Entry<Packet>[]): Packet[] {
  return entries.flatMap(({ packet }) => packet ?? [])
}
