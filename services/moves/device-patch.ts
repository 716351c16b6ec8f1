import { isBag } from '../core/merge-patch.ts'
import type { Naming } from '../phones/contract.ts'
import type { SheetColumn, SheetFault } from './contract.ts'
import { vendorAlias } from './formats.ts'
import { type Cell, type Entry, faultAt, readFlag } from './rows.ts'

/** What a row says of a device, as a patch for its record. */
export interface DevicePatch {
  readonly patch: Record<string, unknown>
  readonly columns: ReadonlyMap<string, SheetColumn>
  readonly faults: readonly SheetFault[]
  readonly notes: readonly string[]
}

export interface PatchOptions {
  readonly naming: Naming
  /** The own format's vendors and models are taken as they are written. */
  readonly asWritten: boolean
  readonly defaults: { readonly vendor?: string; readonly group?: string; readonly server?: string }
  /** The line that fields without a number are about, where the row does not say it. */
  readonly line: number
}

const PLAIN = new Set(['name', 'group', 'notes'])
const NUMBERS = new Set(['port', 'expires'])

/** A number that a spreadsheet has rounded is not dialled any more. */
export const ROUNDED = /^\d+(?:[.,]\d+)?e[+-]?\d+$/i

export function devicePatch(entry: Entry, options: PatchOptions): DevicePatch {
  const patch: Record<string, unknown> = {}
  const lines = new Map<number, Record<string, unknown>>()
  const columns = new Map<string, SheetColumn>()
  const faults: SheetFault[] = []
  const notes: string[] = []
  const fault = (cell: Cell, message: string) => faults.push(faultAt(entry, cell, message))
  const row = lineNumber(entry, options.line, fault)
  const set = (path: string, cell: Cell, value: unknown) => {
    patch[path] = value
    columns.set(path, { name: cell.name, number: cell.number })
  }
  const setLine = (index: number, field: string, cell: Cell, value: unknown) => {
    lines.set(index, { ...(lines.get(index) ?? { index }), [field]: value })
    columns.set(`lines[${index}].${field}`, { name: cell.name, number: cell.number })
  }
  for (const [to, cell] of entry.cells) {
    const { value } = cell
    const line = /^line(\d*)\.(\w+)$/.exec(to)
    const extra = /^extra\.([^.]+)\.(.+)$/.exec(to)
    if (line) {
      const [, number = '', field = ''] = line
      const read = readLineField(field, value)
      if ('fault' in read) fault(cell, read.fault)
      setLine(number === '' ? row : Number(number), field, cell, 'fault' in read ? value : read.value)
    } else if (PLAIN.has(to)) set(to, cell, value)
    else if (to === 'enabled') {
      const flag = readFlag(value)
      if (flag === undefined) fault(cell, `${JSON.stringify(value.slice(0, 40))} is neither yes nor no`)
      set(to, cell, flag ?? true)
    } else if (to.startsWith('settings.')) {
      patch.settings = {
        ...(isBag(patch.settings) ? patch.settings : {}),
        [to.slice('settings.'.length)]: typed(value),
      }
      columns.set(to, cell)
    } else if (extra) {
      const bag = isBag(patch.extra) ? patch.extra : {}
      const [, vendor = '', name = ''] = extra
      const had = bag[vendor]
      patch.extra = { ...bag, [vendor]: { ...(isBag(had) ? had : {}), [name]: value } }
      columns.set(to, cell)
    } else if (to === 'assigned') assign(cell, setLine, (list) => set('handsets', cell, list), fault)
  }
  const extension = entry.cells.get('extension')
  if (extension !== undefined && lines.get(row)?.user === undefined) {
    const read = readLineField('user', extension.value)
    if ('fault' in read) fault(extension, read.fault)
    setLine(row, 'user', extension, extension.value)
  }
  kindOf(entry, options, set, (text) => notes.push(text))
  const people = nameOf(entry)
  if (patch.name === undefined && people !== undefined) set('name', people, people.value)
  const { group, server } = options.defaults
  if (patch.group === undefined && group !== undefined) patch.group = group
  const list = [...lines.values()].sort((a, b) => Number(a.index) - Number(b.index))
  if (server !== undefined) for (const one of list) one.server ??= server
  if (list.length > 0) patch.lines = list
  return { patch, columns, faults, notes }
}

function lineNumber(entry: Entry, standard: number, fault: (cell: Cell, message: string) => void): number {
  const cell = entry.cells.get('line')
  if (cell === undefined) return standard
  const number = Number(cell.value)
  if (Number.isInteger(number) && number >= 1 && number <= 200) return number
  fault(cell, `${JSON.stringify(cell.value.slice(0, 40))} is no number of a line`)
  return standard
}

function readLineField(field: string, value: string): { readonly value: unknown } | { readonly fault: string } {
  const quoted = JSON.stringify(value.slice(0, 40))
  if (NUMBERS.has(field))
    return /^\d{1,9}$/.test(value) ? { value: Number(value) } : { fault: `${quoted} is not a number` }
  if (field === 'shared') {
    const flag = readFlag(value)
    return flag === undefined ? { fault: `${quoted} is neither yes nor no` } : { value: flag }
  }
  if (field === 'transport') return { value: value.toLowerCase() }
  if ((field === 'user' || field === 'authUser') && ROUNDED.test(value) && /[.,+]/.test(value))
    return { fault: `${quoted} was turned into a number by a spreadsheet: format the column as text` }
  return { value }
}

/** A setting's cell: numbers and booleans as such, since settings have types. Leading zeros stay text. */
function typed(value: string): string | number | boolean {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  return /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value
}

/** `1002`, or for the handsets of a cordless base `1:1002&2:1005`. */
function assign(
  cell: Cell,
  setLine: (index: number, field: string, cell: Cell, value: unknown) => void,
  setHandsets: (handsets: readonly object[]) => void,
  fault: (cell: Cell, message: string) => void,
): void {
  if (/^[\w*#+]+$/.test(cell.value)) {
    setLine(1, 'user', cell, cell.value)
    return
  }
  const parts = cell.value.split('&').map((part) => /^\s*(\d{1,3})\s*:\s*([\w*#+]+)\s*$/.exec(part))
  if (parts.some((part) => part === null)) {
    fault(cell, `${JSON.stringify(cell.value.slice(0, 40))} is neither an extension nor HANDSET:EXTENSION`)
    return
  }
  const handsets = parts.map((part) => ({ index: Number(part?.[1]), user: part?.[2] ?? '' }))
  for (const { index, user } of handsets) setLine(index, 'user', cell, user)
  setHandsets(handsets.map(({ index }) => ({ index, lines: [index] })))
}

/** The vendor and model, in this box's own words where it has them. */
function kindOf(
  entry: Entry,
  { naming, asWritten, defaults }: PatchOptions,
  set: (path: string, cell: Cell, value: unknown) => void,
  note: (text: string) => void,
): void {
  const [vendorCell, modelCell, both] = ['vendor', 'model', 'vendorModel'].map((to) => entry.cells.get(to))
  const named = (text: string) => naming.vendor(text) ?? vendorAlias(text)
  let vendor = vendorCell && named(vendorCell.value)
  if (vendorCell !== undefined && vendor === undefined) {
    if (asWritten) vendor = vendorCell.value.toLowerCase()
    else note(`${JSON.stringify(vendorCell.value.slice(0, 40))} is no vendor that is known here: left to recognition`)
  }
  if (both !== undefined) {
    const read = readBoth(both.value, naming, named, vendor)
    if (read === undefined)
      note(`${JSON.stringify(both.value.slice(0, 40))} is no model that is known here: left to recognition`)
    else {
      vendor ??= read.vendor
      set('vendor', vendorCell ?? both, vendor)
      if (read.model !== undefined && modelCell === undefined) set('model', both, read.model)
    }
  }
  if (modelCell !== undefined) {
    const model = naming.model(modelCell.value, vendor)
    vendor ??= asWritten ? undefined : model?.vendor
    set('model', modelCell, asWritten || model === undefined ? modelCell.value : model.model)
    if (model === undefined && vendor !== undefined && !asWritten)
      note(`${JSON.stringify(modelCell.value.slice(0, 40))} is no listed model of ${naming.vendorTitle(vendor)}`)
  }
  const given = vendorCell ?? modelCell ?? both
  vendor ??= defaults.vendor
  if (vendor !== undefined) set('vendor', given ?? { value: vendor, name: '', number: 1 }, vendor)
}

/** `Yealink T46S`, `yealink/t46s`, `Polycom VVX 450`. */
function readBoth(
  text: string,
  naming: Naming,
  named: (text: string) => string | undefined,
  vendor: string | undefined,
): { readonly vendor: string; readonly model?: string } | undefined {
  const whole = naming.model(text, vendor)
  if (whole !== undefined) return whole
  const [, first = '', rest = ''] = /^([^\s/]+)[\s/]+(.+)$/.exec(text) ?? []
  const own = vendor ?? named(first === '' ? text : first)
  if (own === undefined) return undefined
  const model = rest === '' ? undefined : naming.model(rest, own)?.model
  return model === undefined ? { vendor: own } : { vendor: own, model }
}

/** A person's name, for the phone that is theirs. */
export function nameOf(entry: Entry): Cell | undefined {
  const whole = entry.cells.get('person.name')
  if (whole !== undefined) return whole
  const first = entry.cells.get('person.firstName')
  const last = entry.cells.get('person.lastName')
  const one = first ?? last
  return one && { ...one, value: [first?.value, last?.value].filter((part) => part !== undefined).join(' ') }
}
