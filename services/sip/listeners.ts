import { messageOf } from '../core/errors.ts'
import { type Ipv4, parseIpv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Endpoint, InterfaceAddress, Lan, LanInterface, UdpSocket } from '../core/net.ts'

/** sip.mcast.net, where phones ask (RFC 3261 §22.2 table, draft-petrie-sipping-config-framework). */
export const PNP_GROUP: Ipv4 = parseIpv4('224.0.1.75')

export interface Listener {
  readonly name: string
  readonly addresses: readonly InterfaceAddress[]
  readonly socket: UdpSocket
}

export interface ListenersOptions {
  readonly lan: Lan
  readonly log: Log
  readonly port: number
  /** Only these interfaces; absent: every one that is up and has an address. */
  readonly interfaces?: readonly string[]
  onDatagram(name: string, bytes: Uint8Array, from: Endpoint): void
}

/** Whether an interface is listened on and, in plain words, why not. */
export interface ListenerStatus {
  readonly interface: string
  readonly listening: boolean
  readonly reason: string
}

/** One socket an interface, bound to its device and joined to the group; follows the interfaces of the machine. */
export interface Listeners {
  get(name: string): Listener | undefined
  status(): readonly ListenerStatus[]
  follow(): void
  close(): void
}

// Room for a whole site that asks in the same instant; the system's default holds about ninety SUBSCRIBEs.
const RECEIVE_BUFFER = 4 * 1024 * 1024

export function makeListeners(options: ListenersOptions): Listeners {
  const { lan, log, port } = options
  const open = new Map<string, Listener & { readonly print: string }>()
  const failed = new Map<string, string>()
  let stop: (() => void) | undefined

  function reconcile(interfaces: readonly LanInterface[]): void {
    const wanted = interfaces.filter(
      ({ name, up, addresses }) => up && addresses.length > 0 && (options.interfaces?.includes(name) ?? true),
    )
    for (const [name, listener] of open) {
      const now = wanted.find((candidate) => candidate.name === name)
      if (now !== undefined && fingerprint(now) === listener.print) continue
      listener.socket.close()
      open.delete(name)
      log.info('pnp: stopped listening', { interface: name })
    }
    failed.clear()
    for (const wish of wanted) if (!open.has(wish.name)) listen(wish)
  }

  function listen(wish: LanInterface): void {
    const { name, addresses } = wish
    try {
      const socket = lan.openUdp({
        device: name,
        port,
        groups: [PNP_GROUP],
        receiveBuffer: RECEIVE_BUFFER,
        onDatagram: (bytes, from) => options.onDatagram(name, bytes, from),
      })
      open.set(name, { name, addresses, socket, print: fingerprint(wish) })
      log.info('pnp: listening', { interface: name, port })
    } catch (thrown) {
      failed.set(name, messageOf(thrown))
      log.warn('pnp: cannot listen', { interface: name, port, reason: messageOf(thrown) })
    }
  }

  return {
    get: (name) => open.get(name),
    status: () => [
      ...[...open.keys()].map((name) => ({ interface: name, listening: true, reason: `listens on port ${port}` })),
      ...[...failed].map(([name, reason]) => ({ interface: name, listening: false, reason })),
    ],
    follow() {
      if (stop !== undefined) return
      stop = lan.onChange(reconcile)
      reconcile(lan.interfaces())
    },
    close() {
      stop?.()
      stop = undefined
      for (const { socket } of open.values()) socket.close()
      open.clear()
    },
  }
}

/** Changes when the socket must be made anew: another card under the same name loses the group. */
function fingerprint({ mac, addresses }: LanInterface): string {
  return JSON.stringify([mac, addresses])
}
