import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../services/remote/policy.ts'
import { makePageHub } from './hub.ts'

const request = { method: 'GET', path: '/', headers: [] }
const head = { status: 200, headers: [['content-type', 'text/plain']] as const }
const text = (value: string) => Buffer.from(value).toString('base64')
const part = (id: string, more: object) => ({ version: 1, request: id, last: false, ...more })

describe('where browsers and boxes meet', () => {
  it('carries a request to who asks for it, and the answer back in parts', async () => {
    const hub = makePageHub()
    const asking = hub.take('a', 5_000)
    const answer = hub.ask('a', request)
    const [taken] = await asking
    const id = taken?.id ?? ''
    expect(taken).toMatchObject(request)
    expect(hub.answer('a', part(id, { head, body: text('one ') }))).toBe('taken')
    const reply = await answer
    expect(reply).toMatchObject({ kind: 'reply', status: 200 })
    expect(hub.answer('a', part(id, { body: text('two'), last: true }))).toBe('taken')
    expect(reply.kind === 'reply' && (await new Response(reply.body).text())).toBe('one two')
    expect(hub.answer('a', part(id, { last: true }))).toBe('gone')
  })

  it('shows no page what belongs to another', async () => {
    const hub = makePageHub({ fetchMs: 50 })
    const answer = hub.ask('a', request)
    expect(await hub.take('b', 0)).toEqual([])
    const [taken] = await hub.take('a', 0)
    const id = taken?.id ?? ''
    expect(hub.answer('b', part(id, { head, last: true }))).toBe('gone')
    expect(hub.answer('a', part(id, { head, last: true }))).toBe('taken')
    expect((await answer).kind).toBe('reply')
  })

  it.each([
    ['no box', async () => {}, { status: 503, reason: 'the box at the branch does not answer' }],
    [
      'a phone that says nothing',
      (hub: ReturnType<typeof makePageHub>) => hub.take('a', 0),
      { status: 504, reason: 'the phone took too long' },
    ],
    [
      'a page that is closed',
      async (hub: ReturnType<typeof makePageHub>) => hub.close('a'),
      { status: 503, reason: 'the page was closed' },
    ],
    [
      'an answer that begins in its middle',
      async (hub: ReturnType<typeof makePageHub>) => {
        const [taken] = await hub.take('a', 0)
        hub.answer('a', part(taken?.id ?? '', { body: text('x') }))
      },
      { status: 502, reason: 'the box answered out of order' },
    ],
  ])('%s: said as it is', async (_name, act, reply) => {
    const hub = makePageHub({ fetchMs: 20, answerMs: 20 })
    const answer = hub.ask('a', request)
    await act(hub)
    expect(await answer).toEqual({ kind: 'none', ...reply })
  })

  it('ends an answer that breaks off, or has no end', async () => {
    const hub = makePageHub({ answerMs: 20 })
    const begin = async () => {
      const answer = hub.ask('a', request)
      const [taken] = await hub.take('a', 0)
      const id = taken?.id ?? ''
      hub.answer('a', part(id, { head }))
      const reply = await answer
      return { id, body: reply.kind === 'reply' ? new Response(reply.body).bytes() : undefined }
    }
    const broken = await begin()
    await expect(broken.body).rejects.toThrow('the phone’s answer broke off')
    const endless = await begin()
    const piece = Buffer.alloc(LIMITS.pagePart).toString('base64')
    let said = 'taken'
    for (let i = 0; i < LIMITS.pageAnswer / LIMITS.pagePart + 1 && said === 'taken'; i++)
      said = hub.answer('a', part(endless.id, { body: piece }))
    expect(said).toBe('gone')
    await expect(endless.body).rejects.toThrow('the phone’s answer is too large')
  })

  it('lets no more than some wait', async () => {
    const hub = makePageHub({ fetchMs: 30 })
    const all = await Promise.all(Array.from({ length: 40 }, () => hub.ask('a', request)))
    expect(
      all.filter((one) => one.kind === 'none' && one.reason === 'too many requests wait for this phone').length,
    ).toBe(8)
  })

  it('gives a box no more at once than its bounds', async () => {
    const hub = makePageHub({ fetchMs: 50 })
    const body = 'x'.repeat(LIMITS.pageRequest)
    const asked = [hub.ask('a', { ...request, body }), hub.ask('a', { ...request, body }), hub.ask('a', request)]
    expect((await hub.take('a', 0)).length).toBe(1)
    expect((await hub.take('a', 0)).length).toBe(2)
    hub.close('a')
    expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(['none', 'none', 'none'])
  })
})
