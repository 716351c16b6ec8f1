import { createHash } from 'node:crypto'
import type { Exchange, ExchangeFault, ExchangePlan, ExchangeRow, People, Person } from './contract.ts'
import { readPeopleCsv, writePeopleCsv } from './exchange-csv.ts'
import { readVcards, writeVcards } from './exchange-vcard.ts'
import type { Sheet, SheetRow } from './sheet.ts'
import { readCard } from './vcard.ts'

export interface ExchangeDeps {
  readonly people: People
  readonly newId: () => string
}

/** A record of the store may have a few more characters than this. */
const MAX_RECORD = 250_000

const ID = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i

/** Files of people, against what is stored. */
export function makeExchange(deps: ExchangeDeps): Exchange {
  return {
    read: (format, text) => plan(deps, format === 'csv' ? readPeopleCsv(text) : readVcards(text)),
    write: (format, options = {}) =>
      format === 'csv' ? writePeopleCsv(deps.people.list()) : writeVcards(deps.people.list(), options.version ?? '4.0'),
  }
}

/** The id that a vCard's UID makes: itself where it can be one, else one that is always the same. */
export function idOfUid(uid: string): string {
  const bare = uid.replace(/^urn:uuid:/i, '')
  return ID.test(bare) ? bare : `card-${createHash('sha256').update(uid).digest('hex').slice(0, 32)}`
}

function plan({ people, newId }: ExchangeDeps, sheet: Sheet): ExchangePlan {
  const faults: ExchangeFault[] = [...sheet.faults]
  const items: { id: string; input: Record<string, unknown> }[] = []
  const rows: ExchangeRow[] = []
  const find = finder(people)
  const first = new Map<string, SheetRow>()
  for (const row of sheet.rows) {
    const id = row.id ?? (row.uid === undefined ? undefined : idOfUid(row.uid)) ?? find(row.patch) ?? newId()
    const wrong = (path: string, message: string) => {
      const column = row.columns.get(path) ?? row.columns.get(path.replace(/\.\d+\..*$|\.[^.]*$/, ''))
      const named = column === undefined ? { column: path } : { column: column.name, columnNumber: column.number }
      faults.push({ row: row.row, line: row.line, ...named, message })
    }
    if (!ID.test(id)) wrong('id', `${JSON.stringify(id.slice(0, 60))} is not an id: letters, digits, dots and dashes`)
    const other = first.get(id)
    if (other !== undefined) wrong('id', `the same person stands on line ${other.line} already`)
    first.set(id, row)
    const current = people.get(id)
    const input = merged(current, row.patch)
    const told = new Set(sheet.faults.filter((fault) => fault.row === row.row).map(({ column }) => column))
    // That a card names nobody has been said, with its line.
    for (const { path, message } of people.check(id, input))
      if (!(path === 'name' && told.has('FN'))) wrong(placeOf(row, path), message)
    const size = JSON.stringify(input).length
    if (size > MAX_RECORD)
      wrong(
        row.patch.vcard === undefined ? 'note' : 'PHOTO',
        `${size} characters are more than ${MAX_RECORD}: leave pictures out`,
      )
    items.push({ id, input })
    const name = typeof input.name === 'string' ? input.name : ''
    rows.push({ row: row.row, line: row.line, id, name, action: current === undefined ? 'create' : 'update' })
  }
  faults.sort((a, b) => a.line - b.line || (a.columnNumber ?? 0) - (b.columnNumber ?? 0))
  return { items, rows, faults }
}

/** The most exact path that has a column: `numbers.1.number` stands in the column of `numbers.1`. */
function placeOf({ columns }: SheetRow, path: string): string {
  for (let at = path; at !== ''; at = at.includes('.') ? at.slice(0, at.lastIndexOf('.')) : '')
    if (columns.has(at)) return at
  return path
}

/** What is stored with the row's fields over it. A line's fields are merged, its secret is the store's to keep. */
function merged(current: Person | undefined, patch: SheetRow['patch']): Record<string, unknown> {
  const { id: _id, rev: _rev, line, ...stored } = current ?? { id: '', rev: 0 }
  const { secret: _secret, ...kept } = line ?? {}
  const input: Record<string, unknown> = { ...stored, ...(line !== undefined && { line: kept }) }
  // What the earlier card gave and this one does not is gone; what was added here stays.
  if (patch.vcard !== undefined && current?.vcard !== undefined)
    for (const name of Object.keys(readCard(current.vcard).fields)) delete input[name]
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete input[name]
    else if (name === 'line' && typeof value === 'object') input.line = { ...kept, ...value }
    else input[name] = value
  }
  return input
}

/** Who a row without an id means: the one with its extension, else the only one of its name and company. */
function finder(people: People): (patch: SheetRow['patch']) => string | undefined {
  const named = new Map<string, string | null>()
  const keyOf = (name: unknown, company: unknown) => JSON.stringify([name, company ?? ''])
  for (const { id, name, company } of people.list()) {
    const key = keyOf(name, company)
    named.set(key, named.has(key) ? null : id)
  }
  return ({ name, company, extension }) =>
    (typeof extension === 'string' ? people.byExtension(extension)?.id : undefined) ??
    named.get(keyOf(name, company)) ??
    undefined
}
