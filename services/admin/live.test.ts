import { expect, it } from 'vitest'
import { DESK, device, makeFakeSite, NOW } from '../../test/support/admin-fakes.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import { makeAdminApp } from './app.ts'

const SEEN = { at: NOW, mac: DESK, step: { kind: 'neighbour.seen' } } as const

function setUp() {
  const site = makeFakeSite()
  const app = makeAdminApp(site.deps)
  /** Opens a stream; `next` reads one event, `done` says whether it has ended. */
  const open = async (headers: Record<string, string> = {}) => {
    const response = await app.request('/api/v1/events', { headers }, { via: 'tcp' })
    const reader = response.body?.getReader()
    const next = async () => {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return undefined
      const lines = new TextDecoder().decode(value).trimEnd().split('\n')
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      return { id: field('id'), event: field('event'), data: JSON.parse(field('data') ?? 'null') }
    }
    return { response, next, cancel: () => reader?.cancel() }
  }
  return { site, app, open }
}

it('tells happenings, then the verdicts that they led to, then alarms', async () => {
  const { site, open } = setUp()
  const stream = await open()
  expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  expect(await stream.next()).toMatchObject({ event: 'hello', data: { resumed: false } })
  site.see(DESK, { state: 'configured', text: 'line\nbreak' })
  site.happen(SEEN)
  site.happen(SEEN)
  site.alarms.push({ kind: 'enumeration', subject: '192.0.2.9', text: 'guesses', firstAt: NOW, lastAt: NOW, count: 1 })
  site.tick()
  expect(await stream.next()).toMatchObject({
    event: 'happening',
    data: { kind: 'neighbour.seen', mac: formatMac(DESK) },
  })
  expect(await stream.next()).toMatchObject({ event: 'happening' })
  expect(await stream.next()).toMatchObject({
    event: 'verdict',
    data: { known: false, verdict: { text: 'line\nbreak' } },
  })
  expect(await stream.next()).toMatchObject({ event: 'alarms', data: [{ kind: 'enumeration' }] })
  site.tick()
  expect(await stream.next()).toMatchObject({ event: 'beat', data: { at: NOW } })
})

it('tells that a record changed, and the verdict that changes with it', async () => {
  const { site, open } = setUp()
  site.see(DESK, { state: 'waiting', text: 'waits' })
  const stream = await open()
  await stream.next()
  site.deps.devices.put(DESK, { name: 'x', lines: [] }, { by: 'test' })
  site.tick()
  expect(await stream.next()).toMatchObject({ event: 'record', data: { kind: 'device', id: formatMac(DESK) } })
  expect(await stream.next()).toMatchObject({ event: 'verdict', data: { known: true } })
})

it('resumes after the last event that a page saw, also when nobody listened meanwhile', async () => {
  const { site, open } = setUp()
  const first = await open()
  await first.next()
  site.see(DESK, { state: 'waiting', text: 'waits' })
  site.happen(SEEN)
  const seen = await first.next()
  await first.cancel()
  site.happen(SEEN)
  const second = await open({ 'last-event-id': seen?.id ?? '' })
  expect(await second.next()).toMatchObject({ event: 'hello', data: { resumed: true }, id: seen?.id })
  expect(await second.next()).toMatchObject({ event: 'happening' })
  expect(await second.next()).toMatchObject({ event: 'verdict', data: { verdict: { text: 'waits' } } })
})

it.each(['nonsense', 'other.1', '1.2.3', `${NOW.toString(36)}.99999`])(
  'starts afresh after an id that is not its own: %s',
  async (id) => {
    const { site, open } = setUp()
    site.happen(SEEN)
    expect(await (await open({ 'last-event-id': id })).next()).toMatchObject({
      event: 'hello',
      data: { resumed: false },
    })
  },
)

it('starts afresh when what was missed is forgotten, and keeps no more than it must', async () => {
  const { site, open } = setUp()
  const first = await open()
  const hello = await first.next()
  await first.cancel()
  for (let i = 0; i < 6000; i++)
    site.happen({ ...SEEN, mac: (0x00005e000000 + i).toString(16).padStart(12, '0') as Mac })
  expect(await (await open({ 'last-event-id': hello?.id ?? '' })).next()).toMatchObject({ data: { resumed: false } })
})

it('keeps nothing of what happened before the first page', async () => {
  const { site, open } = setUp()
  site.see(DESK, { state: 'waiting', text: 'waits' })
  site.happen(SEEN)
  const stream = await open()
  // The one number is that of the list of alarms.
  expect(await stream.next()).toMatchObject({ event: 'hello', data: { resumed: false }, id: `${NOW.toString(36)}.1` })
  site.happen(SEEN)
  expect(await stream.next()).toMatchObject({ event: 'happening', id: `${NOW.toString(36)}.2` })
})

it('hangs up on a page that does not read', async () => {
  const { site, open } = setUp()
  const stream = await open()
  for (let i = 0; i < 600; i++) site.happen({ at: NOW, step: { kind: 'neighbour.seen' } })
  expect(site.deps.counters.get('admin.events.slow-client')).toBe(1)
  let read = 0
  while (await stream.next()) read++
  expect(read).toBe(512)
})

it('serves a bounded number of pages and forgets those that left', async () => {
  const { open, app } = setUp()
  const streams = await Promise.all(Array.from({ length: 32 }, () => open()))
  const one = await app.request('/api/v1/events', {}, { via: 'tcp' })
  expect(one.status).toBe(503)
  await streams[0]?.cancel()
  expect((await open()).response.status).toBe(200)
})

it('stops following the services when it is closed', async () => {
  const { site, app, open } = setUp()
  const stream = await open()
  await stream.next()
  app.close()
  site.devices.set(DESK, device(DESK))
  site.happen(SEEN)
  expect(await stream.next()).toBeUndefined()
})
