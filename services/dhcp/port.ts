import { messageOf } from '../core/errors.ts'
import { BROADCAST, formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import type { LanInterface, UdpSocket } from '../core/net.ts'
import type { DhcpInterfaceSettings, DhcpInterfaceStatus } from './contract.ts'
import type { EnginePort, Packet } from './engine.ts'
import { type ForeignDeps, ForeignWatch } from './foreign.ts'
import type { Destination } from './policy-destination.ts'
import type { Link } from './policy-types.ts'

/** A thousand phones that ask in the same instant: 1,000 packets take about 1.3 MB of the kernel's accounting. */
const RECEIVE_BUFFER = 8 * 1024 * 1024
/** Packets kept while the first search for other servers runs. */
const MOST_HELD = 4096

/** What the search for other servers needs, less what is a port's own. */
export interface PortDeps extends Omit<ForeignDeps, 'interface' | 'waitMs' | 'everyMs' | 'onRound'> {
  readonly foreignWaitMs: number
  readonly foreignEveryMs: number
  readonly take: (packet: Packet) => void
}

type Gate = 'listening' | 'open' | 'foreign'

/** DHCP on one interface: its socket, its search for other servers, and whether it answers. */
export class DhcpPort implements EnginePort {
  readonly #deps: PortDeps
  readonly #watch: ForeignWatch
  #settings: DhcpInterfaceSettings
  #link: Link
  #socket: UdpSocket | undefined
  #gate: Gate
  #quietRounds = 0
  #blockedBy: readonly Ipv4[] = []
  #problem = ''
  #held: Packet[] = []

  constructor(deps: PortDeps, settings: DhcpInterfaceSettings, lan: LanInterface) {
    this.#deps = deps
    this.#settings = settings
    // Beside other servers there is nothing to wait for: phones-only mode expects one.
    this.#gate = settings.mode === 'full' && !settings.besideForeignServer ? 'listening' : 'open'
    this.#link = linkOf(settings, lan, this.#gate)
    this.#watch = new ForeignWatch({
      ...deps,
      interface: settings.name,
      waitMs: deps.foreignWaitMs,
      everyMs: deps.foreignEveryMs,
      onRound: (offers) => this.#onRound(offers),
    })
  }

  get answers(): boolean {
    return this.#socket !== undefined && this.#gate === 'open'
  }

  /** Opens the socket unless it is open; what goes wrong is told by `status`, and worth another call later. */
  open(): void {
    if (this.#socket !== undefined) return
    try {
      this.#socket = this.#deps.lan.openUdp({
        device: this.#settings.name,
        port: this.#deps.serverPort,
        receiveBuffer: RECEIVE_BUFFER,
        onDatagram: (bytes, from) => this.#receive({ bytes, from: from.address, port: this }),
      })
    } catch (thrown) {
      const problem = `off: port ${this.#deps.serverPort} cannot be opened: ${messageOf(thrown)}`
      if (problem === this.#problem) return
      this.#problem = problem
      this.#deps.log.error('dhcp port cannot be opened', { interface: this.#settings.name, error: messageOf(thrown) })
      return
    }
    this.#watch.start()
  }

  close(): void {
    this.#watch.close()
    this.#socket?.close()
    this.#socket = undefined
    this.#held = []
  }

  /** Whether this port can go on with these settings; otherwise it is closed and made anew. */
  fits(settings: DhcpInterfaceSettings): boolean {
    return settings.mode === this.#settings.mode
  }

  update(settings: DhcpInterfaceSettings, lan: LanInterface): void {
    this.#settings = settings
    this.#link = linkOf(settings, lan, this.#gate)
    if (settings.besideForeignServer) this.#openGate()
  }

  link(): Link {
    return this.#link
  }

  send(bytes: Uint8Array, destination: Destination): void {
    const { serverPort, clientPort, lan } = this.#deps
    if (destination.kind === 'relay') this.#socket?.send(bytes, { address: destination.address, port: serverPort })
    else if (
      destination.kind === 'direct' &&
      !lan.primeNeighbour(destination.address, destination.mac, this.#settings.name)
    )
      this.#socket?.send(bytes, { address: BROADCAST, port: clientPort })
    else this.#socket?.send(bytes, { address: destination.address, port: clientPort })
  }

  foreign(server: Ipv4): void {
    this.#watch.note(server)
  }

  isOwnProbe(xid: number): boolean {
    return this.#watch.isOwnProbe(xid)
  }

  status(): DhcpInterfaceStatus {
    const { name, mode } = this.#settings
    return { name, mode, answering: this.answers, reason: this.#reason(), foreign: this.#watch.servers() }
  }

  #reason(): string {
    if (this.#socket === undefined) return this.#problem
    if (this.#gate === 'listening') return 'starting: listening for other DHCP servers'
    if (this.#gate === 'foreign')
      return `off: another server (${this.#blockedBy.map(formatIpv4).join(', ')}) answers here`
    if (this.#link.addresses.length === 0) return 'off: the interface has no IPv4 address'
    return this.#settings.mode === 'phones-only' ? 'on: answers phones only' : 'on: answers every client'
  }

  #receive(packet: Packet): void {
    // What comes while another server answers is not answered, but noted: it tells which devices there are.
    if (this.#gate !== 'listening') this.#deps.take(packet)
    else if (this.#held.length < MOST_HELD) this.#held.push(packet)
    else this.#deps.counters.add('dhcp.held-full')
  }

  #onRound(offers: readonly Ipv4[]): void {
    if (this.#gate === 'open') return
    if (offers.length > 0) {
      this.#quietRounds = 0
      this.#blockedBy = offers
      this.#setGate('foreign')
      return
    }
    // A server that was heard may only have been slow once: it must be gone for two rounds.
    if (this.#gate === 'listening' || ++this.#quietRounds >= 2) this.#openGate()
  }

  #openGate(): void {
    if (this.#gate !== 'open') this.#setGate('open')
  }

  #setGate(gate: Gate): void {
    this.#gate = gate
    this.#link = { ...this.#link, keptOff: gate === 'foreign' }
    const held = this.#held
    this.#held = []
    for (const packet of held) this.#deps.take(packet)
  }
}

function linkOf({ name, mode }: DhcpInterfaceSettings, { addresses }: LanInterface, gate: Gate): Link {
  return { name, phonesOnly: mode === 'phones-only', keptOff: gate === 'foreign', addresses }
}
