import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type BoxCallerOptions, makeBoxCaller, UnansweredError } from '../services/sync/box-caller.ts'
import { makeHttpTransport } from '../services/sync/transport-http.ts'

const CALLER = join(import.meta.dirname, '../services/sync/box-caller.ts')
const PATH = '/v1/sync/pull'
const ANSWER = { answer: 'page' }

/** Something on loopback that answers as `respond` says, and a caller of it whose tokens count up. */
async function calling<Result>(
  respond: (request: Request) => Response | Promise<Response>,
  work: (caller: ReturnType<typeof makeBoxCaller>, seen: { tokens: string[]; refused: string[] }) => Promise<Result>,
  options: Partial<BoxCallerOptions> = {},
): Promise<Result> {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: respond })
  const seen = { tokens: [] as string[], refused: [] as string[] }
  const caller = makeBoxCaller({
    apiBase: `http://127.0.0.1:${server.port}/api/`,
    async token() {
      const token = `token-${seen.refused.length}`
      seen.tokens.push(token)
      return token
    },
    refuse: (token) => void seen.refused.push(token),
    now: () => 0,
    signal: new AbortController().signal,
    ...options,
  })
  try {
    return await work(caller, seen)
  } finally {
    await server.stop(true)
  }
}
const thrown = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it answered'),
    (error: UnansweredError) => error,
  )

describe('a call to the account', () => {
  it('posts JSON below the API with the token, and reads packed answers', async () => {
    const got: unknown[] = []
    const answer = await calling(
      async (request) => {
        const { pathname } = new URL(request.url)
        got.push([request.method, pathname, request.headers.get('authorization'), await request.json()])
        const packed = gzipSync(JSON.stringify({ ...ANSWER, text: 'ä'.repeat(10_000) }))
        return new Response(packed, { headers: { 'content-encoding': 'gzip' } })
      },
      (caller) => makeHttpTransport(caller).pull({ version: 1, feed: 'catalogue', limit: 5 }),
    )
    expect(answer).toEqual({ ...ANSWER, text: 'ä'.repeat(10_000) })
    expect(got).toEqual([['POST', `/api${PATH}`, 'Bearer token-0', { version: 1, feed: 'catalogue', limit: 5 }]])
  })

  it.each([400, 403, 413, 426])('takes a refusal of the contract with status %i as an answer', async (status) => {
    const body = { answer: 'refused', code: 'upgrade', message: 'too old' }
    const answer = await calling(
      () => Response.json(body, { status }),
      (caller) => caller.post(PATH, {}),
    )
    expect(answer).toEqual(body)
  })

  it.each([401, 403, 410])('asks for another token after %i, once', async (status) => {
    const respond = (request: Request) =>
      request.headers.get('authorization') === 'Bearer token-1'
        ? Response.json(ANSWER)
        : Response.json({ error: { code: 'revoked' } }, { status })
    expect(
      await calling(respond, async (caller, seen) => [await caller.post(PATH, {}), seen.tokens, seen.refused]),
    ).toEqual([ANSWER, ['token-0', 'token-1'], ['token-0']])
  })

  it('gives up when the second token is refused too', async () => {
    const refuse = () => Response.json({}, { status: 401 })
    const [error, tokens] = await calling(refuse, async (caller, seen) => [
      await thrown(caller.post(PATH, {})),
      seen.tokens,
    ])
    expect([error.message, tokens]).toEqual(['the account refuses the token that it gave', ['token-0', 'token-1']])
  })

  it.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['a date', { 'retry-after': 'Thu, 01 Jan 1970 00:01:30 GMT', date: 'Thu, 01 Jan 1970 00:01:00 GMT' }, 30_000],
    ['nothing', {}, undefined],
  ])('that is put off says for how long, in %s', async (_what, headers, ms) => {
    const busy = () => Response.json({}, { status: 503, headers: headers as Record<string, string> })
    const error = await calling(busy, (caller) => thrown(caller.post(PATH, {})))
    expect([error.message, error.retryAfterMs]).toEqual(['the account answered 503', ms])
  })

  it('follows no redirection, so that the token goes to nobody else', async () => {
    const asked: string[] = []
    const moved = (request: Request) => {
      asked.push(new URL(request.url).pathname)
      return new Response(null, { status: 307, headers: { location: '/elsewhere' } })
    }
    const error = await calling(moved, (caller) => thrown(caller.post(PATH, {})))
    expect([error.message, asked]).toEqual([expect.stringContaining('answers with a redirection'), [`/api${PATH}`]])
  })

  it('reads no answer without end, packed or not', async () => {
    const endless = () => new Response(new ReadableStream({ pull: (it) => it.enqueue(new Uint8Array(65_536)) }))
    const bomb = gzipSync(new Uint8Array(50 << 20))
    const packed = () => new Response(bomb, { headers: { 'content-encoding': 'gzip' } })
    for (const respond of [endless, packed])
      expect((await calling(respond, (caller) => thrown(caller.post(PATH, {})))).message).toBe(
        'the answer has more than 4194304 bytes',
      )
  })

  it('waits for no answer that never comes, nor for one that stops half-way', async () => {
    const never = () => new Promise<Response>(() => {})
    const half = () =>
      new Response(new ReadableStream({ start: (it) => it.enqueue(new TextEncoder().encode('{"answer":')) }))
    const options = { timeoutMs: 100 }
    expect((await calling(never, (caller) => thrown(caller.post(PATH, {})), options)).message).toBe('no answer in time')
    expect((await calling(half, (caller) => thrown(caller.post(PATH, {})), options)).message).toBe(
      'the answer broke off',
    )
  })

  it('ends when the box stops', async () => {
    const stop = new AbortController()
    const never = () => {
      stop.abort()
      return new Promise<Response>(() => {})
    }
    const error = await calling(never, (caller) => thrown(caller.post(PATH, {})), { signal: stop.signal })
    expect(error).toBeInstanceOf(UnansweredError)
  })

  it('that gets no JSON, or no answer of the contract, has failed', async () => {
    for (const body of ['<html>', '{"error":{}}', 'null', '{"answer":7}'])
      expect(
        (
          await calling(
            () => new Response(body),
            (caller) => thrown(caller.post(PATH, {})),
          )
        ).message,
      ).toBe('the account answered 200')
  })

  it('goes through the proxy that the environment names', async () => {
    const asked: string[] = []
    const proxy = await proxyTo(asked)
    const port = (proxy.address() as { port: number }).port
    const script = `import { makeBoxCaller } from '${CALLER}'
      const caller = makeBoxCaller({ apiBase: 'http://cloud.example', token: async () => 'abc', refuse() {}, now: () => 0, signal: new AbortController().signal })
      console.log(JSON.stringify(await caller.post('${PATH}', {})))`
    const proxies = { HTTP_PROXY: `http://127.0.0.1:${port}`, http_proxy: `http://127.0.0.1:${port}` }
    const child = Bun.spawn([process.execPath, '-e', script], {
      env: { ...process.env, ...proxies, NO_PROXY: '', no_proxy: '' },
    })
    expect(JSON.parse(await new Response(child.stdout).text())).toEqual(ANSWER)
    proxy.close()
    expect(asked).toEqual([`POST http://cloud.example${PATH} HTTP/1.1`])
  }, 20_000)
})

describe('a stream of the account', () => {
  it('begins with the token, comes piece by piece and ends when it is told to', async () => {
    const encoder = new TextEncoder()
    const respond = (request: Request) =>
      request.headers.get('authorization') !== 'Bearer token-1'
        ? Response.json({}, { status: 401 })
        : new Response(new ReadableStream({ start: (it) => it.enqueue(encoder.encode(': welcome\n\n')) }))
    await calling(respond, async (caller) => {
      const attempt = new AbortController()
      const got: string[] = []
      const read = async () => {
        for await (const part of await caller.open('/v1/sync/stream', attempt.signal)) {
          got.push(new TextDecoder().decode(part))
          attempt.abort()
        }
      }
      await read().catch(() => undefined)
      expect(got).toEqual([': welcome\n\n'])
    })
  })

  it('that does not begin says why', async () => {
    const error = await calling(
      () => new Response('', { status: 404 }),
      (caller) => thrown(caller.open('/v1/sync/stream', new AbortController().signal)),
    )
    expect(error.message).toBe('the account answered 404')
    const never = () => new Promise<Response>(() => {})
    const late = await calling(never, (caller) => thrown(caller.open('/', new AbortController().signal)), {
      timeoutMs: 50,
    })
    expect(late).toBeInstanceOf(UnansweredError)
  })
})

/** A proxy that answers every request itself. */
function proxyTo(asked: string[]): Promise<Server> {
  const text = JSON.stringify(ANSWER)
  const proxy = createServer((client) => {
    client.once('data', (head: Buffer) => {
      asked.push(head.toString('latin1').split('\r\n')[0] ?? '')
      client.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`)
    })
  })
  return new Promise((resolve) => proxy.listen(0, '127.0.0.1', () => resolve(proxy)))
}
