import { describe, expect, it } from 'vitest'
import type { ConfigKey } from './contract.ts'
import { advance, type Claim, type ClaimEvent, LIFETIME_MS, stateAt } from './policy-claim.ts'
import { type Boots, seeBoot } from './policy-holder.ts'
import { firstKeys, followKeys } from './policy-keys.ts'
import { heldFor, NEW_POLLING, poll, WRONG_BY_ADMIN } from './policy-limits.ts'
import { nextStepIn } from './policy-pace.ts'

const END = LIFETIME_MS
const open: Claim = { state: 'open', expiresAt: END, wrong: [] }
const coded: Claim = { state: 'coded', expiresAt: END, coder: 'ann', wrong: [] }
const phrase = (text: string, right: boolean, by = 'ann'): ClaimEvent => ({ kind: 'phrase', by, phrase: text, right })

describe('claim', () => {
  it.each<[string, Claim, ClaimEvent, number, string]>([
    ['a code makes it coded', open, { kind: 'code', by: 'ann' }, 0, 'coded'],
    ['the same person may type it again', coded, { kind: 'code', by: 'ann' }, 0, 'coded'],
    ['another one may not', coded, { kind: 'code', by: 'bob' }, 0, 'taken'],
    ['the right phrase confirms', coded, phrase('x', true), END - 1, 'confirmed'],
    ['not of another person', coded, phrase('x', true, 'bob'), 0, 'taken'],
    ['not before a code', open, phrase('x', true), 0, 'not-coded'],
    ['not when it is too late', coded, phrase('x', true), END, 'expired'],
    ['a code too comes too late', open, { kind: 'code', by: 'ann' }, END, 'expired'],
    ['a wrong phrase is refused', coded, phrase('x', false), 0, 'wrong'],
    ['the third burns it', { ...coded, wrong: ['a', 'b'] }, phrase('c', false), 0, 'burned'],
    ['the same one twice is one', { ...coded, wrong: ['a', 'b'] }, phrase('b', false), 0, 'wrong'],
    ['burned stays burned', { ...coded, state: 'burned' }, phrase('x', true), 0, 'burned'],
    ['denied by who typed it', coded, { kind: 'deny', by: 'ann' }, 0, 'denied'],
    ['not by others', coded, { kind: 'deny', by: 'bob' }, 0, 'taken'],
    ['denied stays denied', { ...coded, state: 'denied' }, phrase('x', true), 0, 'denied'],
    ['a list confirms', open, { kind: 'preloaded' }, 0, 'confirmed'],
    ['a copy ends it', coded, { kind: 'cloned' }, 0, 'denied'],
    [
      'what is confirmed cannot be claimed',
      { ...coded, state: 'confirmed' },
      { kind: 'code', by: 'ann' },
      END,
      'claimed',
    ],
  ])('%s', (_name, claim, event, now, result) => {
    const step = advance(claim, event, now)
    expect(step.kind === 'go' ? step.claim.state : step.why).toBe(result)
  })

  it('does not let what is confirmed expire', () => {
    expect(stateAt({ ...coded, state: 'confirmed' }, END * 9)).toBe('confirmed')
    expect([stateAt(open, END - 1), stateAt(open, END)]).toEqual(['open', 'expired'])
  })
})

describe('limits', () => {
  it('holds after five in ten minutes until the first of them is ten minutes ago', () => {
    const times = [0, 1000, 2000, 3000, 4000]
    expect(heldFor(WRONG_BY_ADMIN, times.slice(1), 4000)).toBeUndefined()
    expect(heldFor(WRONG_BY_ADMIN, times, 4000)).toBe(596)
    expect(heldFor(WRONG_BY_ADMIN, times, 600_000)).toBeUndefined()
  })

  it('slows who polls too often, five seconds each time, and not who keeps to it', () => {
    let polling = NEW_POLLING
    const seen: [boolean, number][] = []
    for (const at of [0, 5000, 9500, 10_000, 20_000, 30_500, 32_000]) {
      const { early, next } = poll(polling, at)
      seen.push([early, next.interval])
      polling = next
    }
    expect(seen).toEqual([
      [false, 5],
      [false, 5],
      [false, 5],
      [true, 10],
      [false, 10],
      [false, 10],
      [true, 15],
    ])
  })
})

describe('holder', () => {
  const boots: Boots = { current: 'b', since: 100, earlier: ['a'] }
  it.each([
    ['the same start', 'b', 500, false, 'b'],
    ['a new one', 'c', 500, false, 'c'],
    ['a late message of an earlier one', 'a', 100, false, 'b'],
    ['an earlier one that is alive', 'a', 101, true, 'a'],
  ])('%s', (_name, bootId, challengedAt, cloned, current) => {
    const seen = seeBoot(boots, { bootId, challengedAt }, 600)
    expect([seen.cloned, seen.boots.current]).toEqual([cloned, current])
  })
})

describe('configuration keys', () => {
  const verify = (key: string, text: string, signature: string) =>
    signature === `${key}|${text.split('\n').slice(2).join('|')}`
  const vouch = (by: string, key: string, retires = false): ConfigKey => ({
    ...{ by, key, retires },
    signature: `${by}|${key}|${retires ? 'retires' : 'beside'}`,
  })
  it.each<[string, readonly ConfigKey[], readonly string[]]>([
    ['nothing new', [{ key: 'A' }], ['A']],
    ['one that nobody vouches for', [{ key: 'A' }, { key: 'X' }], ['A']],
    ['beside', [vouch('A', 'B')], ['A', 'B']],
    ['in place of', [vouch('A', 'B', true)], ['B']],
    ['a chain in any order', [vouch('B', 'C', true), vouch('A', 'B', true)], ['C']],
    ['by a stranger', [vouch('X', 'Y'), { ...vouch('X', 'Y'), by: 'A' }], ['A']],
    ['itself', [vouch('A', 'A', true)], ['A']],
    ['retired only later', [vouch('A', 'B'), vouch('A', 'B', true)], ['B']],
  ])('%s', (_name, offered, believed) => expect(followKeys(['A'], offered, verify)).toEqual(believed))
  it('pins the first ones and what they vouch for', () =>
    expect(firstKeys([vouch('A', 'B', true), { key: 'A' }], verify)).toEqual(['B']))
  it('never believes nobody', () =>
    expect(followKeys(['A', 'B'], [vouch('A', 'B', true), vouch('B', 'A', true)], verify)).toEqual(['A', 'B']))
})

describe('pace', () => {
  it.each([
    [{ kind: 'pending', intervalMs: 5000 }, 5000, 6000],
    [{ kind: 'again' }, 800, 1200],
    [{ kind: 'failed', failures: 1 }, 48_000, 72_000],
    [{ kind: 'failed', failures: 3 }, 96_000, 144_000],
    [{ kind: 'failed', failures: 99 }, 240_000, 360_000],
    [{ kind: 'failed', failures: 1, retryAfterMs: 10_000 }, 10_000, 20_000],
    [{ kind: 'failed', failures: 1, retryAfterMs: 3_600_000 }, 3_600_000, 4_200_000],
  ] as const)('%j: from %i to %i ms', (result, least, most) =>
    expect([nextStepIn(result, 0), nextStepIn(result, 1)]).toEqual([least, most]),
  )
})
