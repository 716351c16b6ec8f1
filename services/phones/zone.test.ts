import { describe, expect, it } from 'vitest'
import { offsetText, posixZone, zoneFacts } from './zone.ts'

describe('time zones', () => {
  // Rules as in the IANA time zone database for 2026, read from its source by hand.
  it.each([
    ['Europe/Berlin', 'STD-1DST-2,M3.5.0/2,M10.5.0/3'],
    ['America/New_York', 'STD5DST4,M3.2.0/2,M11.1.0/2'],
    ['America/St_Johns', 'STD3:30DST2:30,M3.2.0/2,M11.1.0/2'],
    ['Australia/Sydney', 'STD-10DST-11,M10.1.0/2,M4.1.0/3'],
    ['Asia/Kolkata', 'STD-5:30'],
    ['Etc/UTC', 'STD0'],
    ['Asia/Kathmandu', 'STD-5:45'],
  ])('%s is %s', (zone, posix) => {
    expect(posixZone(zoneFacts(zone, 2026))).toBe(posix)
  })

  it('offsets are short', () => {
    expect([0, 3600, -12_600, 20_700].map(offsetText)).toEqual(['+0', '+1', '-3:30', '+5:45'])
  })

  it('an unknown zone is an error', () => {
    expect(() => zoneFacts('Mars/Olympus', 2026)).toThrow(RangeError)
  })
})
