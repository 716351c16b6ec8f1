import { describe, expect, it } from 'vitest'
import { isZone, windowAt, windowProblem, windowText } from './daily-window.ts'

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

describe('a window', () => {
  // 1 June 2026 is a Monday; Berlin is two hours ahead of UTC then, one in January.
  it.each([
    ['2026-06-01T20:00Z', '22:00', '05:00', undefined, true],
    ['2026-06-01T19:59Z', '22:00', '05:00', undefined, false],
    ['2026-06-02T02:59Z', '22:00', '05:00', undefined, true],
    ['2026-06-02T03:00Z', '22:00', '05:00', undefined, false],
    ['2026-06-02T02:00Z', '22:00', '05:00', ['mon'], true],
    ['2026-06-02T21:00Z', '22:00', '05:00', ['mon'], false],
    ['2026-06-01T02:00Z', '22:00', '05:00', ['mon'], false],
    ['2026-06-01T02:00Z', '22:00', '05:00', ['sun'], true],
    ['2026-01-05T21:00Z', '22:00', '05:00', ['mon'], true],
    ['2026-01-05T20:59Z', '22:00', '05:00', ['mon'], false],
    ['2026-06-01T10:00Z', '12:00', '13:00', ['mon', 'fri'], true],
    ['2026-06-01T11:00Z', '12:00', '13:00', ['mon', 'fri'], false],
    ['2026-06-01T11:00Z', '00:00', '00:00', ['mon'], true],
    ['2026-06-02T11:00Z', '00:00', '00:00', ['mon'], false],
  ] as const)('at %s from %s to %s on %s: %s', (moment, from, to, days, isOpen) => {
    expect(windowAt({ from, to, zone: 'Europe/Berlin', ...(days && { days }) }, at(moment)).open).toBe(isOpen)
  })

  it('is told in plain words, and only zones are zones', () => {
    expect([isZone('Europe/Berlin'), isZone('Europe/Nowhere'), isZone('')]).toEqual([true, false, false])
    expect(windowText({ from: '22:00', to: '05:00', days: ['mon', 'tue'] })).toBe('22:00 to 05:00 on mon, tue')
    expect(windowProblem({ ...night, zone: 'Europe/Nowhere' })).toBe('"Europe/Nowhere" is no time zone')
  })
})
