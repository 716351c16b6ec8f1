import type { FleetReport } from './policy-report.ts'

/**
 * One cell. A spreadsheet runs a text that begins like a formula (CWE-1236), so such a text is led by an apostrophe; it
 * may come from a phone's own words.
 */
export function csvCell(value: string | number): string {
  const text = String(value)
  const safe = typeof value === 'string' && /^[\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text
  return /[",;\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function rows(lines: readonly (readonly (string | number)[])[]): string {
  // RFC 4180: lines end with CRLF. The mark at the beginning tells spreadsheets that it is UTF-8.
  return `\ufeff${lines.map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`
}

const moment = (at: number | null) => (at === null ? '' : new Date(at).toISOString())

const SITE_COLUMNS = [
  ...['site', 'box', 'box last heard', 'box version', 'phones', 'configured', 'trouble', 'under way'],
  ...['never seen', 'pending', 'without record', 'alerts opened', 'alerts open'],
] as const

/** A row for each site. */
export function sitesCsv({ sites }: FleetReport): string {
  const lines = sites.map(({ name, box, boxSeenAt, boxVersion, phones, alerts }) => [
    ...[name, box, moment(boxSeenAt), boxVersion ?? ''],
    ...[phones.all, phones.configured, phones.trouble, phones.underWay],
    ...[phones.neverSeen, phones.pending, phones.unknown],
    alerts.reduce((total, { opened }) => total + opened, 0),
    alerts.reduce((total, { open }) => total + open, 0),
  ])
  return rows([SITE_COLUMNS, ...lines])
}

/** A row for each firmware of a model. */
export function firmwareCsv({ firmware }: FleetReport): string {
  const lines = firmware.map(({ vendor, model, firmware: version, phones }) => [vendor, model, version, phones])
  return rows([['vendor', 'model', 'firmware', 'phones'], ...lines])
}
