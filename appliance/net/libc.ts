import { dlopen, FFIType, type Pointer, ptr, read } from 'bun:ffi'
import { getSystemErrorName } from 'node:util'
import { formatIpv4, type Ipv4, ipv4FromBytes, ipv4ToBytes } from '../../services/core/ipv4.ts'
import type { Endpoint } from '../../services/core/net.ts'
import { SocketError } from './socket-error.ts'

// The C library's socket calls: what the runtime's own sockets cannot do. Numbers are those of Linux on x86-64 and
// arm64 (asm-generic/socket.h, linux/in.h, linux/sockios.h).
export const AF_INET = 2
export const AF_PACKET = 17
const AF_UNIX = 1
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const IPPROTO_ICMP = 1
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const SOCKADDR_SIZE = 16
const SIOCGIFINDEX = 0x8933
const LOCK_EX = 2
const LOCK_NB = 4

const { i32, i64, u32, u64 } = FFIType
const pointer = FFIType.ptr
const symbols = {
  socket: { args: [i32, i32, i32], returns: i32 },
  bind: { args: [i32, pointer, u32], returns: i32 },
  close: { args: [i32], returns: i32 },
  setsockopt: { args: [i32, i32, i32, pointer, u32], returns: i32 },
  getsockname: { args: [i32, pointer, pointer], returns: i32 },
  sendto: { args: [i32, pointer, u64, i32, pointer, u32], returns: i64 },
  recvfrom: { args: [i32, pointer, u64, i32, pointer, pointer], returns: i64 },
  ioctl: { args: [i32, u64, pointer], returns: i32 },
  flock: { args: [i32, i32], returns: i32 },
  __errno_location: { args: [], returns: pointer },
} as const

function load() {
  for (const name of ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1']) {
    try {
      return dlopen(name, symbols).symbols
    } catch {
      // The next name: glibc and musl call the same library differently.
    }
  }
  throw new SocketError('no linux c library found: the box needs linux for its network sockets')
}

let loaded: ReturnType<typeof load> | undefined
function libc(): ReturnType<typeof load> {
  loaded ??= load()
  return loaded
}

/** The result of a call, or `SocketError` naming what was tried and the system's error. */
function check(result: number, what: string): number {
  if (result >= 0) return result
  throw new SocketError(`${what}: ${errorName()}`)
}

/** Must be asked right after the failed call. */
function errorName(): string {
  const at = libc().__errno_location()
  return at === null ? 'unknown error' : getSystemErrorName(-read.i32(at as Pointer, 0))
}

/** Opens a socket that does not block and is not inherited. Close it with `closeFd`. */
export function openSocket(type: number, protocol = 0, family = AF_INET): number {
  return check(libc().socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol), 'socket')
}

export function closeFd(fd: number): void {
  libc().close(fd)
}

export function bindSocket(fd: number, to: Endpoint): void {
  const address = sockaddr(to)
  check(libc().bind(fd, ptr(address), SOCKADDR_SIZE), `udp ${formatIpv4(to.address)}:${to.port}`)
}

/** Binds a packet socket to the frames of one protocol on one interface (`struct sockaddr_ll`, packet(7)). */
export function bindLink(fd: number, protocol: number, index: number, what: string): void {
  const address = new Uint8Array(20)
  const view = new DataView(address.buffer)
  view.setUint16(0, AF_PACKET, true)
  view.setUint16(2, protocol)
  view.setInt32(4, index, true)
  check(libc().bind(fd, ptr(address), address.length), what)
}

/** The kernel's number of an interface; throws `SocketError` when there is none of this name. */
export function interfaceIndex(fd: number, device: string): number {
  // struct ifreq: the name in 16 bytes, then what is asked for.
  const request = new Uint8Array(40)
  request.set(new TextEncoder().encode(device).subarray(0, 15))
  check(libc().ioctl(fd, BigInt(SIOCGIFINDEX), ptr(request)), `interface ${device}`)
  return new DataView(request.buffer).getInt32(16, true)
}

/** The address and port that a socket is bound to. */
export function localEndpoint(fd: number): Endpoint {
  const address = new Uint8Array(SOCKADDR_SIZE)
  const length = Int32Array.of(SOCKADDR_SIZE)
  check(libc().getsockname(fd, ptr(address), ptr(length)), 'getsockname')
  return endpointOf(address)
}

/** Sets a socket option to a number, or to bytes. False when the system refuses. */
export function trySetOption(fd: number, level: number, name: number, value: number | Uint8Array): boolean {
  const bytes = typeof value === 'number' ? new Uint8Array(Int32Array.of(value).buffer) : value
  return libc().setsockopt(fd, level, name, ptr(bytes), bytes.length) === 0
}

/** As `trySetOption`, but throws `SocketError` with `what`. */
export function setOption(fd: number, level: number, name: number, value: number | Uint8Array, what: string): void {
  if (!trySetOption(fd, level, name, value)) throw new SocketError(`${what}: ${errorName()}`)
}

/** Sends one datagram; false when the system did not take it. */
export function sendTo(fd: number, bytes: Uint8Array, to: Endpoint): boolean {
  const address = sockaddr(to)
  return libc().sendto(fd, ptr(bytes), BigInt(bytes.length), 0, ptr(address), SOCKADDR_SIZE) >= 0n
}

/** Sends to where the socket sends by default; false when the system did not take it. */
export function send(fd: number, bytes: Uint8Array): boolean {
  return libc().sendto(fd, ptr(bytes), BigInt(bytes.length), 0, null, 0) >= 0n
}

/**
 * Sends one datagram to a socket of the file system, or of the abstract names when the path begins with `@`; false when
 * nobody took it.
 */
export function sendToPath(path: string, bytes: Uint8Array): boolean {
  const name = new TextEncoder().encode(path.replace(/^@/, '\0'))
  // struct sockaddr_un: the family, then the path; an abstract name is as long as the address says.
  const address = new Uint8Array(3 + name.length)
  address[0] = AF_UNIX
  address.set(name, 2)
  const length = path.startsWith('@') ? address.length - 1 : address.length
  const fd = openSocket(SOCK_DGRAM, 0, AF_UNIX)
  const sent = libc().sendto(fd, ptr(bytes), BigInt(bytes.length), 0, ptr(address), length) >= 0n
  closeFd(fd)
  return sent
}

/** Takes one waiting datagram into `buffer`, or undefined when there is none. */
export function receiveFrom(fd: number, buffer: Uint8Array): { length: number; from: Endpoint } | undefined {
  const address = new Uint8Array(SOCKADDR_SIZE)
  const length = Int32Array.of(SOCKADDR_SIZE)
  const got = Number(libc().recvfrom(fd, ptr(buffer), BigInt(buffer.length), 0, ptr(address), ptr(length)))
  return got < 0 ? undefined : { length: got, from: endpointOf(address) }
}

/** An ioctl that reads and writes `argument`; false when the system refuses. */
export function tryIoctl(fd: number, request: number, argument: Uint8Array): boolean {
  return libc().ioctl(fd, BigInt(request), ptr(argument)) === 0
}

/** Takes the lock of an open file, which ends with the process however that ends; false when another one has it. */
export function tryLock(fd: number): boolean {
  return libc().flock(fd, LOCK_EX | LOCK_NB) === 0
}

/** `struct sockaddr_in`: family in the machine's order (little-endian on both architectures), then network order. */
export function sockaddr(to: { readonly address: Ipv4; readonly port: number }): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_SIZE)
  bytes[0] = AF_INET
  bytes[2] = to.port >>> 8
  bytes[3] = to.port & 255
  bytes.set(ipv4ToBytes(to.address), 4)
  return bytes
}

function endpointOf(bytes: Uint8Array): Endpoint {
  return { address: ipv4FromBytes(bytes, 4), port: ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0) }
}
