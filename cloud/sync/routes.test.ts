import { expect, it } from 'vitest'
import { makeCounters } from '../../services/core/counters.ts'
import { SYNC_PATHS } from '../../services/sync/paths.ts'
import { makeLive } from '../live/live.ts'
import { makeBoxSeals } from './box-seals.ts'
import { makeHub } from './hub.ts'
import { type SyncRoutesDeps, syncRoutes } from './routes.ts'

const BOX = { boxId: 'b1', orgId: 'o1', siteId: 's1', sealingKey: 'k' }

it('sends boxes away that want to begin while many are served, and lets those go on that have begun', async () => {
  let answer: (value: { answer: 'heartbeat' }) => void = () => {}
  const slow = new Promise<{ answer: 'heartbeat' }>((resolve) => {
    answer = resolve
  })
  const counters = makeCounters()
  const deps = {
    enrolment: { verifyToken: async () => ({ kind: 'done', value: BOX }) },
    sync: { heartbeat: () => slow, push: async () => ({ answer: 'taken' }) },
    seals: makeBoxSeals({ keys: { of: async () => undefined } } as never),
    ...{
      seen: { note: () => undefined },
      hub: makeHub(),
      live: makeLive(() => undefined),
      counters,
      addressOf: () => '192.0.2.1',
    },
  } as unknown as SyncRoutesDeps
  const app = syncRoutes(deps)
  const ask = (path: string) => app.request(path, { method: 'POST', body: '{}' })
  const served = Array.from({ length: 100 }, () => ask(SYNC_PATHS.heartbeat))
  const away = await ask(SYNC_PATHS.heartbeat)
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '10'])
  expect((await ask(SYNC_PATHS.push)).status).toBe(200)
  answer({ answer: 'heartbeat' })
  expect(new Set((await Promise.all(served)).map(({ status }) => status))).toEqual(new Set([200]))
  expect((await ask(SYNC_PATHS.heartbeat)).status).toBe(200)
  expect(new Map(counters.all()).get('sync.busy')).toBe(1)
})
