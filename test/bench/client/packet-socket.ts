import { dlopen, FFIType, ptr } from 'bun:ffi'
import { InvariantError } from '../../../services/core/errors.ts'

const AF_PACKET = 17
const SOCK_RAW = 3
const SOCK_NONBLOCK = 0o4000
const SOL_SOCKET = 1
const SO_RCVBUFFORCE = 33
const SOL_PACKET = 263
const PACKET_IGNORE_OUTGOING = 23
const ETH_P_ALL = 0x0003
const POLLIN = 1
const RECEIVE_BUFFER = 64 * 1024 * 1024
/** Segmentation may be left to the receiver on a virtual cable: a "frame" is then up to 64 KiB long. */
const LARGEST_FRAME = 70_000

const { i32, u32, u64 } = FFIType
const pointer = FFIType.ptr

/** Whole Ethernet frames on one interface, without the kernel's stack: as many hosts as wanted behind one cable. */
export interface PacketSocket {
  /** The frame that `receive` took. */
  readonly received: Uint8Array
  /** Fill this, then `send` its first octets. */
  readonly outgoing: Uint8Array
  /** Length of the next frame, or -1 when none waits. */
  receive(): number
  send(length: number): boolean
  /** Sleeps until a frame waits, at most `ms`. */
  wait(ms: number): void
  close(): void
}

export function openPacketSocket(device: string): PacketSocket {
  const library = dlopen('libc.so.6', {
    socket: { args: [i32, i32, i32], returns: i32 },
    bind: { args: [i32, pointer, u32], returns: i32 },
    setsockopt: { args: [i32, i32, i32, pointer, u32], returns: i32 },
    if_nametoindex: { args: [pointer], returns: u32 },
    recv: { args: [i32, pointer, u64, i32], returns: i32 },
    send: { args: [i32, pointer, u64, i32], returns: i32 },
    poll: { args: [pointer, u64, i32], returns: i32 },
    close: { args: [i32], returns: i32 },
  })
  const libc = library.symbols
  const bigEndian = ((ETH_P_ALL & 255) << 8) | (ETH_P_ALL >>> 8)
  const fd = libc.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, bigEndian)
  if (fd < 0) throw new InvariantError('packet socket: not allowed')
  const name = Buffer.from(`${device}\0`)
  const index = libc.if_nametoindex(ptr(name))
  if (index === 0) throw new InvariantError(`packet socket: no interface ${device}`)
  // struct sockaddr_ll: family, protocol (network order), interface index, and nothing more for bind.
  const address = new Uint8Array(20)
  const view = new DataView(address.buffer)
  view.setUint16(0, AF_PACKET, true)
  view.setUint16(2, bigEndian, true)
  view.setInt32(4, index, true)
  if (libc.bind(fd, ptr(address), address.length) < 0) throw new InvariantError(`packet socket: bind to ${device}`)
  const option = (level: number, what: number, value: number) => {
    const bytes = Int32Array.of(value)
    libc.setsockopt(fd, level, what, ptr(bytes), 4)
  }
  option(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
  option(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)

  const received = new Uint8Array(LARGEST_FRAME)
  const outgoing = new Uint8Array(2048)
  // struct pollfd: descriptor, wanted events, returned events.
  const pollfd = Int16Array.of(fd & 0xffff, fd >>> 16, POLLIN, 0)
  const [receivedAt, outgoingAt] = [ptr(received), ptr(outgoing)]
  return {
    received,
    outgoing,
    receive: () => libc.recv(fd, receivedAt, LARGEST_FRAME, 0),
    send: (length) => libc.send(fd, outgoingAt, length, 0) === length,
    // The closure keeps `pollfd` alive; an address alone would not.
    wait: (ms) => void libc.poll(ptr(pollfd), 1, ms),
    close() {
      libc.close(fd)
      library.close()
    },
  }
}
