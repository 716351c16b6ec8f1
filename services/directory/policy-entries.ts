import type { Device } from '../phones/contract.ts'
import type { BookView, Entry, EntryNumber, Person } from './contract.ts'

// Who stands in the phone book, and in which order.

/** The book of those who name none. */
export const MAIN_BOOK = 'main'

const FIELDS = ['firstName', 'lastName', 'company', 'department', 'title', 'email'] as const

/** The entry of a person; undefined for one who is not listed or has no number. */
export function entryOfPerson(person: Person): Entry | undefined {
  if (!person.listed) return undefined
  const numbers: EntryNumber[] = []
  const add = (kind: EntryNumber['kind'], number: string | undefined) => {
    if (number !== undefined && !numbers.some((other) => other.number === number)) numbers.push({ kind, number })
  }
  add('extension', person.extension)
  for (const { kind, number } of person.numbers) add(kind, number)
  if (numbers.length === 0) return undefined
  const given = FIELDS.flatMap((field) => {
    const value = person[field]
    return value === undefined || value === '' ? [] : [[field, value] as const]
  })
  const books = person.books === undefined || person.books.length === 0 ? [MAIN_BOOK] : [...new Set(person.books)]
  return { id: person.id, source: 'person', name: person.name, ...Object.fromEntries(given), numbers, books }
}

/** Lines of devices that no person stands for; a line that several devices share is one entry. */
export function entriesOfDevices(devices: readonly Device[], people: readonly Person[]): Entry[] {
  const taken = new Set(people.flatMap(({ extension, line }) => [extension ?? '', line?.user ?? '']))
  const entries: Entry[] = []
  for (const device of devices) {
    if (!device.enabled || device.person !== undefined) continue
    for (const line of device.lines) {
      if (taken.has(line.user)) continue
      taken.add(line.user)
      const label = line.label === line.user ? undefined : line.label
      const named = [line.displayName, label, device.lines.length === 1 ? device.name : undefined]
      const name = named.find((text) => text !== undefined && text.trim() !== '') ?? line.user
      const numbers = [{ kind: 'extension' as const, number: line.user }]
      entries.push({ id: `${device.mac}-${line.index}`, source: 'device', name, numbers, books: [MAIN_BOOK] })
    }
  }
  return entries
}

/** Orders entries as people of that language look names up; equal names by their first number, so that it is stable. */
export function sortEntries(entries: readonly Entry[], view: Pick<BookView, 'language' | 'order'>): Entry[] {
  const collator = collatorOf(view.language)
  const key = ({ name, lastName, firstName }: Entry) =>
    view.order === 'last-name' && lastName !== undefined ? `${lastName} ${firstName ?? ''}` : name
  const keyed = entries.map((entry) => ({ entry, key: key(entry), number: entry.numbers[0]?.number ?? '' }))
  keyed.sort(
    (a, b) =>
      collator.compare(a.key, b.key) ||
      collator.compare(a.entry.name, b.entry.name) ||
      collator.compare(a.number, b.number) ||
      (a.entry.id < b.entry.id ? -1 : 1),
  )
  return keyed.map(({ entry }) => entry)
}

/** The order of letters of a language; that of English where the language is not known. */
export function collatorOf(language: string): Intl.Collator {
  try {
    return new Intl.Collator([language, 'en'], { numeric: true })
  } catch {
    return new Intl.Collator('en', { numeric: true })
  }
}
