import { describe, expect, it } from 'vitest'
import { makeFakeSite } from '../../test/support/admin-fakes.ts'
import { OperatorError } from '../core/errors.ts'
import type { CloudLink, CloudState } from '../enrolment/contract.ts'
import type { SyncLink, SyncStatus } from '../sync/contract.ts'
import { makeAdminApp } from './app.ts'
import type { AdminDeps } from './contract.ts'

const claimed: Extract<CloudState, { state: 'claimed' }> = {
  ...{ state: 'claimed', url: 'https://cloud.example', boxId: 'b1', orgId: 'o1', orgName: 'Acme', siteId: 's1' },
  ...{ claimedAt: 1, unreachable: { since: 2, reason: 'no answer in time' } },
}

const noSync: SyncLink = {
  status: () => undefined,
  async now() {
    throw new OperatorError('this box belongs to no account')
  },
}

type Join = AdminDeps['cloud']['join']
const noJoin: Join = async () => {
  throw new OperatorError('this box belongs to Acme: leave that account first')
}

function appWith(link: CloudLink, sync: SyncLink = noSync, join = noJoin) {
  const cloud = { ...link, sync, join, fixed: false, onChange: () => () => undefined }
  const app = makeAdminApp({ ...makeFakeSite().deps, cloud })
  return (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) => {
    const json = body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return app.request(path, { method, headers, ...json }, { via: 'socket' })
  }
}

describe('cloud', () => {
  it('tells where the box stands, and the way out', async () => {
    const left: string[] = []
    let state: CloudState = claimed
    const ask = appWith({
      state: () => state,
      leave({ by }) {
        left.push(by)
        state = { state: 'unclaimed', url: 'https://cloud.example', fingerprint: 'ab', phrase: 'a b c' }
      },
    })
    expect(await (await ask('GET', '/api/v1/cloud')).json()).toEqual(claimed)
    const answer = await ask('POST', '/api/v1/cloud/leave', { 'x-branchline-by': 'cli:ann' })
    expect([answer.status, (await answer.json()).state, left]).toEqual([200, 'unclaimed', ['cli:ann']])
  })

  it('goes to the account that is named, or to none, and says why not', async () => {
    const asked: unknown[] = []
    const off: CloudLink = { state: () => ({ state: 'off', reason: 'none' }), leave() {} }
    const put = (ask: ReturnType<typeof appWith>, body: unknown) => ask('PUT', '/api/v1/cloud', {}, body)
    const free = appWith(off, noSync, async (...given) => void asked.push(given))
    for (const url of ['https://cloud.example', null]) expect((await put(free, { url })).status).toBe(200)
    expect(asked).toEqual([
      ['https://cloud.example', { by: expect.any(String) }],
      [undefined, { by: expect.any(String) }],
    ])
    expect((await put(free, { url: 7 })).status).toBe(400)
    const refused = await put(appWith(off), { url: 'https://other.example' })
    expect([refused.status, (await refused.json()).error.message]).toEqual([
      400,
      'this box belongs to Acme: leave that account first',
    ])
  })

  it('says when there is nothing to leave', async () => {
    const ask = appWith({
      state: () => ({ state: 'off', reason: 'none' }),
      leave() {
        throw new OperatorError('this box belongs to no account')
      },
    })
    const answer = await ask('POST', '/api/v1/cloud/leave')
    expect([answer.status, (await answer.json()).error.message]).toEqual([400, 'this box belongs to no account'])
  })

  it('tells how sync goes, and syncs when asked', async () => {
    let status: SyncStatus = {
      ...{ waiting: 2, crowded: false, halted: false, upgrade: false, live: true, withoutSecrets: false },
      notices: [{ mutationId: 'm', kind: 'device', id: '00005e005301', group: 'keys', outcome: 'conflict' }],
      unusable: [{ kind: 'network', id: 'lan', reason: 'subnet: expected a subnet' }],
    }
    const ask = appWith(
      { state: () => claimed, leave() {} },
      {
        status: () => status,
        async now() {
          status = { ...status, waiting: 0, syncedAt: 5 }
        },
      },
    )
    expect(await (await ask('GET', '/api/v1/cloud')).json()).toEqual({ ...claimed, sync: status })
    const answer = await ask('POST', '/api/v1/cloud/sync')
    expect([answer.status, (await answer.json()).sync]).toMatchObject([200, { waiting: 0, syncedAt: 5 }])
  })

  it('refuses to sync with nobody', async () => {
    const ask = appWith({ state: () => ({ state: 'off', reason: 'none' }), leave() {} })
    expect((await ask('POST', '/api/v1/cloud/sync')).status).toBe(400)
  })

  it('is documented', async () => {
    const { paths } = await (await appWith({ state: () => claimed, leave() {} })('GET', '/api/openapi.json')).json()
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/cloud', '/api/v1/cloud/leave', '/api/v1/cloud/sync']),
    )
  })
})
