import { InvariantError } from '../../services/core/errors.ts'
import type { Ipv4 } from '../../services/core/ipv4.ts'
import { makeRandom } from './random.ts'
import { type InterfaceSpec, VirtualHost } from './virtual-host.ts'
import type { Datagram, Held, VirtualWire } from './virtual-wire.ts'

/** Sees each datagram before it is carried: returns what is carried instead (nothing: it is lost). */
export type Interceptor = (datagram: Datagram) => Datagram | readonly Datagram[] | undefined

/** Shares of datagrams, 0 to 1. */
export interface BadCable {
  readonly loss?: number
  readonly duplicate?: number
  readonly reorder?: number
  readonly seed?: number
}

export interface VirtualLanOptions {
  /** Unicast beyond the link reaches whoever holds the address, as if a router stood between the segments. */
  readonly routed?: boolean
}

const WIRE_KEPT = 10_000

/**
 * Hosts on Ethernet segments, without a kernel and without time: what is sent waits in a queue until `drain` carries
 * it. Each host is a `Lan`. Broadcasts and multicasts are heard by the sender's own sockets too, as on Linux.
 */
export class VirtualLan implements VirtualWire {
  readonly routed: boolean
  readonly hosts: VirtualHost[] = []
  /** What was carried, oldest first (the last 10,000). */
  readonly wire: Datagram[] = []
  /** What handlers threw; a test of hostile input asserts that it is empty. */
  readonly faults: unknown[] = []
  readonly #interceptors = new Set<Interceptor>()
  readonly #queue: { readonly datagram: Datagram; wait: number }[] = []
  #reorder: () => number = () => 0

  constructor(options: VirtualLanOptions = {}) {
    this.routed = options.routed ?? false
  }

  /** Adds a host, e.g. `lan.host('box', [{ name: 'eth0', segment: 'office', address: '192.0.2.1/24' }])`. */
  host(name: string, interfaces: readonly InterfaceSpec[]): VirtualHost {
    const host = new VirtualHost(this, name, this.hosts.length, interfaces)
    this.hosts.push(host)
    return host
  }

  /** Returns the way to take the interceptor out again. */
  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.add(interceptor)
    return () => void this.#interceptors.delete(interceptor)
  }

  /** From now on loses, doubles and reorders datagrams, the same ones in every run for the same seed. */
  degrade(cable: BadCable): void {
    const random = makeRandom(cable.seed ?? 1)
    this.intercept((datagram) => {
      if (random() < (cable.loss ?? 0)) return undefined
      return random() < (cable.duplicate ?? 0) ? [datagram, datagram] : datagram
    })
    // One that is held back lets up to three others pass.
    this.#reorder = () => (random() < (cable.reorder ?? 0) ? 1 + Math.floor(random() * 3) : 0)
  }

  /** Carries what is sent, and what is sent in answer, until nothing is under way. Returns how many were carried. */
  drain(limit = 100_000): number {
    let carried = 0
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next.wait > 0 && this.#queue.length > 0) {
        this.#queue.splice(Math.min(next.wait, this.#queue.length), 0, { datagram: next.datagram, wait: 0 })
        continue
      }
      if (++carried > limit) throw new InvariantError(`virtual lan still busy after ${limit} datagrams`)
      this.#deliver(next.datagram)
    }
    return carried
  }

  /** As `drain`, but lets awaited work of the services go on in between, until a few turns bring nothing new. */
  async settle(quietTurns = 5): Promise<number> {
    let carried = 0
    for (let quiet = 0; quiet < quietTurns; quiet++) {
      const now = this.drain()
      carried += now
      if (now > 0) quiet = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
    return carried
  }

  /** Puts a datagram on the wire; sockets of hosts call it, and so may a test that forges one. */
  send(datagram: Datagram): void {
    let all: readonly Datagram[] = [datagram]
    for (const interceptor of this.#interceptors) all = all.flatMap((one) => interceptor(one) ?? [])
    for (const one of all) this.#queue.push({ datagram: one, wait: this.#reorder() })
  }

  /** Who holds an address, on one segment or (when routed) on any. */
  holderOf(address: Ipv4, segment: string | undefined): Held | undefined {
    for (const host of this.hosts)
      for (const port of host.ports())
        if (port.up && (segment === undefined || port.segment === segment))
          if (port.addresses.some((held) => held.address === address)) return { segment: port.segment, mac: port.mac }
    return undefined
  }

  #deliver(datagram: Datagram): void {
    this.wire.push(datagram)
    if (this.wire.length > WIRE_KEPT) this.wire.shift()
    for (const host of this.hosts) host.receive(datagram)
  }
}
