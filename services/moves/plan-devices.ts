import { formatMac, type Mac } from '../core/mac.ts'
import { type Bag, isBag, mergePatch } from '../core/merge-patch.ts'
import type { Device, Devices, Fault } from '../phones/contract.ts'
import type { DeviceItem, DeviceSheet, DevicesPlan, FieldChange, PlannedRow, SheetFault, SheetRow } from './contract.ts'
import { changesOf, type IsSecret } from './diff.ts'

interface Deps {
  readonly devices: Pick<Devices, 'get' | 'check'>
  readonly isSecret: IsSecret
}

/** A sheet of devices against what is stored: what would be done, field by field, and every fault by row and column. */
export function planDevices({ devices, isSecret }: Deps, sheet: DeviceSheet): DevicesPlan {
  const faults: SheetFault[] = [...sheet.faults, ...twice(sheet.rows)]
  const items: DeviceItem[] = []
  const rows: PlannedRow[] = []
  for (const row of sheet.rows) {
    const current = devices.get(row.mac)
    const input = merged(row.patch, current)
    for (const fault of devices.check(row.mac, input)) faults.push(placed(row, fault, input))
    const changes = changesOf(current, input, isSecret)
    const action = current === undefined ? 'create' : changes.length === 0 ? 'unchanged' : 'update'
    if (action !== 'unchanged') items.push({ mac: row.mac, input })
    rows.push(planned(row, input, action, changes))
  }
  return { items, rows, faults: inOrder(faults) }
}

export function inOrder(faults: readonly SheetFault[]): readonly SheetFault[] {
  return faults.toSorted((a, b) => a.line - b.line || (a.columnNumber ?? 0) - (b.columnNumber ?? 0))
}

function planned(row: SheetRow, input: Bag, action: PlannedRow['action'], changes: readonly FieldChange[]): PlannedRow {
  return {
    ...{ row: row.row, line: row.line, kind: 'device', id: formatMac(row.mac), action, changes },
    ...(typeof input.name === 'string' && { name: input.name }),
  }
}

/** The whole input for the store: a patch over what is there. A line's fields that the row leaves out stay. */
function merged(patch: Readonly<Bag>, current: Device | undefined): Bag {
  const result = mergePatch(current ? inputOf(current) : {}, mergeLines(patch, current))
  return isBag(result) ? result : {}
}

/** A device as it would be given again: without what only the store knows, and without secrets, which the store keeps. */
function inputOf({ mac: _mac, rev: _rev, ...device }: Device): Bag {
  return {
    ...device,
    lines: device.lines.map(({ secret: _secret, ...line }) => line),
    ...(device.handsets && { handsets: device.handsets.map(({ ac: _ac, ...handset }) => handset) }),
    ...(device.relays && { relays: device.relays.map(({ code: _code, ...relay }) => relay) }),
  }
}

function mergeLines(patch: Readonly<Bag>, current: Device | undefined): Readonly<Bag> {
  if (!Array.isArray(patch.lines) || !current) return patch
  const lines = new Map<number, Bag>(current.lines.map(({ secret: _secret, ...line }) => [line.index, { ...line }]))
  for (const line of patch.lines as unknown[]) {
    if (!isBag(line) || typeof line.index !== 'number') return patch
    lines.set(line.index, { ...lines.get(line.index), ...line })
  }
  return { ...patch, lines: [...lines.values()].sort((a, b) => Number(a.index) - Number(b.index)) }
}

/** A fault of the store at its column; a line is named by its position there and by its index in a heading. */
function placed(row: SheetRow, { path, message }: Fault, input: Bag): SheetFault {
  const at = { row: row.row, line: row.line }
  const named = path.replace(/^lines(?:\[|\.)(\d+)\]?\.?/, (_, position: string) => {
    const line = Array.isArray(input.lines) ? (input.lines[Number(position)] as unknown) : undefined
    return `lines[${isBag(line) ? String(line.index) : position}].`
  })
  const column = row.columns.get(named)
  if (column !== undefined) return { ...at, column: column.name, columnNumber: column.number, message }
  // A field that no column told: what else was told of the same line shows the place.
  const [, line = '', field = ''] = /^(lines\[\d+\]\.)(\w+)$/.exec(named) ?? []
  const [, beside] = [...row.columns].find(([other]) => line !== '' && other.startsWith(line)) ?? []
  if (beside === undefined) return { ...at, column: named, message }
  return { ...at, column: beside.name, columnNumber: beside.number, message: `the line's ${field} is missing` }
}

/** A fault for every row whose device stands in an earlier row already. */
function twice(rows: readonly SheetRow[]): SheetFault[] {
  const first = new Map<Mac, SheetRow>()
  return rows.flatMap((row): SheetFault[] => {
    const other = first.get(row.mac)
    if (other === undefined) {
      first.set(row.mac, row)
      return []
    }
    const at = row.columns.get('mac')
    return [
      {
        ...{ row: row.row, line: row.line, column: at?.name ?? 'mac' },
        ...(at && { columnNumber: at.number }),
        message: `${row.mac} stands on line ${other.line} already`,
      },
    ]
  })
}
