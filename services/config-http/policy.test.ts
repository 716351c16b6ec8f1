import { describe, expect, it } from 'vitest'
import { fromLatin1, latin1 } from '../core/bytes.ts'
import type { Answer } from '../phones/contract.ts'
import { decodeHead } from './codec.ts'
import { decide, decidePublic, NOT_FOUND, pieceLength } from './policy.ts'

const base = { reason: 'because', file: 'a.cfg' }
const content: Answer = {
  ...base,
  kind: 'content',
  bytes: fromLatin1('0123456789'),
  contentType: 'text/plain',
  hash: 'abc',
  secret: true,
  own: true,
  stage: 'full',
}
const blob: Answer = {
  ...base,
  kind: 'blob',
  blob: { hash: 'fff', size: 1000 },
  contentType: 'application/octet-stream',
}

function ask(answer: Answer, fields = '', method = 'GET') {
  const decision = decide(decodeHead(fromLatin1(`${method} /a.cfg HTTP/1.1\r\n${fields}\r\n\r\n`)), answer, 'n0nce')
  if (decision.kind === 'silence') return decision
  const body = decision.pieces.map((piece) =>
    piece instanceof Uint8Array ? latin1(piece) : `<${piece.from}-${piece.to}>`,
  )
  return { ...decision, fields: Object.fromEntries(decision.fields), body: body.join('') }
}

describe('decide', () => {
  it.each([
    ['all', '', 200, '0123456789', true],
    ['a range', 'Range: bytes=2-4', 206, '234', false],
    ['the last range', 'Range: bytes=8-', 206, '89', true],
    ['a range with our tag', 'Range: bytes=2-4\r\nIf-Range: "abc"', 206, '234', false],
    ['a range with an old tag', 'Range: bytes=2-4\r\nIf-Range: "old"', 200, '0123456789', true],
    ['a range with a weak tag', 'Range: bytes=2-4\r\nIf-Range: W/"abc"', 200, '0123456789', true],
    ['a range with a date', 'Range: bytes=2-4\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT', 200, '0123456789', true],
    ['a range past the end', 'Range: bytes=10-', 416, '', false],
    ['the same tag', 'If-None-Match: "x", "abc"', 304, '', true],
    ['the same weak tag', 'If-None-Match: W/"abc"', 304, '', true],
    ['any tag', 'If-None-Match: *', 304, '', true],
    ['another tag', 'If-None-Match: "x"', 200, '0123456789', true],
    ['a date', 'If-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT', 200, '0123456789', true],
    ['a tag that must hold and does not', 'If-Match: "x"', 412, '', false],
    ['a tag that must hold', 'If-Match: "abc"', 200, '0123456789', true],
  ])('content asked with %s', (_name, fields, status, body, completes) => {
    expect(ask(content, fields)).toMatchObject({ status, body, completes, delayed: false })
  })

  it('gives HEAD the same fields without a body', () => {
    const [get, head] = [ask(content), ask(content, 'Range: bytes=0-1', 'HEAD')]
    expect(head).toEqual({ ...get, pieces: [], body: '', completes: false })
  })

  it('sends several ranges as multipart', () => {
    const reply = ask(blob, 'Range: bytes=0-9,990-')
    expect(reply).toMatchObject({ status: 206, completes: true })
    if (reply.kind !== 'reply') return
    expect(reply.body).toBe(
      '\r\n--fff\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 0-9/1000\r\n\r\n<0-10>' +
        '\r\n--fff\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 990-999/1000\r\n\r\n<990-1000>' +
        '\r\n--fff--\r\n',
    )
    expect(reply.length).toBe(reply.pieces.reduce((sum, piece) => sum + pieceLength(piece), 0))
    expect(reply.fields).toMatchObject({ 'Content-Type': 'multipart/byteranges; boundary=fff', ETag: '"fff"' })
  })

  it.each<[string, Answer, string]>([
    ['missing', { ...base, kind: 'missing', expected: true }, 'GET'],
    ['refused', { ...base, kind: 'refused' }, 'GET'],
    ['content for an upload', content, 'PUT'],
    ['a blob for an upload', blob, 'POST'],
    ['stored for a download', { ...base, kind: 'stored' }, 'GET'],
    [
      'a redirect that would write a header',
      { ...base, kind: 'redirect', location: 'http://x/\r\nSet-Cookie: a' },
      'GET',
    ],
    ['a type that would write a header', { ...content, contentType: 'text/plain\r\nX: y' }, 'GET'],
  ])('answers %s with the one refusal', (_name, answer, method) => {
    expect(decide(decodeHead(fromLatin1(`${method} / HTTP/1.1\r\n\r\n`)), answer, '')).toBe(NOT_FOUND)
  })

  it('redirects, challenges, stores, keeps silent', () => {
    expect(ask({ ...base, kind: 'redirect', location: 'https://192.0.2.1/b.cfg' })).toMatchObject({
      status: 302,
      fields: { Location: 'https://192.0.2.1/b.cfg' },
    })
    expect(ask({ ...base, kind: 'challenge', scheme: 'basic', realm: 'a"b\n' })).toMatchObject({
      status: 401,
      fields: { 'WWW-Authenticate': 'Basic realm="a.b."' },
    })
    expect(ask({ ...base, kind: 'challenge', scheme: 'digest', realm: 'phones' })).toMatchObject({
      fields: { 'WWW-Authenticate': 'Digest realm="phones", qop="auth", algorithm=MD5, nonce="n0nce"' },
    })
    expect(ask({ ...base, kind: 'stored' }, '', 'PUT')).toMatchObject({ status: 200, length: 0 })
    expect(ask({ ...base, kind: 'silence' })).toEqual({ kind: 'silence', reason: 'because' })
  })

  it('lets nobody upload over a public file', () => {
    const file = { bytes: Uint8Array.of(1), contentType: 'application/x-x509-ca-cert' }
    expect(decidePublic(decodeHead(fromLatin1('PUT /ca.pem HTTP/1.1\r\n\r\n')), file)).toBe(NOT_FOUND)
    expect(decidePublic(decodeHead(fromLatin1('GET /ca.pem HTTP/1.1\r\n\r\n')), file)).toMatchObject({ status: 200 })
  })
})
