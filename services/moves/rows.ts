import type { CsvRecord } from '../core/csv.ts'
import type { Mac } from '../core/mac.ts'
import { readSpelledMac } from '../core/spelled-mac.ts'
import type { Column, Columns } from './columns.ts'
import type { SheetColumn, SheetFault, SkippedRow } from './contract.ts'

/** One cell that says something, by the field that it means. */
export interface Cell extends SheetColumn {
  readonly value: string
}

/** What one row says. */
export interface Entry {
  readonly row: number
  readonly line: number
  readonly mac?: Mac
  readonly cells: ReadonlyMap<string, Cell>
}

export interface Entries {
  readonly entries: readonly Entry[]
  readonly skipped: readonly SkippedRow[]
  readonly faults: readonly SheetFault[]
}

const YES = new Set(['1', 'yes', 'true', 'y', 'on', 'x', 'ja', 'oui', 'sí', 'si', 'sì', 'sim', 't', 'enabled'])
const NO = new Set(['0', 'no', 'false', 'n', 'off', 'nein', 'non', 'não', 'nee', 'f', 'disabled', '-'])

/** Undefined when it is neither. */
export function readFlag(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  if (YES.has(word)) return true
  return NO.has(word) ? false : undefined
}

/** A fault at one cell of a row; without a cell at the row's first. */
export function faultAt(
  entry: Pick<Entry, 'row' | 'line'>,
  cell: Pick<SheetColumn, 'name' | 'number'> | undefined,
  message: string,
): SheetFault {
  return {
    ...{ row: entry.row, line: entry.line, column: cell?.name ?? '', message },
    ...(cell && { columnNumber: cell.number }),
  }
}

/** Reads the rows below the heading. `needsMac`: a row without one is a fault. */
export function readEntries(
  records: readonly CsvRecord[],
  columns: Columns,
  width: number,
  options: { readonly needsMac: boolean },
): Entries {
  const entries: Entry[] = []
  const skipped: SkippedRow[] = []
  const faults: SheetFault[] = []
  const macColumn = columns.taken.find(({ form }) => form.to === 'mac')
  const at = (column: Column | undefined) => column && { name: column.heading, number: column.index + 1 }
  for (const [index, record] of records.entries()) {
    const place = { row: index + 1, line: record.line }
    const first = at(columns.taken[0]) ?? { name: '', number: 1 }
    if (record.fault !== undefined) faults.push(faultAt(place, { ...first, number: 1 }, record.fault))
    const surplus = record.cells.slice(width).findIndex((cell) => cell.trim() !== '')
    if (surplus !== -1 || record.cells.length > width + 1)
      faults.push(
        faultAt(place, { name: '', number: width + 1 }, `has ${record.cells.length} cells under ${width} headings`),
      )
    const { cells, skip } = cellsOf(record, columns.taken)
    if (skip !== undefined) {
      skipped.push({ ...place, reason: skip })
      continue
    }
    const given = cells.get('mac')
    if (given === undefined && !options.needsMac) {
      entries.push({ ...place, cells })
      continue
    }
    const read = readSpelledMac(given?.value ?? '')
    if ('fault' in read) faults.push(faultAt(place, given ?? at(macColumn), read.fault))
    else entries.push({ ...place, mac: read.mac, cells })
  }
  return { entries, skipped, faults }
}

function cellsOf(
  record: CsvRecord,
  taken: readonly Column[],
): { readonly cells: ReadonlyMap<string, Cell>; readonly skip?: string } {
  const cells = new Map<string, Cell>()
  for (const { index, heading, form } of taken) {
    const { to = '' } = form
    const given = (record.cells[index] ?? '').trim()
    // A database that writes its NULLs out.
    if (given === '' || /^(?:null|\\n)$/i.test(given)) continue
    const value = form.values === undefined ? given : mapped(form.values, to, given)
    if (to === 'keep') {
      if (value !== '') return { cells, skip: value }
      continue
    }
    const flag = to === 'rowEnabled' || to === 'rowDisabled' ? readFlag(value) : undefined
    if (flag !== undefined && flag === (to === 'rowDisabled'))
      return { cells, skip: 'it is switched off in the other system' }
    if (value === '' || to === 'rowEnabled' || to === 'rowDisabled' || cells.has(to)) continue
    cells.set(to, { value, name: heading, number: index + 1 })
  }
  return { cells }
}

function mapped(values: Readonly<Record<string, string>>, to: string, given: string): string {
  const word = given.toLowerCase()
  const own = Object.entries(values).find(([name]) => name.toLowerCase() === word)
  if (own !== undefined) return own[1]
  return to === 'keep' ? `${JSON.stringify(given.slice(0, 40))} is no kind of SIP account that is known here` : given
}
