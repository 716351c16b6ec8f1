import type { BookQuery } from '../directory/contract.ts'
import type { DirectoryForm } from './directory-form.ts'

// What a phone asks of the phone book, read out of the query of a URL. All of it is hostile: it is cut before it is
// read, unknown parameters are passed over, and a number out of range becomes the nearest one in it.

const MAX_QUERY = 1024
const MAX_VALUE = 64
const MAX_PARAMETERS = 40

/** A question to one document. */
export interface DirectoryRequest {
  readonly query: BookQuery
  /** The place of the first wanted item, counted from 0; undefined: the last page. */
  readonly start: number | undefined
  /** How many items the phone wants, when it says so. */
  readonly count?: number
  /** Which of the document's query parameters the question came by, for the links to other pages. */
  readonly given: ReadonlyMap<string, string>
}

/** Decodes `application/x-www-form-urlencoded` text; what is no UTF-8 is taken as it stands. */
function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** The parameters of a query by name, the first of each name. */
export function readQuery(query: string | undefined): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const part of (query ?? '').slice(0, MAX_QUERY).split('&').slice(0, MAX_PARAMETERS)) {
    const equals = part.indexOf('=')
    const name = decoded(equals === -1 ? part : part.slice(0, equals))
    const value = equals === -1 ? '' : decoded(part.slice(equals + 1))
    if (!parameters.has(name)) parameters.set(name, [...value].slice(0, MAX_VALUE).join(''))
  }
  return parameters
}

/** The question that the parameters of a query make for this document. */
export function readRequest(form: DirectoryForm, parameters: ReadonlyMap<string, string>): DirectoryRequest {
  const { query } = form
  const given = new Map<string, string>()
  const take = (names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = parameters.get(name) ?? ''
      // A lone wildcard asks for everything, and `#SEARCH` is a macro that the phone had nothing to put in for.
      if (value.replace(/[*\s]/g, '') === '' || /^#[A-Z]+$/.test(value)) continue
      given.set(name, value)
      return value
    }
    return undefined
  }
  const text = <Name extends 'search' | 'firstName' | 'lastName' | 'number'>(name: Name) => {
    const value = take(query[name])
    return value === undefined ? {} : { [name]: value }
  }
  const book = query.book === undefined ? undefined : take([query.book])
  const whole = (name: string | undefined): number | undefined => {
    const value = name === undefined ? undefined : parameters.get(name)
    return value !== undefined && /^-?\d{1,9}$/.test(value) ? Number(value) : undefined
  }
  const count = whole(query.count)
  const size = pageSizeOf(form, count)
  const start = whole(query.start)
  const page = whole(query.page)
  return {
    query: {
      ...text('search'),
      ...text('firstName'),
      ...text('lastName'),
      ...text('number'),
      ...(book !== undefined && { book }),
    },
    // Gigaset's XML directory names the last page by -1.
    start:
      start === -1
        ? undefined
        : start !== undefined
          ? Math.max(0, start - query.startIs)
          : page !== undefined && size !== undefined
            ? Math.max(0, page - query.pageIs) * size
            : 0,
    ...(count !== undefined && count > 0 && { count }),
    given,
  }
}

/** Items in one answer: what the phone asks for, as far as the document gives it. */
function pageSizeOf({ pageSize }: DirectoryForm, count: number | undefined): number | undefined {
  if (count === undefined || count < 1) return pageSize
  return pageSize === undefined ? count : Math.min(count, pageSize)
}

/** A part of a list of `total` items. `from` and `to` count from 0, `to` is behind the last. */
export interface Page {
  readonly from: number
  readonly to: number
  readonly size: number
  readonly total: number
  /** Items that the phone takes are fewer than those found. */
  readonly cut: boolean
}

export function pageOf(form: DirectoryForm, request: DirectoryRequest, found: number): Page {
  const total = Math.min(found, form.most ?? found)
  const size = pageSizeOf(form, request.count) ?? Math.max(1, total)
  const lastStart = Math.max(0, Math.ceil(total / size) - 1) * size
  const from = Math.min(request.start ?? lastStart, total)
  return { from, to: Math.min(total, from + size), size, total, cut: found > total }
}

/** The query that asks for the page which begins at `from`; undefined when there is none. */
export function pageQuery(
  form: DirectoryForm,
  request: DirectoryRequest,
  page: Page,
  from: number,
): string | undefined {
  const { start, startIs, page: name, pageIs } = form.query
  if (from < 0 || from >= page.total || form.pageSize === undefined) return undefined
  const place: [string, number] | undefined =
    start !== undefined
      ? [start, from + startIs]
      : name !== undefined
        ? [name, Math.floor(from / page.size) + pageIs]
        : undefined
  if (place === undefined) return undefined
  const pairs = [...request.given, [place[0], String(place[1])] as const]
  if (form.query.count !== undefined && request.count !== undefined)
    pairs.push([form.query.count, String(request.count)])
  return pairs.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`).join('&')
}
