import { expect, it } from 'vitest'
import { makeFakeSite } from '../../test/support/admin-fakes.ts'
import type { BoxNetworkState } from '../box-network/contract.ts'
import { RecordError } from '../core/record-input.ts'
import { makeAdminApp } from './app.ts'

const STATE: BoxNetworkState = { setting: { dns: [], ntp: [] }, source: 'built-in' }
const SOCKET = { via: 'socket' as const }

function appThat(seen: unknown[]) {
  const { deps } = makeFakeSite()
  return makeAdminApp({
    ...deps,
    boxNetwork: {
      state: () => STATE,
      async attempt(setting, options) {
        seen.push(setting, options)
        if (setting.address === 'nowhere')
          throw new RecordError('the address of the box', [{ path: 'address', message: 'not an address' }])
        return { setting, source: 'page', returnsIn: options.seconds }
      },
      async keep() {
        return { setting: { address: '192.0.2.1/24', dns: [], ntp: [] }, source: 'page', last: 'kept' }
      },
    },
  })
}
const put = (body: unknown) => ({
  method: 'PUT',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

it('tries an address for two minutes unless told otherwise, and keeps it when asked to', async () => {
  const seen: unknown[] = []
  const app = appThat(seen)
  const tried = await app.request('/api/v1/box-network', put({ address: '192.0.2.1/24' }), SOCKET)
  expect([tried.status, await tried.json()]).toEqual([
    202,
    { setting: { address: '192.0.2.1/24', dns: [], ntp: [] }, source: 'page', returnsIn: 120 },
  ])
  expect(seen).toEqual([
    { address: '192.0.2.1/24', dns: [], ntp: [] },
    { by: expect.any(String), seconds: 120 },
  ])
  const kept = await app.request('/api/v1/box-network/keep', { method: 'POST' }, SOCKET)
  expect(await kept.json()).toMatchObject({ last: 'kept' })
  const now = await app.request('/api/v1/box-network', {}, SOCKET)
  expect(await now.json()).toEqual(STATE)
})

it.each([
  ['a field that there is not', { adress: '192.0.2.1/24' }],
  ['a trial too short to be kept', { seconds: 3 }],
  ['an address that is none', { address: 'nowhere' }],
])('refuses %s, and says which field', async (_, body) => {
  const answer = await appThat([]).request('/api/v1/box-network', put(body), SOCKET)
  const { error } = (await answer.json()) as { error: { faults: unknown[] } }
  expect([answer.status, error.faults.length]).toEqual([400, 1])
})
