import type { Clock, EpochMs } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import { ANY, BROADCAST, formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import { type Mac, macToBytes } from '../core/mac.ts'
import type { Lan, UdpSocket } from '../core/net.ts'
import type { Alarms } from '../journey/contract.ts'
import { BROADCAST_FLAG, decode, encode } from './codec.ts'
import type { ForeignServer } from './contract.ts'
import { addressOption } from './policy-network.ts'

/** Foreign servers remembered for one interface; a hostile host could name thousands. */
const MOST_SERVERS = 32
const FIND_MS = 500

export interface ForeignDeps {
  readonly lan: Lan
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly counters: Counters
  readonly alarms: Alarms
  readonly ours: () => ReadonlySet<Ipv4>
  readonly interface: string
  readonly serverPort: number
  readonly clientPort: number
  /** How long a round listens; some servers ping for three seconds before they offer. */
  readonly waitMs: number
  readonly everyMs: number
  /** Called after each round with the servers that made an offer in it. */
  readonly onRound: (offers: readonly Ipv4[]) => void
  /** Called when a round can hear nobody, with the reason. */
  readonly onDeaf?: (reason: string) => void
}

/** Looks for other DHCP servers on one interface: asks as a client would, and takes note of what clients name. */
export class ForeignWatch {
  readonly #deps: ForeignDeps
  readonly #seen = new Map<Ipv4, ForeignServer>()
  readonly #offers = new Set<Ipv4>()
  readonly #xids = new Set<number>()
  /** Servers whose hardware address is being asked for: once at a time, however often they are named. */
  readonly #finding = new Set<Ipv4>()
  #socket: UdpSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(deps: ForeignDeps) {
    this.#deps = deps
  }

  /** Begins the first round, then repeats. */
  start(): void {
    this.#round()
  }

  servers(): readonly ForeignServer[] {
    return [...this.#seen.values()]
  }

  /** A packet that we sent ourselves and that came back to us by our own broadcast. */
  isOwnProbe(xid: number): boolean {
    return this.#xids.has(xid)
  }

  /** Notes a server that a client or an answer named. */
  note(server: Ipv4, offered?: Ipv4): void {
    const { clock, lan, alarms, counters, log } = this.#deps
    if (server === 0 || this.#deps.ours().has(server)) return
    const known = this.#seen.get(server)
    if (known === undefined && this.#seen.size >= MOST_SERVERS) return
    const now: EpochMs = clock.now()
    const mac: Mac | undefined = lan.neighbour(server) ?? known?.mac
    const address = offered ?? known?.offered
    this.#seen.set(server, {
      interface: this.#deps.interface,
      server,
      ...(mac !== undefined && { mac }),
      ...(address !== undefined && { offered: address }),
      firstSeen: known?.firstSeen ?? now,
      lastSeen: now,
    })
    counters.add('dhcp.foreign-seen')
    const text = `another DHCP server (${formatIpv4(server)}) answers on ${this.#deps.interface}`
    if (mac === undefined) this.#findMac(server)
    if (known === undefined)
      log.warn('dhcp foreign server', { interface: this.#deps.interface, server: formatIpv4(server) })
    alarms.raise('foreign-dhcp', `${this.#deps.interface} ${formatIpv4(server)}`, text)
  }

  /** Its offers came by broadcast, so the kernel may not know it yet; its hardware address is how a person finds it. */
  #findMac(server: Ipv4): void {
    const { lan, log } = this.#deps
    if (this.#finding.has(server)) return
    this.#finding.add(server)
    lan
      .inUse([server], this.#deps.interface, FIND_MS)
      .then(() => {
        const [seen, mac] = [this.#seen.get(server), lan.neighbour(server)]
        if (seen !== undefined && mac !== undefined) this.#seen.set(server, { ...seen, mac })
      })
      .catch((thrown: unknown) => log.debug('dhcp foreign server cannot be asked', { error: messageOf(thrown) }))
      .finally(() => this.#finding.delete(server))
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#socket?.close()
  }

  #round(): void {
    if (this.#closed) return
    this.#offers.clear()
    this.#xids.clear()
    this.#open()
    if (this.#closed) return
    this.#ask()
    // A second question half-way: a single one may be lost.
    this.#timer = setTimeout(() => {
      this.#ask()
      this.#timer = setTimeout(() => this.#end(), this.#deps.waitMs / 2)
    }, this.#deps.waitMs / 2)
  }

  #end(): void {
    this.#socket?.close()
    this.#socket = undefined
    this.#timer = setTimeout(() => this.#round(), this.#deps.everyMs)
    this.#deps.onRound([...this.#offers])
  }

  /** The client port is held during a round only, so that a DHCP client of this machine gets its own answers. */
  #open(): void {
    const { lan, log, counters, clientPort } = this.#deps
    try {
      this.#socket = lan.openUdp({
        device: this.#deps.interface,
        port: clientPort,
        onDatagram: (bytes, from) => this.#read(bytes, from.address),
      })
    } catch (thrown) {
      counters.add('dhcp.foreign-probe-failed')
      log.warn('dhcp client port cannot be opened to look for other servers', {
        interface: this.#deps.interface,
        error: messageOf(thrown),
      })
      this.#deps.onDeaf?.(messageOf(thrown))
    }
  }

  #ask(): void {
    const { lan, random, serverPort } = this.#deps
    const mac = lan.interfaces().find((known) => known.name === this.#deps.interface)?.mac
    const xid = Math.floor(random() * 0x100000000)
    this.#xids.add(xid)
    const probe = encode({
      op: 1,
      htype: 1,
      hops: 0,
      xid,
      secs: 0,
      flags: BROADCAST_FLAG,
      ciaddr: ANY,
      yiaddr: ANY,
      siaddr: ANY,
      giaddr: ANY,
      chaddr: mac === undefined ? Uint8Array.of(2, 0, 0, 0, 0, 1) : macToBytes(mac),
      sname: '',
      file: '',
      cookie: true,
      options: new Map([
        [53, Uint8Array.of(1)],
        [55, Uint8Array.of(1, 3, 6)],
      ]),
    })
    this.#socket?.send(probe, { address: BROADCAST, port: serverPort })
  }

  #read(bytes: Uint8Array, from: Ipv4): void {
    const message = decode(bytes)
    if (message.op !== 2) return
    const server = addressOption(message, 54) ?? from
    if (this.#deps.ours().has(server)) return
    if (this.#xids.has(message.xid)) this.#offers.add(server)
    this.note(server, message.yiaddr === 0 ? undefined : message.yiaddr)
  }
}
