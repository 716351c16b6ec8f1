import { createHash } from 'node:crypto'
import type { BookView, Entry, PhoneBook } from '../directory/contract.ts'
import { type BoxPlace, renderContext, vendorUrl } from './context.ts'
import type { Effective } from './contract.ts'
import type { FileForm } from './definition.ts'
import type { DirectoryForm } from './directory-form.ts'
import { type DirectoryRequest, type Page, pageOf, pageQuery, readQuery, readRequest } from './directory-request.ts'
import { directoryWords } from './directory-words.ts'
import { fillName } from './names.ts'
import type { RenderSubject } from './provision.ts'
import { type Renderer, TemplateError } from './render.ts'
import type { RenderedFile } from './rendered-file.ts'

// The phone book in a vendor's form, page by page. Pages are kept until the book or what they are made of changes.

export interface DirectoryFacts {
  readonly renderer: Renderer
  readonly phoneBook: PhoneBook
}

/** One page to make: the document and who asks. */
export interface DirectoryJob {
  readonly subject: RenderSubject
  readonly effective: Effective
  readonly box: BoxPlace
  readonly query?: string | undefined
  /** What the page depends on besides the book: layers, record, definitions. */
  readonly stamp: string
  readonly year: number
}

export interface DirectoryDocuments {
  /** Throws `TemplateError`. */
  file(job: DirectoryJob): RenderedFile
}

/** A book of some thousand people, each with names as long as they may be, still is a list and no endless loop. */
const LIMITS = { steps: 2_000_000, output: 32 * 1_048_576, work: 256_000_000 }
const MAX_KEPT_BYTES = 16 * 1_048_576

/** How this device sees the phone book, by its settings. */
export function bookViewOf({ settings }: Effective): BookView {
  const value = (name: string) => settings[name]?.value
  const books = value('directory.books')
  const language = value('language')
  return {
    devices: value('directory.devices') !== false,
    books: Array.isArray(books) ? (books as readonly string[]) : [],
    order: value('directory.order') === 'last-name' ? 'last-name' : 'name',
    language: typeof language === 'string' ? language : 'en',
  }
}

export function makeDirectoryDocuments({ renderer, phoneBook }: DirectoryFacts): DirectoryDocuments {
  const kept = new Map<string, RenderedFile>()
  const encoder = new TextEncoder()
  let revision = -1
  let size = 0
  return {
    file(job) {
      const { definition, form, model, firmware, device } = job.subject
      const { directory } = form
      if (directory === undefined) throw new TemplateError(`${form.name} is no document of the phone book`)
      const view = bookViewOf(job.effective)
      if (phoneBook.revision() !== revision) {
        kept.clear()
        size = 0
        revision = phoneBook.revision()
      }
      const request = readRequest(directory, readQuery(job.query))
      const items = itemsOf(directory, phoneBook.find(view, request.query))
      const page = pageOf(directory, request, items.length)
      const own = form.scope === 'device' ? device?.mac : undefined
      const key = JSON.stringify([
        ...[definition.id, form.name, form.from, model.model, firmware, own, job.box.address, job.box.httpPort],
        ...[job.stamp, view, [...request.given], page.from, page.size],
      ])
      const before = kept.get(key)
      if (before !== undefined) return before
      const context = contextOf(
        job,
        directory,
        { view, request, page, items: items.slice(page.from, page.to) },
        phoneBook,
      )
      const text = renderer.render(definition, form, context, LIMITS)
      const bytes = encoder.encode(form.lineEnd === 'crlf' ? text.replace(/\r?\n/g, '\r\n') : text)
      const file = { bytes, contentType: form.contentType, hash: createHash('sha256').update(bytes).digest('hex') }
      kept.set(key, file)
      size += bytes.length
      for (const [oldest, { bytes: gone }] of kept) {
        if (size <= MAX_KEPT_BYTES) break
        kept.delete(oldest)
        size -= gone.length
      }
      return file
    },
  }
}

const flattened = new WeakMap<readonly Entry[], readonly Item[]>()
const whole = new WeakMap<readonly Entry[], readonly Item[]>()

/** What a template lists: an entry, or one number of an entry. */
interface Item {
  readonly entry: Entry
  /** The number, where an item is one; else the first. */
  readonly at: number
}

function itemsOf({ unit }: DirectoryForm, entries: readonly Entry[]): readonly Item[] {
  const memory = unit === 'number' ? flattened : whole
  const known = memory.get(entries)
  if (known !== undefined) return known
  const made = entries.flatMap((entry) =>
    unit === 'number' ? entry.numbers.map((_, at) => ({ entry, at })) : [{ entry, at: 0 }],
  )
  memory.set(entries, made)
  return made
}

interface Found {
  readonly view: BookView
  readonly request: DirectoryRequest
  readonly page: Page
  readonly items: readonly Item[]
}

function contextOf(job: DirectoryJob, directory: DirectoryForm, found: Found, phoneBook: PhoneBook) {
  const { subject, effective, box } = job
  const { definition, form, device } = subject
  const { view, request, page, items } = found
  const mac = device?.mac
  const base = renderContext({
    ...subject,
    form: { ...form, secret: false },
    effective,
    box,
    protocol: 'http',
    year: job.year,
    ...(mac !== undefined && { mac }),
  })
  const words = directoryWords(view.language)
  const folder = vendorUrl(box, definition.id)
  const urlOf = ({ name }: FileForm) =>
    `${folder}${fillName(name, { codes: {}, ...(mac !== undefined && { mac }) }) ?? name}`
  const self = urlOf(form)
  const to = (from: number) => {
    const query = pageQuery(directory, request, page, from)
    return query === undefined ? '' : `${self}?${query}`
  }
  const titled = effective.settings['phonebook.name']?.value
  return {
    ...base,
    extra: [],
    title: request.query.book ?? (typeof titled === 'string' ? titled : ''),
    entries: items.map((item, i) => itemContext(item, page.from + i, words, directory.unit)),
    page: {
      first: page.total === 0 ? 0 : page.from + 1,
      last: page.to,
      total: page.total,
      size: page.size,
      number: Math.floor(page.from / page.size) + 1,
      pages: Math.max(1, Math.ceil(page.total / page.size)),
      next: page.to < page.total ? to(page.to) : '',
      // A page that begins inside another (a phone may ask for any place) goes back to the beginning.
      previous: page.from > 0 ? to(Math.max(0, page.from - page.size)) : '',
      cut: page.cut,
    },
    search: request.query.search ?? request.query.lastName ?? '',
    asked: { search: '', firstName: '', lastName: '', number: '', book: '', ...request.query },
    books: phoneBook.books(view).map(({ name, count }, i) => ({ name, count, index: i + 1 })),
    urls: Object.fromEntries((definition.directory?.documents ?? []).map((one) => [stem(one.name), urlOf(one)])),
    words,
  }
}

/** `search.xml` is `urls.search` to a template. */
function stem(name: string): string {
  return name
    .replace(/^.*\//, '')
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9_]/g, '')
}

function itemContext({ entry, at }: Item, place: number, words: Readonly<Record<string, string>>, unit: string) {
  const numbers = entry.numbers.map(({ kind, number }) => ({ kind, number, word: words[kind] ?? kind }))
  const of = (kind: string) => numbers.find((one) => one.kind === kind)?.number ?? ''
  const it = numbers[at]
  return {
    index: place + 1,
    id: entry.id,
    name: entry.name,
    /** The name with what kind of number it is, where one of several stands alone. */
    label: unit === 'number' && numbers.length > 1 ? `${entry.name} (${it?.word ?? ''})` : entry.name,
    firstName: entry.firstName ?? '',
    // Formats that know names in two parts alone must have one of them.
    lastName: entry.lastName ?? (entry.firstName === undefined ? entry.name : ''),
    company: entry.company ?? '',
    department: entry.department ?? '',
    title: entry.title ?? '',
    email: entry.email ?? '',
    number: it?.number ?? '',
    kind: it?.kind ?? '',
    numbers,
    books: entry.books,
    extension: of('extension'),
    work: of('work'),
    mobile: of('mobile'),
    home: of('home'),
    fax: of('fax'),
    other: of('other'),
  }
}
