import { createHash, createHmac } from 'node:crypto'

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

export interface S3Server extends Disposable {
  readonly endpoint: string
  /** What is stored, by bucket and key. */
  readonly objects: Map<string, Uint8Array>
  /** Requests that it refused because of their signature. */
  readonly refused: string[]
  /** Each answer while it is set. */
  fail: number | undefined
}

/**
 * A store that speaks as much S3 as the cloud needs, path-style, and verifies each signature by AWS's published description
 * of Signature Version 4, on its own: it shares no code with the client.
 */
export function startS3(given: {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}): S3Server {
  const objects = new Map<string, Uint8Array>()
  const uploads = new Map<string, Map<number, Uint8Array>>()
  const refused: string[] = []

  function isSigned(request: Request, url: URL): boolean {
    const header = request.headers.get('authorization') ?? ''
    const parts =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
        header,
      )
    if (parts === null) return false
    const [, id, day = '', region = '', names = '', signature] = parts
    const time = request.headers.get('x-amz-date') ?? ''
    if (id !== given.accessKeyId || region !== given.region || !time.startsWith(day)) return false
    const encode = (text: string) =>
      encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    const query = [...url.searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&')
    const signed = names.split(';').map((name) => `${name}:${(request.headers.get(name) ?? '').trim()}\n`)
    const canonical = [
      ...[request.method, url.pathname, query, signed.join(''), names],
      request.headers.get('x-amz-content-sha256') ?? '',
    ].join('\n')
    const scope = `${day}/${region}/s3/aws4_request`
    const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
    const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${given.secretAccessKey}`, day), region))
    return hmac(key, text).toString('hex') === signature
  }

  const xml = (status: number, text: string) =>
    new Response(`<?xml version="1.0"?>${text}`, { status, headers: { 'content-type': 'application/xml' } })
  const error = (status: number, code: string) =>
    xml(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`)

  function multipart(request: Request, url: URL, name: string, body: Uint8Array): Response | undefined {
    if (request.method === 'POST' && url.searchParams.has('uploads')) {
      const id = crypto.randomUUID()
      uploads.set(id, new Map())
      return xml(200, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
    }
    const pieces = uploads.get(url.searchParams.get('uploadId') ?? '')
    if (pieces === undefined) return undefined
    if (request.method === 'PUT') {
      pieces.set(Number(url.searchParams.get('partNumber')), body)
      return new Response('', { headers: { etag: `"${sha256(body)}"` } })
    }
    const whole = Buffer.concat([...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece))
    objects.set(name, new Uint8Array(whole))
    return xml(200, `<CompleteMultipartUploadResult><ETag>"${sha256(whole)}"</ETag></CompleteMultipartUploadResult>`)
  }

  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const url = new URL(request.url)
      const body = new Uint8Array(await request.arrayBuffer())
      if (!isSigned(request, url)) {
        refused.push(`${request.method} ${url.pathname}`)
        return error(403, 'SignatureDoesNotMatch')
      }
      if (self.fail !== undefined) return error(self.fail, 'ServiceUnavailable')
      const name = decodeURIComponent(url.pathname.slice(1))
      const answer = multipart(request, url, name, body)
      if (answer !== undefined) return answer
      if (request.method === 'PUT') {
        objects.set(name, body)
        return new Response('', { headers: { etag: `"${sha256(body)}"` } })
      }
      if (request.method === 'DELETE') {
        objects.delete(name)
        return new Response(null, { status: 204 })
      }
      const found = objects.get(name)
      if (found === undefined)
        return request.method === 'HEAD' ? new Response(null, { status: 404 }) : error(404, 'NoSuchKey')
      const headers = {
        etag: `"${sha256(found)}"`,
        'last-modified': new Date(0).toUTCString(),
        'content-length': String(found.length),
      }
      if (request.method === 'HEAD') return new Response(null, { headers })
      const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? []
      if (from === undefined) return new Response(found.slice(), { headers: { etag: headers.etag } })
      return new Response(found.slice(Number(from), to === '' ? undefined : Number(to) + 1), { status: 206 })
    },
  })
  const self: S3Server = {
    endpoint: `http://127.0.0.1:${server.port}`,
    objects,
    refused,
    fail: undefined,
    [Symbol.dispose]: () => void server.stop(true),
  }
  return self
}
