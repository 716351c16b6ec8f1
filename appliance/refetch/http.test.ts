import { createHash } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import auth from 'http-auth'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import type { PhoneCall, PhoneReply } from '../../services/refetch/contract.ts'
import type { HashText } from '../../services/sip/codec-digest.ts'
import { makePhoneHttp } from './http.ts'

// A small fake of a phone's web server on loopback, its authentication by the package http-auth, which knows nothing of ours.

const hash: HashText = (algorithm, text) => createHash(algorithm).update(text, 'latin1').digest('hex')
const LOOPBACK = parseIpv4('127.0.0.1')
const SECRET = 'pa:ss/w&rd é'
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

let servers: Server[]
let seen: { url: string; authorization: string; method: string; body: string }[]
beforeEach(() => {
  servers = []
  seen = []
})
afterEach(() => Promise.all(servers.map((server) => new Promise((done) => server.close(done)))))

async function phone(listener: RequestListener): Promise<number> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => {
      const { url = '', method = '', headers } = request
      seen.push({ url, method, authorization: headers.authorization ?? '', body })
      listener(request, response)
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const digest = auth.digest({ realm: 'phone', qop: 'auth' }, (user, answer) =>
  answer(user === 'admin' ? md5(`admin:phone:${SECRET}`) : ''),
)
const basic = auth.basic({ realm: 'phone' }, (user, password, answer) =>
  answer(user === 'admin' && password === SECRET),
)
const reboots: RequestListener = (_, response) => void response.end('{"response":"success"}')

function send(port: number, change: Partial<PhoneCall> = {}, timeoutMs?: number): Promise<PhoneReply> {
  return makePhoneHttp({ hash, ...(timeoutMs !== undefined && { timeoutMs }) }).send(
    LOOPBACK,
    {
      ...{ name: 'Reboot', scheme: 'http', port, method: 'GET', path: '/servlet?key=Reboot', basic: false },
      credentials: { user: 'admin', secret: SECRET },
      ...change,
    },
    new AbortController().signal,
  )
}

const wrong = { credentials: { user: 'admin', secret: 'wrong' } }

describe('a phone that asks for its password', () => {
  it('by Digest gets it, hashed', async () => {
    const port = await phone(digest.check(reboots))
    expect(await send(port)).toEqual({
      kind: 'answered',
      status: 200,
      body: '{"response":"success"}',
      challenged: true,
    })
    expect(seen.map(({ authorization }) => authorization.split(' ')[0])).toEqual(['', 'Digest'])
    expect(JSON.stringify(seen)).not.toContain(SECRET)
  })

  it.each([
    ['Digest', digest, false],
    ['Basic', basic, true],
  ] as const)('by %s refuses a wrong one, once', async (_, kind, plain) => {
    const port = await phone(kind.check(reboots))
    expect(await send(port, { ...wrong, basic: plain })).toEqual({
      kind: 'refused',
      status: 401,
      reason: 'it does not take the password',
    })
    expect(seen).toHaveLength(2)
  })

  it('by Basic gets it where its vendor has nothing better, and not otherwise', async () => {
    const port = await phone(basic.check(reboots))
    expect(await send(port)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('plain text') })
    expect(seen).toHaveLength(1)
    expect(await send(port, { basic: true })).toMatchObject({ kind: 'answered', status: 200 })
  })

  it('in both ways gets the Digest', async () => {
    const port = await phone((request, response) => {
      if (request.headers.authorization !== undefined) return void response.end('ok')
      response.statusCode = 401
      response.setHeader('www-authenticate', ['Basic realm="a, b"', 'Digest realm="r", nonce="n", qop="auth"'])
      response.end()
    })
    expect(await send(port, { basic: true })).toMatchObject({ kind: 'answered', body: 'ok' })
    expect(seen[1]?.authorization).toMatch(/^Digest /)
  })

  it('when there is none is refused', async () => {
    const port = await phone(digest.check(reboots))
    const { credentials: _, ...call } = { credentials: 0 }
    const reply = await makePhoneHttp({ hash }).send(
      LOOPBACK,
      { ...call, name: 'x', scheme: 'http', port, method: 'GET', path: '/', basic: false },
      new AbortController().signal,
    )
    expect(reply).toEqual({ kind: 'refused', status: 401, reason: 'it asks for a password and there is none' })
  })
})

it('puts the password where the path wants it, encoded, and into no word of its own', async () => {
  const port = await phone((request, response) => {
    response.statusCode = new URL(request.url ?? '', 'http://x').searchParams.get('passcode') === SECRET ? 200 : 403
    response.end()
  })
  const path = '/cgi-bin/api-sys_operation?passcode={password}&request=REBOOT'
  expect(await send(port, { path })).toMatchObject({ kind: 'refused', reason: expect.stringContaining('HTTPS') })
  expect(seen).toEqual([])
  expect(await send(port, { path, basic: true })).toMatchObject({ kind: 'answered', status: 200 })
  expect(await send(port, { path, basic: true, ...wrong })).toMatchObject({ kind: 'answered', status: 403 })
  await new Promise((done) => servers[0]?.close(done))
  servers = []
  const gone = await send(port, { path, basic: true })
  expect(gone).toEqual({ kind: 'silent', reason: expect.any(String) })
  expect(JSON.stringify(gone)).not.toMatch(/passcode|pa(:|%3A)ss/)
})

it('posts a body with its type', async () => {
  const port = await phone(reboots)
  await send(port, { method: 'POST', path: '/', contentType: 'application/xml', body: '<x/>' })
  expect(seen).toMatchObject([{ method: 'POST', url: '/', body: '<x/>' }])
})

it('follows no redirect, so that no password goes elsewhere', async () => {
  const port = await phone((_, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${port}/elsewhere` })
    response.end()
  })
  expect(await send(port)).toMatchObject({ kind: 'answered', status: 302 })
  expect(seen).toHaveLength(1)
})

it('reads some kilobytes of an endless answer', async () => {
  const port = await phone((_, response) => {
    const more = () => !response.destroyed && response.write('x'.repeat(1_000), () => setImmediate(more))
    more()
  })
  expect(await send(port)).toMatchObject({ kind: 'answered', body: 'x'.repeat(4_096) })
})

it('gives up a phone that takes the request and says nothing', async () => {
  const port = await phone(() => {})
  expect(await send(port, {}, 50)).toEqual({ kind: 'silent', reason: 'it took too long' })
})

it('goes through no proxy', async () => {
  const port = await phone(reboots)
  const proxy = await phone((_, response) => void response.end('proxy'))
  process.env.http_proxy = `http://127.0.0.1:${proxy}`
  process.env.HTTP_PROXY = process.env.http_proxy
  try {
    expect(await send(port)).toMatchObject({ body: '{"response":"success"}' })
  } finally {
    delete process.env.http_proxy
    delete process.env.HTTP_PROXY
  }
})
