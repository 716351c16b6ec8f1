// Readers of each vendor's phone book, written after its documents and apart from the templates. Each throws, or gives
// something that is no list of names and numbers, when the text has not the vendor's form.

export interface ReadEntry {
  readonly name: string
  readonly numbers: readonly string[]
}

export interface ReadPage {
  readonly entries: readonly ReadEntry[]
  /** The query of the link to the next page. */
  readonly next?: string
}

type Node = Readonly<Record<string, unknown>>

function xml(text: string, root: string): Node {
  const tree = Bun.XML.parse(text) as Node
  const names = Object.keys(tree)
  if (names.length !== 1 || names[0] !== root) throw new SyntaxError(`the root is ${names.join(', ')}, not ${root}`)
  const found = tree[root]
  return typeof found === 'object' && found !== null ? (found as Node) : {}
}

function all(node: Node, name: string): readonly Node[] {
  const found = node[name]
  return found === undefined ? [] : ((Array.isArray(found) ? found : [found]) as Node[])
}

function texts(node: Node, ...names: string[]): string[] {
  return names.flatMap((name) => all(node, name).map((one) => String(one)))
}

function must(node: Node, name: string): string {
  const [value, more] = texts(node, name)
  if (value === undefined || more !== undefined) throw new SyntaxError(`one ${name} is needed`)
  return value
}

function queryOf(url: string | undefined): { readonly next?: string } {
  return url === undefined ? {} : { next: url.slice(url.indexOf('?') + 1) }
}

/** `xxxIPPhoneDirectory` of DirectoryEntry with one Name and numbers in these elements. */
function entriesOf(root: string, ...fields: string[]) {
  return (text: string): ReadPage => ({
    entries: all(xml(text, root), 'DirectoryEntry').map((entry) => ({
      name: must(entry, 'Name'),
      numbers: texts(entry, ...fields).filter((number) => number !== ''),
    })),
  })
}

/** Cisco IP Phone Services: at most 32 entries, soft keys by place. */
function cisco(text: string): ReadPage {
  const root = xml(text, 'CiscoIPPhoneDirectory')
  const entries = all(root, 'DirectoryEntry')
  if (entries.length > 32) throw new SyntaxError('more than 32 entries')
  const keys = all(root, 'SoftKeyItem')
  const next = keys.find((key) => must(key, 'Position') === '2')
  return {
    entries: entries.map((entry) => ({ name: must(entry, 'Name'), numbers: [must(entry, 'Telephone')] })),
    ...queryOf(next && must(next, 'URL')),
  }
}

function snom(text: string): ReadPage {
  const root = xml(text, 'SnomIPPhoneDirectory')
  must(root, 'Title')
  const next = all(root, 'SoftKeyItem').find((key) => must(key, 'Name') === 'F3')
  return {
    entries: all(root, 'DirectoryEntry')
      .map((entry) => ({ name: must(entry, 'Name'), numbers: texts(entry, 'Telephone').filter((it) => it !== '') }))
      .filter(({ numbers }) => numbers.length > 0),
    ...queryOf(next && must(next, 'URL')),
  }
}

function mitel(text: string): ReadPage {
  const items = all(xml(text, 'AastraIPPhoneTextMenu'), 'MenuItem')
  if (items.length > 15) throw new SyntaxError('more than 15 items')
  const next = items.find((item) => must(item, 'Prompt') === 'Next')
  const dials = items.filter((item) => must(item, 'URI').startsWith('Dial:'))
  return {
    entries: dials.map((item) => ({ name: must(item, 'Prompt'), numbers: [must(item, 'Dial')] })),
    ...queryOf(next && must(next, 'URI')),
  }
}

function gigaset(text: string): ReadPage {
  if (new TextEncoder().encode(text).length > 2048) throw new SyntaxError('more than 2,048 bytes')
  const root = xml(text, 'list')
  const [response, type, total] = ['@response', '@type', '@total'].map((name) => root[name])
  if (response !== 'get_list' || type !== 'pb') throw new SyntaxError('no answer to get_list')
  if (total === '0') return { entries: [] }
  const last = Number(root['@last'])
  return {
    entries: all(root, 'entry').map((entry) => ({
      name: `${must(entry, 'fn')} ${must(entry, 'ln')}`,
      numbers: texts(entry, 'hm', 'mb', 'fx'),
    })),
    ...(last < Number(total) ? { next: `first=${last + 1}&count=10` } : {}),
  }
}

function grandstream(text: string): ReadPage {
  return {
    entries: all(xml(text, 'AddressBook'), 'Contact').map((contact) => {
      const name = `${must(contact, 'FirstName')} ${must(contact, 'LastName')}`
      if (name.trim() === '') throw new SyntaxError('a contact without a name')
      return { name, numbers: all(contact, 'Phone').map((phone) => must(phone, 'phonenumber')) }
    }),
  }
}

function avaya(text: string): ReadPage {
  return {
    entries: all(xml(text, 'IPPhoneDirectory'), 'DirectoryEntry').map((entry) => ({
      name: `${must(entry, 'FirstName')} ${must(entry, 'LastName')}`,
      numbers: all(entry, 'PhoneNumbers').flatMap((list) => all(list, 'Phone').map((phone) => must(phone, 'Number'))),
    })),
  }
}

function poly(text: string): ReadPage {
  const [list] = all(xml(text, 'directory'), 'item_list')
  return {
    entries: all(list ?? {}, 'item').map((item) => {
      for (const part of ['fn', 'ln'])
        if (new TextEncoder().encode(must(item, part)).length > 40) throw new SyntaxError(`${part} over 40 bytes`)
      return { name: `${must(item, 'fn')} ${must(item, 'ln')}`, numbers: [must(item, 'ct')] }
    }),
  }
}

function vtech(text: string): ReadPage {
  const [group] = all(xml(text, 'directory'), 'DIR_GROUP')
  return {
    entries: all(group ?? {}, 'DIR_ENTRY').map((entry) => ({
      name: `${must(entry, 'DIR_ENTRY_NAME_FIRST')} ${must(entry, 'DIR_ENTRY_NAME_LAST')}`,
      numbers: texts(entry, 'DIR_ENTRY_NUMBER_WORK', 'DIR_ENTRY_NUMBER_MOBILE', 'DIR_ENTRY_NUMBER_OTHER').filter(
        (number) => number !== '',
      ),
    })),
  }
}

/** RFC 4180, by hand: so that the test does not read with what wrote. */
function csv(text: string, columns: number): ReadPage {
  const rows = text.split('\n').filter((line) => line !== '')
  return {
    entries: rows.map((row) => {
      const cells = [...row.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = '']) => cell.replaceAll('""', '"'))
      if (cells.length !== columns) throw new SyntaxError(`${cells.length} cells, not ${columns}: ${row.slice(0, 80)}`)
      const [name = '', ...numbers] = cells
      return { name, numbers: numbers.filter((number) => number !== '') }
    }),
  }
}

/** RFC 6350: cards of lines that end in CRLF. */
function vcards(text: string): ReadPage {
  if (/[^\r]\n/.test(text)) throw new SyntaxError('a line does not end in CRLF')
  const cards = text.split('END:VCARD\r\n').filter((card) => card !== '')
  return {
    entries: cards.map((card) => {
      const lines = card.split('\r\n').filter((line) => line !== '')
      if (lines[0] !== 'BEGIN:VCARD' || lines[1] !== 'VERSION:4.0') throw new SyntaxError('a card begins wrongly')
      const odd = lines.find((line) => !/^(BEGIN|VERSION|FN|ORG|TEL;TYPE=[a-z]+):/.test(line))
      if (odd !== undefined) throw new SyntaxError(`an unknown line: ${odd.slice(0, 60)}`)
      const value = (line: string) => line.slice(line.indexOf(':') + 1).replace(/\\(.)/g, '$1')
      const name = lines.filter((line) => line.startsWith('FN:'))
      if (name.length !== 1) throw new SyntaxError('one FN is needed')
      return { name: value(name[0] ?? ''), numbers: lines.filter((line) => line.startsWith('TEL')).map(value) }
    }),
  }
}

/** `vendor/document` → its reader. Menus and search forms have none: they hold nobody. */
export const READERS: Readonly<Record<string, (text: string) => ReadPage>> = {
  'yealink/directory.xml': entriesOf('YealinkIPPhoneDirectory', 'Telephone'),
  'fanvil/directory.xml': entriesOf('FanvilIPPhoneDirectory', 'Telephone', 'Mobile', 'Other'),
  'snom/directory.xml': snom,
  'snom/phonebook.xml': entriesOf('IPPhoneDirectory', 'Telephone', 'Office', 'Mobile'),
  'grandstream/phonebook.xml': grandstream,
  'grandstream/gs_phonebook.xml': grandstream,
  'cisco-spa/entries.xml': cisco,
  'cisco-mpp/entries.xml': cisco,
  'cisco-sep/entries.xml': cisco,
  'cisco-7940/entries.xml': cisco,
  'mitel/directory.xml': mitel,
  'mitel/directory.csv': (text) => csv(text, 2),
  'gigaset/directory.xml': gigaset,
  'htek/directory.xml': entriesOf('PhoneDirectory', 'Telephone'),
  'akuvox/directory.xml': entriesOf('IPPhoneDirectory', 'Telephone'),
  'flyingvoice/directory.xml': entriesOf('IPPhoneDirectory', 'Telephone'),
  'ale/directory.xml': entriesOf('IPPhoneDirectory', 'Telephone'),
  'avaya/directory.xml': avaya,
  'poly/000000000000-directory.xml': poly,
  'vtech/directory.xml': vtech,
  'audiocodes/directory.csv': (text) => csv(text, 4),
  'linphone/contacts.vcf': vcards,
}

/** Documents that lead to others: their root, and the element that holds each link. */
export const MENUS: Readonly<Record<string, readonly [root: string, item: string, link: string]>> = {
  'yealink/books.xml': ['YealinkIPPhoneMenu', 'MenuItem', 'URL'],
  'fanvil/books.xml': ['FanvilIPPhoneMenu', 'MenuItem', 'URL'],
  'snom/books.xml': ['SnomIPPhoneMenu', 'MenuItem', 'URL'],
  'snom/search.xml': ['SnomIPPhoneInput', '', 'URL'],
  'cisco-spa/directory.xml': ['CiscoIPPhoneMenu', 'MenuItem', 'URL'],
  'cisco-mpp/directory.xml': ['CiscoIPPhoneMenu', 'MenuItem', 'URL'],
  'cisco-sep/directory.xml': ['CiscoIPPhoneMenu', 'MenuItem', 'URL'],
  'cisco-7940/directory.xml': ['CiscoIPPhoneMenu', 'MenuItem', 'URL'],
  'cisco-spa/search.xml': ['CiscoIPPhoneInput', '', 'URL'],
  'cisco-mpp/search.xml': ['CiscoIPPhoneInput', '', 'URL'],
  'cisco-sep/search.xml': ['CiscoIPPhoneInput', '', 'URL'],
  'cisco-7940/search.xml': ['CiscoIPPhoneInput', '', 'URL'],
  'mitel/books.xml': ['AastraIPPhoneTextMenu', 'MenuItem', 'URI'],
  'mitel/search.xml': ['AastraIPPhoneInputScreen', '', 'URL'],
}

/** The links of a menu or form. */
export function linksOf(document: string, text: string): string[] {
  const [root, item, link] = MENUS[document] ?? ['', '', '']
  const tree = xml(text, root)
  return (item === '' ? [tree] : all(tree, item)).map((one) => must(one, link))
}
