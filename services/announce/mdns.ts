import { type CiaoService, getResponder, type Responder, type ServiceEvent } from '@homebridge/ciao'
import type { Announcement } from './contract.ts'

/** The package names its event in a form that exists for the compiler alone. */
const HOSTNAME_CHANGED = 'hostname-change' as ServiceEvent.HOSTNAME_CHANGED

/** The page in mDNS and DNS-SD (RFC 6762, RFC 6763), while it is open. */
export interface Mdns extends AsyncDisposable {
  readonly host: () => string
}

/**
 * Answers for `host.local` with each interface's own address, and lists the page as `_https._tcp` and `_http._tcp`. When
 * another host has the name, the next free one is taken (RFC 6762 §9) and `renamed` is called.
 */
export async function openMdns(what: Announcement, renamed: () => void): Promise<Mdns> {
  const responder = getResponder({
    interface: what.interfaces.map(({ name }) => name),
    ...{ disableIpv6: true, advertiseIpv6: false },
  })
  const service = (type: string, port: number, txt: Record<string, string>) =>
    responder.createService({ name: what.title, type, port, hostname: what.host, disabledIpv6: true, txt })
  const secure = service('https', what.https, { path: '/' })
  const plain = service('http', what.http, { path: '/' })
  let host = `${what.host}.local`
  secure.on(HOSTNAME_CHANGED, (name: string) => {
    host = `${name.replace(/\.(local)?\.?$/, '').toLowerCase()}.local`
    renamed()
  })
  try {
    await secure.advertise()
    await plain.advertise()
  } catch (thrown) {
    await close(responder, [secure, plain])
    throw thrown
  }
  return { host: () => host, [Symbol.asyncDispose]: () => close(responder, [secure, plain]) }
}

/** Says goodbye (RFC 6762 §10.1), then closes the sockets. */
async function close(responder: Responder, services: readonly CiaoService[]): Promise<void> {
  for (const service of services) await service.end().catch(() => undefined)
  await responder.shutdown()
}
