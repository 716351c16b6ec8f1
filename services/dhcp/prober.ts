import type { Clock, EpochMs } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Lan } from '../core/net.ts'

/** How long a probe that nobody answered stays good. */
const GOOD_FOR_MS = 600_000
/** Addresses in one call: neighbour tables of small machines hold about a thousand entries. */
const CHUNK = 128

export interface ProberDeps {
  readonly lan: Pick<Lan, 'inUse'>
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  /** How long one probe waits for an answer. */
  readonly waitMs: number
  readonly onResult: (address: Ipv4, device: string, used: boolean) => void
}

/** Finds out whether addresses are in use, ahead of time and on demand. Nobody waits here but who asked. */
export class Prober {
  readonly #deps: ProberDeps
  readonly #clear = new Map<Ipv4, EpochMs>()
  readonly #asked = new Map<string, Set<Ipv4>>()
  #scheduled = false
  #ahead = false
  #closed = false

  constructor(deps: ProberDeps) {
    this.#deps = deps
  }

  /** Nobody answered for this address lately. */
  isClear(address: Ipv4): boolean {
    const at = this.#clear.get(address)
    return at !== undefined && this.#deps.clock.now() - at < GOOD_FOR_MS
  }

  /** Probes one address now; those asked for in the same turn go out together. The result comes by `onResult`. */
  ask(address: Ipv4, device: string): void {
    const set = this.#asked.get(device)
    if (set === undefined) this.#asked.set(device, new Set([address]))
    else set.add(address)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#scheduled = false
    for (const [device, addresses] of this.#asked) {
      const list = [...addresses]
      for (let at = 0; at < list.length; at += CHUNK) void this.#probe(list.slice(at, at + CHUNK), device)
    }
    this.#asked.clear()
  }

  /** Probes these addresses in the background unless that was done lately; one such walk at a time. */
  async ahead(wanted: readonly { readonly address: Ipv4; readonly device: string }[]): Promise<void> {
    if (this.#ahead) return
    this.#ahead = true
    const now = this.#deps.clock.now()
    for (const [address, at] of this.#clear) if (now - at >= GOOD_FOR_MS) this.#clear.delete(address)
    const due = wanted.filter(({ address }) => now - (this.#clear.get(address) ?? 0) >= GOOD_FOR_MS / 2)
    for (const [device, list] of Map.groupBy(due, (item) => item.device)) {
      for (let at = 0; at < list.length && !this.#closed; at += CHUNK)
        await this.#probe(
          list.slice(at, at + CHUNK).map((item) => item.address),
          device,
        )
    }
    this.#ahead = false
  }

  close(): void {
    this.#closed = true
  }

  async #probe(addresses: readonly Ipv4[], device: string): Promise<void> {
    const { lan, counters, log, waitMs, clock, onResult } = this.#deps
    counters.add('dhcp.probed', addresses.length)
    let used: ReadonlySet<Ipv4> = new Set()
    try {
      used = await lan.inUse(addresses, device, waitMs)
    } catch (thrown) {
      // Without a probe the address is given all the same: a client probes too before it uses it (RFC 2131 §4.4.1).
      counters.add('dhcp.probe-failed')
      log.warn('dhcp address probe failed', { device, error: messageOf(thrown) })
    }
    if (this.#closed) return
    const now = clock.now()
    for (const address of addresses) {
      if (used.has(address)) this.#clear.delete(address)
      else this.#clear.set(address, now)
      onResult(address, device, used.has(address))
    }
  }

  /** The client itself answered for this address, so nobody else has it. */
  accept(address: Ipv4): void {
    this.#clear.set(address, this.#deps.clock.now())
  }
}
