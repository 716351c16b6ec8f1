import type { Ipv4 } from '../core/ipv4.ts'

/** Clients that wait for a probe at one time. */
const MOST_WAITING = 4096
/** Addresses that one client is made to wait for, one after another. */
const MOST_PROBES = 4

/** Packets that wait until it is known whether somebody uses the address that their client shall get. */
export class ProbeRoom<Packet extends { readonly probes?: number }> {
  readonly #waiting = new Map<Ipv4, Packet>()

  /** `first`: a probe must be started; `joined`: one is under way; `refused`: the packet is given up. */
  enter(packet: Packet, address: Ipv4): 'first' | 'joined' | 'refused' {
    const probes = (packet.probes ?? 0) + 1
    if (probes > MOST_PROBES || this.#waiting.size >= MOST_WAITING) return 'refused'
    // The address is reserved for one client; a repeat of its packet takes the place of the first.
    const running = this.#waiting.has(address)
    this.#waiting.set(address, { ...packet, probes })
    return running ? 'joined' : 'first'
  }

  /** The packet that waits for this address, taken out. */
  leave(address: Ipv4): Packet | undefined {
    const packet = this.#waiting.get(address)
    this.#waiting.delete(address)
    return packet
  }
}
