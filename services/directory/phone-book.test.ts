import { describe, expect, it } from 'vitest'
import { contacts, OFFICE } from '../../test/support/contacts.ts'
import { parseMac } from '../core/mac.ts'
import type { Device, Line } from '../phones/contract.ts'
import type { BookQuery, BookView, Person } from './contract.ts'
import { makePhoneBook } from './phone-book.ts'
import { entriesOfDevices, sortEntries } from './policy-entries.ts'
import { fold, queryKey } from './policy-search.ts'

const VIEW: BookView = { devices: true, books: [], order: 'name', language: 'en' }

function device(mac: string, lines: readonly Line[], more: Partial<Device> = {}): Device {
  const rest = { rev: 1, enabled: true, keys: [], settings: {}, extra: {}, dhcpOptions: [] }
  return { ...rest, mac: parseMac(mac), lines, ...more }
}

const LOBBY = device('00005e005301', [{ index: 1, user: '301', displayName: 'Lobby' }])

function bookOf(people: readonly Person[], devices: readonly Device[] = []) {
  const state = { people, devices }
  const book = makePhoneBook({ people: { list: () => state.people }, devices: { list: () => state.devices } })
  const names = (query?: BookQuery, view: Partial<BookView> = {}) =>
    book.find({ ...VIEW, ...view }, query).map(({ name }) => name)
  return { book, state, names }
}

describe('who stands in it', () => {
  it('everybody who is listed and has a number, the extension first, each number once', () => {
    const { book } = bookOf([
      ...OFFICE,
      { id: 'x', rev: 1, name: 'Twice', listed: true, extension: '7', numbers: [{ kind: 'work', number: '7' }] },
    ])
    const found = book.find(VIEW)
    expect(found.map(({ name }) => name)).toEqual([
      ...['Ada Lovelace', 'Bruno Abel', 'Çelik & Söhne', 'Fax room', 'Twice', 'Zoë <Door>'],
    ])
    expect(found[1]?.numbers.map(({ kind }) => kind)).toEqual(['extension', 'mobile', 'home'])
    expect(found[4]?.numbers).toEqual([{ kind: 'extension', number: '7' }])
  })

  it('lines of devices that stand for no person', () => {
    const devices = [
      LOBBY,
      device('00005e005302', [{ index: 1, user: '302', label: '302' }], { name: 'Kitchen' }),
      device('00005e005303', [
        { index: 1, user: '303', label: 'Sales 1' },
        { index: 2, user: '304' },
      ]),
      device('00005e005304', [{ index: 1, user: '301', displayName: 'Shared with the lobby' }]),
      device('00005e005305', [{ index: 1, user: '204', displayName: 'Ada’s phone' }]),
      device('00005e005306', [{ index: 1, user: '306', displayName: 'Of a person' }], { person: 'p00001' }),
      device('00005e005307', [{ index: 1, user: '307', displayName: 'Off' }], { enabled: false }),
    ]
    expect(entriesOfDevices(devices, OFFICE).map(({ name, numbers }) => [name, numbers[0]?.number])).toEqual([
      ['Lobby', '301'],
      ['Kitchen', '302'],
      ['Sales 1', '303'],
      ['304', '304'],
    ])
    expect(bookOf([], devices).names({}, { devices: false })).toEqual([])
  })

  it('only who is in the books that a device sees', () => {
    const { names, book } = bookOf(OFFICE, [LOBBY])
    expect(names({}, { books: ['Suppliers'] })).toEqual(['Çelik & Söhne'])
    expect(names({}, { books: ['main'] })).toEqual(['Ada Lovelace', 'Bruno Abel', 'Fax room', 'Lobby', 'Zoë <Door>'])
    expect(book.books(VIEW)).toEqual([
      { name: 'main', count: 5 },
      { name: 'Sales', count: 1 },
      { name: 'Suppliers', count: 1 },
    ])
    expect(book.books({ ...VIEW, books: ['Sales'] })).toEqual([{ name: 'Sales', count: 1 }])
  })
})

describe('order', () => {
  const entry = (name: string, lastName?: string, number = '1') => ({
    ...{ id: name, source: 'person' as const, name, books: ['main'], numbers: [{ kind: 'work' as const, number }] },
    ...(lastName !== undefined && { lastName }),
  })
  const sorted = (language: string, ...names: string[]) =>
    sortEntries(
      names.map((name) => entry(name)),
      { language, order: 'name' },
    ).map(({ name }) => name)

  it('is that of the language', () => {
    // In Swedish ä stands behind z, in German with a.
    expect(sorted('de', 'Zeh', 'Ärger', 'Abel')).toEqual(['Abel', 'Ärger', 'Zeh'])
    expect(sorted('sv', 'Zeh', 'Ärger', 'Abel')).toEqual(['Abel', 'Zeh', 'Ärger'])
    expect(sorted('no such language!', 'b', 'a')).toEqual(['a', 'b'])
    expect(sorted('en', 'Room 10', 'Room 9')).toEqual(['Room 9', 'Room 10'])
  })
  it('can be that of last names', () => {
    const list = [entry('Zoë Abel', 'Abel'), entry('Ada Zeh', 'Zeh'), entry('Meyer')]
    const by = (order: 'name' | 'last-name') => sortEntries(list, { language: 'en', order }).map(({ name }) => name)
    expect(by('name')).toEqual(['Ada Zeh', 'Meyer', 'Zoë Abel'])
    expect(by('last-name')).toEqual(['Zoë Abel', 'Meyer', 'Ada Zeh'])
  })
})

describe('search', () => {
  const { names } = bookOf(OFFICE)
  it.each([
    ['every word, in any order and spelling', { search: 'LOVELACE ada' }, ['Ada Lovelace']],
    ['without accents', { search: 'celik sohne' }, ['Çelik & Söhne']],
    ['the company', { search: 'engines' }, ['Ada Lovelace']],
    ['the department', { search: 'sales' }, ['Bruno Abel']],
    ['a part of a number, however it is written', { search: '1632-960' }, ['Bruno Abel', 'Çelik & Söhne']],
    ['a SIP address', { search: 'door@pbx' }, ['Zoë <Door>']],
    ['nobody', { search: 'xyz' }, []],
    ['wildcards alone: everybody', { search: ' * * ' }, names()],
    ['the beginning of a last name', { lastName: 'lov*' }, ['Ada Lovelace']],
    ['not its middle', { lastName: 'lace' }, []],
    ['first and last name', { firstName: 'br', lastName: 'ab' }, ['Bruno Abel']],
    ['a name in one piece by its parts', { lastName: 'room' }, ['Fax room']],
    ['a number', { number: '+44 1632 960099' }, ['Çelik & Söhne']],
    ['a book', { book: 'Sales' }, ['Bruno Abel']],
  ] as const)('finds %s', (_, query, expected) => {
    expect(names(query)).toEqual(expected)
  })

  it('cuts what is too long, and keeps no more than it must', () => {
    expect(names({ search: `ada${' x'.repeat(5000)}` })).toEqual([])
    expect(queryKey({ search: 'x'.repeat(10_000) }).length).toBeLessThan(200)
    expect(queryKey({ search: 'Ada  LOVELACE' })).toBe(queryKey({ search: 'ada lovelace' }))
    expect(fold('Müßig Łódź Ångström')).toBe('mussig lodz angstrom')
  })
})

describe('the cache', () => {
  it('holds until somebody changes', () => {
    const { book, state } = bookOf(contacts(100), [LOBBY])
    const [all, hits, revision] = [book.find(VIEW), book.find(VIEW, { search: 'meyer' }), book.revision()]
    expect([book.find(VIEW), book.find({ ...VIEW }, { search: 'MEYER ' })]).toEqual([all, hits])
    expect(book.find(VIEW)).toBe(all)
    expect(book.find(VIEW, { search: 'MEYER ' })).toBe(hits)
    expect(book.revision()).toBe(revision)
    state.devices = []
    expect(book.revision()).not.toBe(revision)
    expect(book.find(VIEW)).toHaveLength(all.length - 1)
  })
})
