import { describe, expect, it } from 'vitest'
import { gateAt, scheduleText } from './policy-window.ts'

const at = (text: string) => Date.parse(text)
const night = { from: '22:00', to: '05:00', zone: 'Europe/Berlin' }

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
