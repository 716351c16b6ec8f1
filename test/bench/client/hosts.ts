import {
  BROADCAST_MAC,
  ETHERNET,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  type Route,
  readU16,
  readU32,
  type Segment,
  UDP,
  writeArp,
  writeTcp,
  writeUdp,
} from './frame.ts'
import { openPacketSocket, type PacketSocket } from './packet-socket.ts'
import { Timers } from './timers.ts'

/** Yealink's prefix, so that the box takes the hosts for its phones. */
export const OUI = [0x80, 0x5e, 0xc0] as const
const ARP_RETRY_MS = 1000
const MULTICAST_PREFIX = 0xe0000000

export type UdpListener = (payload: Uint8Array, from: number, port: number) => void
/** A TCP segment for one port; `payload` is a view that is valid during the call only. */
export type TcpListener = (segment: Required<Omit<Segment, 'largest'>>) => void

/** One virtual host: its own MAC, its own address, its own ports. */
export class Host {
  readonly index: number
  readonly mac: Uint8Array
  readonly macText: string
  readonly udp = new Map<number, UdpListener>()
  readonly tcp = new Map<number, TcpListener>()
  address = 0
  #port = 20_000

  constructor(index: number) {
    this.index = index
    this.mac = Uint8Array.of(...OUI, (index >>> 16) & 255, (index >>> 8) & 255, index & 255)
    this.macText = Buffer.from(this.mac).toString('hex')
  }

  freePort(): number {
    this.#port = this.#port >= 60_000 ? 20_000 : this.#port + 1
    return this.#port
  }
}

/** Many hosts behind one interface, each with frames of its own, in one loop without the kernel's stack. */
export class Hosts {
  readonly timers = new Timers()
  readonly #socket: PacketSocket
  readonly #byAddress = new Map<number, Host>()
  readonly #byIndex: (Host | undefined)[] = []
  readonly #resolved = new Map<number, Uint8Array>()
  readonly #resolving = new Map<string, (() => void)[]>()
  #idleMs = 0

  constructor(device: string) {
    this.#socket = openPacketSocket(device)
  }

  /** Time spent waiting for the servers: near nothing means that the hosts, not the server, were the limit. */
  get idleMs(): number {
    return this.#idleMs
  }

  add(index: number): Host {
    const host = this.#byIndex[index] ?? new Host(index)
    this.#byIndex[index] = host
    return host
  }

  setAddress(host: Host, address: number): void {
    this.#byAddress.delete(host.address)
    host.address = address
    this.#byAddress.set(address, host)
  }

  /** Runs until `isDone` or for `ms` at most; says whether it was done. */
  run(isDone: () => boolean, ms: number): boolean {
    const until = performance.now() + ms
    for (;;) {
      const now = performance.now()
      this.timers.run(now)
      if (isDone()) return true
      if (now >= until) return false
      let taken = 0
      while (taken < 64) {
        const length = this.#socket.receive()
        if (length < 0) break
        this.#take(length)
        taken++
      }
      if (taken === 0) {
        this.#socket.wait(2)
        this.#idleMs += performance.now() - now
      }
    }
  }

  sendUdp(host: Host, target: number, from: number, to: number, payload: Uint8Array): void {
    const targetMac = this.#macOf(target)
    const source = target === 0xffffffff ? 0 : host.address
    const route = { sourceMac: host.mac, targetMac, source, target }
    this.#socket.send(writeUdp(this.#socket.outgoing, route, from, to, payload))
  }

  sendTcp(host: Host, target: number, segment: Segment): void {
    const route = { sourceMac: host.mac, targetMac: this.#macOf(target), source: host.address, target }
    this.#socket.send(writeTcp(this.#socket.outgoing, route, segment))
  }

  /** Asks by ARP who holds `target`, as every host does before its first packet; calls `then` when it is known. */
  resolve(host: Host, target: number, then: () => void): void {
    const key = `${host.index} ${target}`
    const waiting = this.#resolving.get(key)
    if (waiting !== undefined) {
      waiting.push(then)
      return
    }
    this.#resolving.set(key, [then])
    const ask = () => {
      if (!this.#resolving.has(key)) return
      this.#arp(1, { sourceMac: host.mac, targetMac: BROADCAST_MAC, source: host.address, target })
      this.timers.after(ARP_RETRY_MS, ask)
    }
    ask()
  }

  close(): void {
    this.#socket.close()
  }

  #arp(operation: 1 | 2, route: Route): void {
    this.#socket.send(writeArp(this.#socket.outgoing, route, operation))
  }

  #macOf(target: number): Uint8Array {
    if (target === 0xffffffff) return BROADCAST_MAC
    if (target >= MULTICAST_PREFIX)
      return Uint8Array.of(0x01, 0x00, 0x5e, (target >>> 16) & 0x7f, (target >>> 8) & 255, target & 255)
    return this.#resolved.get(target) ?? BROADCAST_MAC
  }

  #take(length: number): void {
    const frame = this.#socket.received
    const type = readU16(frame, 12)
    if (type === ETHERTYPE_ARP) this.#takeArp(frame)
    else if (type === ETHERTYPE_IPV4) this.#takeIpv4(frame, length)
  }

  #takeArp(frame: Uint8Array): void {
    const sender = readU32(frame, 28)
    const target = readU32(frame, 38)
    if (readU16(frame, 20) === 1) {
      const holder = this.#byAddress.get(target)
      const route = { targetMac: frame.slice(22, 28), source: target, target: sender }
      if (holder !== undefined) this.#arp(2, { sourceMac: holder.mac, ...route })
      return
    }
    const host = this.#hostOf(frame)
    if (host === undefined) return
    this.#resolved.set(sender, frame.slice(22, 28))
    const key = `${host.index} ${sender}`
    const waiting = this.#resolving.get(key)
    this.#resolving.delete(key)
    for (const then of waiting ?? []) then()
  }

  #takeIpv4(frame: Uint8Array, length: number): void {
    const at = ETHERNET + ((frame[14] ?? 0) & 15) * 4
    const end = Math.min(length, ETHERNET + readU16(frame, 16))
    const from = readU32(frame, 26)
    const protocol = frame[23]
    if (protocol === PROTOCOL_UDP) {
      const host = this.#hostOf(frame) ?? this.#byChaddr(frame, at)
      const listener = host?.udp.get(readU16(frame, at + 2))
      listener?.(frame.subarray(at + UDP, Math.min(end, at + readU16(frame, at + 4))), from, readU16(frame, at))
      return
    }
    if (protocol !== PROTOCOL_TCP) return
    const listener = this.#hostOf(frame)?.tcp.get(readU16(frame, at + 2))
    listener?.({
      from: readU16(frame, at),
      to: readU16(frame, at + 2),
      sequence: readU32(frame, at + 4),
      acknowledged: readU32(frame, at + 8),
      flags: frame[at + 13] ?? 0,
      payload: frame.subarray(at + ((frame[at + 12] ?? 0) >>> 4) * 4, end),
    })
  }

  #hostOf(frame: Uint8Array): Host | undefined {
    if (frame[0] !== OUI[0] || frame[1] !== OUI[1] || frame[2] !== OUI[2]) return undefined
    return this.#byIndex[((frame[3] ?? 0) << 16) | readU16(frame, 4)]
  }

  /** The host that a broadcast DHCP answer is for: its hardware address stands in the message. */
  #byChaddr(frame: Uint8Array, at: number): Host | undefined {
    if (readU16(frame, at + 2) !== 68) return undefined
    const chaddr = at + UDP + 28
    if (frame[chaddr] !== OUI[0] || frame[chaddr + 1] !== OUI[1] || frame[chaddr + 2] !== OUI[2]) return undefined
    return this.#byIndex[((frame[chaddr + 3] ?? 0) << 16) | readU16(frame, chaddr + 4)]
  }
}
