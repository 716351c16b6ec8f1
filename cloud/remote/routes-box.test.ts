import { describe, expect, it } from 'vitest'
import { makeCounters } from '../../services/core/counters.ts'
import type { JobReport } from '../../services/remote/contract.ts'
import { makeTestClock } from '../../test/support/clock.ts'
import { makePageHub } from './hub.ts'
import { boxJobRoutes } from './routes-box.ts'

/** The routes with a box that is let in by the token `good`, and nothing behind them but a list of what was said. */
function routes() {
  const told: [string, string, JobReport][] = []
  const hub = makePageHub()
  const app = boxJobRoutes({
    boxJobs: {
      take: async () => [],
      async report(box, id, report) {
        told.push([box, id, report])
        return 'stored'
      },
      expire: async () => {},
    },
    pages: { isCarriedBy: async (_box, page) => page === 'mine' },
    hub,
    clock: makeTestClock(),
    counters: makeCounters(),
    enrolment: {
      verifyToken: async (token) =>
        token === 'good'.repeat(5)
          ? { kind: 'done', value: { boxId: 'b1', orgId: 'o', siteId: 's', sealingKey: '' } }
          : { kind: 'refused', code: 'signature', message: 'the token is not good any more: ask for another' },
    },
    seen: { note() {}, flush: async () => {} } as never,
    addressOf: () => '198.51.100.1',
  })
  const post = async (path: string, body: string, token = 'good'.repeat(5)) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await app.request(path, { method: 'POST', body, headers })
    const text = await response.text()
    return { status: response.status, body: JSON.parse(text) }
  }
  return { post, told, hub }
}

const json = JSON.stringify
const done = { version: 1, state: 'done', text: 'well' }

describe('what boxes call', () => {
  it.each(['/v1/jobs/take', '/v1/jobs/a/result', '/v1/pages/mine/take', '/v1/pages/mine/answer'])(
    '%s: nothing without a token that is good',
    async (path) => {
      const { post, told } = routes()
      expect((await post(path, '{}', 'bad'.repeat(9))).status).toBe(401)
      expect((await post(path, json(done), 'bad'.repeat(9))).status).toBe(401)
      expect(told).toEqual([])
    },
  )

  it.each([
    ['no JSON', '{', 400],
    ['nothing', '', 400],
    ['no text', json({ ...done, text: undefined }), 400],
    ['a state of its own', json({ ...done, state: 'splendid' }), 400],
    ['a text with a line break', json({ ...done, text: 'a\nb' }), 400],
    ['a text that turns around', json({ ...done, text: 'a\u202eb' }), 400],
    ['a long text', json({ ...done, text: 'x'.repeat(501) }), 400],
    ['a result that is no object', json({ ...done, result: [1] }), 400],
    ['a result that is too long', json({ ...done, result: { x: 'y'.repeat(600_000) } }), 400],
    ['a version from the future', json({ ...done, version: 2 }), 426],
    ['a body without end', json({ ...done, result: { x: 'y'.repeat(2_000_000) } }), 413],
  ])('a result with %s is refused, and nothing is stored', async (_name, body, status) => {
    const { post, told } = routes()
    expect((await post('/v1/jobs/a/result', body)).status).toBe(status)
    expect(told).toEqual([])
  })

  it('drops what this release does not know', async () => {
    const { post, told } = routes()
    expect(await post('/v1/jobs/a/result', json({ ...done, new: 1 }))).toEqual({
      status: 200,
      body: { answer: 'stored' },
    })
    expect(told).toEqual([['b1', 'a', { state: 'done', text: 'well' }]])
  })

  it.each([
    ['a status that is none', { head: { status: 99, headers: [] }, last: true }],
    ['bytes that are no base64', { body: '***', last: true }],
    ['more than a part', { body: Buffer.alloc(300_000).toString('base64'), last: true }],
    ['a header without end', { head: { status: 200, headers: [['a', 'x'.repeat(9_000)]] }, last: true }],
  ])('a part of a page with %s is refused', async (_name, part) => {
    const { post } = routes()
    expect((await post('/v1/pages/mine/answer', json({ version: 1, request: 'r', ...part }))).status).toBe(400)
  })

  it('a page of another box is closed to this one, and goes on as it was', async () => {
    const { post, hub } = routes()
    const asked = hub.ask('theirs', { method: 'GET', path: '/', headers: [] })
    const [request] = await hub.take('theirs', 0)
    expect((await post('/v1/pages/theirs/take', json({ version: 1 }))).body).toEqual({ answer: 'closed' })
    const answer = { version: 1, request: request?.id, head: { status: 200, headers: [] }, last: true }
    expect((await post('/v1/pages/theirs/answer', json(answer))).body).toEqual({ answer: 'gone' })
    // By its own page neither.
    expect((await post('/v1/pages/mine/answer', json(answer))).body).toEqual({ answer: 'gone' })
    expect(hub.answer('theirs', answer as never)).toBe('taken')
    expect((await asked).kind).toBe('reply')
  })
})
