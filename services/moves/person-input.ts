import type { People, Person, PhoneNumber } from '../directory/contract.ts'
import type { SheetColumn, SheetFault } from './contract.ts'
import { nameOf, ROUNDED } from './device-patch.ts'
import { type Cell, type Entry, faultAt, readFlag } from './rows.ts'

/** What a row says of a person. */
export interface PersonInput {
  readonly id: string
  readonly input: Record<string, unknown>
  /** From a fault's path (`line.user`) to its column. */
  readonly columns: ReadonlyMap<string, SheetColumn>
  readonly current?: Person
  readonly faults: readonly SheetFault[]
}

const TEXTS = ['firstName', 'lastName', 'email', 'department', 'title', 'company'] as const
const NUMBERS = ['mobile', 'work', 'home', 'fax'] as const

/** The cell that tells the extension, whatever its format calls it. */
export function extensionOf(entry: Entry): Cell | undefined {
  return entry.cells.get('extension') ?? entry.cells.get('line.user') ?? entry.cells.get('line1.user')
}

/** Whether a field is a person's alone; a phone has a name too. */
export function isOfAPerson(to: string): boolean {
  return to.startsWith('person.') && !/\.(?:name|firstName|lastName)$/.test(to)
}

/** Whether a row says more of a person than a phone's record can hold. */
export function saysMore(entry: Entry): boolean {
  return [...entry.cells.keys()].some(isOfAPerson)
}

/**
 * The person that a row is about: known by the extension, else new. The line is the SIP account that a phone of theirs will
 * register; one without secret is left out, and what is stored stays.
 */
export function personInput(
  entry: Entry,
  people: Pick<People, 'byExtension' | 'get' | 'list'>,
  options: { readonly server?: string; readonly several: (extension: string) => boolean },
): PersonInput | undefined {
  const extension = extensionOf(entry)
  if (extension === undefined) return undefined
  const faults: SheetFault[] = []
  const columns = new Map<string, SheetColumn>([['extension', extension]])
  if (ROUNDED.test(extension.value) && /[.,+]/.test(extension.value))
    faults.push(
      faultAt(
        entry,
        extension,
        `${JSON.stringify(extension.value.slice(0, 40))} was turned into a number by a spreadsheet: format the column as text`,
      ),
    )
  if (options.several(extension.value))
    faults.push(faultAt(entry, extension, `more than one person has the extension ${extension.value.slice(0, 40)}`))
  const current = people.byExtension(extension.value)
  const name = nameOf(entry) ?? entry.cells.get('name') ?? displayName(entry)
  const given: Record<string, unknown> = { extension: extension.value }
  for (const field of TEXTS) take(entry, `person.${field}`, field, given, columns)
  take(entry, 'notes', 'note', given, columns)
  if (name !== undefined) columns.set('name', name)
  const listed = listedOf(entry)
  const numbers = numbersOf(entry, current, columns)
  const line = lineOf(entry, extension, options.server, columns)
  const { id: _id, rev: _rev, line: oldLine, ...stored } = current ?? { id: '', rev: 0 }
  const { secret: _secret, ...keptLine } = oldLine ?? {}
  const input = {
    ...stored,
    ...given,
    name: name?.value ?? current?.name ?? extension.value,
    ...(numbers !== undefined && { numbers }),
    ...(listed !== undefined && { listed }),
    ...((line !== undefined || oldLine !== undefined) && { line: { ...keptLine, ...line } }),
  }
  const id = current?.id ?? idFor(extension.value, people)
  return { id, input, columns, faults, ...(current && { current }) }
}

function displayName(entry: Entry): Cell | undefined {
  return entry.cells.get('line.displayName') ?? entry.cells.get('line1.displayName')
}

function take(
  entry: Entry,
  to: string,
  field: string,
  into: Record<string, unknown>,
  columns: Map<string, SheetColumn>,
): void {
  const cell = entry.cells.get(to)
  if (cell === undefined) return
  into[field] = cell.value
  columns.set(field, cell)
}

function listedOf(entry: Entry): boolean | undefined {
  const [listed, hidden] = ['person.listed', 'person.hidden'].map((to) => entry.cells.get(to))
  if (hidden !== undefined) return readFlag(hidden.value) === undefined ? undefined : !readFlag(hidden.value)
  return listed === undefined ? undefined : readFlag(listed.value)
}

/** The stored numbers with those of the kinds that the row names replaced. */
function numbersOf(
  entry: Entry,
  current: Person | undefined,
  columns: Map<string, SheetColumn>,
): readonly PhoneNumber[] | undefined {
  const told = NUMBERS.flatMap((kind) => {
    const cell = entry.cells.get(`person.${kind}`)
    return cell === undefined ? [] : [{ kind, cell }]
  })
  if (told.length === 0) return undefined
  const kept = (current?.numbers ?? []).filter(({ kind }) => !told.some((one) => one.kind === kind))
  for (const [i, { cell }] of told.entries()) columns.set(`numbers.${kept.length + i}.number`, cell)
  return [...kept, ...told.map(({ kind, cell }) => ({ kind, number: cell.value }))]
}

function lineOf(
  entry: Entry,
  extension: Cell,
  server: string | undefined,
  columns: Map<string, SheetColumn>,
): Record<string, unknown> | undefined {
  const line: Record<string, unknown> = {}
  for (const [to, cell] of entry.cells) {
    const field = /^line1?\.(\w+)$/.exec(to)?.[1]
    if (field === undefined) continue
    const value = /^(?:port|expires)$/.test(field) && /^\d{1,9}$/.test(cell.value) ? Number(cell.value) : cell.value
    line[field] = field === 'transport' ? cell.value.toLowerCase() : field === 'shared' ? readFlag(cell.value) : value
    columns.set(`line.${field}`, cell)
  }
  if (line.secret === undefined) return undefined
  if (server !== undefined) line.server ??= server
  columns.set('line.user', entry.cells.get('line.user') ?? extension)
  return { index: 1, user: extension.value, ...line }
}

/** `ext-101`; an id is letters, digits, dots and dashes. */
function idFor(extension: string, people: Pick<People, 'get'>): string {
  const base = `ext-${extension
    .replace(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 50)
    .replace(/[.-]+$/, '')}`
  for (let i = 1; ; i++) {
    const id = i === 1 ? base : `${base}.${i}`
    if (people.get(id) === undefined) return id
  }
}
