import { describe, expect, it } from 'vitest'
import type { DeviceStatus } from '../../services/sync/site-report.ts'
import { reportLetter } from './letter.ts'
import { csvCell, firmwareCsv, sitesCsv } from './policy-csv.ts'
import { commonZone, type Every, nextDue, periodAt } from './policy-period.ts'
import { makeReport } from './policy-report.ts'

const at = (text: string) => Temporal.ZonedDateTime.from(text).epochMilliseconds
const shown = (ms: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'minute' })

describe('when a report is due', () => {
  const BERLIN = 'Europe/Berlin'
  const rows: readonly [Every, number, string, string, string, string][] = [
    ['day', 6, '2026-11-26T05:59', '2026-11-26T06:00+01:00', '2026-11-24T00:00+01:00', '2026-11-25T00:00+01:00'],
    ['day', 6, '2026-11-26T06:00', '2026-11-27T06:00+01:00', '2026-11-25T00:00+01:00', '2026-11-26T00:00+01:00'],
    ['week', 6, '2026-11-26T12:00', '2026-11-30T06:00+01:00', '2026-11-16T00:00+01:00', '2026-11-23T00:00+01:00'],
    ['week', 6, '2026-11-30T05:00', '2026-11-30T06:00+01:00', '2026-11-16T00:00+01:00', '2026-11-23T00:00+01:00'],
    ['month', 0, '2026-03-01T00:00', '2026-04-01T00:00+02:00', '2026-02-01T00:00+01:00', '2026-03-01T00:00+01:00'],
    ['month', 6, '2027-01-01T05:00', '2027-01-01T06:00+01:00', '2026-11-01T00:00+01:00', '2026-12-01T00:00+01:00'],
    // The hour that the clock skips, and the one that it shows twice.
    ['day', 2, '2026-03-29T01:59', '2026-03-29T03:00+02:00', '2026-03-27T00:00+01:00', '2026-03-28T00:00+01:00'],
    ['day', 2, '2026-10-25T00:30', '2026-10-25T02:00+02:00', '2026-10-23T00:00+02:00', '2026-10-24T00:00+02:00'],
    // A day of 23 hours.
    ['day', 6, '2026-03-30T07:00', '2026-03-31T06:00+02:00', '2026-03-29T00:00+01:00', '2026-03-30T00:00+02:00'],
  ]
  it.each(rows)('%s at %i, asked at %s', (every, hour, now, due, from, until) => {
    const rhythm = { every, hour, zone: BERLIN }
    const moment = at(`${now}[${BERLIN}]`)
    const period = periodAt(rhythm, moment)
    expect([nextDue(rhythm, moment), period.from, period.until].map((ms) => shown(ms, BERLIN))).toEqual([
      due,
      from,
      until,
    ])
  })

  it('comes once for each period, whenever it is asked', () => {
    for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'UTC'])
      for (const every of ['day', 'week', 'month'] as const) {
        let now = at('2026-01-01T12:34[UTC]')
        let before = periodAt({ every, hour: 3, zone }, now).until
        for (let i = 0; i < 40; i++) {
          now = nextDue({ every, hour: 3, zone }, now)
          const period = periodAt({ every, hour: 3, zone }, now)
          expect(period.from).toBe(before)
          before = period.until
        }
      }
  })

  it('is told in the zone that most sites are in', () => {
    expect(commonZone([])).toBe('UTC')
    expect(commonZone(['UTC', 'Europe/Berlin', 'Europe/Berlin'])).toBe('Europe/Berlin')
    expect(commonZone(['UTC', 'Asia/Tokyo'])).toBe('Asia/Tokyo')
  })
})

const phone = (state: DeviceStatus['verdict']['state'], given: Partial<DeviceStatus> = {}): DeviceStatus => ({
  ...{ vendor: 'yealink', model: 'T46U', firmware: '108.86', verdict: { state, text: state } },
  ...given,
})
const NOW = 1_800_000_000_000
const HASH = 'a'.repeat(64)
const fetched = { hash: HASH, at: 1, file: 'x.cfg', protocol: 'http' }
const report = makeReport(
  {
    account: { id: 'a', name: 'Office & Sons' },
    ...{ name: 'Weekly', timeZone: 'Europe/Berlin', from: NOW - 7 * 86_400_000, until: NOW, madeAt: NOW },
  },
  [
    {
      ...{ id: 's1', name: '=HYPERLINK("http://x")', newDevices: 2 },
      box: { seenAt: NOW - 3_600_000, version: '0.1.0' },
      alerts: [{ kind: 'box-offline', title: 'Box offline', opened: 3, open: 1 }],
      devices: [
        phone('configured', { wanted: { hash: HASH, since: 1 }, fetched }),
        phone('configured', { wanted: { hash: 'b'.repeat(64), since: 1 }, fetched }),
        phone('trouble', { firmware: '<script>', wanted: { hash: HASH, since: 1 } }),
        phone('waiting'),
        phone('never-seen', { vendor: undefined as never, model: undefined as never, firmware: undefined as never }),
      ],
    },
    { id: 's2', name: 'quiet', box: { seenAt: NOW, version: undefined }, alerts: [], devices: [], newDevices: 0 },
    { id: 's3', name: 'empty', alerts: [], devices: [], newDevices: 0 },
    { id: 's4', name: 'new', box: { seenAt: undefined, version: undefined }, alerts: [], devices: [], newDevices: 0 },
  ],
)

describe('a report', () => {
  it('counts', () => {
    expect(report.sites.map(({ box }) => box)).toEqual(['offline', 'online', 'none', 'never heard'])
    expect(report.totals).toEqual({
      ...{ sites: 4, offlineBoxes: 1, alertsOpened: 3, alertsOpen: 1 },
      ...{ all: 5, configured: 2, trouble: 1, underWay: 1, neverSeen: 1, pending: 2, unknown: 2 },
    })
    expect(report.firmware).toEqual([
      { vendor: 'yealink', model: 'T46U', firmware: '108.86', phones: 3 },
      { vendor: '', model: '', firmware: '', phones: 1 },
      { vendor: 'yealink', model: 'T46U', firmware: '<script>', phones: 1 },
    ])
  })

  it('is a letter in which nobody else’s words are markup', () => {
    const letter = reportLetter(report, 'https://cloud.example.net')
    expect(letter.subject).toBe('[Branchline] Weekly: Office & Sons')
    expect(letter.text).toContain('2 of 5 phones are configured, 1 have trouble, 2 wait to fetch.')
    expect(letter.html).toContain('&lt;script&gt;')
    expect(letter.html).not.toContain('<script')
    expect(letter.html?.indexOf('HYPERLINK')).toBeLessThan(letter.html?.indexOf('quiet') ?? 0)
  })

  it('is a table in which no cell is a formula', () => {
    const lines = sitesCsv(report).split('\r\n')
    expect(lines[0]).toMatch(/^\ufeffsite,box,/)
    expect(lines[1]).toBe(`"'=HYPERLINK(""http://x"")",offline,2027-01-15T07:00:00.000Z,0.1.0,5,2,1,1,1,2,2,3,1`)
    expect(firmwareCsv(report)).toContain('yealink,T46U,<script>,1\r\n')
    expect(['=1', '+1', '-1', '@x', ' =1', '\t=1', '＝1', 'a=1', 'a,b', -5].map(csvCell)).toEqual([
      ...[`"'=1"`, `"'+1"`, `"'-1"`, `"'@x"`, `"' =1"`, `"'\t=1"`, `"'＝1"`, 'a=1', '"a,b"', '-5'],
    ])
  })
})
