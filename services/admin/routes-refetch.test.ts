import { describe, expect, it } from 'vitest'
import { DESK, device, LOBBY, makeFakeSite, NOW } from '../../test/support/admin-fakes.ts'
import { NotFoundError, OperatorError } from '../core/errors.ts'
import type { Job, JobRequest, Pending, Refetch } from '../refetch/contract.ts'
import { makeAdminApp } from './app.ts'
import * as wire from './schema-refetch.ts'

const TYPE = { 'content-type': 'application/json', host: 'localhost' }

function setUp() {
  const site = makeFakeSite()
  site.devices.set(DESK, device(DESK))
  site.devices.set(LOBBY, device(LOBBY, { name: 'Lobby', enabled: true }))
  const asked: JobRequest[] = []
  const job = (request: JobRequest, change: Partial<Job> = {}): Job => ({
    ...{ ...request, id: 'J1', at: NOW, state: 'running' },
    items: [
      {
        mac: DESK,
        state: 'ended',
        outcome: 'fetched',
        text: 'NOTIFY check-sync: accepted (200)',
        askedAt: NOW,
        endedAt: NOW,
      },
      { mac: LOBBY, state: 'waiting', text: '' },
    ],
    ...change,
  })
  const stored = job({
    selection: { kind: 'all' },
    when: { kind: 'now' },
    reboot: false,
    limit: 10,
    by: 'cli:ada',
    why: 'x',
  })
  const pending = (mac: typeof DESK): Pending => ({
    ...{ mac, fetchedAt: NOW, changed: mac === DESK ? ['vlan.id'] : [], because: 'because' },
    ...{ files: mac === DESK ? [{ name: 'a.cfg', why: 'changed' as const }] : [], reboot: mac === DESK ? 'yes' : 'no' },
    way: { kind: 'notify', reboots: true, text: 'NOTIFY check-sync' },
  })
  const refetch: Refetch = {
    start(request) {
      if (request.selection.kind === 'group') throw new OperatorError('no device is in a group "x"')
      asked.push(request)
      return job(request)
    },
    ask: async () => ({ kind: 'accepted', status: 200, challenged: false }),
    jobs: () => [stored],
    job: (id) => (id === 'J1' ? stored : undefined),
    cancel(id) {
      if (id !== 'J1') throw new NotFoundError(`no job "${id}"`)
      return job(stored, { state: 'cancelled', endedAt: NOW })
    },
    idle: async () => 'unknown',
    pending,
  }
  const resyncs: unknown[] = []
  const resync = async (mac: typeof DESK, options: object) => {
    resyncs.push({ mac, ...options })
    return { kind: 'accepted', status: 200, challenged: false } as const
  }
  const app = makeAdminApp({ ...site.deps, refetch, resync })
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await app.request(
      `/api/v1${path}`,
      { method, headers: TYPE, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
      { via: 'socket' },
    )
    return { status: response.status, json: await response.json() }
  }
  return { call, asked, site, resyncs }
}

describe('POST /refetch', () => {
  it.each([
    [{ all: true }, { selection: { kind: 'all' }, when: { kind: 'now' }, reboot: false, limit: 10, by: 'cli:local' }],
    [
      { devices: ['00:00:5e:00:53:01'], at: NOW, reboot: true, limit: 2, why: 'new logo', key: 'k' },
      {
        ...{ selection: { kind: 'devices', macs: [DESK] }, when: { kind: 'at', at: NOW } },
        ...{ reboot: true, limit: 2, by: 'cli:local', why: 'new logo', key: 'k' },
      },
    ],
    [
      { model: { vendor: 'yealink', model: 'T46U' }, window: { from: '22:00', to: '05:00', days: ['mon'] } },
      {
        ...{
          selection: { kind: 'model', vendor: 'yealink', model: 'T46U' },
          reboot: false,
          limit: 10,
          by: 'cli:local',
        },
        when: { kind: 'window', from: '22:00', to: '05:00', days: ['mon'], zone: 'Europe/Berlin' },
      },
    ],
  ])('%j starts a job', async (body, request) => {
    const { call, asked, site } = setUp()
    site.deps.layers.put('site', 'site', { settings: { timezone: 'Europe/Berlin' } }, { by: 'x' })
    const { status, json } = await call('POST', '/refetch', body)
    expect(status).toBe(202)
    expect(wire.RefetchJob.safeParse(json).error?.issues).toBeUndefined()
    expect(asked).toEqual([request])
  })

  it.each([
    [{}, 'say exactly one of devices, group, model and all'],
    [{ all: true, group: 'x' }, 'say exactly one of'],
    [{ all: true, at: 1, window: { from: '01:00', to: '02:00' } }, 'say either at or window'],
    [{ devices: ['nonsense'] }, 'a device is named wrongly'],
    [{ all: true, limit: 0 }, 'is not as documented'],
    [{ all: true, everybody: true }, 'is not as documented'],
    [{ group: 'x' }, 'no device is in a group "x"'],
  ])('%j is refused', async (body, message) => {
    const { call, asked } = setUp()
    const { status, json } = await call('POST', '/refetch', body)
    expect([status, json.error.message]).toEqual([400, expect.stringContaining(message)])
    expect(asked).toEqual([])
  })
})

describe('jobs', () => {
  it('are listed, shown with each device, and cancelled', async () => {
    const { call } = setUp()
    const { jobs } = (await call('GET', '/refetch')).json
    expect(jobs).toMatchObject([
      { id: 'J1', what: 'all devices', when: 'now', by: 'cli:ada', why: 'x', counts: { fetched: 1, waiting: 1 } },
    ])
    expect((await call('GET', '/refetch/J1')).json.items).toMatchObject([
      { mac: '00:00:5e:00:53:01', name: 'Reception', state: 'ended', outcome: 'fetched' },
      { mac: '00:00:5e:00:53:02', name: 'Lobby', state: 'waiting' },
    ])
    expect((await call('DELETE', '/refetch/J1')).json).toMatchObject({ state: 'cancelled', endedAt: NOW })
    for (const method of ['GET', 'DELETE']) expect((await call(method, '/refetch/J2')).status).toBe(404)
  })
})

describe('pending', () => {
  it('tells one device, and of the site those that lack something', async () => {
    const { call } = setUp()
    const { json } = await call('GET', '/devices/00005e005302/pending')
    expect(json).toMatchObject({ mac: '00:00:5e:00:53:02', files: [], reboot: 'no' })
    const { devices } = (await call('GET', '/pending')).json
    expect(devices).toMatchObject([
      { mac: '00:00:5e:00:53:01', files: [{ name: 'a.cfg', why: 'changed' }], reboot: 'yes' },
    ])
    expect(wire.PendingView.safeParse(devices[0]).error?.issues).toBeUndefined()
    expect((await call('GET', '/devices/00005e005399/pending')).status).toBe(404)
  })
})

it('resync takes a restart', async () => {
  const { call, resyncs } = setUp()
  await call('POST', '/devices/00005e005301/resync?reboot=1')
  await call('POST', '/devices/00005e005301/resync')
  expect(resyncs).toEqual([
    { mac: DESK, by: 'cli:local', reboot: true },
    { mac: DESK, by: 'cli:local', reboot: false },
  ])
})
