import { csvRecords } from '../core/csv.ts'
import { type Mac, readMac } from '../core/mac.ts'
import { InputError } from './errors.ts'
import type { RowFault } from './schema.ts'
import { isBag } from './secrets.ts'

/** One row as a person gave it: what it says of which device, and where each field stands. */
export interface ImportRow {
  readonly row: number
  readonly line: number
  readonly mac: Mac
  readonly patch: Record<string, unknown>
  /** From a field's path (`lines[0].user`) to its column. */
  readonly columns: ReadonlyMap<string, { readonly name: string; readonly number: number }>
}

export interface ImportSheet {
  readonly rows: readonly ImportRow[]
  readonly faults: readonly RowFault[]
}

export const MAX_ROWS = 20_000
const LINE_FIELDS = [
  'label',
  'user',
  'authUser',
  'secret',
  'displayName',
  'server',
  'port',
  'transport',
  'outboundProxy',
  'backupServer',
  'expires',
  'srtp',
  'voicemail',
] as const
const ALIASES: Readonly<Record<string, string>> = {
  macaddress: 'mac',
  address: 'mac',
  hardwareaddress: 'mac',
  description: 'name',
  devicename: 'name',
  manufacturer: 'vendor',
  type: 'model',
  comment: 'notes',
  note: 'notes',
  active: 'enabled',
  extension: 'line1.user',
  username: 'line1.user',
  sipuser: 'line1.user',
  password: 'line1.secret',
  sippassword: 'line1.secret',
  authname: 'line1.authUser',
  authid: 'line1.authUser',
  callerid: 'line1.displayName',
}
const YES = new Set(['1', 'yes', 'true', 'y', 'on', 'x'])
const NO = new Set(['0', 'no', 'false', 'n', 'off'])

/** Reads a MAC as spreadsheets, labels and other systems spell it; a fault says what went wrong, not only that it did. */
export function readSpelledMac(text: string): { readonly mac: Mac } | { readonly fault: string } {
  const clean = text
    .replace(/[\u00a0\u200b-\u200d\ufeff]/g, ' ')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .trim()
    .replace(/^['"]|['"]$/g, '')
    .replace(/^(mac( ?address)?|s\/?n)\s*[:=]\s*/i, '')
    .replace(/^0x/i, '')
    .trim()
  const quoted = JSON.stringify(text.slice(0, 40))
  if (clean === '') return { fault: 'no MAC address' }
  if (/^\d[.,]\d+e\+?\d+$/i.test(clean))
    return { fault: `${quoted} was turned into a number by a spreadsheet: format the column as text` }
  const digits = clean.replace(/[\s:.-]/g, '')
  if (!/^[0-9a-f]+$/i.test(digits)) return { fault: `${quoted} is not a MAC address` }
  if (digits.length !== 12)
    return {
      fault: `${quoted} has ${digits.length} digits instead of 12${digits.length === 11 ? '; is a leading zero lost?' : ''}`,
    }
  const mac = readMac(digits)
  return mac ? { mac } : { fault: `${quoted} is a group address or all zeros, no device has it` }
}

/** Reads a CSV file with a heading. The separator is guessed; a byte order mark and blank lines are passed over. */
export function readCsv(text: string): ImportSheet {
  const records = csvRecords(text)
  const heading = records.shift()
  if (!heading) throw new InputError('the file is empty')
  const faults: RowFault[] = []
  const paths = heading.cells.map((cell, index) => {
    const path = pathOf(cell)
    if (path === undefined && cell.trim() !== '')
      faults.push({
        row: 0,
        line: heading.line,
        column: cell.slice(0, 60),
        columnNumber: index + 1,
        message: `unknown column ${JSON.stringify(cell.slice(0, 60))}`,
      })
    return path
  })
  for (const [index, path] of paths.entries())
    if (path !== undefined && paths.indexOf(path) !== index)
      faults.push({
        row: 0,
        line: heading.line,
        column: heading.cells[index] ?? '',
        columnNumber: index + 1,
        message: `the column ${path} stands twice`,
      })
  if (!paths.includes('mac'))
    throw new InputError('the heading has no column "mac"', [{ path: 'mac', message: 'is missing' }])
  if (records.length > MAX_ROWS) throw new InputError(`${records.length} rows are more than ${MAX_ROWS}`)
  const rows: ImportRow[] = []
  for (const [index, record] of records.entries()) {
    const columns = new Map<string, { name: string; number: number }>()
    const at = (column: number, message: string) =>
      faults.push({
        row: index + 1,
        line: record.line,
        column: heading.cells[column]?.trim() ?? '',
        columnNumber: column + 1,
        message,
      })
    if (record.fault) at(0, record.fault)
    if (record.cells.length > paths.length)
      at(paths.length, `has ${record.cells.length} cells under ${paths.length} headings`)
    const values = new Map<string, string>()
    for (const [column, path] of paths.entries()) {
      const value = (record.cells[column] ?? '').trim()
      if (path === undefined || value === '') continue
      values.set(path, value)
      columns.set(wirePath(path), { name: heading.cells[column]?.trim() ?? '', number: column + 1 })
    }
    const macColumn = paths.indexOf('mac')
    const read = readSpelledMac(values.get('mac') ?? '')
    if ('fault' in read) {
      at(macColumn, read.fault)
      continue
    }
    values.delete('mac')
    const patch = patchOf(values, (path, message) => at(paths.indexOf(path), message))
    rows.push({ row: index + 1, line: record.line, mac: read.mac, patch, columns })
  }
  return {
    rows,
    faults: [...faults, ...twice(rows, heading.cells[paths.indexOf('mac')] ?? 'mac', paths.indexOf('mac') + 1)],
  }
}

/** `Line 1 user`, `line1_user`, `user` → `line1.user`; undefined when no such column is known. */
function pathOf(heading: string): string | undefined {
  const text = heading.trim()
  const setting = /^(settings|extra)\.(.+)$/i.exec(text)
  if (setting) {
    const [, kind = '', rest = ''] = setting
    if (kind.toLowerCase() === 'settings') return `settings.${rest}`
    return /^[^.]+\../.test(rest) ? `extra.${rest}` : undefined
  }
  const key = text.toLowerCase().replace(/[\s_()-]/g, '')
  if (['mac', 'name', 'vendor', 'model', 'group', 'enabled', 'notes'].includes(key)) return key
  const aliased = ALIASES[key]
  if (aliased) return aliased
  const [, number = '1', name = ''] = /^(?:line(\d{1,2})\.?)?(.+)$/.exec(key) ?? []
  const field = LINE_FIELDS.find((it) => it.toLowerCase() === name)
  return field && Number(number) > 0 ? `line${Number(number)}.${field}` : undefined
}

function wirePath(path: string): string {
  return path.replace(/^line(\d+)\./, (_, number: string) => `lines[${number}].`)
}

function patchOf(values: ReadonlyMap<string, string>, fault: (path: string, message: string) => void) {
  const patch: Record<string, unknown> = {}
  const lines = new Map<number, Record<string, unknown>>()
  for (const [path, value] of values) {
    const line = /^line(\d+)\.(\w+)$/.exec(path)
    const extra = /^extra\.([^.]+)\.(.+)$/.exec(path)
    if (path === 'enabled') {
      const word = value.toLowerCase()
      if (!YES.has(word) && !NO.has(word)) fault(path, `${JSON.stringify(value.slice(0, 40))} is neither yes nor no`)
      patch.enabled = YES.has(word)
    } else if (line) {
      const index = Number(line[1])
      const field = line[2] ?? ''
      const numeric = field === 'port' || field === 'expires'
      if (numeric && !/^\d{1,9}$/.test(value)) fault(path, `${JSON.stringify(value.slice(0, 40))} is not a number`)
      lines.set(index, { ...(lines.get(index) ?? { index }), [field]: numeric ? Number(value) : value })
    } else if (path.startsWith('settings.')) {
      patch.settings = {
        ...(isBag(patch.settings) ? patch.settings : {}),
        [path.slice('settings.'.length)]: typed(value),
      }
    } else if (extra) {
      const bag = isBag(patch.extra) ? patch.extra : {}
      const vendor = extra[1] ?? ''
      const had = bag[vendor]
      patch.extra = { ...bag, [vendor]: { ...(isBag(had) ? had : {}), [extra[2] ?? '']: value } }
    } else {
      patch[path] = value
    }
  }
  if (lines.size > 0) patch.lines = [...lines.values()].sort((a, b) => Number(a.index) - Number(b.index))
  return patch
}

/** A setting's cell: numbers and booleans as such, since settings have types. Leading zeros stay text. */
function typed(value: string): string | number | boolean {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  return /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value
}

/** A fault for every row whose device stands in an earlier row already. */
export function twice(rows: readonly ImportRow[], column: string, columnNumber?: number): RowFault[] {
  const first = new Map<Mac, ImportRow>()
  const faults: RowFault[] = []
  for (const row of rows) {
    const other = first.get(row.mac)
    if (!other) first.set(row.mac, row)
    else
      faults.push({
        row: row.row,
        line: row.line,
        column,
        ...(columnNumber === undefined ? {} : { columnNumber }),
        message: `${row.mac} stands on line ${other.line} already`,
      })
  }
  return faults
}
