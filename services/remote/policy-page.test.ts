import { describe, expect, it } from 'vitest'
import { fromLatin1, latin1 } from '../core/bytes.ts'
import { headersForBrowser, labelOf, originFault } from './policy-origin.ts'
import {
  cookieForBrowser,
  headersForPhone,
  headFromPhone,
  isText,
  readLocation,
  requestFault,
  withoutAddress,
} from './policy-page.ts'

const phone = { scheme: 'http', address: '192.0.2.7' } as const

describe('a request to a phone', () => {
  it.each([
    ['GET', '/', undefined],
    ['POST', '/cgi-bin/x?a=1&b=%20', undefined],
    ['CONNECT', '/', 'the method "CONNECT" is not passed on'],
    ['TRACE', '/', 'the method "TRACE" is not passed on'],
    ['GET', 'http://192.0.2.9/', 'the path has characters that no path has'],
    ['GET', '/a b', 'the path has characters that no path has'],
    ['GET', '/a\r\nhost: x', 'the path has characters that no path has'],
    ['GET', '/ä', 'the path has characters that no path has'],
    ['GET', '', 'the path has characters that no path has'],
  ])('%s %j', (method, path, fault) => expect(requestFault({ method, path })).toBe(fault))

  it('looks as if it were made at the phone’s own address, and carries nothing of ours', () => {
    expect(
      headersForPhone(
        [
          ['Host', 'p0.pages.example'],
          ['Origin', 'https://p0.pages.example'],
          ['Referer', 'https://p0.pages.example/login?x=1'],
          ['Cookie', 'SID=1; __Host-branchline-page=secret; branchline-session=secret; b=2'],
          ['Authorization', 'Basic YTpi'],
          ['X-Forwarded-For', '198.51.100.1'],
          ['X-Real-IP', '198.51.100.1'],
          ['Transfer-Encoding', 'chunked'],
          ['Upgrade', 'websocket'],
          ['X-CSRF-Token', 'a\u0000b'],
          ['Accept-Encoding', 'gzip'],
        ],
        phone,
      ),
    ).toEqual([
      ['origin', 'http://192.0.2.7'],
      ['referer', 'http://192.0.2.7/login?x=1'],
      ['cookie', 'SID=1; b=2'],
      ['authorization', 'Basic YTpi'],
      ['host', '192.0.2.7'],
      ['accept-encoding', 'identity'],
      ['connection', 'close'],
    ])
  })
})

describe('where a phone leads', () => {
  const here = (path: string, scheme?: string) => ({ kind: 'here', path, ...(scheme && { scheme }) })
  const elsewhere = (where: string) => ({ kind: 'elsewhere', where })
  it.each([
    ['/index.htm', here('/index.htm')],
    ['login.htm?x', here('login.htm?x')],
    ['http://192.0.2.7/a', here('/a')],
    ['http://192.0.2.7', here('/')],
    ['http://192.0.2.7:80?x', here('/?x')],
    ['HTTPS://192.0.2.7/a', here('/a', 'https')],
    ['https://192.0.2.7:443/a', here('/a', 'https')],
    ['//192.0.2.7/a', here('/a')],
    // What would be another host for the browser behind the first slashes is a path of this one.
    ['http://192.0.2.7//evil.example/', here('/evil.example/')],
    ['http://192.0.2.7/\\evil.example/', here('/evil.example/')],
    ['http://192.0.2.7:8080/', elsewhere('http://192.0.2.7:8080/')],
    ['https://192.0.2.7:80/', elsewhere('https://192.0.2.7:80/')],
    ['http://192.0.2.70/', elsewhere('http://192.0.2.70/')],
    ['http://192.0.2.7@evil.example/', elsewhere('http://192.0.2.7@evil.example/')],
    ['http://evil.example/', elsewhere('http://evil.example/')],
    ['//evil.example/', elsewhere('//evil.example/')],
    ['/\\evil.example/', elsewhere('/\\evil.example/')],
    ['\\\\evil.example/', elsewhere('\\\\evil.example/')],
    ['javascript:alert(1)', elsewhere('javascript:alert(1)')],
    ['data:text/html,x', elsewhere('data:text/html,x')],
    ['ftp://192.0.2.7/', elsewhere('ftp://192.0.2.7/')],
    ['/a\r\nset-cookie: x', elsewhere('somewhere that cannot be read')],
    ['/\t/evil.example', elsewhere('somewhere that cannot be read')],
  ])('%j', (location, lead) => expect(readLocation(location, phone)).toEqual(lead))
})

describe('what a phone says', () => {
  it.each([
    ['SID=abc; Path=/; HttpOnly', 'SID=abc; Path=/; HttpOnly; SameSite=Lax'],
    ['SID=abc; Domain=pages.example; Secure; SameSite=None', 'SID=abc; SameSite=Lax'],
    [
      'a=1; Max-Age=60; Expires=Wed, 21 Oct 2026 07:28:00 GMT; path=x',
      'a=1; Max-Age=60; Expires=Wed, 21 Oct 2026 07:28:00 GMT; SameSite=Lax',
    ],
    ['__Host-branchline-page=evil; Path=/; Secure', undefined],
    ['branchline-page=evil', undefined],
    ['Branchline-Session=evil', undefined],
    ['=evil', undefined],
    ['a=b\r\nc: d', undefined],
    ['no pair', undefined],
  ])('cookie %j', (cookie, kept) => expect(cookieForBrowser(cookie)).toBe(kept))

  it('loses every header that would steer a proxy or the browser’s memory of the site', () => {
    const said: [string, string][] = [
      ['Content-Type', 'text/html'],
      ['X-Accel-Redirect', '/internal/'],
      ['Strict-Transport-Security', 'max-age=1'],
      ['Clear-Site-Data', '"*"'],
      ['Content-Security-Policy', 'default-src *'],
      ['Access-Control-Allow-Origin', '*'],
      ['Service-Worker-Allowed', '/'],
      ['Alt-Svc', 'h3=":443"'],
      ['Content-Length', '5'],
      ['WWW-Authenticate', 'Basic realm="Phone"'],
    ]
    const head = headFromPhone(said, phone)
    expect(head).toEqual({
      kind: 'pass',
      headers: [
        ['content-type', 'text/html'],
        ['www-authenticate', 'Basic realm="Phone"'],
      ],
    })
    // A box that is not ours any more may send what it wants: it is sifted again where the browser is answered.
    expect(headersForBrowser(said).map(([name]) => name)).toEqual([
      'content-type',
      'www-authenticate',
      'content-security-policy',
      'cache-control',
      'referrer-policy',
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'x-robots-tag',
    ])
  })

  it('may ask to be spoken to by HTTPS, and may not lead away', () => {
    expect(headFromPhone([['Location', 'https://192.0.2.7/']], phone)).toEqual({
      kind: 'pass',
      headers: [['location', '/']],
      scheme: 'https',
    })
    expect(headFromPhone([['Location', 'http://192.0.2.1/']], phone)).toEqual({
      kind: 'elsewhere',
      where: 'http://192.0.2.1/',
    })
  })

  it.each([
    ['<a href="http://192.0.2.7/x">', '<a href="/x">'],
    ["location='https://192.0.2.7:443'", "location='/'"],
    ['{"u":"http:\\/\\/192.0.2.7\\/x"}', '{"u":"\\/x"}'],
    ['http://192.0.2.70/ http://192.0.2.7:8080/ http://192.0.2.7.evil.example/', undefined],
    ['\u00ff\u00fe\u0000 no link', undefined],
  ])('text %j', (text, out) => {
    const bytes = fromLatin1(text)
    expect(latin1(withoutAddress(bytes, '192.0.2.7'))).toBe(out ?? text)
  })

  it.each([
    [[['content-type', 'text/html; charset=gbk']], true],
    [[['Content-Type', 'application/x-javascript']], true],
    [[['content-type', 'image/png']], false],
    [
      [
        ['content-type', 'text/html'],
        ['content-encoding', 'gzip'],
      ],
      false,
    ],
    [[], false],
  ] as const)('text or not: %j', (headers, text) => expect(isText(headers)).toBe(text))
})

describe('the page’s own origin', () => {
  const own = 'https://p0.pages.example'
  const other = 'another page asked for this'
  it.each([
    ['typed by hand', { method: 'GET', site: 'none', worker: false }, undefined],
    ['its own script', { method: 'POST', site: 'same-origin', origin: own, worker: false }, undefined],
    ['an old browser that reads', { method: 'GET', worker: false }, undefined],
    ['an old browser that says its origin', { method: 'POST', origin: own, worker: false }, undefined],
    ['an old browser that says nothing', { method: 'POST', worker: false }, 'the browser does not say which page asks'],
    ['another phone’s page', { method: 'GET', site: 'same-site', worker: false }, other],
    ['any page', { method: 'GET', site: 'cross-site', worker: false }, other],
    [
      'another origin',
      { method: 'POST', site: 'same-origin', origin: 'https://p1.pages.example', worker: false },
      other,
    ],
    ['a sandboxed page', { method: 'POST', origin: 'null', worker: false }, other],
    [
      'a service worker',
      { method: 'GET', site: 'same-origin', worker: true },
      'a phone’s page may leave no service worker behind',
    ],
  ])('%s', (_name, from, fault) => expect(originFault(from, own)).toBe(fault))

  it.each([
    [`p${'0a'.repeat(12)}f.pages.example`, `p${'0a'.repeat(12)}f`],
    [`P${'0A'.repeat(12)}F.PAGES.EXAMPLE`, `p${'0a'.repeat(12)}f`],
    ['pages.example', undefined],
    ['.pages.example', undefined],
    ['x.p0.pages.example', undefined],
    [`p${'0a'.repeat(12)}f.pages.example.evil`, undefined],
    [`p${'0a'.repeat(12)}f.pages.example:8090`, undefined],
  ])('host %s', (host, label) => expect(labelOf(host, '.pages.example')).toBe(label))
})
