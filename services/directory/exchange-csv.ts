import Papa from 'papaparse'
import { readCsv } from '../core/csv.ts'
import { OperatorError } from '../core/errors.ts'
import type { ExchangeFault, NumberKind, Person, PhoneNumber } from './contract.ts'
import { NUMBER_KINDS } from './person-schema.ts'
import type { Sheet, SheetRow } from './sheet.ts'

/** As many as are stored in one transaction. */
const MAX_ROWS = 10_000

const FIELDS = [
  ...(['id', 'name', 'firstName', 'lastName', 'company', 'department', 'title', 'email', 'extension'] as const),
  ...(['numbers', 'books', 'listed', 'note'] as const),
]
const LINE_FIELDS = [
  ...(['user', 'authUser', 'displayName', 'label', 'server', 'port', 'transport'] as const),
  ...(['outboundProxy', 'backupServer', 'voicemail'] as const),
]
/** The heading of an exported file. Secrets are read, never written. */
export const HEADING: readonly string[] = [...FIELDS, ...LINE_FIELDS]

/** How other programs call these columns, in small letters without blanks and signs. */
const ALIASES: Readonly<Record<string, string>> = {
  ...{ displayname: 'name', fullname: 'name', contact: 'name', fileas: 'name' },
  ...{ givenname: 'firstName', forename: 'firstName', surname: 'lastName', familyname: 'lastName' },
  ...{ organization: 'company', organisation: 'company', organizationname: 'company', companyname: 'company' },
  ...{ jobtitle: 'title', organizationtitle: 'title', emailaddress: 'email', mail: 'email', 'e-mail': 'email' },
  ...{ ext: 'extension', phone: 'work', phonenumber: 'work', telephone: 'work', telephonenumber: 'work' },
  ...{ businessphone: 'work', office: 'work', officephone: 'work', workphone: 'work' },
  ...{ mobilephone: 'mobile', cell: 'mobile', cellphone: 'mobile', handy: 'mobile' },
  ...{ homephone: 'home', private: 'home', businessfax: 'fax', faxnumber: 'fax', otherphone: 'other' },
  ...{ book: 'books', group: 'books', groups: 'books', categories: 'books', notes: 'note', comment: 'note' },
  ...{ sipuser: 'line.user', username: 'line.user', password: 'line.secret', sippassword: 'line.secret' },
  ...{ authname: 'line.authUser', authid: 'line.authUser', callerid: 'line.displayName' },
}

/** The field that a heading names; undefined when none does. */
function pathOf(heading: string): string | undefined {
  const key = heading.toLowerCase().replace(/[\s_().-]/g, '')
  const field = FIELDS.find((one) => one.toLowerCase() === key)
  if (field !== undefined) return field
  const line = [...LINE_FIELDS, 'secret'].find((one) => one.toLowerCase() === key)
  if (line !== undefined) return `line.${line}`
  if (Object.hasOwn(ALIASES, key)) return ALIASES[key]
  // `mobile 2`, `phone2`: one more of a kind.
  const bare = key.replace(/\d{1,2}$/, '')
  const kind = Object.hasOwn(ALIASES, bare) ? ALIASES[bare] : bare
  return NUMBER_KINDS.find((one) => one === kind)
}

/** Reads a CSV file with a heading. Throws `OperatorError` when it has none. */
export function readPeopleCsv(text: string): Sheet {
  const [heading, ...records] = readCsv(text).records
  if (heading === undefined) throw new OperatorError('the file is empty')
  if (records.length > MAX_ROWS) throw new OperatorError(`${records.length} rows are more than ${MAX_ROWS}`)
  const faults: ExchangeFault[] = []
  const paths = heading.cells.map((cell, i) => {
    const path = pathOf(cell)
    const wrong = (message: string) =>
      void faults.push({ row: 0, line: heading.line, column: cell.slice(0, 60), columnNumber: i + 1, message })
    if (path === undefined && cell.trim() !== '') wrong(`unknown column ${JSON.stringify(cell.slice(0, 60))}`)
    return path
  })
  const known = paths.filter((path) => path !== undefined)
  for (const path of new Set(known))
    if (!isKind(path) && known.indexOf(path) !== known.lastIndexOf(path)) {
      const at = paths.lastIndexOf(path)
      const column = heading.cells[at] ?? ''
      faults.push({
        row: 0,
        line: heading.line,
        column,
        columnNumber: at + 1,
        message: `the column ${path} stands twice`,
      })
    }
  if (!known.some((path) => ['name', 'firstName', 'lastName', 'company', 'id'].includes(path)))
    throw new OperatorError('the heading has no column "name"')
  const rows = records.map((record, i): SheetRow => {
    const columns = new Map<string, { name: string; number: number }>()
    const wrong = (at: number, message: string) => {
      const column = heading.cells[at]?.trim() ?? ''
      faults.push({ row: i + 1, line: record.line, column, columnNumber: at + 1, message })
    }
    if (record.fault !== undefined) wrong(0, record.fault)
    if (record.cells.length > paths.length)
      wrong(paths.length, `has ${record.cells.length} cells under ${paths.length} headings`)
    const patch = patchOf(record.cells, paths, { columns, heading: heading.cells, wrong })
    const { id, ...rest } = patch
    return { row: i + 1, line: record.line, patch: rest, columns, ...(typeof id === 'string' && { id }) }
  })
  return { rows, faults }
}

function isKind(path: string): path is NumberKind {
  return (NUMBER_KINDS as readonly string[]).includes(path)
}

interface Places {
  readonly columns: Map<string, { name: string; number: number }>
  readonly heading: readonly string[]
  wrong(at: number, message: string): void
}

/** An empty cell says nothing: what is stored stays. */
function patchOf(cells: readonly string[], paths: readonly (string | undefined)[], places: Places) {
  const patch: Record<string, unknown> = {}
  const line: Record<string, unknown> = {}
  const numbers: PhoneNumber[] = []
  for (const [at, path] of paths.entries()) {
    const text = unescaped(cells[at] ?? '').trim()
    if (path === undefined || text === '') continue
    const place = { name: places.heading[at]?.trim() ?? '', number: at + 1 }
    places.columns.set(isKind(path) ? 'numbers' : path, place)
    if (isKind(path) || path === 'numbers') {
      for (const number of numbersOf(text, isKind(path) ? path : undefined)) {
        places.columns.set(`numbers.${numbers.length}`, place)
        numbers.push(number)
      }
    } else if (path === 'books') patch.books = text.split(';').flatMap((one) => one.trim() || [])
    else if (path === 'listed') {
      if (/^(yes|true|1|y|x)$/i.test(text)) patch.listed = true
      else if (/^(no|false|0|n)$/i.test(text)) patch.listed = false
      else places.wrong(at, `${JSON.stringify(text.slice(0, 40))} is neither yes nor no`)
    } else if (path === 'line.port' && /^\d{1,9}$/.test(text)) line.port = Number(text)
    else if (path.startsWith('line.')) line[path.slice('line.'.length)] = text
    else patch[path] = text
  }
  if (numbers.length > 0) patch.numbers = numbers
  if (Object.keys(line).length > 0) patch.line = line
  const { name, firstName, lastName, company } = patch
  const made = [firstName, lastName].filter((one) => typeof one === 'string').join(' ') || company
  if (name === undefined && typeof made === 'string') patch.name = made
  return patch
}

/** `mobile +44 1632 960011; home 01632 960012`; a number without a word is of the kind that the column says. */
function numbersOf(text: string, column: NumberKind | undefined): PhoneNumber[] {
  return text.split(';').flatMap((one) => {
    const part = one.trim()
    if (part === '') return []
    const [, word = '', rest = ''] = /^([a-z]+)[:\s]\s*(.+)$/i.exec(part) ?? []
    const kind = NUMBER_KINDS.find((known) => known === word.toLowerCase())
    return kind === undefined ? [{ kind: column ?? 'work', number: part }] : [{ kind, number: rest }]
  })
}

/** A spreadsheet runs a cell that begins like a formula (CWE-1236); a quote before it keeps it a text. */
const FORMULA = /^[=@+\t\r-]/
const NUMBER = /^[+-]?[\d\s()./*#-]+$/

function escaped(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
}

function unescaped(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell
}

/** Everybody as a CSV file (RFC 4180), without secrets. */
export function writePeopleCsv(people: readonly Person[]): string {
  const data = people.map((person) =>
    HEADING.map((field) => {
      if (field === 'numbers') return person.numbers.map(({ kind, number }) => `${kind} ${number}`).join('; ')
      if (field === 'books') return (person.books ?? []).join('; ')
      if (field === 'listed') return person.listed ? 'yes' : 'no'
      const value = (FIELDS as readonly string[]).includes(field)
        ? person[field as 'name']
        : person.line?.[field as 'user']
      return escaped(value === undefined ? '' : String(value))
    }),
  )
  return `${Papa.unparse({ fields: [...HEADING], data }, { newline: '\r\n' })}\r\n`
}
