import type { Devices } from '../phones/contract.ts'
import type { BookView, Entry, People, PhoneBook } from './contract.ts'
import { collatorOf, entriesOfDevices, entryOfPerson, sortEntries } from './policy-entries.ts'
import { type Indexed, indexEntry, matcherOf, queryKey } from './policy-search.ts'

/** Questions whose answers are kept: a phone that pages asks the same one for each page. */
const MAX_KEPT = 200
/** Orders that are kept: one for each language, order and choice of books that some device has. */
const MAX_VIEWS = 50

interface View {
  readonly all: readonly Indexed[]
  readonly entries: readonly Entry[]
}

/** The phone book over people and devices: put in order once for each view, and searched in memory. */
export function makePhoneBook(deps: {
  readonly people: Pick<People, 'list'>
  readonly devices: Pick<Devices, 'list'>
}): PhoneBook {
  let people: ReturnType<People['list']> | undefined
  let devices: ReturnType<Devices['list']> | undefined
  let revision = 0
  const views = new Map<string, View>()
  const found = new Map<string, readonly Entry[]>()

  /** Both stores hand out the same list until something changes. */
  function refresh() {
    const nowPeople = deps.people.list()
    const nowDevices = deps.devices.list()
    if (nowPeople === people && nowDevices === devices) return
    people = nowPeople
    devices = nowDevices
    revision++
    views.clear()
    found.clear()
  }

  function viewOf(view: BookView): View {
    refresh()
    const key = JSON.stringify([view.devices, view.books, view.order, view.language])
    const known = views.get(key)
    if (known !== undefined) return known
    const persons = (people ?? []).flatMap((person) => entryOfPerson(person) ?? [])
    const lines = view.devices ? entriesOfDevices(devices ?? [], people ?? []) : []
    const wanted = new Set(view.books)
    const seen = [...persons, ...lines].filter(({ books }) => wanted.size === 0 || books.some((one) => wanted.has(one)))
    const entries = sortEntries(seen, view)
    const made = { entries, all: entries.map(indexEntry) }
    if (views.size >= MAX_VIEWS) views.clear()
    views.set(key, made)
    return made
  }

  return {
    revision() {
      refresh()
      return revision
    },
    find(view, query) {
      const { all, entries } = viewOf(view)
      const matches = query === undefined ? undefined : matcherOf(query)
      if (query === undefined || matches === undefined) return entries
      const key = `${JSON.stringify(view)}${queryKey(query)}`
      const before = found.get(key)
      if (before !== undefined) return before
      const hits = all.filter(matches).map(({ entry }) => entry)
      found.set(key, hits)
      for (const oldest of found.keys()) {
        if (found.size <= MAX_KEPT) break
        found.delete(oldest)
      }
      return hits
    },
    books(view) {
      const counts = new Map<string, number>()
      for (const { books } of viewOf(view).entries)
        for (const book of books)
          if (view.books.length === 0 || view.books.includes(book)) counts.set(book, (counts.get(book) ?? 0) + 1)
      const collator = collatorOf(view.language)
      return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => collator.compare(a.name, b.name))
    },
  }
}
