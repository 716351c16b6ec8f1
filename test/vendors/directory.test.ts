import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatIpv4 } from '../../services/core/ipv4.ts'
import { type Mac, readMac } from '../../services/core/mac.ts'
import type { Person } from '../../services/directory/contract.ts'
import { makePhoneBook } from '../../services/directory/phone-book.ts'
import { BOX, makeTestBox, NOW } from '../../services/phones/box.fixture.ts'
import { holds } from '../../services/phones/condition.ts'
import type { Definition, FileForm } from '../../services/phones/definition.ts'
import { readDefinitions } from '../../services/phones/read.ts'
import { TEMPLATES } from '../../services/phones/sample.fixture.ts'
import { contacts, HOSTILE_NAMES, OFFICE } from '../support/contacts.ts'
import { linksOf, MENUS, READERS, type ReadEntry } from '../support/directory-readers.ts'

// The phone book in every vendor's form, asked for as a phone does. Golden files are written anew with GOLDEN=write.

const definitions = readDefinitions(TEMPLATES)
const ADDRESS = '192.0.2.50'

const documents = definitions.all.flatMap((definition) =>
  (definition.directory?.documents ?? []).map((form) => [`${definition.id}/${form.name}`, definition, form] as const),
)

function macOf(definition: Definition): Mac {
  return readMac(`${definition.recognise.oui[0] ?? '00005e'}005301`) as Mac
}

/** A box with these people and one registered phone of the vendor at `ADDRESS`; `get` asks as that phone. */
function officeOf(definition: Definition, people: readonly Person[], settings: object = {}) {
  const box = makeTestBox({ phoneBook: (devices) => makePhoneBook({ people: { list: () => people }, devices }) })
  const mac = macOf(definition)
  const model = definition.models.find(({ family }) => family !== 'dect' && family !== 'ata') ?? definition.models[0]
  const device = { vendor: definition.id, model: model?.model, settings }
  box.devices.put(mac, device, { by: 'test' })
  box.lease(ADDRESS, mac)
  let at = NOW
  return {
    box,
    mac,
    ask: (name: string, query?: string) => {
      // A person turns a page at most every second.
      at += 1000
      return box.ask(`/${definition.id}/${name}`, ADDRESS, { at, ...(query !== undefined && { query }) })
    },
    get(name: string, query?: string): string {
      const answer = this.ask(name, query)
      if (answer.kind !== 'content') throw new Error(`${name}: ${answer.reason}`)
      return new TextDecoder().decode(answer.bytes)
    },
  }
}

/** Every page, from the first to the one that has no next. */
function readAll(office: ReturnType<typeof officeOf>, form: FileForm, document: string, query?: string): ReadEntry[] {
  const read = READERS[document]
  if (read === undefined) throw new Error(`${document} has no reader`)
  const entries: ReadEntry[] = []
  let next = query
  for (let pages = 0; pages < 1000; pages++) {
    const page = read(office.get(form.name, next))
    entries.push(...page.entries)
    if (page.next === undefined) return entries
    // A base repeats its question with another place; others follow the link that they are given.
    next = document.startsWith('gigaset/') && query !== undefined ? `${query}&${page.next}` : page.next
  }
  throw new Error(`${document} does not end`)
}

describe('documents of the phone book', () => {
  it('are all read by this test', () => {
    const known = [...Object.keys(READERS), ...Object.keys(MENUS)].sort()
    expect(documents.map(([name]) => name).sort()).toEqual(known)
  })

  it.each(documents)('%s equals its golden file', (document, definition, form) => {
    const text = officeOf(definition, OFFICE, { 'phonebook.name': 'Office' }).get(form.name)
    const folder = join(TEMPLATES, definition.id, 'golden', 'directory')
    const file = join(folder, form.name)
    if (process.env.GOLDEN === 'write') {
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, text)
    }
    expect(existsSync(file), `${file} is missing: write it with GOLDEN=write`).toBe(true)
    expect(text, document).toBe(readFileSync(file, 'utf8'))
  })

  it('leave no golden file behind', () => {
    for (const definition of definitions.all) {
      const folder = join(TEMPLATES, definition.id, 'golden', 'directory')
      const names = (definition.directory?.documents ?? []).map(({ name }) => name)
      expect(existsSync(folder) ? readdirSync(folder).sort() : []).toEqual(names.sort())
    }
  })
})

const lists = documents.filter(([name]) => name in READERS)

describe('5,000 contacts, some with hostile names', () => {
  const people = contacts(5000)
  const expected = people.flatMap(({ extension = '', numbers }) => [extension, ...numbers.map((one) => one.number)])

  it.each(lists)('%s gives each exactly once, page by page', (document, definition, form) => {
    const entries = readAll(officeOf(definition, people), form, document)
    const numbers = entries.flatMap((entry) => entry.numbers)
    const most = form.directory?.most ?? numbers.length
    expect(new Set(numbers).size).toBe(numbers.length)
    if (form.directory?.most === undefined) expect(numbers.sort()).toEqual([...expected].sort())
    else expect(numbers).toHaveLength(most)
    expect(entries.every(({ name }) => name.trim() !== '')).toBe(true)
    // Nothing of a name became structure, and nothing that a format must not hold is left.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(entries.some(({ name }) => /[\u0000-\u001f]|\ud800(?![\udc00-\udfff])/.test(name))).toBe(false)
  })

  const searched = lists.filter(([, , form]) => (form.directory?.query.search.length ?? 0) > 0)
  it.each(searched)('%s finds by name, by part of a number, and nobody', (document, definition, form) => {
    const [parameter] = form.directory?.query.search ?? []
    const office = officeOf(definition, people)
    const find = (text: string) => readAll(office, form, document, `${parameter}=${encodeURIComponent(text)}`)
    // Capitals and accents do not matter; every page of the hits is followed.
    const hits = find('OZTURK').flatMap(({ numbers }) => numbers)
    const wanted = people.filter(({ name }) => name.includes('Öztürk'))
    const all = wanted.flatMap(({ extension = '', numbers }) => [extension, ...numbers.map((one) => one.number)])
    expect(hits.sort()).toEqual(all.sort())
    expect(find('14321').flatMap(({ numbers }) => numbers)).toContain('14321')
    expect(find('nobody is called this')).toEqual([])
  })

  it.each(searched)('%s takes any search text', (document, definition, form) => {
    const [parameter] = form.directory?.query.search ?? []
    const office = officeOf(definition, people.slice(0, 100))
    const texts = [
      ...HOSTILE_NAMES.map((text) => encodeURIComponent(text.toWellFormed())),
      '%',
      '%zz',
      '+',
      '*',
      '('.repeat(500),
    ]
    for (const text of [...texts, '#SEARCH', `a&${'b=c&'.repeat(400)}`, `x&start=-5&first=9999999999&count=-1&page=0`])
      expect(READERS[document]?.(office.get(form.name, `${parameter}=${text}`))).toBeDefined()
  })

  it('are found by the parts of a name and by the number, as bases ask', () => {
    const definition = definitions.get('gigaset') as Definition
    const office = officeOf(definition, OFFICE)
    const asked = (query: string) =>
      READERS['gigaset/directory.xml']?.(office.get('directory.xml', `command=get_list&type=pb&${query}`)).entries.map(
        ({ name }) => name,
      )
    const any = 'fn=*&ct=*&st=*&nr=*&mb=*&fx=*&sip=*&zc=*&lang=9&first=1&count=10&mac=7C2F80005301&limit=2048'
    expect(asked(`ln=lov*&hm=*&${any}`)).toEqual(['Ada Lovelace'])
    expect(asked(`ln=%2a&hm=01632960012&${any.replace('fn=*', 'fn=%2a')}`)).toEqual([
      'Bruno Abel',
      'Bruno Abel',
      'Bruno Abel',
    ])
    expect(asked(`ln=x*&hm=*&${any}`)).toEqual([])
    // -1 is the last page.
    const last = office.get('directory.xml', 'ln=*&first=-1&count=4')
    expect(last).toContain('last="7"')
    expect(last).toContain('first="5"')
  })
})

describe('books', () => {
  const menus = documents.filter(([name]) => name in MENUS)
  it.each(menus)('%s leads to documents that are there', (document, definition, form) => {
    const office = officeOf(definition, OFFICE)
    const links = linksOf(document, office.get(form.name))
    expect(links.length).toBeGreaterThan(0)
    for (const link of links) {
      const url = new URL(link)
      expect(url.host).toBe(formatIpv4(BOX))
      const name = url.pathname.slice(`/${definition.id}/`.length)
      expect(office.get(name, url.search.slice(1)).length).toBeGreaterThan(50)
    }
  })

  const booked = lists.filter(([, , form]) => form.directory?.query.book !== undefined)
  it.each(booked)('%s gives those of one book', (document, definition, form) => {
    const names = readAll(officeOf(definition, OFFICE), form, document, 'book=Suppliers').map(({ name }) => name.trim())
    expect(names).toEqual(['Çelik & Söhne'])
  })

  it.each(lists)('%s shows the books that the setting names, and main alone', (document, definition, form) => {
    const seen = (settings: object) =>
      readAll(officeOf(definition, OFFICE, settings), form, document).flatMap(({ numbers }) => numbers)
    expect(seen({ 'directory.books': ['Suppliers'] })).toEqual(['+441632960099'])
    expect(seen({ 'directory.books': ['main'] })).not.toContain('+441632960099')
    expect(seen({})).toContain('+441632960099')
    expect(seen({})).not.toContain('206')
  })
})

describe('who gets it', () => {
  it.each(documents)('%s: nobody whose address holds no known device', (document, definition, form) => {
    const office = officeOf(definition, OFFICE)
    // Neither lease nor neighbour; then a lease of a device that nobody registered.
    expect(office.ask(form.name).kind).toBe('content')
    const answer = (address: string) => office.box.ask(`/${document}`, address)
    expect(answer('192.0.2.99').kind).toBe('refused')
    office.box.lease('192.0.2.60', 'aa0000000001')
    expect(answer('192.0.2.60').kind).toBe('missing')
    office.box.devices.put(office.mac, { vendor: definition.id, enabled: false }, { by: 'test' })
    expect(office.ask(form.name).kind).toBe('refused')
  })

  it('a line in the journey of each, without what was searched for', () => {
    const office = officeOf(definitions.get('yealink') as Definition, OFFICE)
    office.get('directory.xml', 'search=lovelace')
    const step = office.box.journal.at(-1)?.step
    expect(step).toMatchObject({ kind: 'file.served', file: 'directory.xml', own: false, secret: false })
    expect(JSON.stringify(office.box.journal)).not.toContain('lovelace')
  })
})

describe('the setting', () => {
  const linked = definitions.all.filter((definition) => (definition.directory?.url.length ?? 0) > 0)

  it.each(linked.map((definition) => [definition.id, definition] as const))(
    'phonebook.url of %s is the box, unless somebody names another or none',
    (id, definition) => {
      const model = definition.models.find((one) =>
        definition.directory?.url.some(({ when }) => when === undefined || holds(definition, when, one, undefined)),
      )
      const box = makeTestBox()
      const mac = macOf(definition)
      const rendered = (settings: object) => {
        box.devices.put(
          mac,
          { vendor: id, model: model?.model, lines: [{ index: 1, user: '101', server: 'pbx.example.net' }], settings },
          { by: 'test' },
        )
        return new TextDecoder().decode(box.inspector.render(mac).bytes)
      }
      const document = (definition.directory?.url[0]?.url ?? '').replace('{{ url }}', '')
      // Grandstream phones are told the folder, and put the name behind it.
      const mine = id === 'grandstream' ? `<P331>${formatIpv4(BOX)}/${id}<` : `${formatIpv4(BOX)}/${id}/${document}`
      expect(rendered({})).toContain(mine)
      expect(rendered({ 'phonebook.url': 'http://192.0.2.7/x/book.xml' })).not.toContain(mine)
      expect(rendered({ 'phonebook.url': '' })).not.toContain(mine)
    },
  )
})
