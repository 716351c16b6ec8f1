import { describe, expect, it } from 'vitest'
import { makeCounters } from '../services/core/counters.ts'
import { makeRest } from './rest.ts'

describe('makeRest', () => {
  it('collects once after the start and once after each time of work, never in the middle', () => {
    const counters = makeCounters()
    let collected = 0
    const look = makeRest({ counters, collect: () => collected++ })
    const collectedAfter = (work: boolean) => {
      if (work) counters.add('dhcp.received')
      look()
      return collected
    }
    expect([false, false, false].map(collectedAfter)).toEqual([0, 1, 1])
    counters.add('dhcp.probed')
    expect(collectedAfter(false)).toBe(1)
    expect([true, true, true, false, false, true, false].map(collectedAfter)).toEqual([1, 1, 1, 2, 2, 2, 3])
  })
})
