import { describe, expect, it } from 'vitest'
import { device, makeFakeSite, NOW, only, STRANGER } from '../../test/support/admin-fakes.ts'
import type { Assist, Claims } from '../assist/contract.ts'
import { ConflictError, OperatorError } from '../core/errors.ts'
import { makeAdminApp } from './app.ts'

const ROUND = { pin: '123456', openedAt: NOW, endsAt: NOW + 60_000, by: 'cli:local' }

function makeApp(assist: Partial<Assist>) {
  const { deps } = makeFakeSite()
  const app = makeAdminApp({ ...deps, assist: only<Assist>('assist', assist) })
  const post = (path: string, body?: object) =>
    app.request(`http://localhost/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  return { get: (path: string) => app.request(`http://localhost/api/v1${path}`), post }
}

describe('setting up by hand', () => {
  it('is told with its QR code', async () => {
    const steps = { phone: ['Menu.'], web: ['Page.'], address: [], findMac: [], reset: ['Hold it.'] }
    const url = 'http://192.0.2.1/acme/'
    const app = makeApp({
      setup: (mac) => ({
        ...{
          mac,
          vendor: 'acme',
          title: 'Acme',
          url,
          shortUrl: 'http://192.0.2.1/1',
          scan: url,
          scannable: false,
          unsure: true,
        },
        ...{ ...steps, login: { user: 'admin' }, qr: { svg: '<svg/>', blocks: '█' } },
      }),
    })
    const response = await app.get('/devices/00005e005303/setup')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ mac: '00:00:5e:00:53:03', url, ...steps, qr: { svg: '<svg/>' } })
    expect((await app.get('/devices/nonsense/setup')).status).toBe(400)
  })

  it('gives a device to a person by extension or id, and says why it cannot', async () => {
    const asked: unknown[] = []
    const app = makeApp({
      assign(mac, to, { by }) {
        asked.push([mac, to, by])
        if ('extension' in to && to.extension === '999') throw new ConflictError('has a record already')
        return device(mac, { name: 'Ada', person: 'p1' })
      },
    })
    const path = '/new-devices/00:00:5e:00:53:03/assign'
    const given = await app.post(path, { extension: '204' })
    expect([given.status, given.headers.get('etag')]).toEqual([201, '"1"'])
    const view = await given.text()
    expect(view).toContain('"hasSecret":true')
    expect(view).not.toContain('battery')
    expect((await app.post(path, { person: 'p1' })).status).toBe(201)
    expect((await app.post(path, { extension: '999' })).status).toBe(409)
    for (const bad of [{}, { extension: '' }, { person: 'p1', extension: '204' }, { name: 'Ada' }])
      expect((await app.post(path, bad)).status).toBe(400)
    expect(asked).toEqual([
      [STRANGER, { extension: '204' }, 'page:local'],
      [STRANGER, { person: 'p1' }, 'page:local'],
      [STRANGER, { extension: '999' }, 'page:local'],
    ])
  })

  it('lists who waits for a phone', async () => {
    const people = [{ id: 'p1', name: 'Ada', extension: '204', hasPin: false }]
    const app = makeApp({ waiting: () => people })
    expect(await (await app.get('/people/waiting')).json()).toEqual({ people })
  })
})

describe('claims', () => {
  const claims = only<Claims>('claims', {
    status: () => ({ mode: 'pin', pins: 2, round: ROUND }),
    open({ minutes }) {
      if (minutes === 13) throw new OperatorError('claim.mode is off')
      return ROUND
    },
    close: () => {},
    setPin: (extension, pin) => (pin === null ? undefined : (pin ?? `77${extension}`)),
  })
  const app = makeApp({ claims })

  it('open, close and tell their PIN', async () => {
    const status = { mode: 'pin', pins: 2, round: ROUND, now: NOW }
    expect(await (await app.get('/claim')).json()).toEqual(status)
    expect(await (await app.post('/claim/open', { minutes: 5 })).json()).toEqual(status)
    expect((await app.post('/claim/close', {})).status).toBe(200)
    expect((await app.post('/claim/open', { minutes: 13 })).status).toBe(400)
    for (const minutes of [0, 1.5, 1441, 'x']) expect((await app.post('/claim/open', { minutes })).status).toBe(400)
  })

  it('give people PINs of their own', async () => {
    const pin = async (body: object) => (await app.post('/claim/pins', body)).json()
    expect(await pin({ extension: '204' })).toEqual({ extension: '204', pin: '77204' })
    expect(await pin({ extension: '204', pin: '4711' })).toEqual({ extension: '204', pin: '4711' })
    expect(await pin({ extension: '204', pin: null })).toEqual({ extension: '204' })
    expect((await app.post('/claim/pins', { extension: '204', pin: '12' })).status).toBe(400)
  })
})
