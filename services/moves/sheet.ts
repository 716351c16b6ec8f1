import { OperatorError } from '../core/errors.ts'
import { readSpelledMac } from '../core/spelled-mac.ts'
import type { People } from '../directory/contract.ts'
import type { Naming } from '../phones/contract.ts'
import { type Columns, columnsOf, fieldNamed } from './columns.ts'
import type { DeviceSheet, ImportOptions, SheetColumns, SheetFault, SheetRow, SkippedRow } from './contract.ts'
import { readTable } from './csv.ts'
import { type DevicePatch, devicePatch } from './device-patch.ts'
import { type ColumnForm, detectFormat, type Format, formatNamed, OWN } from './formats.ts'
import { mergeRows } from './merge-rows.ts'
import { type Entry, faultAt, readEntries } from './rows.ts'

/** A file that was read by its format: what it says of devices, and the rows that are about people alone. */
export interface ReadSheet {
  readonly format: Format
  readonly encoding: string
  readonly delimiter: string
  readonly columns: Columns
  readonly devices: readonly DeviceRow[]
  readonly people: readonly Entry[]
  readonly skipped: readonly SkippedRow[]
  readonly faults: readonly SheetFault[]
  readonly notes: readonly string[]
}

/** A device's row with what it was read from. */
export interface DeviceRow extends SheetRow {
  readonly entries: readonly Entry[]
}

interface Deps {
  readonly naming: Naming
  readonly people?: Pick<People, 'byExtension'>
}

/** The file as a table, its format, and what each column is taken for. */
function openSheet(bytes: Uint8Array, options: ImportOptions) {
  const table = readTable(bytes)
  const [first] = table.records
  if (first === undefined) throw new OperatorError('the file is empty')
  const isMac = (text: string) => 'mac' in readSpelledMac(text)
  const format = options.format === undefined ? detectFormat(first.cells, isMac) : formatNamed(options.format)
  const headings = format.header ? first.cells : format.positions
  const columns = columnsOf(format, headings, overridesOf(options.columns ?? {}))
  return { table, first, format, headings, columns, below: format.header ? table.records.slice(1) : table.records }
}

const SAMPLES = 3

/** Every column of a file, for a person to say which is which. What is known for a secret is not shown. */
export function readColumns(bytes: Uint8Array, options: ImportOptions): SheetColumns {
  const { format, headings, columns, below } = openSheet(bytes, options)
  const fields = new Map([...columns.taken, ...columns.doubled].map(({ index, form }) => [index, form.to]))
  const reasons = new Map(columns.ignored.map(({ columnNumber, reason }) => [columnNumber, reason]))
  return {
    ...{ format: format.id, title: format.title },
    columns: headings.map((heading, index) => {
      const field = fields.get(index)
      const reason = reasons.get(index + 1)
      const cells = below.slice(0, SAMPLES).map(({ cells }) => (cells[index] ?? '').trim().slice(0, 60))
      return {
        ...{ number: index + 1, heading: heading.trim().slice(0, 60) },
        ...(field !== undefined && { field }),
        ...(reason !== undefined && { reason }),
        samples: isSecretField(field) ? cells.map((cell) => (cell === '' ? '' : '•••')) : cells,
      }
    }),
  }
}

function isSecretField(field: string | undefined): boolean {
  return field !== undefined && /secret$|password/i.test(field)
}

/** Throws `OperatorError` for what cannot be read as such a file at all. */
export function readSheet(deps: Deps, bytes: Uint8Array, options: ImportOptions): ReadSheet {
  const { table, first, format, headings, columns, below } = openSheet(bytes, options)
  if (
    !columns.taken.some(
      ({ form }) => form.to === 'mac' || form.to === 'extension' || /^line1?\.user$/.test(form.to ?? ''),
    )
  )
    throw new OperatorError(
      `no column tells a MAC address or an extension; the file begins with ${JSON.stringify(first.cells.join(' ').slice(0, 100))}. Say which column is which`,
    )
  const { entries, skipped, faults } = readEntries(below, columns, headings.length, { needsMac: false })
  const base = { naming: deps.naming, asWritten: format === OWN, defaults: checkedDefaults(deps.naming, options) }
  const groups = mergeRows(entries, format.rows === 'lines')
  const devices: DeviceRow[] = []
  const notes: string[] = []
  const found: SheetFault[] = [...doubledFaults(columns, first.line), ...faults]
  for (const { mac, entries: own } of groups.devices) {
    const patches = own.map((entry, i) => devicePatch(entry, { ...base, line: i + 1 }))
    const row = joined(own, mac, patches)
    devices.push({ ...row.row, entries: own })
    found.push(...row.faults)
    for (const patch of patches) notes.push(...patch.notes)
  }
  return {
    ...{ format, columns, devices, skipped, people: groups.people },
    ...{ encoding: table.encoding, delimiter: table.delimiter },
    faults: found,
    notes: countedNotes(notes),
  }
}

function overridesOf(given: Readonly<Record<string, string>>): Record<string, ColumnForm> {
  return Object.fromEntries(
    Object.entries(given).map(([heading, word]) => {
      const form = fieldNamed(word)
      if (form === undefined) throw new OperatorError(`no field is called ${JSON.stringify(word.slice(0, 40))}`)
      return [heading, form]
    }),
  )
}

function checkedDefaults(naming: Naming, { defaults = {} }: ImportOptions) {
  if (defaults.vendor === undefined) return defaults
  const vendor = naming.vendor(defaults.vendor)
  if (vendor === undefined)
    throw new OperatorError(`no vendor is called ${JSON.stringify(defaults.vendor.slice(0, 40))}`)
  return { ...defaults, vendor }
}

function doubledFaults(columns: Columns, line: number): SheetFault[] {
  return columns.doubled.map(({ heading, index, form }) => ({
    ...{ row: 0, line, column: heading, columnNumber: index + 1 },
    message: `the column ${form.to} stands twice`,
  }))
}

/** The same remark about many rows is made once. */
function countedNotes(notes: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const note of notes) counts.set(note, (counts.get(note) ?? 0) + 1)
  return [...counts].slice(0, 100).map(([note, count]) => (count === 1 ? note : `${note} (${count} rows)`))
}

/** One device of several rows, each with a line of it. What they say of the device itself must agree. */
function joined(
  entries: readonly Entry[],
  mac: SheetRow['mac'],
  patches: readonly DevicePatch[],
): { readonly row: SheetRow; readonly faults: readonly SheetFault[] } {
  const [firstEntry] = entries
  const place = { row: firstEntry?.row ?? 0, line: firstEntry?.line ?? 0 }
  const patch: Record<string, unknown> = {}
  const columns = new Map<string, { name: string; number: number }>()
  const faults: SheetFault[] = []
  const lines = new Map<number, unknown>()
  const macCell = firstEntry?.cells.get('mac')
  if (macCell !== undefined) columns.set('mac', { name: macCell.name, number: macCell.number })
  for (const [i, one] of patches.entries()) {
    faults.push(...one.faults)
    for (const [path, column] of one.columns) if (!columns.has(path)) columns.set(path, column)
    for (const [name, value] of Object.entries(one.patch)) {
      if (name === 'lines') {
        for (const line of value as readonly { readonly index: number }[]) {
          const entry = entries[i] ?? place
          if (lines.has(line.index) && entries.length > 1)
            faults.push(
              faultAt(
                entry,
                one.columns.get(`lines[${line.index}].user`),
                `line ${line.index} of ${mac} is there twice`,
              ),
            )
          lines.set(line.index, line)
        }
      } else if (patch[name] === undefined || name === 'name') patch[name] ??= value
      else if (JSON.stringify(patch[name]) !== JSON.stringify(value))
        faults.push(
          faultAt(
            entries[i] ?? place,
            one.columns.get(name),
            `${name} is another one than in line ${place.line}, for the same device`,
          ),
        )
    }
  }
  if (lines.size > 0) patch.lines = [...lines.entries()].sort(([a], [b]) => a - b).map(([, line]) => line)
  return { row: { ...place, mac, patch, columns }, faults }
}

/** A file of devices in the own columns, with a MAC in each row and nothing that is not known. */
export function readStrictly(deps: Deps, bytes: Uint8Array): DeviceSheet {
  const table = readTable(bytes)
  const [heading, ...records] = table.records
  if (heading === undefined) throw new OperatorError('the file is empty')
  const columns = columnsOf(OWN, heading.cells, {})
  if (!columns.taken.some(({ form }) => form.to === 'mac')) throw new OperatorError('the heading has no column "mac"')
  const unknown = columns.ignored.map(({ column, columnNumber }) => ({
    ...{ row: 0, line: heading.line, column, columnNumber },
    message: `unknown column ${JSON.stringify(column)}`,
  }))
  const { entries, faults } = readEntries(records, columns, heading.cells.length, { needsMac: true })
  const rows: SheetRow[] = []
  const found: SheetFault[] = [...unknown, ...doubledFaults(columns, heading.line), ...faults]
  for (const entry of entries) {
    if (entry.mac === undefined) continue
    const one = devicePatch(entry, { naming: deps.naming, asWritten: true, defaults: {}, line: 1 })
    const { row, faults: more } = joined([entry], entry.mac, [one])
    rows.push(row)
    found.push(...more)
  }
  return { rows, faults: found }
}
