import { type Ipv4, parseIpv4 } from '../../services/core/ipv4.ts'
import type { Lan, LanInterface, UdpSocket } from '../../services/core/net.ts'
import { type KernelLanOptions, openKernelUdp } from './lan.ts'
import { SocketError } from './socket-error.ts'

const LOOPBACK: LanInterface = {
  name: 'lo',
  up: true,
  addresses: [{ address: parseIpv4('127.0.0.1'), prefix: 8 }],
}

/**
 * The loopback network alone (127.0.0.0/8), for the demonstration and for ordinary users: unicast between addresses of
 * this machine. It has no groups, no broadcast and no neighbours, and whatever is bound stays on this machine.
 */
export function makeLoopbackLan(options: Omit<KernelLanOptions, 'watchEveryMs'>): Lan & AsyncDisposable {
  const sockets = new Set<UdpSocket>()
  return {
    interfaces: () => [LOOPBACK],
    onChange: () => () => {},
    openUdp({ device, address, groups: _none, ...wanted }) {
      const local = address === undefined || address === 0 ? parseIpv4('127.0.0.1') : address
      if (device !== undefined && device !== LOOPBACK.name)
        throw new SocketError(`udp port ${wanted.port}: no interface ${device}, only ${LOOPBACK.name}`)
      if (local >>> 24 !== 127) throw new SocketError(`udp port ${wanted.port}: only 127.0.0.0/8 in the loopback lan`)
      const socket = openKernelUdp({ ...wanted, address: local }, undefined, options)
      sockets.add(socket)
      return { ...socket, close: () => void (sockets.delete(socket) && socket.close()) }
    },
    neighbour: () => undefined,
    primeNeighbour: () => false,
    inUse: async () => new Set<Ipv4>(),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close()
      sockets.clear()
    },
  }
}
