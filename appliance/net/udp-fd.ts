import { fromLatin1 } from '../../services/core/bytes.ts'
import { ANY, formatIpv4, type Ipv4, ipv4ToBytes } from '../../services/core/ipv4.ts'
import type { UdpOptions } from '../../services/core/net.ts'
import { bindSocket, closeFd, openSocket, SOCK_DGRAM, setOption, trySetOption } from './libc.ts'

const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const SO_BROADCAST = 6
const SO_RCVBUF = 8
const SO_BINDTODEVICE = 25
const SO_RCVBUFFORCE = 33
const IPPROTO_IP = 0
const IP_TTL = 2
const IP_RECVERR = 11
const IP_MULTICAST_IF = 32
const IP_MULTICAST_TTL = 33
const IP_ADD_MEMBERSHIP = 35
const IP_MULTICAST_ALL = 49

export interface UdpFdOptions extends Omit<UdpOptions, 'onDatagram'> {
  /** The number of `device`; needed for groups. */
  readonly deviceIndex?: number
}

/**
 * A bound UDP socket as a file descriptor, set up as the runtime cannot: bound to its interface before `bind`, so that
 * it hears that LAN alone and 255.255.255.255 leaves by it; without an error queue, so that a dead peer's
 * "port unreachable" does not swallow the next datagram to a healthy one. Throws `SocketError`; nothing stays open then.
 */
export function openUdpFd(options: UdpFdOptions): number {
  const fd = openSocket(SOCK_DGRAM)
  try {
    const groups = options.groups ?? []
    const what = `udp ${formatIpv4(options.address ?? ANY)}:${options.port} on ${options.device ?? 'every interface'}`
    // Other programs may listen to the same group and port. Without a group, sharing would only hide a second server.
    if (groups.length > 0) setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1, what)
    setOption(fd, SOL_SOCKET, SO_BROADCAST, 1, what)
    setOption(fd, IPPROTO_IP, IP_RECVERR, 0, what)
    setOption(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0, what)
    if (options.device !== undefined)
      setOption(fd, SOL_SOCKET, SO_BINDTODEVICE, fromLatin1(`${options.device}\0`), what)
    if (options.ttl !== undefined)
      for (const option of [IP_TTL, IP_MULTICAST_TTL]) setOption(fd, IPPROTO_IP, option, options.ttl, what)
    if (options.receiveBuffer !== undefined) setReceiveBuffer(fd, options.receiveBuffer)
    bindSocket(fd, { address: options.address ?? ANY, port: options.port })
    const index = options.deviceIndex ?? 0
    if (index > 0) trySetOption(fd, IPPROTO_IP, IP_MULTICAST_IF, mreqn(ANY, index))
    for (const group of groups)
      setOption(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, mreqn(group, index), `${what}, group ${formatIpv4(group)}`)
    return fd
  } catch (thrown) {
    closeFd(fd)
    throw thrown
  }
}

/** Past the system's limit where that is allowed (CAP_NET_ADMIN), else as far as the limit goes. */
function setReceiveBuffer(fd: number, size: number): void {
  if (!trySetOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, size)) trySetOption(fd, SOL_SOCKET, SO_RCVBUF, size)
}

/** `struct ip_mreqn`: by the interface's number, so that an interface without an address can join too. */
function mreqn(group: Ipv4, index: number): Uint8Array {
  const bytes = new Uint8Array(12)
  bytes.set(ipv4ToBytes(group), 0)
  new DataView(bytes.buffer).setInt32(8, index, true)
  return bytes
}
