import { describe, expect, it } from 'vitest'
import type { RolloutStatusReport } from '../../services/rollouts/assigned.ts'
import { rolloutInput } from './plan.ts'
import {
  advance,
  failedReason,
  heard,
  type RingSite,
  type RolloutFacts,
  stoppedReason,
  wishOf,
} from './policy-advance.ts'
import { ringsOf } from './policy-rings.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000
const names = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`)
const rings = (...list: object[]) => rolloutInput.shape.rings.parse(list)

describe('rings', () => {
  it.each([
    [
      'one site, then the rest',
      4,
      rings({ sites: 1, waitMinutes: 60 }),
      [
        [1, 60],
        [3, 0],
      ],
    ],
    [
      'a share, rounded, at least one',
      3,
      rings({ percent: 10 }, { percent: 50 }),
      [
        [1, 0],
        [2, 0],
      ],
    ],
    ['more than there are', 2, rings({ sites: 5, waitMinutes: 9 }, { sites: 5 }), [[2, 9]]],
    ['none said: all at once', 3, rings(), [[3, 0]]],
    [
      'empty ones are left out with their wait',
      2,
      rings({ ids: ['gone'], waitMinutes: 99 }, { sites: 1 }),
      [
        [1, 0],
        [1, 0],
      ],
    ],
  ])('%s', (_, count, wanted, sizes) => {
    const made = ringsOf(names(count), wanted)
    expect(made.map(({ ids, waitMinutes }) => [ids.length, waitMinutes])).toEqual(sizes)
    expect(made.flatMap(({ ids }) => ids).sort()).toEqual(names(count))
  })

  it('a site that a later ring names is not taken by the count of an earlier one', () => {
    expect(ringsOf(names(3), rings({ sites: 1 }, { ids: ['s0'] })).map(({ ids }) => ids)).toEqual([
      ['s1'],
      ['s0'],
      ['s2'],
    ])
  })
})

const site = (id: string, given: Partial<RingSite> = {}): RingSite => ({
  ...{ id, name: id, ring: 0, state: 'waiting', failed: 0, total: 10, hard: false, reason: undefined, reach: 'online' },
  ...given,
})
const facts = (given: Partial<RolloutFacts> = {}): RolloutFacts => ({
  ...{ status: 'running', ring: 0, ringAt: undefined, plan: { halt: {}, sitesAtOnce: 2 }, waits: [60, 0] },
  ...given,
})

describe('what a rollout does next', () => {
  it.each([
    ['the first ring is out', facts({ ring: -1 }), [site('a')], { kind: 'ring', ring: 0 }],
    [
      'sites of it are let go, no more than at once',
      facts(),
      [site('a'), site('b'), site('c')],
      { kind: 'go', sites: ['a', 'b'] },
    ],
    [
      'those under way count',
      facts(),
      [site('a', { state: 'going' }), site('b'), site('c')],
      { kind: 'go', sites: ['b'] },
    ],
    [
      'one that is away gets it as well and takes no place',
      facts(),
      [site('a', { reach: 'offline' }), site('b'), site('c')],
      { kind: 'go', sites: ['a', 'b', 'c'] },
    ],
    [
      'one without a box gets nothing',
      facts(),
      [site('a', { reach: 'none' })],
      { kind: 'wait', why: '1 site has no box' },
    ],
    [
      'the next ring waits for this one',
      facts(),
      [site('a', { state: 'going' }), site('b', { ring: 1 })],
      { kind: 'wait', why: 'ring 1: 1 of 1 sites under way' },
    ],
    [
      'a ring that is over begins its wait',
      facts(),
      [site('a', { state: 'done' }), site('b', { ring: 1 })],
      { kind: 'wait', why: 'ring 1 is over', ringAt: NOW },
    ],
    [
      'within the wait',
      facts({ ringAt: NOW - 59 * MINUTE }),
      [site('a', { state: 'done' }), site('b', { ring: 1 })],
      { kind: 'wait', why: 'watches ring 1 for 1 min more', ringAt: NOW - 59 * MINUTE },
    ],
    [
      'after it',
      facts({ ringAt: NOW - 60 * MINUTE }),
      [site('a', { state: 'done' }), site('b', { ring: 1 })],
      { kind: 'ring', ring: 1 },
    ],
    [
      'one of the ring that is away does not hold it',
      facts({ ringAt: NOW - 60 * MINUTE }),
      [site('a', { state: 'done' }), site('c', { state: 'going', reach: 'offline' }), site('b', { ring: 1 })],
      { kind: 'ring', ring: 1 },
    ],
    [
      'but a ring of which nothing was heard proves nothing',
      facts(),
      [site('a', { state: 'going', reach: 'offline' }), site('b', { ring: 1 })],
      { kind: 'wait', why: 'ring 1: no site of it was heard of yet' },
    ],
    [
      'a late one of an earlier ring is let go',
      facts({ ring: 1 }),
      [site('a'), site('b', { ring: 1, state: 'done' })],
      { kind: 'go', sites: ['a'] },
    ],
    [
      'the last ones are away for weeks',
      facts(),
      [site('a', { state: 'done' }), site('b', { state: 'going', reach: 'offline' })],
      { kind: 'wait', why: 'waits for 1 site that are away' },
    ],
    [
      'everybody is through',
      facts(),
      [site('a', { state: 'done' }), site('b', { state: 'failed', failed: 1 })],
      { kind: 'end' },
    ],
    [
      'three phones failed',
      facts(),
      [site('a', { state: 'going', failed: 3 })],
      { kind: 'halt', reason: 'ring 1: 3 phones failed' },
    ],
    [
      'also of an earlier ring',
      facts({ ring: 1 }),
      [site('a', { state: 'failed', failed: 3 }), site('b', { ring: 1 })],
      { kind: 'halt', reason: 'ring 1: 3 phones failed' },
    ],
    [
      'failures of two rings are not added up',
      facts({ ring: 1 }),
      [site('a', { state: 'failed', failed: 2 }), site('b', { ring: 1, state: 'going', failed: 2 })],
      { kind: 'wait', why: 'ring 2: 1 of 1 sites under way' },
    ],
    [
      'a box that cannot do it',
      facts(),
      [site('a', { state: 'failed', hard: true, reason: 'no image' })],
      { kind: 'halt', reason: 'ring 1: a: no image' },
    ],
    [
      'a box that stopped by itself',
      facts(),
      [site('a', { state: 'failed', hard: true, reason: 'a canary failed' }), site('b')],
      { kind: 'halt', reason: 'ring 1: a: a canary failed' },
    ],
    [
      'paused',
      facts({ status: 'paused', reason: 'by ada' }),
      [site('a')],
      { kind: 'wait', why: 'by ada', ringAt: undefined },
    ],
    [
      'ended by a person: those that were let go hear of it',
      facts({ status: 'cancelled' }),
      [site('a', { state: 'going' })],
      { kind: 'wait', why: 'cancelled; 1 box has to end it' },
    ],
    [
      'and when they have',
      facts({ status: 'cancelled' }),
      [site('a', { state: 'cancelled' }), site('b', { state: 'skipped' })],
      { kind: 'end' },
    ],
  ] as const)('%s', (_, rollout, sites, step) => expect(advance(rollout, sites, NOW)).toEqual(step))
})

it.each([
  ['nothing failed', {}, [], undefined],
  ['fewer than three', {}, [site('a', { failed: 2 })], undefined],
  ['a number of one’s own', { phones: 1 }, [site('a', { failed: 1 })], '1 phones failed'],
  ['more than a share', { percent: 10 }, [site('a', { failed: 2 }), site('b')], undefined],
  [
    'more than a share',
    { percent: 10 },
    [site('a', { failed: 3 }), site('b')],
    '3 of 20 phones failed, more than 10 %',
  ],
  ['either', { percent: 50, phones: 2 }, [site('a', { failed: 2 })], '2 phones failed'],
  ['sites that cannot, as many as are borne', { sites: 2 }, [site('a', { hard: true })], undefined],
  ['and more', { sites: 2 }, [site('a', { hard: true, reason: 'x' }), site('b', { hard: true })], 'a: x, and 1 more'],
] as const)('halts by itself: %s', (_, halt, ring, reason) =>
  expect(stoppedReason(halt, ring) ?? failedReason(halt, ring)).toBe(reason),
)

const told = (state: RolloutStatusReport['state'], failed = 0, attempt = 1): RolloutStatusReport => ({
  ...{ attempt, state, text: '', phones: [] },
  counts: { waiting: 0, updating: 0, done: 2, already: 1, failed, refused: 4, skipped: 0 },
})
it.each([
  ['done', 'going', told('done'), { state: 'done', failed: 0, total: 3, hard: false }],
  ['done, but not with all', 'going', told('done', 1), { state: 'failed', failed: 1, total: 4, hard: false }],
  ['stopped by itself', 'going', told('stopped', 1), { state: 'failed', failed: 1, total: 4, hard: true }],
  [
    'goes on after a person at the branch resumed it',
    'failed',
    told('running'),
    { state: 'going', failed: 0, total: 3, hard: false },
  ],
  ['cancelled at the branch', 'going', told('cancelled'), { state: 'cancelled', failed: 0, total: 3, hard: false }],
  ['of the attempt before', 'going', told('done', 0, 2), undefined],
  ['before it was let go', 'waiting', told('done'), undefined],
] as const)('a box says: %s', (_, state, report, made) => expect(heard({ state, attempt: 1 }, report)).toEqual(made))

it.each([
  ['running', 'going', 'run'],
  ['halted', 'going', 'pause'],
  ['paused', 'failed', 'pause'],
  ['cancelled', 'going', 'cancel'],
  ['cancelled', 'failed', undefined],
  ['running', 'waiting', undefined],
  ['running', 'done', undefined],
  ['completed', 'failed', undefined],
] as const)('while %s a site that is %s shall %s', (status, state, wish) => expect(wishOf(status, state)).toBe(wish))
