import { describe, expect, it } from 'vitest'
import { mayGive, ROLES, roleBelow, tokenEndFault } from '../accounts/policy.ts'
import { clientAddress } from '../policy-proxies.ts'
import { passwordFault } from './passwords.ts'
import { drop, type Limit } from './policy-limits.ts'
import { fateOf, SESSION } from './policy-session.ts'
import { stepOfCode } from './totp.ts'

describe('drop', () => {
  const limit: Limit = { most: 3, perMs: 1 / 1000 }
  it('takes so many at once, then one each time that a point has leaked', () => {
    let bucket: { points: number; at: number } | undefined
    const take = (now: number) => {
      const result = drop(bucket, limit, now)
      if (result.allowed) bucket = result.bucket
      return result.allowed ? 'taken' : result.retryAfterMs
    }
    expect([0, 0, 0, 0, 500, 1000, 1000].map(take)).toEqual(['taken', 'taken', 'taken', 1000, 500, 'taken', 1000])
    expect([9000, 9000, 9000, 9000].map(take)).toEqual(['taken', 'taken', 'taken', 1000])
  })
  it('leaks nothing while the clock goes back', () => {
    expect(drop({ points: 3, at: 5000 }, limit, 0)).toEqual({ allowed: false, retryAfterMs: 1000 })
  })
})

describe('clientAddress', () => {
  it.each([
    [0, '198.51.100.9', '192.0.2.1'],
    [1, null, '192.0.2.1'],
    [1, '198.51.100.9', '198.51.100.9'],
    [1, 'forged, 198.51.100.9', '198.51.100.9'],
    [2, 'forged, 198.51.100.9, 10.0.0.1', '198.51.100.9'],
    [2, '10.0.0.1', '192.0.2.1'],
    [1, 'not an address', '192.0.2.1'],
  ])('behind %i proxies that say %s: %s', (proxies, forwarded, address) =>
    expect(clientAddress('192.0.2.1', forwarded, proxies)).toBe(address),
  )
})

describe('fateOf', () => {
  const session = { rotatedAt: 0, seenAt: 0, endsAt: SESSION.lifeMs }
  it.each([
    ['a request at once', session, false, 1, 'keep'],
    ['a request a while later', session, false, SESSION.seenMs + 1, 'touch'],
    ['after an hour', session, false, SESSION.rotateMs + 1, 'rotate'],
    ['the old token at once', { ...session, rotatedAt: 100 }, true, 200, 'keep'],
    ['the old token late', { ...session, rotatedAt: 100 }, true, 101 + SESSION.graceMs, 'ended'],
    ['after a week of silence', session, false, SESSION.idleMs + 1, 'ended'],
    ['after a month', { ...session, seenAt: SESSION.lifeMs }, false, SESSION.lifeMs, 'ended'],
  ] as const)('%s', (_, times, previous, now, fate) => expect(fateOf(times, previous, now)).toBe(fate))
})

describe('stepOfCode', () => {
  // RFC 6238 appendix B, SHA-1, the last six of its eight digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  it.each([
    [59, '287082', 1],
    [1111111109, '081804', 37037036],
    [1111111111, '050471', 37037037],
    [1234567890, '005924', 41152263],
    [2000000000, '279037', 66666666],
    [20000000000, '353130', 666666666],
  ])('at %i s the code is %s', (seconds, code, step) => expect(stepOfCode(secret, code, seconds * 1000)).toBe(step))
  it('takes the neighbours by their own step, nothing further, and no other form', () => {
    expect(stepOfCode(secret, '287082', 61_000)).toBe(1)
    expect(stepOfCode(secret, '287082', 29_000)).toBe(1)
    expect(stepOfCode(secret, '287082', 91_000)).toBeUndefined()
    for (const code of ['', '28708', '2870822', '28708a', ' 287082'])
      expect(stepOfCode(secret, code, 59_000)).toBeUndefined()
  })
})

describe('roles', () => {
  it('give what they have at most', () => {
    expect(ROLES.filter((role) => mayGive('owner', role))).toEqual([...ROLES])
    expect(ROLES.filter((role) => mayGive('admin', role))).toEqual(['viewer', 'installer', 'admin'])
    expect(ROLES.filter((role) => mayGive('installer', role) || mayGive('viewer', role))).toEqual([])
    expect(ROLES.map(roleBelow)).toEqual(['viewer', undefined, 'admin', 'admin'])
  })
  it('make tokens that last neither for ever nor for nothing', () => {
    expect(tokenEndFault(1_000, 0)).toContain('a minute')
    expect(tokenEndFault(401 * 86_400_000, 0)).toContain('400 days')
    expect(tokenEndFault(86_400_000, 0)).toBeUndefined()
  })
})

describe('passwordFault', () => {
  it.each([
    ['short', 'at least 10'],
    ['a'.repeat(201), 'at most 200'],
    ['aaaaaaaaaaaa', 'uniform'],
    ['Ada@Example.net', 'your own'],
    ['correct horse battery', undefined],
  ])('%s', (password, fault) => {
    const found = passwordFault(password, ['ada@example.net'])
    if (fault === undefined) expect(found).toBeUndefined()
    else expect(found).toContain(fault)
  })
})
