import { EventEmitter } from 'node:events'
import { Server } from 'node-ssdp'
import { contains, formatIpv4, networkOf, parseIpv4 } from '../core/ipv4.ts'
import type { Endpoint, Lan, UdpSocket } from '../core/net.ts'
import type { Announcement } from './contract.ts'

const PORT = 1900
const GROUP = parseIpv4('239.255.255.250')
/** UPnP Device Architecture 1.1 §1.2.2: at least 1800 s, told again well before half of it has passed. */
const MAX_AGE_S = 1800
const AGAIN_MS = 600_000
/** Searches a second that are answered: a flood with false senders shall not be passed on to them. */
const MOST_A_SECOND = 20

/** SSDP on one interface, while it is open. */
export interface Ssdp extends Disposable {
  readonly interface: string
}

/**
 * Announces the page on one interface and answers searches there. The package keeps the protocol; its sockets are the
 * box's own, bound to the interface: with the package's, a search gets an answer for each interface, most of them with an
 * address of another LAN. Throws `SocketError`.
 */
export async function openSsdp(lan: Lan, what: Announcement, at: Announcement['interfaces'][number]): Promise<Ssdp> {
  const server = new Server({
    // Always given: else the package guesses an address.
    location: `http://${formatIpv4(at.address)}:${what.http}/description.xml`,
    ...{ udn: what.udn, ssdpSig: what.server, adInterval: AGAIN_MS, ttl: MAX_AGE_S },
  })
  server._createSockets = () => {
    server.sockets = { [formatIpv4(at.address)]: new LanSocket(lan, at) }
  }
  // The package waits three seconds with a timer that nothing ends.
  server._initAdLoop = () => {
    server.advertise(true)
    server._startAdLoop()
  }
  server.addUSN('upnp:rootdevice')
  server.addUSN('urn:schemas-upnp-org:device:Basic:1')
  await server.start()
  return { interface: at.name, [Symbol.dispose]: () => server.stop() }
}

/** A socket of the box in the form that the package takes. */
class LanSocket extends EventEmitter {
  readonly #lan: Lan
  readonly #at: Announcement['interfaces'][number]
  #socket: UdpSocket | undefined
  #second = 0
  #answered = 0

  constructor(lan: Lan, at: Announcement['interfaces'][number]) {
    super()
    this.#lan = lan
    this.#at = at
  }

  bind(_port: number, ready: () => void): void {
    this.#socket = this.#lan.openUdp({
      ...{ device: this.#at.name, port: PORT, groups: [GROUP] },
      onDatagram: (bytes, from) => this.#take(bytes, from),
    })
    this.emit('listening')
    ready()
  }

  address(): { address: string; port: number } {
    return { address: formatIpv4(this.#at.address), port: PORT }
  }

  /** Joined when it was opened. */
  addMembership(): void {}

  /** One hop, which is the system's default: the page is for this LAN. */
  setMulticastTTL(): void {}

  send(bytes: Uint8Array, offset: number, length: number, port: number, host: string, done: () => void): void {
    this.#socket?.send(bytes.subarray(offset, offset + length), { address: parseIpv4(host), port })
    done()
  }

  close(): void {
    this.#socket?.close()
  }

  /** From this LAN alone, and not more than a few: a search costs its sender a line and the box several. */
  #take(bytes: Uint8Array, from: Endpoint): void {
    const { address, prefix } = this.#at
    if (!contains({ network: networkOf(address, prefix), prefix }, from.address)) return
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) this.#answered = 0
    this.#second = second
    if (++this.#answered > MOST_A_SECOND) return
    this.emit('message', Buffer.from(bytes), { address: formatIpv4(from.address), port: from.port })
  }
}
