import { Server } from 'node-ssdp'
import { formatIpv4, parseIpv4 } from '../core/ipv4.ts'
import type { Lan } from '../core/net.ts'
import type { Announcement } from './contract.ts'
import { LanSocket } from './lan-socket.ts'

const PORT = 1900
const GROUP = parseIpv4('239.255.255.250')
/** UPnP Device Architecture 1.1 §1.2.2: at least 1800 s, told again well before half of it has passed. */
const MAX_AGE_S = 1800
const AGAIN_MS = 600_000
/** Searches a second that are answered: a flood with false senders shall not be passed on to them. */
const MOST_A_SECOND = 20

/** SSDP on one interface, while it is open. */
export interface Ssdp extends Disposable {
  readonly interface: string
}

/**
 * Announces the page on one interface and answers searches there. The package keeps the protocol; its sockets are the
 * box's own, bound to the interface: with the package's, a search gets an answer for each interface, most of them with an
 * address of another LAN. Throws `SocketError`.
 */
export async function openSsdp(lan: Lan, what: Announcement, at: Announcement['interfaces'][number]): Promise<Ssdp> {
  const server = new Server({
    // Always given: else the package guesses an address.
    location: `http://${formatIpv4(at.address)}:${what.http}/description.xml`,
    ...{ udn: what.udn, ssdpSig: what.server, adInterval: AGAIN_MS, ttl: MAX_AGE_S },
  })
  server._createSockets = () => {
    server.sockets = {
      [formatIpv4(at.address)]: new LanSocket({
        lan,
        device: at.name,
        port: PORT,
        group: GROUP,
        mostASecond: MOST_A_SECOND,
      }),
    }
  }
  // The package waits three seconds with a timer that nothing ends.
  server._initAdLoop = () => {
    server.advertise(true)
    server._startAdLoop()
  }
  server.addUSN('upnp:rootdevice')
  server.addUSN('urn:schemas-upnp-org:device:Basic:1')
  await server.start()
  return { interface: at.name, [Symbol.dispose]: () => server.stop() }
}
