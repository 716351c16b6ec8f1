import { messageOf } from '../core/errors.ts'
import type { NumberKind, Person, PhoneNumber } from './contract.ts'
import { dialled } from './number.ts'
import { bookName } from './person-schema.ts'
import { type Property, readProperty, writeProperty } from './vcard-lines.ts'

// A vCard and the fields of a person. What a card holds beside these stays in the person's record, line by line.

/** The fields that cards and people share. */
export interface CardFields {
  readonly name?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly company?: string
  readonly department?: string
  readonly title?: string
  readonly email?: string
  readonly extension?: string
  readonly numbers?: readonly PhoneNumber[]
  readonly books?: readonly string[]
  readonly note?: string
  readonly listed?: false
}

type Field = keyof CardFields

/** A card as it was read. */
export interface ReadCard {
  readonly version: '3.0' | '4.0'
  readonly uid?: string
  readonly fields: CardFields
  /** The lines that gave each field, by their place. */
  readonly from: ReadonlyMap<Field, readonly number[]>
  readonly faults: readonly { readonly at: number; readonly property: string; readonly message: string }[]
}

/** What marks an extension among the numbers of a card of ours, and who stands in no phone book. */
const EXTENSION_TYPE = 'x-extension'
const UNLISTED = 'x-branchline-listed'

/** Groups that address books put everybody into. */
const NO_BOOK = /^(mycontacts|starred|contacts)$/i

function plain(value: unknown): string {
  const text = Array.isArray(value) ? value.flat().join(' ') : String(value ?? '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
}

function kindOf(types: readonly string[]): NumberKind {
  if (types.includes('fax')) return 'fax'
  if (types.includes('cell') || types.includes('mobile') || types.includes('iphone')) return 'mobile'
  if (types.includes('home')) return 'home'
  if (types.includes('work') || types.includes('main') || types.every((one) => one === 'voice' || one === 'pref'))
    return 'work'
  return 'other'
}

/** `tel:+1-555-0100;ext=7` is dialled +15550100; a SIP address stays one. */
function numberOf(value: unknown): string {
  const text = plain(value)
  const tel = /^tel:([^;]*)/i.exec(text)
  return dialled(tel?.[1] ?? text)
}

/** Reads the lines of one card. Never throws: what is wrong with it stands in `faults`. */
export function readCard(lines: readonly string[]): ReadCard {
  const from = new Map<Field, number[]>()
  const faults: { at: number; property: string; message: string }[] = []
  const fields: { -readonly [Name in Field]?: CardFields[Name] } = {}
  const numbers: PhoneNumber[] = []
  const books: string[] = []
  let uid: string | undefined
  const said = lines.map((raw) => /^VERSION:\s*(\S+)\s*$/i.exec(raw)?.[1]).find((one) => one !== undefined)
  const version = said === '3.0' ? '3.0' : '4.0'
  if (said !== '3.0' && said !== '4.0')
    faults.push({
      ...{ at: 0, property: 'VERSION' },
      message:
        said === undefined
          ? 'the card has no VERSION'
          : `vCard ${said.slice(0, 20)} is not read: save it as 3.0 or 4.0`,
    })
  const note = (field: Field, at: number) => {
    const places = from.get(field)
    if (places === undefined) from.set(field, [at])
    else places.push(at)
  }
  const set = (
    field: 'name' | 'firstName' | 'lastName' | 'company' | 'department' | 'title' | 'email',
    value: unknown,
    at: number,
  ) => {
    const text = plain(value)
    if (fields[field] !== undefined || text === '') return
    fields[field] = text
    note(field, at)
  }
  const take = ({ name, types, values }: Property, at: number) => {
    const [value] = values
    const parts = Array.isArray(value) ? (value as unknown[]) : [value]
    if (name === 'fn') set('name', value, at)
    else if (name === 'n') {
      set('lastName', parts[0], at)
      set('firstName', parts[1], at)
    } else if (name === 'org') {
      set('company', parts[0], at)
      set('department', parts[1], at)
    } else if (name === 'title' || name === 'email') set(name, value, at)
    else if (name === 'uid') uid ??= plain(value)
    else if (name === 'note' && fields.note === undefined) {
      fields.note = String(value ?? '').slice(0, 10_000)
      note('note', at)
    } else if (name === 'categories') {
      const named = values.map(plain).filter((one) => bookName.safeParse(one).success && !NO_BOOK.test(one))
      books.push(...named.filter((one) => !books.includes(one)))
      if (named.length > 0) note('books', at)
    } else if (name === UNLISTED && /^(no|false|0)$/i.test(plain(value))) {
      fields.listed = false
      note('listed', at)
    } else if (name === 'tel') takeNumber(types, value, at)
  }
  const takeNumber = (types: readonly string[], value: unknown, at: number) => {
    const number = numberOf(value)
    if (number === '') return
    if (!/^[A-Za-z0-9*#+._@:-]{1,64}$/.test(number))
      faults.push({ at, property: 'TEL', message: `${JSON.stringify(number.slice(0, 40))} is nothing to dial` })
    else if (types.includes(EXTENSION_TYPE) && fields.extension === undefined) {
      fields.extension = number
      note('extension', at)
    } else {
      numbers.push({ kind: kindOf(types), number })
      note('numbers', at)
    }
  }
  lines.forEach((raw, at) => {
    try {
      take(readProperty(raw, version), at)
    } catch (thrown) {
      faults.push({ at, property: raw.split(/[;:]/, 1)[0]?.slice(0, 40) ?? '', message: messageOf(thrown) })
    }
  })
  const made = [fields.firstName, fields.lastName].filter((one) => one !== undefined).join(' ') || fields.company
  if (fields.name === undefined && made !== undefined) fields.name = made
  if (fields.name === undefined) faults.push({ at: 0, property: 'FN', message: 'the card names nobody' })
  if (numbers.length > 0) fields.numbers = numbers
  if (books.length > 0) fields.books = books
  return { version, fields, from, faults, ...(uid !== undefined && { uid }) }
}

const GROUPS: readonly (readonly Field[])[] = [
  ['name'],
  ['lastName', 'firstName'],
  ['company', 'department'],
  ['title'],
  ['email'],
  ['extension', 'numbers'],
  ['books'],
  ['listed'],
  ['note'],
]

function fieldsOf(person: Person): CardFields {
  const { name, firstName, lastName, company, department, title, email, extension, numbers, books, note, listed } =
    person
  return {
    name,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(company !== undefined && { company }),
    ...(department !== undefined && { department }),
    ...(title !== undefined && { title }),
    ...(email !== undefined && { email }),
    ...(extension !== undefined && { extension }),
    ...(numbers.length > 0 && { numbers }),
    ...(books !== undefined && books.length > 0 && { books }),
    ...(note !== undefined && { note }),
    ...(!listed && { listed: false }),
  }
}

/** The lines of a group of fields as a card of ours has them. */
function linesOf(group: readonly Field[], fields: CardFields, version: '3.0' | '4.0'): string[] {
  const line = (name: string, values: readonly (string | readonly string[])[], types: readonly string[] = []) =>
    writeProperty(name, types, values, version)
  const { name = '', firstName = '', lastName = '', company, department, numbers = [], books = [] } = fields
  switch (group[0]) {
    case 'name':
      return [line('fn', [name])]
    case 'lastName':
      return firstName === '' && lastName === '' && version === '4.0'
        ? []
        : [line('n', [[lastName, firstName, '', '', '']])]
    case 'company':
      return company === undefined && department === undefined
        ? []
        : [line('org', [[company ?? '', ...(department === undefined ? [] : [department])]])]
    case 'extension':
      return [
        ...(fields.extension === undefined ? [] : [line('tel', [fields.extension], ['work', EXTENSION_TYPE])]),
        ...numbers.map(({ kind, number }) => line('tel', [number], TYPES[kind])),
      ]
    case 'books':
      return books.length === 0 ? [] : [line('categories', books)]
    case 'listed':
      return fields.listed === false ? [line(UNLISTED, ['no'])] : []
    case 'title':
    case 'email':
    case 'note': {
      const value = fields[group[0]]
      return value === undefined ? [] : [line(group[0], [value])]
    }
    default:
      return []
  }
}

const TYPES: Readonly<Record<NumberKind, readonly string[]>> = {
  ...{ work: ['work'], mobile: ['cell'], home: ['home'], fax: ['fax'], other: ['other'] },
}

/**
 * The card of a person, its lines without folds undone. One that came from a card goes out as it came, but for what was
 * changed since: only the lines of those fields are written anew.
 */
export function writeCard(person: Person, wanted: '3.0' | '4.0'): string[] {
  const fields = fieldsOf(person)
  const came = person.vcard
  if (came === undefined) {
    const uid = writeProperty('uid', [], [person.id], wanted)
    return [`VERSION:${wanted}`, uid, ...GROUPS.flatMap((group) => linesOf(group, fields, wanted))]
  }
  const read = readCard(came)
  const same = (name: Field) => JSON.stringify(read.fields[name]) === JSON.stringify(fields[name])
  const changed = GROUPS.filter((group) => !group.every(same))
  const gone = new Set(changed.flatMap((group) => group.flatMap((name) => read.from.get(name) ?? [])))
  return [...came.filter((_, at) => !gone.has(at)), ...changed.flatMap((group) => linesOf(group, fields, read.version))]
}
