import { messageOf, OperatorError } from '../services/core/errors.ts'
import { clientAddress } from './policy-proxies.ts'

/** How long requests that are under way may take when the program stops. */
const STOP_MS = 10_000

export interface ServeOptions {
  readonly address: string
  readonly port: number
  readonly proxies: number
  /** Bytes of a body at most; routes take less. */
  readonly maxBody?: number
  readonly fetch: (request: Request, env: { readonly address: string }) => Response | Promise<Response>
}

/** Listens, or throws `OperatorError`. Disposing lets the requests that are under way end, and takes no new ones. */
export function serve({
  address,
  port,
  proxies,
  maxBody,
  fetch,
}: ServeOptions): AsyncDisposable & { readonly url: string } {
  try {
    const server = Bun.serve({
      hostname: address,
      port,
      idleTimeout: 60,
      maxRequestBodySize: maxBody ?? 2 * 1024 * 1024,
      fetch: (request, it) => {
        const peer = it.requestIP(request)?.address ?? 'unknown'
        return fetch(request, { address: clientAddress(peer, request.headers.get('x-forwarded-for'), proxies) })
      },
    })
    const host = address.includes(':') ? `[${address}]` : address
    return {
      url: `http://${host}:${server.port}`,
      async [Symbol.asyncDispose]() {
        // Its promise waits for idle kept-alive connections too, so what is under way is counted instead.
        void server.stop()
        const end = performance.now() + STOP_MS
        while (server.pendingRequests > 0 && performance.now() < end) await Bun.sleep(10)
        await server.stop(true)
      },
    }
  } catch (thrown) {
    const taken = typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'EADDRINUSE'
    const reason = taken ? 'it is taken by another program' : messageOf(thrown)
    throw new OperatorError(`port ${port} on ${address} cannot be opened: ${reason}; choose another with --port`)
  }
}
