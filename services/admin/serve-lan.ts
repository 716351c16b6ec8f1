import { messageOf } from '../core/errors.ts'
import { errorBody } from './errors.ts'
import type { Front } from './front.ts'
import { objectionTo, SECURITY_HEADERS } from './guard.ts'
import { MAX_BODY_OF_ALL } from './routes-restore.ts'
import { deviceDescription, trustPage } from './trust-page.ts'

/** What the LAN's listeners serve by; a new one replaces the old. */
export interface LanSettings {
  /** Dotted quads of the box. */
  readonly addresses: readonly string[]
  readonly http: number
  readonly https: number
  readonly tls: { readonly key: string; readonly cert: string }
  /** Names by which it may be asked, beside its addresses; lower case. */
  readonly names: readonly string[]
  readonly ca: { readonly der: Uint8Array; readonly pem: string; readonly fingerprint: string }
  readonly title: string
  /** UPnP's name of the box, `uuid:…`. */
  readonly udn: string
}

export interface LanPage extends AsyncDisposable {
  /** Opens, changes and closes listeners so that they are as wanted; undefined: none. Never throws. */
  serve(settings: LanSettings | undefined): Promise<void>
  /** `https://192.0.2.1:8443/`, or `off on 192.0.2.1: …` with the reason. */
  listening(): readonly string[]
}

type Server = { stop(closeActive?: boolean): Promise<void>; readonly port?: number | undefined }
interface Open {
  readonly key: string
  readonly servers: readonly Server[]
  readonly where: string
}

/** A browser that says nothing for so long is gone; live events have a beat every 15 s. */
const IDLE_SECONDS = 60

/**
 * The page on the LAN: HTTPS with the whole of it, HTTP with nothing but the way there. Each address has listeners of its
 * own, so that another interface of the machine serves nothing.
 */
export function makeLanPage({ front }: { readonly front: Front }): LanPage {
  const open = new Map<string, Open>()

  async function close(address: string): Promise<void> {
    const it = open.get(address)
    open.delete(address)
    await Promise.all((it?.servers ?? []).map((server) => server.stop(true)))
  }

  return {
    async serve(settings) {
      for (const address of [...open.keys()]) if (!settings?.addresses.includes(address)) await close(address)
      if (settings === undefined) return
      const key = JSON.stringify({ ...settings, addresses: settings.addresses, ca: settings.ca.fingerprint })
      for (const address of settings.addresses) {
        if (open.get(address)?.key === key) continue
        await close(address)
        open.set(address, openOn(address, key, settings, front))
      }
    },
    listening: () => [...open.values()].map(({ where }) => where),
    async [Symbol.asyncDispose]() {
      for (const address of [...open.keys()]) await close(address)
    },
  }
}

function openOn(address: string, key: string, settings: LanSettings, front: Front): Open {
  const hosts = [...settings.addresses, ...settings.names]
  const servers: Server[] = []
  try {
    servers.push(
      Bun.serve({
        ...{ hostname: address, port: settings.https, idleTimeout: IDLE_SECONDS, maxRequestBodySize: MAX_BODY_OF_ALL },
        tls: settings.tls,
        fetch: (request, it) => {
          const peer = it.requestIP(request)?.address
          const via = { via: 'tcp' as const, lan: true, secure: true, hosts, port: settings.https }
          return front(request, { ...via, ...(peer !== undefined && { address: peer }) })
        },
      }),
      Bun.serve({
        ...{ hostname: address, port: settings.http, idleTimeout: 10, maxRequestBodySize: 65_536 },
        fetch: (request) => wayThere(request, settings, hosts),
      }),
    )
    return { key, servers, where: `https://${address}:${settings.https}/` }
  } catch (error) {
    for (const server of servers) void server.stop(true)
    // Without a key it is tried again at the next occasion.
    return { key: '', servers: [], where: `off on ${address}: ${messageOf(error)}` }
  }
}

/** The answer of the HTTP port: it reads nothing, sets nothing, and knows nothing that is not public. */
export function wayThere(request: Request, settings: LanSettings, hosts: readonly string[]): Response {
  const answer = (body: string | Uint8Array<ArrayBuffer>, type: string, status = 200) => {
    const response = new Response(request.method === 'HEAD' ? null : body, {
      status,
      headers: { 'content-type': type },
    })
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value)
    response.headers.set('cache-control', 'no-store')
    return response
  }
  const problem = (status: number, text: string) =>
    answer(JSON.stringify(errorBody('turned-away', text)), 'application/json', status)
  const objection = objectionTo(request, { via: 'tcp', lan: true, hosts, port: settings.http })
  if (objection) return problem(objection.status, objection.message)
  const { pathname, hostname } = new URL(request.url)
  const url = `https://${hostname}${settings.https === 443 ? '' : `:${settings.https}`}/`
  if (request.method !== 'GET' && request.method !== 'HEAD') return problem(403, `only over ${url}`)
  const { ca, title: name, udn } = settings
  if (pathname === '/ca.crt') return answer(new Uint8Array(ca.der), 'application/x-x509-ca-cert')
  if (pathname === '/ca.pem') return answer(ca.pem, 'application/x-pem-file')
  if (pathname === '/description.xml') return answer(deviceDescription({ url, name, udn }), 'text/xml; charset=utf-8')
  if (pathname.startsWith('/api/') || pathname === '/metrics') return problem(403, `only over ${url}`)
  const page = answer(trustPage({ url, fingerprint: ca.fingerprint, name }), 'text/html; charset=utf-8')
  page.headers.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
  return page
}
