import { describe, expect, it } from 'vitest'
import { fromLatin1, latin1 } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'
import { blankLead, decodeHead, encodeHead, framingOf, headEnd, httpDate, keepsAlive, MAX_FIELDS } from './codec.ts'
import { makeBodyReader } from './codec-body.ts'
import { readRanges } from './codec-range.ts'

const head = (text: string) => decodeHead(fromLatin1(text))

describe('request head', () => {
  it('reads what a Yealink sends', () => {
    const request = head(
      'GET /001565000001.cfg HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: Yealink SIP-T46U 108.86.0.90\r\nAccept: */*\r\n\r\n',
    )
    expect(request).toMatchObject({ method: 'GET', target: '/001565000001.cfg', minor: 1 })
    expect(request.fields.get('user-agent')).toBe('Yealink SIP-T46U 108.86.0.90')
  })

  it.each([
    ['HTTP/1.0 without Host', 'GET /a HTTP/1.0\r\n\r\n'],
    ['lone line feeds', 'GET /a HTTP/1.0\nX: y\n\n'],
    ['lower case', 'get /a http/1.0\r\n\r\n'],
    ['two blanks', 'GET  /a  HTTP/1.0 \r\n\r\n'],
  ])('takes %s', (_name, text) => {
    expect(headEnd(fromLatin1(text))).toBe(text.length)
    expect(head(text)).toMatchObject({ method: 'GET', target: '/a', minor: 0 })
  })

  it.each([
    ['http/2 preface', 'PRI * HTTP/2.0\r\n\r\n'],
    ['http/0.9', 'GET /a\r\n\r\n'],
    ['blank before the colon', 'GET /a HTTP/1.1\r\nHost : x\r\n\r\n'],
    ['a folded line', 'GET /a HTTP/1.1\r\nX: a\r\n b\r\n\r\n'],
    ['NUL in a value', 'GET /a HTTP/1.1\r\nX: a\0b\r\n\r\n'],
    ['a lone carriage return', 'GET /a HTTP/1.1\r\nX: a\rY: b\r\n\r\n'],
    ['a blank in the target', 'GET /a b HTTP/1.1\r\n\r\n'],
    ['too many fields', `GET /a HTTP/1.1\r\n${'X: y\r\n'.repeat(MAX_FIELDS + 1)}\r\n`],
    ['a TLS client hello', '\x16\x03\x01\x02\x00\x01\r\n\r\n'],
  ])('throws on %s', (_name, text) => {
    expect(() => head(text)).toThrow(MalformedPacketError)
  })

  it('knows no end in any truncation', () => {
    const text = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n'
    for (let i = 0; i < text.length; i++) expect(headEnd(fromLatin1(text.slice(0, i)))).toBe(-1)
    expect(blankLead(fromLatin1('\r\n\nGET'))).toBe(3)
  })

  it.each([
    ['1.1', 'GET / HTTP/1.1\r\n\r\n', true],
    ['1.1 close', 'GET / HTTP/1.1\r\nConnection: TE, Close\r\n\r\n', false],
    ['1.0', 'GET / HTTP/1.0\r\n\r\n', false],
    ['1.0 keep-alive', 'GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n', true],
  ])('keeps the connection: %s', (_name, text, keeps) => {
    expect(keepsAlive(head(text))).toBe(keeps)
  })

  it.each([
    'Content-Length: 1\r\nContent-Length: 2',
    'Content-Length: -1',
    'Content-Length: 1e3',
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
    'Transfer-Encoding: gzip, chunked',
  ])('refuses framing that two readers may read differently: %s', (fields) => {
    expect(() => framingOf(head(`PUT / HTTP/1.1\r\n${fields}\r\n\r\n`))).toThrow(MalformedPacketError)
  })

  it('writes an answer and a date (RFC 9110 section 5.6.7)', () => {
    expect(latin1(encodeHead(404, [['Content-Length', '0']]))).toBe(
      'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    )
    expect(httpDate(784_111_777_000)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  })
})

describe('body', () => {
  const chunked = '4\r\nWiki\r\n6;x=y\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nTrailer: 1\r\n\r\n'

  it('joins chunks, however they are cut', () => {
    for (const step of [1, 2, 3, 7, 1000]) {
      const reader = makeBodyReader({ kind: 'chunked' }, 100)
      const bytes = fromLatin1(`${chunked}GET`)
      let at = 0
      while (!reader.done) at += reader.push(bytes.subarray(at, at + step))
      expect(latin1(reader.body())).toBe('Wikipedia in \r\n\r\nchunks.')
      expect(at).toBe(chunked.length)
    }
  })

  it('stops at the limit', () => {
    const sized = makeBodyReader({ kind: 'length', length: 101 }, 100)
    expect(sized.tooLong).toBe(true)
    const reader = makeBodyReader({ kind: 'chunked' }, 10)
    reader.push(fromLatin1(chunked))
    expect(reader.tooLong).toBe(true)
    expect(reader.body().length).toBe(10)
  })

  it.each(['g\r\n', '-1\r\n', '123456789\r\n', '1\r\nab\r\n', '\r\n'])('throws on chunk %j', (text) => {
    expect(() => makeBodyReader({ kind: 'chunked' }, 100).push(fromLatin1(text))).toThrow(MalformedPacketError)
  })
})

describe('ranges (RFC 9110 section 14.1.2, a representation of 10000 bytes)', () => {
  it.each([
    ['bytes=0-499', [[0, 500]]],
    ['bytes=500-999', [[500, 1000]]],
    ['bytes=-500', [[9500, 10_000]]],
    ['bytes=9500-', [[9500, 10_000]]],
    [
      'bytes=0-0,-1',
      [
        [0, 1],
        [9999, 10_000],
      ],
    ],
    [
      'bytes= 0-999, 4500-5499, -1000',
      [
        [0, 1000],
        [4500, 5500],
        [9000, 10_000],
      ],
    ],
    [
      'bytes=500-600,601-999',
      [
        [500, 601],
        [601, 1000],
      ],
    ],
    ['bytes=-20000', [[0, 10_000]]],
    ['bytes=10000-', []],
    ['bytes=-0', []],
    ['bytes=500-700,601-999', undefined],
    ['bytes=5-4', undefined],
    ['bytes=-', undefined],
    ['bytes=a-b', undefined],
    ['lines=1-2', undefined],
    [`bytes=${'0-0,'.repeat(16)}1-1`, undefined],
  ])('%s', (field, expected) => {
    expect(readRanges(field, 10_000)?.map(({ from, to }) => [from, to])).toEqual(expected)
  })
})
