import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { FIRMWARE_SIZE, type HttpSite, makeHttpSite, OWN } from '../../test/support/http-site.ts'
import { makeRandom } from '../../test/support/random.ts'
import { parseIpv4 } from '../core/ipv4.ts'

let site: HttpSite | undefined
afterEach(async () => await site?.http.stop())

function start(...args: Parameters<typeof makeHttpSite>): HttpSite {
  site = makeHttpSite(...args)
  site.http.start()
  return site
}

/** Sends bytes and gives back all that came until the server closed. */
function raw(port: number, bytes: string | Uint8Array, options: { fin?: boolean } = {}): Promise<string> {
  return new Promise((resolve) => {
    let got = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      if (options.fin) socket.end(bytes)
      else socket.write(bytes)
    })
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1')
    })
    socket.on('end', () => socket.end())
    socket.on('error', () => {})
    socket.on('close', () => resolve(got))
  })
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(socket))
    socket.on('error', () => {})
  })
}

const get = (path: string, fields = 'Connection: close\r\n') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`
const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4)

describe('answers over a socket', () => {
  it('gives a phone its file and says so when all of it went', async () => {
    const { port, journal, requests } = start()
    const response = await fetch(`http://127.0.0.1:${port()}//yealink///own.cfg?x=1`, {
      headers: { 'User-Agent': 'Yealink SIP-T46U', Authorization: 'Basic eA==', 'X-Forwarded-For': '203.0.113.9' },
    })
    expect(response.status).toBe(200)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(OWN)
    expect(requests[0]).toMatchObject({
      method: 'get',
      protocol: 'http',
      path: 'yealink/own.cfg',
      interface: 'lan0',
      userAgent: 'Yealink SIP-T46U',
      authorization: 'Basic eA==',
      localAddress: parseIpv4('127.0.0.1'),
      from: { address: parseIpv4('127.0.0.1') },
    })
    expect((await journal(1))[0]?.step).toMatchObject({
      kind: 'file.completed',
      file: 'own.cfg',
      size: OWN.length,
      own: true,
    })
  })

  it('answers refused, missing, misspelt and unsupported with the same bytes', async () => {
    const { port, counters } = start()
    const answers = await Promise.all(
      ['/nothing.cfg', '/refused.cfg', '/../x', '/%2e%2e/x', '/a%00', '/a\\b', `/${'a'.repeat(9000)}`, '*'].map(
        (path) => raw(port(), get(path)),
      ),
    )
    answers.push(await raw(port(), 'DELETE /own.cfg HTTP/1.1\r\nConnection: close\r\n\r\n'))
    answers.push(await raw(port(), 'PUT /own.cfg HTTP/1.1\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx'))
    expect(new Set(answers)).toEqual(
      new Set([
        'HTTP/1.1 404 Not Found\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      ]),
    )
    expect(counters.get('http.refused-name')).toBe(6)
  })

  it.each([
    ['HTTP/1.0 without Host', 'GET /own.cfg HTTP/1.0\r\n\r\n'],
    ['lone line feeds', 'GET /own.cfg HTTP/1.0\n\n'],
    ['lower case', 'get /OWN.CFG http/1.0\r\n\r\n'],
    ['a whole url', 'GET http://evil.example/own.cfg HTTP/1.0\r\n\r\n'],
    ['empty lines first', '\r\n\r\nGET /own.cfg HTTP/1.0\r\n\r\n'],
  ])('serves %s', async (_name, request) => {
    const { port } = start()
    const answer = await raw(port(), request)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(bodyOf(answer)).toBe(new TextDecoder().decode(OWN))
  })

  it('answers a peer that has said its last word', async () => {
    const { port } = start()
    expect(await raw(port(), get('/own.cfg', ''), { fin: true })).toContain('not-a-real-one')
    expect(await raw(port(), get('/nothing.cfg', ''), { fin: true })).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('answers pipelined requests in their order', async () => {
    const { port } = start()
    const answer = await raw(
      port(),
      get('/own.cfg', '') + get('/nothing', '') + get('/old.cfg', '') + get('/login.cfg'),
    )
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['200', '404', '302', '401'].map((code) => `HTTP/1.1 ${code}`))
  })

  it('waits for a request that comes byte by byte', async () => {
    const { port } = start()
    const socket = await opened(port())
    socket.setNoDelay(true)
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())))
    for (const byte of get('/own.cfg')) await new Promise((resolve) => socket.write(byte, resolve))
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /)
    socket.destroy()
  })

  it.each([
    ['bytes that are no http', 'GARBAGE\r\n\r\n'],
    ['10,000 header fields', `GET /own.cfg HTTP/1.1\r\n${'X: y\r\n'.repeat(10_000)}\r\n`],
    ['a header of 1 MB', `GET /own.cfg HTTP/1.1\r\nX: ${'y'.repeat(1_000_000)}\r\n\r\n`],
    ['two framings', 'PUT /log.txt HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('closes on %s without a word', async (_name, request) => {
    const { port, counters, requests } = start()
    expect(await raw(port(), request)).toBe('')
    expect(counters.get('http.malformed')).toBe(1)
    expect(requests).toEqual([])
  })

  it('closes without a word where that was decided', async () => {
    const { port, counters } = start()
    expect(await raw(port(), get('/silent.cfg'))).toBe('')
    expect(counters.get('http.silence')).toBe(1)
  })

  it('closes a head that trickles, an open connection that waits, a body that does not come', async () => {
    const { port, counters } = start({ limits: { headTicks: 1, idleTicks: 1, bodyTicks: 1 } })
    await Promise.all([
      raw(port(), 'GET /own.cfg HTTP/1.1\r\nX: '),
      raw(port(), ''),
      raw(port(), 'PUT /log.txt HTTP/1.1\r\nContent-Length: 9\r\n\r\nx'),
    ])
    expect([counters.get('http.timeout'), counters.get('http.idle')]).toEqual([2, 1])
  })

  it('turns away more connections than one address may hold', async () => {
    const { port, counters } = start({ maxPerSource: 2 })
    const held = [await opened(port()), await opened(port())]
    expect(await raw(port(), get('/own.cfg'))).toBe('')
    expect(counters.get('http.turned-away')).toBe(1)
    for (const socket of held) socket.destroy()
  })
})

describe('uploads', () => {
  it('hands an accepted upload over, sized or in chunks', async () => {
    const { port, requests } = start()
    for (const body of ['abc', new Blob(['abc']).stream()]) {
      const response = await fetch(`http://127.0.0.1:${port()}/log.txt`, { method: 'PUT', body })
      expect(response.status).toBe(200)
    }
    const post = 'POST /log.txt HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 3\r\n\r\n'
    expect(await raw(port(), `${post}abc`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
    expect(requests.map(({ method, body }) => [method, new TextDecoder().decode(body)])).toEqual(
      Array.from({ length: 3 }, () => ['put', 'abc']),
    )
  })

  it('says 413 to more than the limit, announced or not', async () => {
    const { port, requests } = start({ limits: { uploadBytes: 1000 } })
    expect(await raw(port(), 'PUT /log.txt HTTP/1.1\r\nContent-Length: 1001\r\n\r\n')).toMatch(/^HTTP\/1\.1 413 /)
    const chunks = `3E9\r\n${'x'.repeat(1001)}\r\n0\r\n\r\n`
    expect(await raw(port(), `PUT /log.txt HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`)).toMatch(
      /^HTTP\/1\.1 413 /,
    )
    expect(requests).toEqual([])
  })
})

describe('stored files', () => {
  it('streams all of it and ranges of it', async () => {
    const { port, firmware, journal } = start()
    const url = `http://127.0.0.1:${port()}/fw.rom`
    const all = new Uint8Array(await (await fetch(url)).arrayBuffer())
    expect(Buffer.compare(all, firmware)).toBe(0)
    const rest = await fetch(url, { headers: { Range: `bytes=${FIRMWARE_SIZE - 5}-`, 'If-Range': '"f00d"' } })
    expect(rest.status).toBe(206)
    expect(rest.headers.get('content-range')).toBe(`bytes ${FIRMWARE_SIZE - 5}-${FIRMWARE_SIZE - 1}/${FIRMWARE_SIZE}`)
    expect(new Uint8Array(await rest.arrayBuffer())).toEqual(firmware.slice(-5))
    expect((await journal(2)).map(({ step }) => step)).toMatchObject([
      { kind: 'file.completed', size: FIRMWARE_SIZE, own: false },
      { kind: 'file.completed', size: 5, own: false },
    ])
  })

  it('reports a peer that went away', async () => {
    const { port, journal } = start()
    const socket = await opened(port())
    socket.write(get('/fw.rom'))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resetAndDestroy()
    expect((await journal(1))[0]?.step).toMatchObject({ kind: 'file.broken', file: 'fw.rom' })
  })

  it('breaks off when the file is gone in the middle', async () => {
    const { port, journal } = start(
      {},
      { read: async (_, offset, length) => (offset > 0 ? undefined : new Uint8Array(length)) },
    )
    const answer = await raw(port(), get('/fw.rom'))
    expect(answer.length).toBeLessThan(FIRMWARE_SIZE)
    const step = (await journal(1))[0]?.step
    expect(step?.kind === 'file.broken' && step.reason).toMatch(/^stored file cannot be read after \d+ of \d+ bytes$/)
  })
})

describe('listeners', () => {
  it('serves public files under any case', async () => {
    const { port, requests } = start({
      publicFiles: new Map([['ca.pem', { bytes: Uint8Array.of(65), contentType: 'application/x-pem-file' }]]),
    })
    const response = await fetch(`http://127.0.0.1:${port()}/CA.pem`)
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['application/x-pem-file', 'A'])
    expect(requests).toEqual([])
  })

  it('follows addresses that come and go, and says why one is not open', async () => {
    const { http, interfaces, changed } = start()
    interfaces.push({ name: 'lan1', up: true, addresses: [{ address: parseIpv4('127.0.0.2'), prefix: 8 }] })
    interfaces.push({ name: 'lan2', up: true, addresses: [{ address: parseIpv4('192.0.2.77'), prefix: 24 }] })
    changed()
    expect(http.status().map((status) => [status.interface, status.listening])).toEqual([
      ['lan0', true],
      ['lan1', true],
      ['lan2', false],
    ])
    expect(http.status()[2]?.problem).toBeTruthy()
    const second = http.status()[1]?.port
    interfaces.splice(1)
    changed()
    expect(http.status().length).toBe(1)
    await expect(fetch(`http://127.0.0.2:${second}/own.cfg`)).rejects.toThrow()
  })
})

describe('hostile bytes', () => {
  it('goes on serving after 2,000 mutated requests over sockets', async () => {
    const { port } = start({ limits: { refusalDelayMs: 0, idleTicks: 2, headTicks: 2 } })
    const random = makeRandom(91)
    const valid = Buffer.from(get('/own.cfg', 'Range: bytes=0-4\r\nUser-Agent: a\r\n'))
    for (let round = 0; round < 100; round++) {
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const bytes = Buffer.from(valid)
          for (let i = 0; i < 3; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
          await raw(port(), bytes, { fin: true })
        }),
      )
    }
    expect(await raw(port(), get('/own.cfg'))).toMatch(/^HTTP\/1\.1 200 /)
  })
})
