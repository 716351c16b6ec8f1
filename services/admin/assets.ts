import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, OperatorError } from '../core/errors.ts'

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The same for browsers that take it, which is all of them. */
  readonly gzip: Uint8Array<ArrayBuffer>
  readonly contentType: string
  readonly etag: string
}

/** The page's files by path, e.g. `/index.html`. They are all in memory: no request names a file on disk. */
export type Assets = ReadonlyMap<string, Asset>

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
}

/** Reads the built page (`dist/web`), or throws `OperatorError` when it was not built. */
export async function loadAssets(folder: string): Promise<Assets> {
  const assets = new Map<string, Asset>()
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const contentType = TYPES[entry.name.split('.').pop() ?? '']
      if (!entry.isFile() || contentType === undefined) continue
      const bytes = new Uint8Array(await readFile(join(folder, entry.name)))
      const hash = new Bun.CryptoHasher('sha256').update(bytes).digest('hex').slice(0, 32)
      assets.set(`/${entry.name}`, { bytes, gzip: Bun.gzipSync(bytes, { level: 9 }), contentType, etag: `"${hash}"` })
    }
  } catch (error) {
    throw new OperatorError(`the page was not built (npm run build): ${messageOf(error)}`)
  }
  if (!assets.has('/index.html'))
    throw new OperatorError(`the page was not built (npm run build): no index.html in ${folder}`)
  return assets
}

/** The answer for a path of the page. Files with a hash in their name never change. */
export function assetResponse(assets: Assets, request: Pick<Request, 'method' | 'headers'>, path: string): Response {
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } })
  const asset = assets.get(path === '/' ? '/index.html' : path)
  if (!asset) return new Response('not found\n', { status: 404, headers: { 'content-type': 'text/plain' } })
  const hashed = /-[\w-]{8,}\.\w+$/.test(path)
  const packed = takesGzip(request.headers) && asset.gzip.length < asset.bytes.length
  // Each form has a tag of its own (RFC 9110 section 8.8.3).
  const etag = packed ? asset.etag.replace(/"$/, '-gzip"') : asset.etag
  const headers = {
    ...{ 'content-type': asset.contentType, etag, vary: 'accept-encoding' },
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(packed && { 'content-encoding': 'gzip' }),
  }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return new Response(method === 'HEAD' ? null : packed ? asset.gzip : asset.bytes, { headers })
}

/** Whether the asker takes gzip (RFC 9110 section 12.5.3). */
export function takesGzip(headers: Headers): boolean {
  return (headers.get('accept-encoding') ?? '').split(',').some((part) => {
    const [coding = '', ...parameters] = part.split(';').map((it) => it.trim().toLowerCase())
    const weight = parameters.find((it) => it.startsWith('q='))?.slice(2)
    return (coding === 'gzip' || coding === '*') && (weight === undefined || Number(weight) > 0)
  })
}
