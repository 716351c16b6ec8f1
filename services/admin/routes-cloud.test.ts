import { describe, expect, it } from 'vitest'
import { makeFakeSite } from '../../test/support/admin-fakes.ts'
import { OperatorError } from '../core/errors.ts'
import type { CloudLink, CloudState } from '../enrolment/contract.ts'
import { makeAdminApp } from './app.ts'

const claimed: Extract<CloudState, { state: 'claimed' }> = {
  ...{ state: 'claimed', url: 'https://cloud.example', boxId: 'b1', orgId: 'o1', orgName: 'Acme', siteId: 's1' },
  ...{ claimedAt: 1, unreachable: { since: 2, reason: 'no answer in time' } },
}

function appWith(cloud: CloudLink) {
  const app = makeAdminApp({ ...makeFakeSite().deps, cloud })
  return (method: string, path: string, headers: Record<string, string> = {}) =>
    app.request(path, { method, headers }, { via: 'socket' })
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

  it('is documented', async () => {
    const { paths } = await (await appWith({ state: () => claimed, leave() {} })('GET', '/api/openapi.json')).json()
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/v1/cloud', '/api/v1/cloud/leave']))
  })
})
