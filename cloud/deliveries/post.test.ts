import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { post } from './post.ts'
import { signatureOf } from './signature.ts'

const HEADERS = { 'branchline-delivery': 'd1' }

function receiver(answer: (request: Request) => Response | Promise<Response>, tls?: { key: string; cert: string }) {
  const heard: { headers: Record<string, string>; body: string; url: string }[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    ...(tls === undefined ? {} : { tls }),
    async fetch(request) {
      heard.push({ headers: Object.fromEntries(request.headers), body: await request.text(), url: request.url })
      return answer(request)
    },
  })
  return { heard, port: server.port, [Symbol.dispose]: () => void server.stop(true) }
}

async function certificateFor(name: string) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  await import('reflect-metadata')
  const { SubjectAlternativeNameExtension, X509CertificateGenerator } = await import('@peculiar/x509')
  const made = await X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${name}`, keys, signingAlgorithm: algorithm, notBefore: new Date(Date.now() - 60_000) },
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { cert: made.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n` }
}

describe('post', () => {
  it('sends body and headers, and tells status and the beginning of the answer', async () => {
    using server = receiver(() => new Response('x'.repeat(100_000), { status: 202 }))
    const url = `http://127.0.0.1:${server.port}/hook?a=1`
    const posted = await post({ url, body: '{"é":1}', headers: HEADERS, allowPrivate: true })
    expect([posted.status, posted.answer.length]).toEqual([202, 2048])
    expect(server.heard).toMatchObject([
      { body: '{"é":1}', url, headers: { 'content-type': 'application/json', ...HEADERS } },
    ])
  })

  it('follows no redirect', async () => {
    using server = receiver(() => new Response('', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }))
    const url = `http://127.0.0.1:${server.port}/`
    expect((await post({ url, body: '{}', headers: {}, allowPrivate: true })).status).toBe(307)
    expect(server.heard).toHaveLength(1)
  })

  it('asks for the name once and goes to the address that was checked, by the name of the certificate', async () => {
    const tls = await certificateFor('hooks.example.net')
    using server = receiver(() => new Response('ok'), tls)
    const asked: string[] = []
    const resolve = async (host: string) => {
      asked.push(host)
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const to = (host: string) =>
      post({
        url: `https://${host}:${server.port}/`,
        body: '{}',
        headers: {},
        allowPrivate: true,
        ca: tls.cert,
        resolve,
      })
    expect((await to('hooks.example.net')).status).toBe(200)
    expect(asked).toEqual(['hooks.example.net'])
    await expect(to('other.example.net')).rejects.toThrow()
    expect(server.heard).toHaveLength(1)
  })

  it.each([
    ['a private address', ['10.0.0.1']],
    ['this machine', ['127.0.0.1']],
    ['one private address among public ones', ['8.8.8.8', '169.254.169.254']],
    ['nothing', []],
  ])('refuses a name that leads to %s', async (_what, addresses) => {
    const resolve = async () => addresses.map((address) => ({ address, family: 4 }))
    const posted = post({ url: 'https://hooks.example.net/', body: '{}', headers: {}, allowPrivate: false, resolve })
    await expect(posted).rejects.toThrow('hooks.example.net leads to an address that is not of the public internet')
  })

  it('tells when there is no answer', async () => {
    const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: (socket) => void socket.end() } })
    const url = `http://127.0.0.1:${server.port}/`
    await expect(post({ url, body: '{}', headers: {}, allowPrivate: true })).rejects.toThrow()
    server.stop(true)
    await expect(post({ url, body: '{}', headers: {}, allowPrivate: true })).rejects.toThrow()
  })
})

describe('signatureOf', () => {
  it('is what docs/alerts.md tells receivers to compute', () => {
    const header = signatureOf('whsec_test', 1_800_000_000, '{"id":"1"}')
    const parts = Object.fromEntries(header.split(',').map((part) => part.split('=') as [string, string]))
    const expected = createHmac('sha256', 'whsec_test').update(`${parts.t}.{"id":"1"}`).digest('hex')
    expect(parts).toEqual({ t: '1800000000', v1: expected })
  })
})
