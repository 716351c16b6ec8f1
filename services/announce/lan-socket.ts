import { EventEmitter } from 'node:events'
import { contains, formatIpv4, type Ipv4, networkOf, parseIpv4 } from '../core/ipv4.ts'
import type { Lan, UdpSocket } from '../core/net.ts'

export interface LanSocketOptions {
  readonly lan: Lan
  /** The interface: it hears that one alone, and sends by it. */
  readonly device: string
  readonly port: number
  readonly group: Ipv4
  readonly ttl?: number
  /** Datagrams a second that are handed on. */
  readonly mostASecond: number
}

/**
 * A socket of the box in the form of the runtime's, for packages that make their own. Those hear every interface's
 * group traffic, and so answer one LAN with another one's addresses. What does not come from the interface's own networks
 * is dropped (RFC 6762 §11), and so is a flood: its answers would go to whoever it names as its sender.
 */
export class LanSocket extends EventEmitter {
  readonly #options: LanSocketOptions
  #socket: UdpSocket | undefined
  #second = 0
  #taken = 0

  constructor(options: LanSocketOptions) {
    super()
    this.#options = options
  }

  /** The port and address are the options', whatever the package asks for. Throws `SocketError`. */
  bind(_port: number, ready: () => void): void {
    const { lan, device, port, group, ttl } = this.#options
    this.#socket = lan.openUdp({
      ...{ device, port, groups: [group], ...(ttl !== undefined && { ttl }) },
      onDatagram: (bytes, { address, port: from }) => {
        if (!this.#isFromHere(address) || this.#isFlooded()) return
        this.emit('message', Buffer.from(bytes), { address: formatIpv4(address), port: from, family: 'IPv4' })
      },
    })
    this.emit('listening')
    ready()
  }

  address(): { address: string; port: number } {
    return { address: '0.0.0.0', port: this.#options.port }
  }

  /** `send(bytes, port, host, done)`, or with offset and length before the port. */
  send(bytes: Uint8Array, ...rest: readonly unknown[]): void {
    const [offset, length, port, host, done] = (rest.length > 3 ? rest : [0, bytes.length, ...rest]) as [
      number,
      number,
      number,
      string,
      (error: null) => void,
    ]
    this.#socket?.send(bytes.subarray(offset, offset + length), { address: parseIpv4(host), port })
    done(null)
  }

  close(): void {
    this.#socket?.close()
    this.emit('close')
  }

  // What the socket was opened with already.
  addMembership(): void {}
  setMulticastInterface(): void {}
  setMulticastTTL(): void {}
  setMulticastLoopback(): void {}
  setTTL(): void {}
  setRecvBufferSize(): void {}

  #isFromHere(from: Ipv4): boolean {
    const own = this.#options.lan.interfaces().find(({ name }) => name === this.#options.device)
    return (own?.addresses ?? []).some(({ address, prefix }) =>
      contains({ network: networkOf(address, prefix), prefix }, from),
    )
  }

  #isFlooded(): boolean {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) this.#taken = 0
    this.#second = second
    return ++this.#taken > this.#options.mostASecond
  }
}
