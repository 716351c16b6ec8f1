import type { Ipv4 } from './ipv4.ts'
import type { Mac } from './mac.ts'

/** One end of a datagram or connection. */
export interface Endpoint {
  readonly address: Ipv4
  readonly port: number
}

export interface InterfaceAddress {
  readonly address: Ipv4
  readonly prefix: number
}

/** One network interface of the machine as it stands now. */
export interface LanInterface {
  readonly name: string
  readonly mac?: Mac
  readonly up: boolean
  readonly addresses: readonly InterfaceAddress[]
}

export interface UdpOptions {
  /** Bind to this interface, so that the receiving interface is known and 255.255.255.255 leaves by it. */
  readonly device?: string
  /** Default 0.0.0.0. */
  readonly address?: Ipv4
  /** 0 lets the system choose. */
  readonly port: number
  /** Multicast groups to join on `device`. */
  readonly groups?: readonly Ipv4[]
  /** Wanted receive buffer in bytes; the system may give less. */
  readonly receiveBuffer?: number
  /** Called for each datagram; the bytes are the handler's to keep. What it throws is counted and dropped. */
  readonly onDatagram: (bytes: Uint8Array, from: Endpoint) => void
}

/** A UDP socket. Sending never throws: a peer that is gone is a count, not a fault. */
export interface UdpSocket {
  readonly local: Endpoint
  /** The bytes are the caller's again when it returns: one buffer may serve many sends. */
  send(bytes: Uint8Array, to: Endpoint): void
  close(): void
}

/** What the services need of the machine's network. The box gives the kernel's; tests give a virtual one. */
export interface Lan {
  interfaces(): readonly LanInterface[]
  /** Calls the listener after an interface appeared, vanished or changed address; returns the way to stop. */
  onChange(listener: (interfaces: readonly LanInterface[]) => void): () => void
  /** Opens a socket or throws `SocketError`. */
  openUdp(options: UdpOptions): UdpSocket
  /** The hardware address that the kernel's neighbour table holds for `address`. */
  neighbour(address: Ipv4): Mac | undefined
  /**
   * Tells the kernel which hardware address `address` has, so that unicast reaches a client that cannot answer
   * ARP yet (RFC 2131 §4.1). False where that is not allowed: broadcast instead.
   */
  primeNeighbour(address: Ipv4, mac: Mac, device: string): boolean
  /**
   * Which of these addresses somebody already holds, by ARP on the link `device` and by ICMP echo beyond it.
   * Resolves after at most `timeoutMs`.
   */
  inUse(addresses: readonly Ipv4[], device: string, timeoutMs: number): Promise<ReadonlySet<Ipv4>>
}
