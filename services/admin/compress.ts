import type { MiddlewareHandler } from 'hono'
import { takesGzip } from './assets.ts'

/**
 * Long lists. None of them holds a secret, so their length after compression tells nobody anything beside it (BREACH); what
 * may hold one is never compressed.
 */
const LISTS: ReadonlySet<string> = new Set(
  ['devices', 'journeys', 'new-devices', 'leases', 'settings', 'models', 'templates', 'changes', 'people'].map(
    (name) => `/api/v1/${name}`,
  ),
)
const LEAST = 4096

/** Compresses the answers that are long where a site is large. */
export function compressLists(): MiddlewareHandler {
  return async function compress(c, next) {
    await next()
    if (c.req.method !== 'GET' || c.res.status !== 200 || !LISTS.has(c.req.path)) return
    if (!takesGzip(c.req.raw.headers) || c.res.headers.has('content-encoding')) return
    const bytes = new Uint8Array(await c.res.arrayBuffer())
    const { headers } = c.res
    headers.append('vary', 'accept-encoding')
    headers.delete('content-length')
    const packed = bytes.length >= LEAST
    if (packed) headers.set('content-encoding', 'gzip')
    c.res = new Response(packed ? Bun.gzipSync(bytes, { level: 1 }) : bytes, { headers })
  }
}
