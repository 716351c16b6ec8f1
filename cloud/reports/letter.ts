import type { LetterBody } from '../deliveries/queue.ts'
import { escapeHtml, oneLine } from '../mail/text.ts'
import type { FleetReport, SiteReport } from './policy-report.ts'

/** A letter names so many sites; the file has all. */
const MOST_SITES = 200
const MOST_FIRMWARE = 30

const COLUMNS = ['Site', 'Box', 'Phones', 'Configured', 'Trouble', 'Under way', 'Pending', 'Alerts'] as const

function cellsOf({ name, box, phones, alerts }: SiteReport): readonly string[] {
  const opened = alerts.reduce((total, one) => total + one.opened, 0)
  const numbers = [phones.all, phones.configured, phones.trouble, phones.underWay, phones.pending, opened]
  return [oneLine(name), box, ...numbers.map(String)]
}

/** Those that need somebody first. */
function byNeed(sites: readonly SiteReport[]): readonly SiteReport[] {
  const need = ({ box, phones, alerts }: SiteReport) =>
    (box === 'offline' ? 1_000_000 : 0) + alerts.reduce((total, { open }) => total + open, 0) * 1_000 + phones.trouble
  return sites.toSorted((a, b) => need(b) - need(a)).slice(0, MOST_SITES)
}

/** The report as a letter, text and HTML. Names are people's and phones' own words. */
export function reportLetter(report: FleetReport, publicUrl: string): LetterBody {
  const { totals, timeZone } = report
  const day = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()
  const period = `${day(report.from)} to ${day(report.until - 1)} (${timeZone})`
  const summary = [
    `${totals.configured} of ${totals.all} phones are configured, ${totals.trouble} have trouble, ${totals.pending} wait to fetch.`,
    `${totals.offlineBoxes} boxes are offline, of ${totals.sites} sites.`,
    `${totals.alertsOpened} alerts were opened, ${totals.alertsOpen} are open.`,
  ]
  const sites = byNeed(report.sites).map(cellsOf)
  const left = report.sites.length - sites.length
  const more = left > 0 ? `and ${left} more sites in the file of the report` : ''
  const firmware = report.firmware.slice(0, MOST_FIRMWARE)
  const named = firmware.map(({ vendor, model, firmware: version, phones }) => [
    oneLine([vendor, model].filter((word) => word !== '').join(' ') || 'unknown'),
    oneLine(version) || 'unknown',
    String(phones),
  ])
  const title = `${oneLine(report.name)}: ${oneLine(report.account.name)}`
  const plain = (cells: readonly (readonly string[])[]) => cells.map((row) => `  ${row.join(' | ')}`).join('\n')
  const head = COLUMNS.join(' | ')
  return {
    subject: `[Branchline] ${title}`,
    text: [
      ...[title, period, '', ...summary, '', `  ${head}`, plain(sites), more, '', 'Firmware', plain(named), ''],
      ...[publicUrl, ''],
    ].join('\n'),
    html: [
      `<h2>${escapeHtml(title)}</h2><p>${escapeHtml(period)}</p>`,
      `<p>${summary.map(escapeHtml).join('<br>')}</p>`,
      table(COLUMNS, sites),
      more === '' ? '' : `<p>${escapeHtml(more)}</p>`,
      '<h3>Firmware</h3>',
      table(['Model', 'Firmware', 'Phones'], named),
      `<p>${escapeHtml(publicUrl)}</p>`,
    ].join(''),
  }
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (tag: 'th' | 'td', cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag} align="left">${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  return `<table border="1" cellpadding="4" cellspacing="0">${row('th', head)}${lines.map((line) => row('td', line)).join('')}</table>`
}
