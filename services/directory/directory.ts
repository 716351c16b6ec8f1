import type { Directory, Entry, People, Person } from './contract.ts'
import { makeExchange } from './exchange.ts'
import { collatorOf } from './policy-entries.ts'
import { type Indexed, indexEntry, matcherOf } from './policy-search.ts'

/** People for those who edit them: found by any word, read from and written to files. */
export function makeDirectory(deps: { readonly people: People; readonly newId: () => string }): Directory {
  const { people, newId } = deps
  let all: ReturnType<People['list']> | undefined
  let indexed: readonly { readonly person: Person; readonly index: Indexed }[] = []
  const refresh = () => {
    const now = people.list()
    if (now === all) return
    all = now
    const collator = collatorOf('en')
    indexed = now
      .map((person) => ({ person, index: indexEntry(entryOf(person)) }))
      .sort((a, b) => collator.compare(a.person.name, b.person.name) || (a.person.id < b.person.id ? -1 : 1))
  }
  return {
    people,
    newId,
    exchange: makeExchange({ people, newId }),
    find(search) {
      refresh()
      const matches = search === undefined ? undefined : matcherOf({ search })
      return (matches === undefined ? indexed : indexed.filter(({ index }) => matches(index))).map(
        ({ person }) => person,
      )
    },
  }
}

/** A person as they would stand in a phone book, listed or not, with or without a number. */
function entryOf({ id, name, firstName, lastName, company, department, extension, numbers }: Person): Entry {
  return {
    ...{ id, name, source: 'person', books: [] },
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(company !== undefined && { company }),
    ...(department !== undefined && { department }),
    numbers: [...(extension === undefined ? [] : [{ kind: 'extension' as const, number: extension }]), ...numbers],
  }
}
