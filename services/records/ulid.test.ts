import { describe, expect, it } from 'vitest'
import { makeUlids } from './ulid.ts'

describe('makeUlids', () => {
  it('spells time and randomness as the ULID specification does', () => {
    // The specification's example: 1469918176385 ms is 01ARYZ6S41.
    const next = makeUlids({
      clock: { now: () => 1_469_918_176_385 },
      random: (length) => new Uint8Array(length).fill(255),
    })
    expect(next()).toBe('01ARYZ6S41ZZZZZZZZZZZZZZZZ')
  })

  it('rises within a millisecond, past an overflow, and when the clock is set back', () => {
    const times = [5, 5, 5, 3, 6]
    const next = makeUlids({
      clock: { now: () => times.shift() ?? 7 },
      random: (length) => new Uint8Array(length).fill(255),
    })
    const ids = Array.from({ length: 8 }, next)
    expect(ids).toEqual([...new Set(ids)].sort())
    expect(ids[1]).toBe('00000000060000000000000000')
  })
})
