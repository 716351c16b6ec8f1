import { messageOf } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import { formatIpv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Endpoint, Lan, LanInterface, UdpSocket } from '../core/net.ts'
import type { PortPool } from './ports.ts'

/** One local address on which requests are heard. */
export interface Listener {
  readonly device: string
  readonly local: Endpoint
  readonly pool: PortPool
}

export interface ListenersDependencies {
  readonly lan: Lan
  readonly log: Log
  readonly port: number
  /** Absent: every interface that is up and has an address. */
  readonly devices: readonly string[] | undefined
  readonly makePool: (device: string, address: Ipv4) => PortPool
  readonly onRequest: (listener: Listener, bytes: Uint8Array, from: Endpoint) => void
  readonly onGone: (listener: Listener) => void
}

export interface Listeners {
  start(): void
  stop(): void
  list(): readonly Listener[]
}

interface Open {
  readonly listener: Listener
  readonly socket: UdpSocket
}

/**
 * Keeps one request socket for each address of each interface, and follows as they come and go. Bound to the address
 * itself: the answer's URLs need it, and a request to a broadcast address must not be answered (RFC 1123 §4.2.3.5).
 */
export function makeListeners(deps: ListenersDependencies): Listeners {
  const open = new Map<string, Open>()
  let stopWatching: (() => void) | undefined

  function wanted(interfaces: readonly LanInterface[]): Map<string, { device: string; address: Ipv4 }> {
    const found = new Map<string, { device: string; address: Ipv4 }>()
    for (const one of interfaces) {
      if (!one.up || (deps.devices !== undefined && !deps.devices.includes(one.name))) continue
      for (const { address } of one.addresses) found.set(`${one.name} ${address}`, { device: one.name, address })
    }
    return found
  }

  function follow(interfaces: readonly LanInterface[]): void {
    const now = wanted(interfaces)
    for (const [key, entry] of open) {
      if (now.has(key)) continue
      open.delete(key)
      closeOne(entry)
    }
    for (const [key, { device, address }] of now) if (!open.has(key)) openOne(key, device, address)
  }

  function openOne(key: string, device: string, address: Ipv4): void {
    const place = { device, address: formatIpv4(address), port: deps.port }
    let pool: PortPool | undefined
    try {
      pool = deps.makePool(device, address)
      const socket = deps.lan.openUdp({
        device,
        address,
        port: deps.port,
        receiveBuffer: 1 << 20,
        onDatagram: (bytes, from) => deps.onRequest(listener, bytes, from),
      })
      const listener: Listener = { device, local: socket.local, pool }
      open.set(key, { listener, socket })
      deps.log.info('tftp listening', place)
    } catch (error) {
      // One interface that cannot be served must not take the others down; the next change tries again.
      pool?.close()
      deps.log.error('tftp cannot listen', { ...place, reason: messageOf(error) })
    }
  }

  function closeOne({ listener, socket }: Open): void {
    socket.close()
    deps.onGone(listener)
    listener.pool.close()
    deps.log.info('tftp stopped listening', { device: listener.device, address: formatIpv4(listener.local.address) })
  }

  return {
    start() {
      stopWatching ??= deps.lan.onChange(follow)
      follow(deps.lan.interfaces())
    },
    stop() {
      stopWatching?.()
      stopWatching = undefined
      for (const entry of open.values()) closeOne(entry)
      open.clear()
    },
    list: () => [...open.values()].map(({ listener }) => listener),
  }
}
