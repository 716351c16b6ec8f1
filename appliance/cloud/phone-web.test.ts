import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { systemClock } from '../../services/program/clock.ts'
import { LIMITS } from '../../services/remote/policy.ts'
import { loadOrCreateAuthority } from '../tls/authority.ts'
import { makePhoneWeb } from './phone-web.ts'

const folder = mkdtempSync(join(tmpdir(), 'bl-phone-web-'))
const secretBox = { seal: (text: string) => text, open: (text: string) => text }
const seen: {
  method: string | undefined
  url: string | undefined
  headers: IncomingMessage['headers']
  body: string
}[] = []
const servers: { close(): void }[] = []
let web: ReturnType<typeof makePhoneWeb>
const signal = new AbortController().signal

beforeAll(async () => {
  const answer = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body })
      if (request.url === '/endless') {
        const more = () => {
          while (response.write(Buffer.alloc(1_000_000)));
          response.once('drain', more)
        }
        response.on('error', () => undefined)
        return more()
      }
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'content-type': 'text/plain' })
      response.end('hello')
    })
  })
  const authority = await loadOrCreateAuthority({ folder, secretBox, clock: systemClock })
  const [identity] = await authority.certificateFor(['phone'], [parseIpv4('127.0.0.9')])
  const secure = createTls({ key: identity?.keyPem, cert: identity?.chainPem }, (_request, response) =>
    response.end('safe'),
  )
  for (const server of [answer, secure]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
  }
  const port = (server: typeof answer | typeof secure) => (server.address() as AddressInfo).port
  web = makePhoneWeb({ http: port(answer), https: port(secure) })
}, 60_000)
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

const text = async (body: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(body)).toString()

describe('the web server of a phone', () => {
  it('is asked as it is to be, and each of its headers comes back', async () => {
    const call = {
      method: 'POST',
      path: '/x?y=1',
      headers: [['host', '192.0.2.7']] as const,
      body: new TextEncoder().encode('a=b'),
    }
    const reply = await web.send({ scheme: 'http', address: '127.0.0.1' }, call, signal)
    expect([reply.status, await text(reply.body)]).toEqual([200, 'hello'])
    expect(reply.headers.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => value)).toEqual([
      'a=1',
      'b=2',
    ])
    expect(seen.at(-1)).toMatchObject({ method: 'POST', url: '/x?y=1', body: 'a=b', headers: { host: '192.0.2.7' } })
  })

  it('may have a certificate of its own', async () => {
    const reply = await web.send(
      { scheme: 'https', address: '127.0.0.1' },
      { method: 'GET', path: '/', headers: [] },
      signal,
    )
    expect(await text(reply.body)).toBe('safe')
  })

  it('is given up when it says too much', async () => {
    const reply = await web.send(
      { scheme: 'http', address: '127.0.0.1' },
      { method: 'GET', path: '/endless', headers: [] },
      signal,
    )
    await expect(text(reply.body)).rejects.toThrow(`more than ${LIMITS.pageAnswer} bytes`)
  })

  it('that lets nobody connect is said to', async () => {
    const closed = makePhoneWeb({ http: 1, https: 1 })
    const call = { method: 'GET', path: '/', headers: [] }
    await expect(closed.send({ scheme: 'http', address: '127.0.0.1' }, call, signal)).rejects.toThrow(
      'the phone’s web server does not answer: it lets nobody connect',
    )
  })
})
