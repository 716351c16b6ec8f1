import type { Counters } from '../core/counters.ts'
import { MalformedPacketError, messageOf } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Endpoint, Lan, UdpSocket } from '../core/net.ts'
import type { TftpPacket } from './codec.ts'
import { decode, ErrorCode, encode } from './codec.ts'

/** Our end of one running transfer. */
export interface Line {
  readonly peer: Endpoint
  send(packet: Uint8Array): void
  /** Forgets the peer; what it still sends for a while is passed over in silence. */
  close(): void
}

/**
 * The ports that transfers of one local address run on, each shared by many transfers: the peer's address and port
 * tell them apart. One socket per transfer costs as much time as sending a small file.
 */
export interface PortPool {
  /** A transfer identifier for this peer; undefined when the peer already has one on every port. */
  open(peer: Endpoint, onPacket: (packet: TftpPacket) => void): Line | undefined
  /** Sends one packet that belongs to no transfer. */
  tell(peer: Endpoint, packet: Uint8Array): void
  close(): void
}

export interface PortPoolDependencies {
  readonly lan: Lan
  readonly counters: Counters
  readonly log: Log
  /** Milliseconds from a clock that never jumps. */
  readonly monotonic: () => number
}

/** A client that keeps its port for file after file must meet another port of ours each time (RFC 1350 §4). */
const PORTS = 16
/** How long late packets of an ended transfer are expected, and how many ended transfers are remembered. */
const LATE_MS = 10_000
const ENDED_MOST = 256
/** Strangers answered a second: they may be forged. */
const STRANGERS_A_SECOND = 50
const RECEIVE_BUFFER = 1 << 20
const UNKNOWN_TRANSFER = encode({ kind: 'error', code: ErrorCode.unknownTransfer, text: 'Unknown transfer ID' })

interface Port {
  readonly socket: UdpSocket
  readonly peers: Map<number, (packet: TftpPacket) => void>
  /** Peer → until when it may still send. */
  readonly ended: Map<number, number>
}

/** Opens the ports on `address` of `device`, or throws `SocketError`. */
export function makePortPool(deps: PortPoolDependencies, device: string, address: Ipv4): PortPool {
  const { lan, counters, log, monotonic } = deps
  const ports: Port[] = []
  const strangers = { second: 0, answered: 0 }
  let turn = 0

  function close(): void {
    for (const port of ports) port.socket.close()
    ports.length = 0
  }

  function onDatagram(port: Port, bytes: Uint8Array, from: Endpoint): void {
    const packet = decodeCounted(bytes, counters, log)
    if (packet === undefined) return
    const key = peerKey(from)
    const receive = port.peers.get(key)
    if (receive !== undefined) receive(packet)
    else if ((port.ended.get(key) ?? 0) > monotonic()) counters.add('tftp.late')
    else answerStranger(port, packet, from)
  }

  /** RFC 1350 §4: a foreign identifier is told so, and the transfer that runs here is not disturbed. */
  function answerStranger(port: Port, packet: TftpPacket, from: Endpoint): void {
    counters.add('tftp.stranger')
    if (packet.kind !== 'data' && packet.kind !== 'ack') return
    const second = Math.floor(monotonic() / 1000)
    if (strangers.second !== second) Object.assign(strangers, { second, answered: 0 })
    if (strangers.answered++ < STRANGERS_A_SECOND) port.socket.send(UNKNOWN_TRANSFER, from)
  }

  function next(): Port | undefined {
    turn = (turn + 1) % PORTS
    return ports[turn]
  }

  /** The next port that this peer does not use; rather one that it has not used lately. */
  function freePort(key: number): Port | undefined {
    let second: Port | undefined
    for (let i = 0; i < PORTS; i++) {
      const port = next()
      if (port === undefined || port.peers.has(key)) continue
      if ((port.ended.get(key) ?? 0) <= monotonic()) return port
      second ??= port
    }
    return second
  }

  function rememberEnded(port: Port, key: number): void {
    port.ended.delete(key)
    port.ended.set(key, monotonic() + LATE_MS)
    if (port.ended.size <= ENDED_MOST) return
    for (const oldest of port.ended.keys()) {
      port.ended.delete(oldest)
      break
    }
  }

  try {
    for (let i = 0; i < PORTS; i++) {
      const peers: Port['peers'] = new Map()
      const ended: Port['ended'] = new Map()
      const socket = lan.openUdp({
        device,
        address,
        port: 0,
        receiveBuffer: RECEIVE_BUFFER,
        onDatagram: (bytes, from) => onDatagram(port, bytes, from),
      })
      const port: Port = { socket, peers, ended }
      ports.push(port)
    }
  } catch (error) {
    close()
    throw error
  }

  return {
    open(peer, onPacket) {
      const key = peerKey(peer)
      const port = freePort(key)
      if (port === undefined) return undefined
      port.peers.set(key, onPacket)
      port.ended.delete(key)
      return {
        peer,
        send: (packet) => port.socket.send(packet, peer),
        close() {
          if (port.peers.get(key) !== onPacket) return
          port.peers.delete(key)
          rememberEnded(port, key)
        },
      }
    },
    tell: (peer, packet) => next()?.socket.send(packet, peer),
    close,
  }
}

/** One number for an address and port: 48 bits, which a number holds exactly. */
export function peerKey(peer: Endpoint): number {
  return peer.address * 65_536 + peer.port
}

/** A datagram that is no TFTP packet is counted and dropped. */
export function decodeCounted(bytes: Uint8Array, counters: Counters, log: Log): TftpPacket | undefined {
  try {
    return decode(bytes)
  } catch (error) {
    if (!(error instanceof MalformedPacketError)) throw error
    counters.add('tftp.malformed')
    log.debug('tftp packet malformed', { reason: messageOf(error) })
    return undefined
  }
}
