import { type Bag, isBag, mergePatch } from '../core/merge-patch.ts'
import type { Person } from '../directory/contract.ts'
import type * as wire from './schema-directory.ts'

/** A person as a line of a list. `devices`: the devices of each person, by id. */
export function personRow(person: Person, devices: ReadonlyMap<string, readonly string[]>): wire.PersonRow {
  const { line, note: _note, vcard: _vcard, ...rest } = person
  return { ...plainOf(rest), hasLine: line !== undefined, devices: [...(devices.get(person.id) ?? [])] }
}

/** A person, the secret of the line left out. */
export function personView(person: Person): wire.PersonView {
  const { line, vcard, ...rest } = person
  const { secret, ...shown } = line ?? { index: 1, user: '' }
  return {
    ...plainOf(rest),
    ...(rest.note !== undefined && { note: rest.note }),
    ...(line !== undefined && { line: { ...shown, hasSecret: secret !== undefined } }),
    fromCard: vcard !== undefined,
  }
}

/** Lists that JSON may change, and no field that only a newer release knows. */
function plainOf(person: Omit<Person, 'line' | 'vcard'>) {
  const { id, rev, name, firstName, lastName, company, department, title, email, extension, listed } = person
  return {
    ...{ id, rev, name, listed, numbers: person.numbers.map(({ kind, number }) => ({ kind, number })) },
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(company !== undefined && { company }),
    ...(department !== undefined && { department }),
    ...(title !== undefined && { title }),
    ...(email !== undefined && { email }),
    ...(extension !== undefined && { extension }),
    ...(person.books !== undefined && { books: [...person.books] }),
  }
}

/** What an editor sent, without what is only shown. */
function cleaned(input: Bag): Bag {
  const { id: _id, rev: _rev, fromCard: _from, hasLine: _has, devices: _devices, ...rest } = input
  if (!isBag(rest.line)) return rest
  const { hasSecret: _secret, ...line } = rest.line
  return { ...rest, line }
}

/** The whole input for the store: what the editor never saw (the card's other properties) stays. */
export function replacedPerson(person: Person | undefined, input: Bag): Bag {
  const given = Object.fromEntries(Object.entries(cleaned(input)).filter(([, value]) => value !== null))
  return person?.vcard === undefined || 'vcard' in given ? given : { ...given, vcard: person.vcard }
}

/** The whole input for the store from a merge patch over what is stored. */
export function patchedPerson(person: Person, patch: Bag): Bag {
  const { id: _id, rev: _rev, line, ...rest } = person
  const { secret: _secret, ...kept } = line ?? {}
  const merged = mergePatch({ ...rest, ...(line !== undefined && { line: kept }) }, cleaned(patch))
  return isBag(merged) ? merged : {}
}
