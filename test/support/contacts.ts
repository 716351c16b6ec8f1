import type { Person } from '../../services/directory/contract.ts'

/** Texts that break what does not expect them; each stands in names. */
export const HOSTILE_NAMES = [
  'O"Neill',
  "D'Arcy",
  'Tail]]>End',
  'Bell & Co',
  '<script>alert(1)</script>',
  'Line\nBreak\r\nEVIL: 1',
  'Emoji 𝕏😀',
  'Lone \ud800 surrogate',
  'Semi;Colon,Comma\\Back',
  '{{ settings }}{% raw %}',
  `Long ${'x'.repeat(995)}`,
  '=HYPERLINK("http://192.0.2.66")',
  '\u202etxt.exe',
  'Ünïcødé Ärger',
] as const

const FIRST = ['Ada', 'Bruno', 'Çelik', 'Dörte', 'Émile', 'Frida', 'Göran', 'Hana', 'Iris', 'Jürgen']
const LAST = ['Abel', 'Öztürk', 'Meyer', 'von Ahn', 'Żak', 'Ng', 'Smith', 'Ångström', 'Łukasz', 'Zeh']

function person(i: number, fields: Partial<Person> & { readonly name: string }): Person {
  return { id: `p${String(i).padStart(5, '0')}`, rev: 1, listed: true, numbers: [], ...fields }
}

/** So many people with numbers of their own, the first of them with hostile names. Every second one has a mobile too. */
export function contacts(count: number): Person[] {
  return Array.from({ length: count }, (_, i) => {
    const extension = String(10_000 + i)
    const numbers = i % 2 === 0 ? [{ kind: 'mobile' as const, number: `+44163296${String(i).padStart(4, '0')}` }] : []
    const hostile = HOSTILE_NAMES[i]
    if (hostile !== undefined)
      return person(i, { name: hostile, firstName: hostile, lastName: hostile, company: hostile, extension, numbers })
    const firstName = FIRST[i % FIRST.length] ?? ''
    const lastName = `${LAST[Math.floor(i / 10) % LAST.length]} ${i}`
    return person(i, { name: `${firstName} ${lastName}`, firstName, lastName, extension, numbers })
  })
}

/** A small book with everything in it once; golden files show it. */
export const OFFICE: readonly Person[] = [
  person(1, { name: 'Ada Lovelace', firstName: 'Ada', lastName: 'Lovelace', extension: '204', company: 'Engines' }),
  person(2, {
    name: 'Bruno Abel',
    firstName: 'Bruno',
    lastName: 'Abel',
    extension: '205',
    department: 'Sales',
    books: ['Sales', 'main'],
    numbers: [
      { kind: 'mobile', number: '+441632960011' },
      { kind: 'home', number: '01632960012' },
    ],
  }),
  person(3, { name: 'Çelik & Söhne', numbers: [{ kind: 'work', number: '+441632960099' }], books: ['Suppliers'] }),
  person(4, { name: 'Fax room', numbers: [{ kind: 'fax', number: '299' }] }),
  person(5, { name: 'No number' }),
  person(6, { name: 'Hidden', extension: '206', listed: false }),
  person(7, { name: 'Zoë <Door>', numbers: [{ kind: 'other', number: 'sip:door@pbx.example.net' }] }),
]
