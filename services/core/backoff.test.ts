import { describe, expect, it } from 'vitest'
import { makeBackoff } from './backoff.ts'

describe('back-off', () => {
  const limits = { free: 2, firstMs: 1000, mostMs: 5000, forgetMs: 60_000, maxKeys: 2 }
  it('lets some mistakes pass, then doubles the wait up to its most', () => {
    const backoff = makeBackoff(limits)
    const waits: (number | undefined)[] = []
    let at = 1_000_000
    for (let i = 0; i < 6; i++) {
      backoff.failed('a', at)
      const until = backoff.heldUntil('a', at)
      waits.push(until === undefined ? undefined : until - at)
      at = until ?? at
    }
    expect(waits).toEqual([undefined, undefined, 1000, 2000, 4000, 5000])
    expect(backoff.heldUntil('b', at)).toBeUndefined()
  })
  it('forgets one by one in quiet times, takes one back, or all when told', () => {
    const backoff = makeBackoff(limits)
    for (let i = 0; i < 3; i++) backoff.failed('a', 0)
    expect(backoff.failed('a', 1000 + 60_000)).toEqual({ failures: 3, held: true })
    expect(backoff.failed('a', 2000 + 5 * 60_000)).toEqual({ failures: 1, held: false })
    backoff.forgive('a')
    for (let i = 1; i < 3; i++) expect(backoff.failed('a', 2000 + 5 * 60_000)).toEqual({ failures: i, held: false })
    expect(backoff.failed('a', 2000 + 5 * 60_000).held).toBe(true)
    backoff.forget('a')
    expect(backoff.heldUntil('a', 2000 + 5 * 60_000)).toBeUndefined()
  })
  it('keeps so many keys and no more', () => {
    const backoff = makeBackoff(limits)
    for (const key of ['a', 'b', 'c']) for (let i = 0; i < 3; i++) backoff.failed(key, 0)
    expect(['a', 'b', 'c'].map((key) => backoff.heldUntil(key, 0))).toEqual([undefined, 1000, 1000])
  })
})
