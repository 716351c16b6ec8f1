import type { BookQuery, Entry } from './contract.ts'

// What is found. Search texts come from the network: they are cut before anything is done with them.

const MAX_TEXT = 64
const MAX_WORDS = 8

/** One spelling for what people type without accents and capitals: `Müßig` is `mussig`. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replaceAll('ł', 'l')
    .replaceAll('đ', 'd')
}

/** The words of a search text, folded; blanks, commas and wildcards divide them. */
export function wordsOf(text: string): string[] {
  return fold(text.slice(0, MAX_TEXT))
    .split(/[\s,;*]+/u)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS)
}

/** Only what is dialled: how a number is found by its digits, however it is written. */
function digitsOf(text: string): string {
  return text.replace(/[^0-9+*#]/g, '')
}

/** An entry with the texts that it is found by. */
export interface Indexed {
  readonly entry: Entry
  readonly names: string
  readonly first: string
  readonly last: string
  readonly numbers: readonly string[]
  readonly users: string
}

export function indexEntry(entry: Entry): Indexed {
  const { name, firstName, lastName, company, department } = entry
  const all = [name, firstName, lastName, company, department].filter((text) => text !== undefined)
  // A name in one piece: `Ada Lovelace` is found as first name Ada too.
  const [head = '', ...rest] = name.split(/\s+/u)
  return {
    entry,
    names: fold(all.join('\n')),
    first: fold(firstName ?? (lastName === undefined && rest.length > 0 ? head : '')),
    last: fold(lastName ?? (firstName === undefined ? (rest.length > 0 ? rest.join(' ') : head) : '')),
    numbers: entry.numbers.map(({ number }) => digitsOf(number)),
    users: fold(entry.numbers.map(({ number }) => number).join('\n')),
  }
}

/** Makes a query into a test, or undefined when it asks for nothing. */
export function matcherOf(query: BookQuery): ((indexed: Indexed) => boolean) | undefined {
  const search = wordsOf(query.search ?? '')
  const first = wordsOf(query.firstName ?? '')
  const last = wordsOf(query.lastName ?? '')
  const number = digitsOf((query.number ?? '').slice(0, MAX_TEXT)).replace(/^\*+|\*+$/g, '')
  const { book } = query
  if (search.length + first.length + last.length === 0 && number === '' && book === undefined) return undefined
  const digits = search.map((word) => (/^[+#\d()/.-]+$/.test(word) ? digitsOf(word) : ''))
  return (indexed) =>
    search.every(
      (word, i) =>
        indexed.names.includes(word) ||
        indexed.users.includes(word) ||
        (digits[i] !== '' && indexed.numbers.some((one) => one.includes(digits[i] ?? ''))),
    ) &&
    // Phones ask for the beginning of a name (Gigaset's `ln=Lo*`), so every word must begin one.
    first.every((word) => beginsWord(indexed.first, word)) &&
    last.every((word) => beginsWord(indexed.last, word)) &&
    (number === '' || indexed.numbers.some((one) => one.includes(number))) &&
    (book === undefined || indexed.entry.books.includes(book))
}

function beginsWord(text: string, word: string): boolean {
  return text.startsWith(word) || text.includes(` ${word}`) || text.includes(`-${word}`)
}

/** A key for a query that is the same for all that find the same. */
export function queryKey(query: BookQuery): string {
  const { search = '', firstName = '', lastName = '', number = '', book } = query
  return JSON.stringify([
    wordsOf(search).join(' '),
    wordsOf(firstName).join(' '),
    wordsOf(lastName).join(' '),
    digitsOf(number.slice(0, MAX_TEXT)),
    book ?? null,
  ])
}
