import { describe, expect, it } from 'vitest'
import { MATRIX } from '../../test/support/cloud-matrix.ts'
import { changedBy, Gathered, heardBy, MOST_SITES, reportedWhat } from './policy-changes.ts'

describe('what is gathered', () => {
  it('is each thing once, by account and site', () => {
    const gathered = new Gathered()
    gathered.add('a', { site: 's1', what: ['devices'] })
    gathered.add('a', { site: 's1', what: ['devices', 'box'] })
    gathered.add('a', { what: ['rollouts'] })
    gathered.add('b', { site: 's1', what: ['alerts'] })
    expect(gathered.take()).toEqual([
      { account: 'a', changes: [{ site: 's1', what: ['devices', 'box'] }, { what: ['rollouts'] }] },
      { account: 'b', changes: [{ site: 's1', what: ['alerts'] }] },
    ])
    expect([gathered.size, gathered.take()]).toEqual([0, []])
  })

  it('names no more sites than are worth it, whatever 3,000 boxes say', () => {
    const gathered = new Gathered()
    for (let n = 0; n < 3_000; n++) gathered.add('a', { site: `s${n}`, what: ['devices'] })
    const [{ changes } = { changes: [] }] = gathered.take()
    expect(changes.length).toBe(MOST_SITES + 1)
    expect(changes.at(-1)).toEqual({ what: ['devices'] })
  })
})

describe('who hears of it', () => {
  const changes = [
    { site: 's1', what: ['devices', 'alerts'] },
    { site: 's2', what: ['devices'] },
    { what: ['people', 'rollouts'] },
  ] as const
  it.each([
    ['an owner all', { role: 'owner' }, changes],
    ['a viewer nothing of people', { role: 'viewer' }, [changes[0], changes[1], { what: ['rollouts'] }]],
    ['an installer its sites', { role: 'installer', sites: ['s2'] }, [changes[1], { what: ['rollouts'] }]],
    ['an installer without sites no site', { role: 'installer', sites: [] }, [{ what: ['rollouts'] }]],
    [
      'a token what its scopes read',
      { role: 'owner', scopes: ['account:read', 'alerts:write'] },
      [{ site: 's1', what: ['alerts'] }],
    ],
  ] as const)('%s', (_name, standing, heard) => expect(heardBy(standing, changes)).toEqual(heard))
})

it.each([
  [['device', 'device', 'new-device'], ['devices']],
  [['rollout'], ['rollouts']],
  [['box'], ['box', 'files']],
  [['of a newer box'], []],
])('a box that reported %j', (kinds, what) => expect(reportedWhat(kinds)).toEqual(what))

describe('what a call changed', () => {
  it.each([
    ['sites/s1/devices/m', { site: 's1', what: ['devices'] }],
    ['sites/s1/conflicts/c/settle', { site: 's1', what: ['conflicts', 'records', 'devices'] }],
    ['sites/s1', { what: ['sites', 'devices'] }],
    ['', { what: ['account'] }],
    ['rollouts/preview', undefined],
    ['sites/s1/templates/check', undefined],
    // Somebody waits for its answer, and asks for that.
    ['sites/s1/jobs/look', undefined],
  ])('%s', (path, change) => expect(changedBy(path === '' ? [] : path.split('/'))).toEqual(change))

  /** They change nothing that a page follows. */
  const QUIET = /\/(preview|check|jobs\/\w+|alert-channels.*|report(s|-schedules).*)$/
  const writes = MATRIX.filter(({ route }) => /^(POST|PUT|PATCH|DELETE) .*\{account\}/.test(route))
  it.each(writes.map(({ route }) => route))('%s is told, or known to be quiet', (route) => {
    const path = route.split('/').slice(5)
    expect([route, changedBy(path) === undefined]).toEqual([route, QUIET.test(route)])
  })
})
