import { describe, expect, it } from 'vitest'
import { groupWord, linesOf } from './conflict-value.ts'

describe('a value of a conflict', () => {
  it('is told line by line, with the numbers that lines and keys have', () => {
    const value = { lines: [{ index: 3, user: '201', label: 'Porter' }], notes: 'x' }
    expect(linesOf(value)).toEqual(['lines 3 user: 201', 'lines 3 label: Porter', 'notes: x'])
    expect(linesOf({ settings: { 'sip.server': 'pbx', codecs: ['g722', 'pcma'] } })).toEqual([
      'settings sip.server: pbx',
      'settings codecs: g722, pcma',
    ])
  })

  it('that is not there is said to be taken away', () => {
    expect([linesOf(null), linesOf({})]).toEqual([['taken away'], ['nothing']])
    expect([groupWord('accounts'), groupWord('field:place')]).toEqual(['Lines', 'place'])
  })
})
