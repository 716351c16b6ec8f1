import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJoinableCloud } from '../appliance/cloud/joinable.ts'
import { type Cloud, openCloud } from '../appliance/cloud/open.ts'
import type { Session } from '../appliance/cloud/session.ts'
import { loadX509, newKey, toPem } from '../appliance/tls/keys.ts'
import { silentLog } from '../services/core/log.ts'
import type { CloudState } from '../services/enrolment/contract.ts'
import { makeHttpTransport } from '../services/enrolment/transport-http.ts'
import { systemClock } from '../services/program/clock.ts'
import { LiveSecrets } from '../services/program/redaction.ts'
import { openSecretBox } from '../services/program/secret-box.ts'
import { ANN, type SmallCloud, smallCloud } from './support/enrolment-lab.ts'

const TRANSPORT = join(import.meta.dirname, '../services/enrolment/transport-http.ts')

let cloud: SmallCloud
let server: ReturnType<typeof Bun.serve>
let folder: string
beforeEach(() => {
  cloud = smallCloud()
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    maxRequestBodySize: 1 << 30,
    fetch: (request) => cloud.app.fetch(request),
  })
  folder = mkdtempSync(join(tmpdir(), 'branchline-enrolment-'))
})
afterEach(async () => {
  await server.stop(true)
  rmSync(folder, { recursive: true })
})

/** Sync has tests of its own. */
const idle: Session = {
  status: () => expect.fail('nobody asks'),
  async now() {},
  alarm() {},
  async [Symbol.asyncDispose]() {},
}
const url = () => `http://127.0.0.1:${server.port}`
const open = (to = url()) =>
  openCloud({
    ...{ url: to, dataFolder: folder, clock: systemClock, log: silentLog, begin: async () => idle },
    secretBox: openSecretBox({ path: join(folder, 'secret.key'), secrets: new LiveSecrets(), mayCreate: true }),
  })

/** Resolves with the first state that fits; the cloud's clock, which nothing moves, would call every poll too early. */
function seen<State extends CloudState>(box: Cloud, fits: (state: CloudState) => state is State): Promise<State> {
  return new Promise((resolve) => {
    const look = (state: CloudState) => {
      if (!fits(state)) return
      stop()
      resolve(state)
    }
    const stop = box.onChange(look)
    look(box.state())
  })
}
type Unclaimed = Extract<CloudState, { state: 'unclaimed' }>
const hasCode = (state: CloudState): state is Unclaimed => state.state === 'unclaimed' && state.code !== undefined
const isClaimed = (state: CloudState): state is Extract<CloudState, { state: 'claimed' }> => state.state === 'claimed'

async function post(path: string, body: unknown) {
  const response = await fetch(url() + path, {
    method: 'POST',
    headers: { 'x-test-person': JSON.stringify(ANN), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as { claimToken: string; boxId: string }
}

describe('over HTTP on loopback', () => {
  it('plug in, type eight characters and three words; a restart later it still belongs', async () => {
    {
      await using box = open()
      const { code = '', phrase, claimUrl } = await seen(box, hasCode)
      expect(claimUrl).toBe(`https://cloud.example/claim?code=${code}`)
      const { claimToken } = await post('/v1/claims', { code })
      const { boxId } = await post('/v1/claims/confirm', { claimToken, siteId: 'lobby', phrase })
      const state = await seen(box, isClaimed)
      expect(state).toMatchObject({ orgName: 'Acme', boxId })
      const token = (await box.enrolment?.token()) ?? ''
      expect(await cloud.enrolment.verifyToken(token)).toMatchObject({ kind: 'done', value: { boxId } })
    }
    const file = join(folder, 'cloud', 'enrolment.sealed')
    expect([statSync(file).mode & 0o777, statSync(join(folder, 'cloud')).mode & 0o777]).toEqual([0o600, 0o700])
    expect(await Bun.file(file).text()).toMatch(/^b1:[\w-]+\n$/)
    await using again = open()
    expect(again.state()).toMatchObject({ state: 'claimed', orgName: 'Acme' })
  }, 20_000)

  it('starts and stops without an account that answers, and says so', async () => {
    const gone = url()
    await server.stop(true)
    await using box = open(gone)
    const state = await seen(box, (one): one is Unclaimed => 'unreachable' in one)
    expect(state.unreachable?.reason).toMatch(/^cannot be reached \(\w+\)$/)
    server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  })

  it('stays off, and touches nothing, when its identity cannot be read', async () => {
    await using first = open()
    await seen(first, hasCode)
    await first[Symbol.asyncDispose]()
    const file = join(folder, 'cloud', 'enrolment.sealed')
    await Bun.write(file, 'b1:AAAA')
    await using box = open()
    expect(box.state()).toMatchObject({ state: 'off', reason: expect.stringContaining('sealed secret') })
    expect(await Bun.file(file).text()).toBe('b1:AAAA')
  })
})

describe('an account that is named while the box runs', () => {
  const openAny = (configured?: string) =>
    openJoinableCloud({
      ...{ configured, dataFolder: folder, clock: systemClock, log: silentLog, begin: async () => idle },
      secretBox: openSecretBox({ path: join(folder, 'secret.key'), secrets: new LiveSecrets(), mayCreate: true }),
    })

  it('is gone to at once and after a restart, until another one or none is named', async () => {
    {
      await using box = openAny()
      expect([box.state().state, box.fixed]).toEqual(['off', false])
      await box.join(` ${url()}/ `, { by: 'ann' })
      await seen(box, hasCode)
    }
    {
      await using box = openAny()
      await seen(box, hasCode)
      const told: string[] = []
      box.onChange(({ state }) => told.push(state))
      await box.join(undefined, { by: 'ann' })
      expect([box.state().state, told.at(-1)]).toEqual(['off', 'off'])
    }
    await using box = openAny()
    expect(box.state().state).toBe('off')
  })

  it('is refused where it is none, and where the configuration decides', async () => {
    await using box = openAny()
    expect(() => box.join('ftp://cloud.example', { by: 'ann' })).toThrow('must begin with https://')
    await using fixed = openAny(url())
    expect(() => fixed.join('https://other.example', { by: 'ann' })).toThrow('the configuration names the account')
  })

  it('is left before another is gone to, and hears the farewell that the next one must not hear', async () => {
    await using box = openAny()
    await box.join(url(), { by: 'ann' })
    const { code = '', phrase } = await seen(box, hasCode)
    const { claimToken } = await post('/v1/claims', { code })
    await post('/v1/claims/confirm', { claimToken, siteId: 'lobby', phrase })
    await seen(box, isClaimed)
    await expect(box.join('https://other.example', { by: 'ann' })).rejects.toThrow('belongs to Acme')
    const asked: string[] = []
    const other = Bun.serve({
      ...{ port: 0, hostname: '127.0.0.1' },
      fetch(request) {
        asked.push(new URL(request.url).pathname)
        return new Response(null, { status: 503 })
      },
    })
    const port = Number(server.port)
    await server.stop(true)
    box.leave({ by: 'ann' })
    await box.join(`http://127.0.0.1:${other.port}`, { by: 'ann' })
    await seen(box, (state): state is Unclaimed => 'problem' in state || 'unreachable' in state)
    expect(asked.filter((path) => path.includes('leave'))).toEqual([])
    expect(asked.length).toBeGreaterThan(0)
    server = Bun.serve({ port, hostname: '127.0.0.1', fetch: (request) => cloud.app.fetch(request) })
    await box.join(url(), { by: 'ann' })
    await seen(box, hasCode)
    expect(cloud.storage.boxes()).toMatchObject([{ state: 'released' }])
    await other.stop(true)
  }, 20_000)
})

describe('bodies', () => {
  const zeros = (size: number) =>
    new ReadableStream({
      start(controller) {
        const chunk = new Uint8Array(1 << 20)
        for (let left = size; left > 0; left -= chunk.length) controller.enqueue(chunk)
        controller.close()
      },
    })

  it.each(['/v1/enrolments', '/v1/token', '/v1/claims', '/v1/expected-boxes'])(
    'of 100 MB are turned away at %s',
    async (path) => {
      const headers = { 'x-test-person': JSON.stringify(ANN), 'content-type': 'application/json' }
      for (const body of [zeros(100 << 20), new Uint8Array(100 << 20)]) {
        const status = await fetch(url() + path, { method: 'POST', headers, body }).then(
          (response) => response.status,
          // The connection may end while the rest is still on its way.
          () => 413,
        )
        expect(status).toBe(413)
      }
      expect(cloud.storage.enrolments()).toEqual([])
    },
  )

  it('of other routes beside these are nobody’s business here', async () => {
    const response = await fetch(`${url()}/elsewhere`, { method: 'POST', body: new Uint8Array(1 << 20) })
    expect(await response.json()).toEqual({ size: 1 << 20 })
  })
})

describe('transport', () => {
  const send = (to: string, options: { timeoutMs?: number; now?: number } = {}) =>
    makeHttpTransport({
      url: to,
      now: () => options.now ?? 0,
      ...(options.timeoutMs && { timeoutMs: options.timeoutMs }),
    }).send({
      method: 'GET',
      path: '/v1/challenge',
      headers: {},
    })
  async function answering<Result>(response: () => Response, work: (to: string) => Promise<Result>): Promise<Result> {
    const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: response })
    try {
      return await work(`http://127.0.0.1:${other.port}`)
    } finally {
      await other.stop(true)
    }
  }

  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '999999' }, 3_600_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:01:30 GMT', date: 'Thu, 01 Jan 1970 00:01:00 GMT' }, 30_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('reads %j', async (headers, ms) => {
    const reply = await answering(
      () => Response.json({}, { status: 503, headers: headers as Record<string, string> }),
      send,
    )
    expect([reply.status, reply.retryAfterMs]).toEqual([503, ms])
  })

  it('follows no redirection', async () => {
    const moved = () => new Response(null, { status: 302, headers: { location: `${url()}/v1/challenge` } })
    await expect(answering(moved, send)).rejects.toThrow('answers with a redirection')
  })

  it('reads no answer without end', async () => {
    const endless = () => new Response(new ReadableStream({ pull: (it) => it.enqueue(new Uint8Array(16_384)) }))
    await expect(answering(endless, send)).rejects.toThrow('the answer has more than 65536 bytes')
  })

  it('waits for no answer that never comes', async () => {
    const never = () => new Promise<Response>(() => {}) as unknown as Response
    await expect(answering(never, (to) => send(to, { timeoutMs: 50 }))).rejects.toThrow('no answer in time')
  })

  it('takes what is no JSON as nothing', async () =>
    expect((await answering(() => new Response('<html>'), send)).body).toBeUndefined())

  it.each([
    ['is not valid yet', 2090],
    ['is over', 2001],
  ])(
    'names the clock when the certificate %s',
    async (_what, year) => {
      const { certificate, key } = await certificateOf(year)
      const file = join(folder, 'ca.pem')
      await Bun.write(file, certificate)
      const secure = Bun.serve({ port: 0, tls: { cert: certificate, key }, fetch: () => Response.json({}) })
      const script = `import { makeHttpTransport } from '${TRANSPORT}'
      const transport = makeHttpTransport({ url: 'https://localhost:${secure.port}', now: () => 0 })
      await transport.send({ method: 'GET', path: '/v1/challenge', headers: {} }).catch((thrown) => console.log(thrown.message))`
      const child = Bun.spawn([process.execPath, '-e', script], { env: { ...process.env, NODE_EXTRA_CA_CERTS: file } })
      const said = await new Response(child.stdout).text()
      await secure.stop(true)
      expect(said).toBe(
        "the account's certificate is not valid at the time of this box (1970-01-01T00:00 UTC): if that is wrong, set its clock\n",
      )
    },
    20_000,
  )

  it('goes through the proxy that the environment names', async () => {
    const asked: string[] = []
    const proxy = await proxyOf(asked)
    const port = (proxy.address() as { port: number }).port
    const script = `import { makeHttpTransport } from '${TRANSPORT}'
      const reply = await makeHttpTransport({ url: 'http://cloud.example', now: () => 0 }).send({ method: 'GET', path: '/v1/challenge', headers: {} })
      console.log(JSON.stringify(reply.body))`
    const child = Bun.spawn([process.execPath, '-e', script], {
      env: {
        ...process.env,
        HTTP_PROXY: `http://127.0.0.1:${port}`,
        http_proxy: `http://127.0.0.1:${port}`,
        NO_PROXY: '',
        no_proxy: '',
      },
    })
    const out = await new Response(child.stdout).text()
    await child.exited
    proxy.close()
    expect(asked).toEqual(['GET http://cloud.example/v1/challenge HTTP/1.1'])
    expect(JSON.parse(out)).toMatchObject({ challenge: expect.any(String) })
  }, 20_000)
})

/** A certificate for `localhost` that is its own authority and good in one year alone. */
async function certificateOf(year: number): Promise<{ certificate: string; key: string }> {
  const { X509CertificateGenerator, SubjectAlternativeNameExtension, BasicConstraintsExtension } = await loadX509()
  const keys = await newKey('ec')
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: 'CN=localhost', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } },
    ...{ notBefore: new Date(Date.UTC(year, 0)), notAfter: new Date(Date.UTC(year + 1, 0)) },
    extensions: [
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
      new BasicConstraintsExtension(true),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await toPem(keys.privateKey) }
}

/** A proxy that sends everything to the small cloud. */
function proxyOf(asked: string[]): Promise<Server> {
  const proxy = createServer((client) => {
    client.once('data', (head: Buffer) => {
      const [line = '', ...rest] = head.toString('latin1').split('\r\n')
      asked.push(line)
      const upstream = connect(server.port ?? 0, '127.0.0.1', () =>
        upstream.write([line.replace('http://cloud.example', ''), ...rest].join('\r\n')),
      )
      upstream.pipe(client)
      client.on('close', () => upstream.destroy())
    })
  })
  return new Promise((resolve) => proxy.listen(0, '127.0.0.1', () => resolve(proxy)))
}
