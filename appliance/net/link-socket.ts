import type { LinkSocket } from '../../services/lldp/contract.ts'
import { AF_PACKET, bindLink, closeFd, interfaceIndex, openSocket, receiveFrom, SOCK_RAW, setOption } from './libc.ts'

// Frames that no UDP socket sees: packet(7). It needs CAP_NET_RAW, which the box has for DHCP.

const SOL_PACKET = 263
const PACKET_ADD_MEMBERSHIP = 1
const PACKET_MR_MULTICAST = 0
/** linux/if_ether.h: LLDP, and all that comes with a length in place of a type (CDP among it). */
const PROTOCOLS = [0x88cc, 0x0004] as const
/** IEEE 802.1AB §7.1, and Cisco's group. */
const GROUPS = [
  [0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e],
  [0x01, 0x80, 0xc2, 0x00, 0x00, 0x03],
  [0x01, 0x80, 0xc2, 0x00, 0x00, 0x00],
  [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc],
] as const
const LONGEST = 1_518

/** Opens sockets for LLDP and CDP on an interface. Throws `SocketError` where the system does not allow it. */
export function openLinkSocket(device: string): LinkSocket {
  const fds: number[] = []
  const close = () => {
    for (const fd of fds.splice(0)) closeFd(fd)
  }
  try {
    for (const protocol of PROTOCOLS) {
      // Protocol 0 at first: between making it and binding it, it would take in frames of every interface.
      const fd = openSocket(SOCK_RAW, 0, AF_PACKET)
      fds.push(fd)
      const index = interfaceIndex(fd, device)
      for (const group of GROUPS)
        setOption(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership(index, group), `multicast on ${device}`)
      bindLink(fd, protocol, index, `link ${device}`)
    }
  } catch (thrown) {
    close()
    throw thrown
  }
  const buffer = new Uint8Array(LONGEST)
  return {
    receive() {
      for (const fd of fds) {
        const got = receiveFrom(fd, buffer)
        if (got !== undefined) return buffer.slice(0, got.length)
      }
      return undefined
    },
    close,
  }
}

/** `struct packet_mreq`: interface, type, length of the address, the address in eight bytes; little-endian. */
function membership(index: number, group: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, index, true)
  view.setUint16(4, PACKET_MR_MULTICAST, true)
  view.setUint16(6, group.length, true)
  bytes.set(group, 8)
  return bytes
}
