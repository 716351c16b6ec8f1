import { describe, expect, it } from 'vitest'
import { makeTestClock } from '../../test/support/clock.ts'
import { OperatorError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { carryPage, type PhonePageDeps, type PhonePageReply } from './box-pages.ts'
import type { PageAnswer, PageRequest } from './contract.ts'
import type { PhoneEnd } from './policy-page.ts'

const OK: PhonePageReply = { status: 200, headers: [['content-type', 'text/html']], body: parts('well') }

async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text)
}

/** Carries these requests, one after another, and returns what came back for each. */
async function carry(
  requests: readonly Partial<PageRequest>[],
  given: Partial<Pick<PhonePageDeps, 'web' | 'address'>> & {
    readonly say?: (answer: PageAnswer) => 'taken' | 'gone'
  } = {},
) {
  const queue = requests.map((request, i) => ({ id: `r${i}`, method: 'GET', path: '/', headers: [], ...request }))
  const answers = new Map<string, { status?: number; headers?: unknown; text: string; parts: number; ended: boolean }>()
  const asked: PhoneEnd[] = []
  const over = Promise.withResolvers<void>()
  let left = queue.length
  await carryPage('page', 'http', {
    transport: {
      async post(path, body) {
        if (path === '/v1/pages/page/take') {
          const next = queue.shift()
          if (next !== undefined) return { answer: 'requests', requests: [next] }
          await over.promise
          return { answer: 'closed' }
        }
        const part = body as PageAnswer
        const answer = answers.get(part.request) ?? { text: '', parts: 0, ended: false }
        answers.set(part.request, answer)
        if (part.head !== undefined) Object.assign(answer, part.head)
        answer.text += Buffer.from(part.body ?? '', 'base64').toString()
        answer.parts++
        const said = given.say?.(part) ?? 'taken'
        if (part.last || said === 'gone') {
          answer.ended = part.last
          if (--left === 0) over.resolve()
        }
        return { answer: said }
      },
    },
    web: {
      async send(to) {
        asked.push(to)
        return { ...OK, body: parts('well') }
      },
    },
    address: async () => ({ address: '192.0.2.7' }),
    log: silentLog,
    clock: makeTestClock(),
    signal: new AbortController().signal,
    after: (_ms, work) => {
      queueMicrotask(work)
      return () => undefined
    },
    ...given,
  })
  return { answers: [...answers.values()], asked }
}

describe('a phone’s page, as the box carries it', () => {
  it('is asked for at the address that the phone has now, looked up each time', async () => {
    const places = [{ address: '192.0.2.7' }, { reason: 'another device holds it now' }, { address: '192.0.2.8' }]
    const { answers, asked } = await carry([{}, {}, {}], {
      address: async () => places.shift() ?? { reason: 'no more' },
    })
    expect(asked.map(({ address }) => address)).toEqual(['192.0.2.7', '192.0.2.8'])
    expect(answers.map(({ status, text }) => [status, text]).sort()).toEqual([
      [200, 'well'],
      [200, 'well'],
      [502, 'another device holds it now\n'],
    ])
  })

  it.each([
    [{ method: 'CONNECT' }, 400],
    [{ path: '//x y' }, 400],
    [{ path: 'http://192.0.2.1/' }, 400],
  ])('asks no phone for %j', async (request, status) => {
    const { answers, asked } = await carry([request])
    expect([asked, answers[0]?.status]).toEqual([[], status])
  })

  it('goes over to HTTPS when the phone wants that', async () => {
    const asked: string[] = []
    const { answers } = await carry([{ path: '/a' }], {
      web: {
        async send({ scheme }) {
          asked.push(scheme)
          return { status: 302, headers: [['Location', 'https://192.0.2.7/b']], body: parts() }
        },
      },
    })
    expect([asked, answers[0]]).toMatchObject([['http'], { status: 302, headers: [['location', '/b']], ended: true }])
  })

  it('says why when the phone leads away or does not answer', async () => {
    const away = await carry([{}], {
      web: { send: async () => ({ status: 302, headers: [['Location', 'http://192.0.2.1/']], body: parts() }) },
    })
    expect(away.answers[0]).toMatchObject({
      status: 502,
      text: 'the phone leads away from itself: http://192.0.2.1/\n',
    })
    const silent = await carry([{}], {
      web: {
        async send() {
          throw new OperatorError('the phone’s web server does not answer: it took too long')
        },
      },
    })
    expect(silent.answers[0]).toMatchObject({
      status: 502,
      text: 'the phone’s web server does not answer: it took too long\n',
    })
  })

  it('leads its own links back to the page, in texts that fit in memory', async () => {
    const link = '<a href="http://192.0.2.7/x">'
    const say = (texts: readonly string[]) => ({ web: { send: async () => ({ ...OK, body: parts(...texts) }) } })
    // The link is cut by the network.
    expect((await carry([{}], say([link.slice(0, 14), link.slice(14)]))).answers[0]?.text).toBe('<a href="/x">')
    const filler = 'y'.repeat(2 * 1024 * 1024)
    const long = await carry([{}], say([link, filler, link]))
    expect(long.answers[0]?.text.length).toBe(filler.length + 2 * link.length)
  })

  it('stops reading the phone when nobody waits any more', async () => {
    let ended = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(100_000)
      } finally {
        ended = true
      }
    }
    let said = 0
    const { answers } = await carry([{}], {
      web: { send: async () => ({ status: 200, headers: [['content-type', 'image/png']], body: endless() }) },
      say: () => (++said < 3 ? 'taken' : 'gone'),
    })
    expect([ended, answers[0]?.parts]).toEqual([true, 3])
  })

  it('ends when the account cannot be reached for long', async () => {
    let tries = 0
    const { asked } = await carry([{}], {})
    expect(asked.length).toBe(1)
    await carryPage('page', 'http', {
      transport: {
        async post() {
          tries++
          throw new OperatorError('cannot be reached')
        },
      },
      web: { send: async () => OK },
      address: async () => ({ address: '192.0.2.7' }),
      log: silentLog,
      clock: makeTestClock(),
      signal: new AbortController().signal,
      after: (_ms, work) => {
        queueMicrotask(work)
        return () => undefined
      },
    })
    expect(tries).toBeLessThanOrEqual(60)
    expect(tries).toBeGreaterThanOrEqual(30)
  })
})
