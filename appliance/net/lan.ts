import type { Counters } from '../../services/core/counters.ts'
import { type Ipv4, networkOf } from '../../services/core/ipv4.ts'
import type { Log } from '../../services/core/log.ts'
import type { Lan, UdpOptions, UdpSocket } from '../../services/core/net.ts'
import { InterfaceWatch, type KernelInterface } from './interfaces.ts'
import { Neighbours } from './neighbours.ts'
import { probe } from './probe.ts'
import { SocketError } from './socket-error.ts'
import { openUdpFd } from './udp-fd.ts'
import { makeUdpSocket } from './udp-socket.ts'

export interface KernelLanOptions {
  readonly log: Log
  readonly counters: Counters
  /** How often the interfaces are looked at. */
  readonly watchEveryMs?: number
}

/** The machine's own network. Disposing it closes every socket that was opened with it. */
export function makeKernelLan(options: KernelLanOptions): Lan & AsyncDisposable {
  const watch = new InterfaceWatch(options.log, options.watchEveryMs)
  const neighbours = new Neighbours()
  const sockets = new Set<UdpSocket>()

  function named(device: string): KernelInterface | undefined {
    return watch.current().find((one) => one.name === device)
  }

  return {
    interfaces: () => watch.current(),
    onChange: (listener) => watch.onChange(listener),
    openUdp(wanted) {
      const device = wanted.device === undefined ? undefined : named(wanted.device)
      if (wanted.device !== undefined && device === undefined)
        throw new SocketError(`udp port ${wanted.port}: no interface ${wanted.device}`)
      const socket = openKernelUdp(wanted, device?.index, options)
      sockets.add(socket)
      return { ...socket, close: () => void (sockets.delete(socket) && socket.close()) }
    },
    neighbour(address) {
      for (const one of watch.current()) {
        if (!isOnLink(one, address)) continue
        const mac = neighbours.get(address, one.name)
        if (mac !== undefined) return mac
      }
      return undefined
    },
    primeNeighbour: (address, mac, device) => neighbours.set(address, mac, device),
    async inUse(addresses, device, timeoutMs) {
      const found = named(device)
      return found === undefined ? new Set() : probe(addresses, found, neighbours, timeoutMs)
    },
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]()
      for (const socket of sockets) socket.close()
      sockets.clear()
      neighbours[Symbol.dispose]()
    },
  }
}

export function openKernelUdp(wanted: UdpOptions, deviceIndex: number | undefined, tools: KernelLanOptions): UdpSocket {
  const { onDatagram, ...rest } = wanted
  const fd = openUdpFd(deviceIndex === undefined ? rest : { ...rest, deviceIndex })
  return makeUdpSocket(fd, onDatagram, tools)
}

function isOnLink(one: KernelInterface, address: Ipv4): boolean {
  return one.addresses.some((held) => networkOf(held.address, held.prefix) === networkOf(address, held.prefix))
}
