import { beforeEach, expect, it } from 'vitest'
import { DESK, makeFakeSite, NOW, only } from '../../test/support/admin-fakes.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import type { RolloutDetail, RolloutSummary, Rollouts } from '../rollouts/contract.ts'
import { type AdminApp, makeAdminApp } from './app.ts'

const DETAIL: RolloutDetail = {
  ...{
    id: 'r1',
    name: 'May',
    status: 'running',
    createdAt: NOW,
    by: 'cli:x',
    countedFrom: NOW,
    text: 'lets 5 more go',
  },
  plan: {
    ...{
      name: 'May',
      select: { all: true },
      file: 'fw.rom',
      version: '2.0',
      hash: 'ab',
      zone: 'Etc/UTC',
      busy: 'wait',
    },
    ...{ atOnce: 5, canaries: 1, soakMinutes: 0, approval: false, stopAfter: 3, deadlineMinutes: 30, attempts: 2 },
  },
  counts: { waiting: 1, updating: 0, done: 0, already: 0, failed: 0, refused: 0, skipped: 0 },
  devices: [{ mac: DESK, state: 'waiting', attempts: 0, before: '1.0', version: '2.0', file: 'fw.rom' }],
}

let app: AdminApp
let asked: unknown[]
let changed: (rollout: RolloutSummary) => void

beforeEach(() => {
  asked = []
  const note =
    (what: string) =>
    (...given: unknown[]) => {
      asked.push([what, ...given])
      return DETAIL
    }
  const { deps } = makeFakeSite()
  const rollouts = only<Rollouts>('rollouts', {
    list: () => [DETAIL],
    get(id) {
      if (id !== 'r1') throw new NotFoundError(`no rollout has the id "${id}"`)
      return DETAIL
    },
    preview(request) {
      asked.push(['preview', request])
      return DETAIL.devices
    },
    start: note('start'),
    pause: note('pause'),
    resume: note('resume'),
    approve: note('approve'),
    cancel() {
      throw new ConflictError('rollout is cancelled already')
    },
    onChange(listener) {
      changed = listener
      return () => undefined
    },
  })
  app = makeAdminApp({ ...deps, rollouts })
})

async function ask(method: string, path: string, body?: object) {
  const request = new Request(`http://localhost/api/v1/rollouts${path}`, {
    ...{ method, headers: { 'content-type': 'application/json' } },
    ...(body && { body: JSON.stringify(body) }),
  })
  const response = await app.fetch(request, { via: 'socket' })
  return { status: response.status, body: await response.json() }
}

it('rollouts are started, shown and steered', async () => {
  const input = {
    ...{ name: 'May', select: { devices: ['00-00-5E-00-53-01'] }, file: 'fw.rom', canaries: 0 },
    window: { from: '22:00', to: '05:00', days: ['mon'] },
  }
  expect(await ask('POST', '', input)).toMatchObject({
    status: 201,
    body: { name: 'May', plan: { atOnce: 5 }, devices: [{ mac: '00:00:5e:00:53:01', state: 'waiting' }] },
  })
  expect((await ask('POST', '/preview', input)).body.devices).toMatchObject([{ before: '1.0' }])
  const request = { ...input, select: { devices: [DESK] } }
  expect(asked).toEqual([
    ['start', request, { by: 'cli:local' }],
    ['preview', request],
  ])
  asked = []
  expect((await ask('GET', '')).body.rollouts).toMatchObject([
    { id: 'r1', text: 'lets 5 more go', counts: { waiting: 1 } },
  ])
  expect((await ask('GET', '/r1')).body.devices.length).toBe(1)
  await ask('POST', '/r1/pause')
  await ask('POST', '/r1/resume?failed=1')
  await ask('POST', '/r1/approve')
  expect(asked).toEqual([
    ['pause', 'r1', { by: 'cli:local' }],
    ['resume', 'r1', { by: 'cli:local', failed: true }],
    ['approve', 'r1', { by: 'cli:local' }],
  ])
  expect(await ask('POST', '/r1/cancel')).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } })
  expect((await ask('GET', '/r2')).status).toBe(404)
})

it.each([
  [{ name: '', select: { all: true } }, 'name'],
  [{ name: 'x', select: { devices: ['nobody'] } }, 'select.devices.0'],
  [{ name: 'x', select: { all: true }, atOnce: 0 }, 'atOnce'],
  [{ name: 'x', select: { all: true }, window: { from: '25:00', to: '05:00' } }, 'window.from'],
  [{ name: 'x', select: { all: true }, stopat: 3 }, ''],
])('%j is refused at %s', async (input, path) => {
  const { status, body } = await ask('POST', '', input)
  expect(status).toBe(400)
  expect(body.error.faults).toMatchObject([{ path }])
  expect(asked).toEqual([])
})

it('each change of a rollout goes out as a live event', async () => {
  const response = await app.fetch(new Request('http://localhost/api/v1/events'), { via: 'socket' })
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  changed(DETAIL)
  const text = new TextDecoder().decode((await reader.read()).value)
  expect(text).toContain('event: rollout\n')
  expect(JSON.parse(/data: (.*)/.exec(text)?.[1] ?? '')).toMatchObject({ id: 'r1', counts: { waiting: 1 } })
  app.close()
})
