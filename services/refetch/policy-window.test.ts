import { describe, expect, it } from 'vitest'
import { gateAt, scheduleText, windowAt } from './policy-window.ts'

const at = (text: string) => Date.parse(text)
const night = { from: '22:00', to: '05:00', zone: 'Europe/Berlin' }
const open = (closesAt: string) => ({ open: true, closesAt: at(closesAt) })
const shut = (opensAt: string) => ({ open: false, opensAt: at(opensAt) })

describe('windowAt', () => {
  it.each([
    ['before it', night, '2026-01-05T20:59:59Z', shut('2026-01-05T21:00Z')],
    ['at its first moment', night, '2026-01-05T21:00Z', open('2026-01-06T04:00Z')],
    ['after midnight', night, '2026-01-06T03:59:59Z', open('2026-01-06T04:00Z')],
    ['at its end', night, '2026-01-06T04:00Z', shut('2026-01-06T21:00Z')],
    ['in the day', { ...night, from: '09:00', to: '17:00' }, '2026-01-06T12:00Z', open('2026-01-06T16:00Z')],
    [
      'from a time to itself: always',
      { ...night, from: '12:00', to: '12:00' },
      '2026-01-06T12:00Z',
      open('2026-01-07T11:00Z'),
    ],
    // 2026-01-09 is a Friday.
    ['Friday night on Saturday', { ...night, days: ['fri'] as const }, '2026-01-10T02:00Z', open('2026-01-10T04:00Z')],
    ['Saturday night', { ...night, days: ['fri'] as const }, '2026-01-10T22:00Z', shut('2026-01-16T21:00Z')],
    [
      'the same day, a week ahead',
      { ...night, days: ['fri'] as const },
      '2026-01-10T04:00Z',
      shut('2026-01-16T21:00Z'),
    ],
    // Clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
    [
      'a beginning that the clock skips',
      { ...night, from: '02:30', to: '04:00' },
      '2026-03-29T00:00Z',
      shut('2026-03-29T01:30Z'),
    ],
    [
      'an end that the clock skips',
      { ...night, from: '01:00', to: '02:30' },
      '2026-03-29T00:30Z',
      open('2026-03-29T01:30Z'),
    ],
    [
      'a beginning that the clock shows twice',
      { ...night, from: '02:30', to: '04:00' },
      '2026-10-25T00:00Z',
      shut('2026-10-25T00:30Z'),
    ],
    ['the longer night of autumn', night, '2026-10-25T03:30Z', open('2026-10-25T04:00Z')],
    ['behind the date line', { ...night, zone: 'Pacific/Auckland' }, '2026-01-05T09:00Z', open('2026-01-05T16:00Z')],
  ])('%s', (_, window, now, gate) => {
    expect(windowAt(window, at(now))).toEqual(gate)
  })
})

describe('gateAt', () => {
  it('is open now, and from a moment on', () => {
    expect(gateAt({ kind: 'now' }, 5)).toEqual({ open: true })
    expect(gateAt({ kind: 'at', at: 6 }, 5)).toEqual({ open: false, opensAt: 6 })
    expect(gateAt({ kind: 'at', at: 6 }, 6)).toEqual({ open: true })
  })
})

describe('scheduleText', () => {
  const now = at('2026-01-05T12:00Z')
  it.each([
    [{ everyMs: 3_600_000, lastAt: now - 60_000 }, 'every 60 min, expected by 2026-01-05 12:59 UTC'],
    // It missed its time: from now on it is as good as switched on.
    [{ everyMs: 3_600_000, lastAt: now - 7_200_000 }, 'every 60 min, expected by 2026-01-05 13:00 UTC'],
    [{ everyMs: 3_600_000 }, 'every 60 min, expected by 2026-01-05 13:00 UTC'],
    [
      { window: { ...night, days: ['mon' as const] } },
      'between 22:00 and 05:00 on mon, expected by 2026-01-06 04:00 UTC',
    ],
    [{}, ''],
  ])('%j: %s', (schedule, text) => {
    expect(scheduleText(schedule, now)).toBe(text)
  })
})
