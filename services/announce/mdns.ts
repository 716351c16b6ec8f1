import { type CiaoService, getResponder, type Responder, type ServiceEvent } from '@homebridge/ciao'
import { parseIpv4 } from '../core/ipv4.ts'
import type { Lan } from '../core/net.ts'
import type { Announcement } from './contract.ts'
import { LanSocket } from './lan-socket.ts'

/** The package names its event in a form that exists for the compiler alone. */
const HOSTNAME_CHANGED = 'hostname-change' as ServiceEvent.HOSTNAME_CHANGED

const PORT = 5353
const GROUP = parseIpv4('224.0.0.251')
/** RFC 6762 §11: what is sent has 255, so that who checks it knows that it came from this link. */
const TTL = 255
/** A busy network of hundreds of hosts asks less. */
const MOST_A_SECOND = 500

/** Where the package makes its sockets and takes what they heard; it has no option for that. */
interface Maker {
  readonly server: {
    createDgramSocket(device: string): LanSocket
    handleMessage(device: string, bytes: Uint8Array, from: object, family: 'IPv4'): void
  }
}

/** The page in mDNS and DNS-SD (RFC 6762, RFC 6763), while it is open. */
export interface Mdns extends AsyncDisposable {
  /** `branchline.local` and `branchline-http.local`, or what they were changed to. */
  readonly hosts: () => readonly string[]
}

/**
 * Answers on one interface for `host.local` with its address there, and lists the page as `_https._tcp` and `_http._tcp`.
 * When another host has the name, the next free one is taken (RFC 6762 §9) and `renamed` is called. Each interface has
 * a responder of its own.
 */
export async function openMdns(
  lan: Lan,
  what: Announcement,
  at: Announcement['interfaces'][number],
  renamed: () => void,
): Promise<Mdns> {
  const responder = getResponder({ interface: [at.name], disableIpv6: true, advertiseIpv6: false })
  // It opens them a moment after it was made. Its own hear every LAN, and answer each with all of the others' addresses.
  const { server } = responder as unknown as Maker
  server.createDgramSocket = (device) => {
    const socket = new LanSocket({ lan, device, port: PORT, group: GROUP, ttl: TTL, mostASecond: MOST_A_SECOND })
    return socket.on('message', (bytes, from) => server.handleMessage(device, bytes, from, 'IPv4'))
  }
  const here = { disabledIpv6: true, restrictedAddresses: [at.name] }
  const hosts = new Map<string, string>()
  const service = (type: string, port: number, hostname: string) => {
    hosts.set(type, `${hostname}.local`)
    const made = responder.createService({ name: what.title, type, port, hostname, ...here, txt: { path: '/' } })
    return made.on(HOSTNAME_CHANGED, (name: string) => {
      hosts.set(type, `${name.replace(/\.(local)?\.?$/, '').toLowerCase()}.local`)
      renamed()
    })
  }
  const secure = service('https', what.https, what.host)
  // The package takes a second service of the same host for another host's claim to the name, and renames it.
  const plain = service('http', what.http, `${what.host}-http`)
  try {
    await secure.advertise()
    await plain.advertise()
  } catch (thrown) {
    await close(responder, [secure, plain])
    throw thrown
  }
  return { hosts: () => [...hosts.values()], [Symbol.asyncDispose]: () => close(responder, [secure, plain]) }
}

/** Says goodbye (RFC 6762 §10.1), then closes the sockets. */
async function close(responder: Responder, services: readonly CiaoService[]): Promise<void> {
  for (const service of services) await service.end().catch(() => undefined)
  await responder.shutdown()
}
