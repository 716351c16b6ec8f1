import { ipv4FromBytes } from '../../services/core/ipv4.ts'
import type { InterfaceAddress } from '../../services/core/net.ts'
import { closeFd, openSocket, receiveFrom, SOCK_RAW, send } from './libc.ts'
import { SocketError } from './socket-error.ts'

// linux/netlink.h, linux/rtnetlink.h, linux/if_addr.h
const AF_NETLINK = 16
const AF_INET = 2
const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const RTM_NEWADDR = 20
const RTM_GETADDR = 22
const NLM_F_REQUEST_DUMP = 0x301
const IFA_ADDRESS = 1
const IFA_LOCAL = 2
const HEADER_SIZE = 16
const IFADDRMSG_SIZE = 8
/** A dump of thousands of addresses fits; what is longer is cut. */
const MESSAGES_READ = 1_000

/**
 * The IPv4 addresses of every interface by its number, asked of the kernel. The runtime's own list leaves out those of
 * an interface whose cable has only just come up, or is out for a moment.
 */
export function readAddresses(): ReadonlyMap<number, readonly InterfaceAddress[]> {
  const fd = openSocket(SOCK_RAW, 0, AF_NETLINK)
  try {
    const found = new Map<number, InterfaceAddress[]>()
    if (!send(fd, dumpRequest())) throw new SocketError('interface addresses: the kernel did not take the question')
    const buffer = new Uint8Array(65_536)
    for (let n = 0; n < MESSAGES_READ; n++) {
      const got = receiveFrom(fd, buffer)
      if (got === undefined || readDump(buffer.subarray(0, got.length), found) === 'done') break
    }
    return found
  } finally {
    closeFd(fd)
  }
}

function dumpRequest(): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEADER_SIZE + IFADDRMSG_SIZE))
  view.setUint32(0, view.byteLength, true)
  view.setUint16(4, RTM_GETADDR, true)
  view.setUint16(6, NLM_F_REQUEST_DUMP, true)
  view.setUint8(HEADER_SIZE, AF_INET)
  return new Uint8Array(view.buffer)
}

/** Reads the messages of one part of the kernel's answer into `found`. */
function readDump(bytes: Uint8Array, found: Map<number, InterfaceAddress[]>): 'more' | 'done' {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + HEADER_SIZE <= bytes.length; ) {
    const length = view.getUint32(at, true)
    const type = view.getUint16(at + 4, true)
    if (type === NLMSG_DONE || type === NLMSG_ERROR || length < HEADER_SIZE || at + length > bytes.length) return 'done'
    if (type === RTM_NEWADDR && length >= HEADER_SIZE + IFADDRMSG_SIZE) {
      const index = view.getUint32(at + HEADER_SIZE + 4, true)
      const address = readAddress(bytes.subarray(at + HEADER_SIZE, at + length))
      if (address !== undefined) found.set(index, [...(found.get(index) ?? []), address])
    }
    at += (length + 3) & ~3
  }
  return 'more'
}

/** The local address of an `ifaddrmsg`; on a point-to-point link IFA_ADDRESS is the other end's. */
function readAddress(message: Uint8Array): InterfaceAddress | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.length)
  const prefix = view.getUint8(1)
  let address: InterfaceAddress | undefined
  for (let at = IFADDRMSG_SIZE; at + 4 <= message.length; ) {
    const length = view.getUint16(at, true)
    const type = view.getUint16(at + 2, true)
    if (length < 4 || at + length > message.length) break
    if (length === 8 && (type === IFA_LOCAL || (type === IFA_ADDRESS && address === undefined)))
      address = { address: ipv4FromBytes(message, at + 4), prefix }
    at += (length + 3) & ~3
  }
  return address
}
