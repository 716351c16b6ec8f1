import { SocketError } from '../../appliance/net/socket-error.ts'
import { InvariantError } from '../../services/core/errors.ts'
import { ANY, BROADCAST, broadcastOf, type Ipv4, networkOf, parseIpv4 } from '../../services/core/ipv4.ts'
import { type Mac, parseMac } from '../../services/core/mac.ts'
import type { Endpoint, InterfaceAddress, Lan, LanInterface, UdpOptions, UdpSocket } from '../../services/core/net.ts'
import type { Datagram, VirtualWire } from './virtual-wire.ts'

export interface InterfaceSpec {
  readonly name: string
  readonly segment: string
  /** `192.0.2.1/24`; none: an interface without an address. */
  readonly address?: string
  /** Default: one of 00:00:5e:00:xx:xx. */
  readonly mac?: string
}

/** An interface of a virtual host. */
export interface Port {
  readonly name: string
  readonly segment: string
  readonly mac: Mac
  up: boolean
  addresses: readonly InterfaceAddress[]
}

interface BoundSocket {
  readonly options: UdpOptions
  readonly local: Endpoint
}

/** One machine on the virtual LAN. What a test does to it (`setAddresses`, `remove` …) its listeners hear at once. */
export class VirtualHost implements Lan {
  readonly name: string
  readonly #lan: VirtualWire
  readonly #number: number
  readonly #ports = new Map<string, Port>()
  readonly #sockets = new Set<BoundSocket>()
  readonly #neighbours = new Map<Ipv4, Mac>()
  readonly #listeners = new Set<(interfaces: readonly LanInterface[]) => void>()
  /** Whether the machine lets the box prime neighbours; false plays an ordinary user. */
  mayPrime = true
  /** Answers `inUse` instead of the LAN, e.g. to keep a probe open. */
  onProbe: ((addresses: readonly Ipv4[], device: string) => Promise<ReadonlySet<Ipv4>>) | undefined
  #nextPort = 49_152

  /** `number` makes the hardware addresses of its interfaces. */
  constructor(lan: VirtualWire, name: string, number: number, interfaces: readonly InterfaceSpec[]) {
    this.#lan = lan
    this.#number = number
    this.name = name
    for (const spec of interfaces) this.#plug(spec)
  }

  ports(): Iterable<Port> {
    return this.#ports.values()
  }

  interfaces(): readonly LanInterface[] {
    return [...this.#ports.values()].map(({ name, mac, up, addresses }) => ({ name, mac, up, addresses }))
  }

  onChange(listener: (interfaces: readonly LanInterface[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  add(spec: InterfaceSpec): void {
    this.#plug(spec)
    this.#changed()
  }

  /** Takes an interface away; its sockets stay open and hear nothing, as in the kernel. */
  remove(name: string): void {
    this.#ports.delete(name)
    this.#changed()
  }

  setUp(name: string, up: boolean): void {
    this.port(name).up = up
    this.#changed()
  }

  setAddresses(name: string, addresses: readonly string[]): void {
    this.port(name).addresses = addresses.map(readAddress)
    this.#changed()
  }

  setNeighbour(address: Ipv4, mac: Mac | undefined): void {
    if (mac === undefined) this.#neighbours.delete(address)
    else this.#neighbours.set(address, mac)
  }

  port(name: string): Port {
    const port = this.#ports.get(name)
    if (port === undefined) throw new InvariantError(`virtual host ${this.name} has no interface ${name}`)
    return port
  }

  openUdp(options: UdpOptions): UdpSocket {
    if (options.device !== undefined && !this.#ports.has(options.device))
      throw new SocketError(`udp port ${options.port}: no interface ${options.device}`)
    const local = { address: options.address ?? ANY, port: options.port === 0 ? this.#nextPort++ : options.port }
    for (const other of this.#sockets)
      if (
        other.local.port === local.port &&
        other.local.address === local.address &&
        other.options.device === options.device
      )
        throw new SocketError(`udp port ${local.port} on ${options.device ?? 'every interface'} is taken`)
    const bound: BoundSocket = { options, local }
    this.#sockets.add(bound)
    return {
      local,
      send: (bytes, to) => this.#sockets.has(bound) && this.#send(bound, bytes.slice(), to),
      close: () => void this.#sockets.delete(bound),
    }
  }

  neighbour(address: Ipv4): Mac | undefined {
    return this.#neighbours.get(address)
  }

  primeNeighbour(address: Ipv4, mac: Mac): boolean {
    if (this.mayPrime) this.#neighbours.set(address, mac)
    return this.mayPrime
  }

  async inUse(addresses: readonly Ipv4[], device: string): Promise<ReadonlySet<Ipv4>> {
    if (this.onProbe !== undefined) return this.onProbe(addresses, device)
    const segment = this.#lan.routed ? undefined : this.#ports.get(device)?.segment
    return new Set(addresses.filter((address) => this.#lan.holderOf(address, segment) !== undefined))
  }

  /** Takes a datagram from the wire if it is for this host. Called by the LAN. */
  receive(datagram: Datagram): void {
    for (const port of this.#ports.values()) {
      if (!port.up || port.segment !== datagram.segment) continue
      const group = datagram.to.address
      const shared = isBroadcast(port, group) || isMulticast(group)
      if (!shared && datagram.toMac !== port.mac) continue
      const sender = datagram.from.address
      if (sender !== ANY && onLink(port, sender) && datagram.fromMac !== port.mac)
        this.#neighbours.set(sender, datagram.fromMac)
      this.#hand(port.name, datagram)
    }
  }

  #hand(device: string | undefined, datagram: Datagram): void {
    for (const socket of [...this.#sockets]) {
      const { options, local } = socket
      if (local.port !== datagram.to.port) continue
      if (options.device !== undefined && options.device !== device) continue
      if (isMulticast(datagram.to.address) && !options.groups?.includes(datagram.to.address)) continue
      if (local.address !== ANY && local.address !== datagram.to.address) continue
      try {
        options.onDatagram(datagram.bytes.slice(), datagram.from)
      } catch (thrown) {
        this.#lan.faults.push(thrown)
      }
    }
  }

  #send(socket: BoundSocket, bytes: Uint8Array, to: Endpoint): void {
    const own = [...this.#ports.values()].some((port) => port.addresses.some((held) => held.address === to.address))
    if (own) {
      const from = { address: socket.local.address || to.address, port: socket.local.port }
      const mac = parseMac('00:00:5e:00:53:00')
      this.#hand(undefined, { segment: 'loopback', fromMac: mac, from, to, bytes })
      return
    }
    const port = this.#portTowards(socket, to.address)
    if (port === undefined || !port.up) return
    const source = socket.local.address || port.addresses[0]?.address || ANY
    const datagram = { fromMac: port.mac, from: { address: source, port: socket.local.port }, to, bytes }
    if (isBroadcast(port, to.address) || isMulticast(to.address)) {
      this.#lan.send({ ...datagram, segment: port.segment })
      return
    }
    const near = onLink(port, to.address) || !this.#lan.routed
    const holder = this.#lan.holderOf(to.address, near ? port.segment : undefined)
    const toMac = this.#neighbours.get(to.address) ?? holder?.mac
    if (toMac === undefined) return
    if (holder !== undefined && near) this.#neighbours.set(to.address, toMac)
    this.#lan.send({ ...datagram, segment: holder?.segment ?? port.segment, toMac })
  }

  #portTowards(socket: BoundSocket, to: Ipv4): Port | undefined {
    if (socket.options.device !== undefined) return this.#ports.get(socket.options.device)
    const ports = [...this.#ports.values()]
    const bound = ports.find((port) => port.addresses.some((held) => held.address === socket.local.address))
    return bound ?? ports.find((port) => onLink(port, to)) ?? ports[0]
  }

  #plug(spec: InterfaceSpec): void {
    // Hosts by sixteens, their interfaces within: enough distinct addresses for any test of ours.
    const last = ((this.#number * 16 + this.#ports.size + 1) & 0xffff).toString(16).padStart(4, '0')
    const mac = parseMac(spec.mac ?? `00:00:5e:00:${last.slice(0, 2)}:${last.slice(2)}`)
    const addresses = spec.address === undefined ? [] : [readAddress(spec.address)]
    this.#ports.set(spec.name, { name: spec.name, segment: spec.segment, mac, up: true, addresses })
  }

  #changed(): void {
    const now = this.interfaces()
    for (const listener of this.#listeners) listener(now)
  }
}

function readAddress(text: string): InterfaceAddress {
  const [address = '', prefix] = text.split('/')
  return { address: parseIpv4(address), prefix: Number(prefix ?? 24) }
}

function isMulticast(address: Ipv4): boolean {
  return address >>> 28 === 14
}

function isBroadcast(port: Port, address: Ipv4): boolean {
  return address === BROADCAST || port.addresses.some((held) => broadcastOf(held.address, held.prefix) === address)
}

function onLink(port: Port, address: Ipv4): boolean {
  return port.addresses.some((held) => networkOf(held.address, held.prefix) === networkOf(address, held.prefix))
}
