import { describe, expect, it } from 'vitest'
import { HOSTILE_NAMES } from '../../test/support/contacts.ts'
import { peopleInMemory } from '../../test/support/people.ts'
import { OperatorError } from '../core/errors.ts'
import type { ExchangeFormat } from './contract.ts'
import { idOfUid, makeExchange } from './exchange.ts'

const by = 'test'

function made() {
  const { people } = peopleInMemory()
  let ids = 0
  const exchange = makeExchange({ people, newId: () => `new${++ids}` })
  return {
    people,
    exchange,
    take(format: ExchangeFormat, text: string) {
      const plan = exchange.read(format, text)
      expect(plan.faults).toEqual([])
      people.putMany(plan.items, { by })
      return plan
    },
  }
}

const crlf = (...lines: string[]) => lines.map((line) => `${line}\r\n`).join('')

/** Cards as real programs write them; the forms are theirs, the people are made up. */
const CARDS: Readonly<Record<string, string>> = {
  'an RFC 6350 card with every kind of property': crlf(
    'BEGIN:VCARD',
    'VERSION:4.0',
    'UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1',
    'FN;PID=1.1:Simone Perreault',
    'N:Perreault;Simone;;;ing. jr,M.Sc.',
    'BDAY:--0203',
    'ANNIVERSARY:20090808T1430-0500',
    'GENDER:F',
    'LANG;PREF=1:fr',
    'ORG;TYPE=work:Engines\\, Ltd.;Research',
    'ADR;TYPE=work:;Suite D2-630;2875 Laurier;Quebec;QC;G1V 2M2;Canada',
    'TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-555-0100;ext=102',
    'TEL;VALUE=uri;TYPE="work,cell,voice,video,text":tel:+1-418-555-0101',
    'EMAIL;TYPE=work:simone@example.net',
    'GEO;TYPE=work:geo:46.772673,-71.282945',
    'KEY;TYPE=work;VALUE=uri:http://example.net/simone.asc',
    'TZ:-0500',
    'URL;TYPE=home:http://example.net',
    'X-UNKNOWN;X-P="a:b,c":\\,kept\\;as it is',
    'END:VCARD',
  ),
  'a 3.0 card with groups, folds and a picture': crlf(
    'BEGIN:VCARD',
    'VERSION:3.0',
    'PRODID:-//Example//Contacts//EN',
    'N:Lovelace;Ada;Augusta;Countess;',
    'FN:Ada Lovelace',
    'ORG:Analytical Engines;',
    'item1.TEL;type=WORK;type=VOICE;type=pref:+44 (0)1632 960-011',
    'item2.TEL:01632 960012',
    'item2.X-ABLabel:_$!<Assistant>!$_',
    'TEL;TYPE=HOME,FAX:01632960013',
    'item3.ADR;type=HOME;type=pref:;;1 St James’s Sq;London;;;UK',
    `NOTE:A note that goes on and on\\, with a line\\nbreak and is folded by the p`,
    ' rogram that wrote it.',
    'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJ',
    '  CQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/',
    'CATEGORIES:Sales,myContacts',
    'UID:ada@example.net',
    'END:VCARD',
  ),
  'a company with nothing but a number': crlf(
    'BEGIN:VCARD',
    'VERSION:3.0',
    'N:;;;;',
    'FN:Bell & Co',
    'TEL;TYPE=CELL:*21#',
    'END:VCARD',
  ),
}

describe('vCards', () => {
  it.each(Object.entries(CARDS))('%s goes in and comes out unchanged', (_, text) => {
    const { take, exchange } = made()
    take('vcard', text)
    expect(exchange.write('vcard')).toBe(text)
    // The other way is a choice for cards that came from none.
    expect(exchange.write('vcard', { version: '3.0' })).toBe(text)
  })

  it('become people', () => {
    const { take, people } = made()
    take('vcard', Object.values(CARDS).join(''))
    expect(people.get('4fbe8971-0bc3-424c-9c26-36c3e1eff6b1')).toMatchObject({
      name: 'Simone Perreault',
      lastName: 'Perreault',
      company: 'Engines, Ltd.',
      department: 'Research',
      email: 'simone@example.net',
      numbers: [
        { kind: 'work', number: '+14185550100' },
        { kind: 'mobile', number: '+14185550101' },
      ],
    })
    expect(people.get(idOfUid('ada@example.net'))).toMatchObject({
      numbers: [
        { kind: 'work', number: '+441632960011' },
        { kind: 'work', number: '01632960012' },
        { kind: 'fax', number: '01632960013' },
      ],
      books: ['Sales'],
      note: 'A note that goes on and on, with a line\nbreak and is folded by the program that wrote it.',
    })
    expect(people.get('new1')).toMatchObject({ name: 'Bell & Co', numbers: [{ kind: 'mobile', number: '*21#' }] })
  })

  it('keep what nobody touched when a field is edited', () => {
    const { take, people, exchange } = made()
    const [, text = ''] = Object.values(CARDS)
    take('vcard', text)
    const [before] = people.list()
    const { id = '', rev: _rev, ...fields } = { ...before }
    const { id: _id, ...input } = { id, ...fields, name: 'Ada King', email: 'ada@example.net' }
    people.put(id, input, { by })
    const lines = exchange.write('vcard').split('\r\n')
    expect(lines).toContain('FN:Ada King')
    expect(lines).toContain('EMAIL:ada@example.net')
    const kept = text.split('\r\n').filter((line) => !line.startsWith('FN:'))
    expect(lines.filter((line) => !/^(FN|EMAIL):/.test(line))).toEqual(kept)
  })

  it('of people who came from none come in again as they were, in both versions', () => {
    for (const version of ['3.0', '4.0'] as const) {
      const one = made()
      const names = HOSTILE_NAMES.map((name) => name.toWellFormed().replace(/[\r\n]+/g, ' '))
      one.people.putMany(
        names.map((name, i) => ({
          id: `h${i}`,
          input: {
            ...{ name, firstName: name.slice(0, 40).trim(), company: 'E; N, G\\I', extension: `${200 + i}` },
            ...{ numbers: [{ kind: 'home', number: '+441632960011' }], books: ['Sales'], listed: i % 2 === 0 },
            note: 'two\nlines; and, signs',
          },
        })),
        { by },
      )
      const text = one.exchange.write('vcard', { version })
      const other = made()
      other.take('vcard', text)
      const bare = (list: readonly object[]) => list.map((person) => ({ ...person, rev: 0, vcard: undefined }))
      expect(bare(other.people.list())).toEqual(bare(one.people.list()))
      expect(other.exchange.write('vcard')).toBe(text)
    }
  })

  it('take a card anew when it comes again', () => {
    const { take, people } = made()
    const [, text = ''] = Object.values(CARDS)
    take('vcard', text)
    const [{ id = '', rev: _rev, ...stored } = {}] = people.list()
    people.put(id, { ...stored, extension: '204', listed: false }, { by })
    const again = take('vcard', text.replace('FN:Ada Lovelace', 'FN:Ada King').replace(/CATEGORIES.*\r\n/, ''))
    expect(again.rows).toMatchObject([{ action: 'update', name: 'Ada King' }])
    expect(people.list()).toHaveLength(1)
    expect(people.list()[0]).not.toHaveProperty('books')
    // What was said here and not by the card stays.
    expect(people.list()[0]).toMatchObject({ extension: '204', listed: false })
  })

  it.each([
    ['BEGIN:VCARD\nVERSION:2.1\nFN:A\nEND:VCARD\n', 2, 'VERSION', 'vCard 2.1 is not read'],
    ['BEGIN:VCARD\nVERSION:4.0\nFN:A\nTEL:call me\nEND:VCARD\n', 4, 'TEL', '"call me" is nothing to dial'],
    ['BEGIN:VCARD\nVERSION:4.0\nFN:A\nnonsense\nEND:VCARD\n', 4, 'NONSENSE', 'no line of a vCard'],
    ['BEGIN:VCARD\nVERSION:4.0\nFN:A\n', 1, 'VCARD', 'has no END:VCARD'],
    ['hello\n', 1, 'VCARD', '"hello" stands outside a card'],
    ['BEGIN:VCARD\nVERSION:4.0\nEND:VCARD\n', 2, 'FN', 'names nobody'],
    [
      `BEGIN:VCARD\nVERSION:4.0\nFN:A\n${'PHOTO:AAAA\n'.replace('AAAA', 'A'.repeat(150_000)).repeat(2)}END:VCARD\n`,
      1,
      'PHOTO',
      'leave pictures out',
    ],
    [`BEGIN:VCARD\nVERSION:4.0\nFN:${'x'.repeat(1001)}\nEND:VCARD\n`, 1, 'name', '1000'],
  ])('%j is refused with its line', (text, line, column, message) => {
    const { faults } = made().exchange.read('vcard', text)
    expect(faults).toEqual(
      expect.arrayContaining([expect.objectContaining({ line, column, message: expect.stringContaining(message) })]),
    )
  })
})

const CSV = crlf(
  'id,name,firstName,lastName,company,department,title,email,extension,numbers,books,listed,note,user,authUser,displayName,label,server,port,transport,outboundProxy,backupServer,voicemail',
  'ada,Ada Lovelace,Ada,Lovelace,"Engines, Ltd.",Research,Countess,ada@example.net,204,mobile +441632960011; work 01632960012,Sales; main,yes,"two ""lines""\nhere",204,a204,Ada,Ada,pbx.example.net,5080,tcp,proxy.example.net,backup.example.net,*97',
  'bell,Bell & Co,,,,,,,,work *21#,,no,,,,,,,,,,,',
)

describe('CSV', () => {
  it('goes in and comes out unchanged', () => {
    const { take, exchange, people } = made()
    take('csv', CSV)
    expect(exchange.write('csv')).toBe(CSV.replaceAll('\\n', '\n'))
    expect(people.get('ada')).toMatchObject({
      numbers: [
        { kind: 'mobile', number: '+441632960011' },
        { kind: 'work', number: '01632960012' },
      ],
      line: { index: 1, user: '204', port: 5080, transport: 'tcp' },
    })
    expect(people.get('bell')).toMatchObject({ listed: false })
  })

  it('writes no secret, and keeps the stored one', () => {
    const { take, exchange, people } = made()
    take('csv', 'id,name,user,secret\nada,Ada,204,hunter2\n')
    expect(exchange.write('csv')).not.toContain('hunter2')
    take('csv', exchange.write('csv'))
    expect(people.get('ada')?.line?.secret).toBe('hunter2')
  })

  it('reads the headings of other programs, and several numbers of a kind', () => {
    const { take, people } = made()
    take(
      'csv',
      'First Name;Last Name;Company;Business Phone;Mobile Phone;Mobile 2;E-Mail\nAda;Lovelace;Engines;01632 960 011;+44 1632 960012;+44 1632 960013;a@example.net\n',
    )
    expect(people.list()).toMatchObject([
      {
        name: 'Ada Lovelace',
        company: 'Engines',
        email: 'a@example.net',
        numbers: [
          { kind: 'work', number: '01632960011' },
          { kind: 'mobile', number: '+441632960012' },
          { kind: 'mobile', number: '+441632960013' },
        ],
      },
    ])
  })

  it('finds again who has no id, by extension or by name', () => {
    const { take, people } = made()
    take('csv', 'name,extension\nAda,204\nBell,\n')
    const again = take('csv', 'name,extension,note\nAda King,204,x\nBell,,y\n')
    expect(again.rows.map(({ action }) => action)).toEqual(['update', 'update'])
    expect(people.list().map(({ name, note }) => [name, note])).toEqual([
      ['Ada King', 'x'],
      ['Bell', 'y'],
    ])
  })

  it('keeps a formula a text', () => {
    const { take, exchange, people } = made()
    const text = "id,name,note\na,'=1+1,'-x\nb,+441632960011,\n"
    take('csv', text)
    expect(people.get('a')).toMatchObject({ name: '=1+1', note: '-x' })
    expect(exchange.write('csv')).toContain("a,'=1+1,")
    expect(exchange.write('csv')).toContain('b,+441632960011,')
  })

  it('names every fault by row, line and column', () => {
    const text = [
      'id,name,extension,mobile,listed,colour',
      'ok,Ada,204,,,',
      ',"Two\nlines",two hundred,,maybe,',
      'b c,Bob,,call me,,',
      'ok,Again,,,,',
    ].join('\n')
    const { faults, rows } = made().exchange.read('csv', text)
    expect(rows).toHaveLength(4)
    expect(faults.map(({ row, line, column, columnNumber }) => [row, line, column, columnNumber])).toEqual([
      [0, 1, 'colour', 6],
      [2, 3, 'name', 2],
      [2, 3, 'extension', 3],
      [2, 3, 'listed', 5],
      [3, 5, 'id', 1],
      [3, 5, 'mobile', 4],
      [4, 6, 'id', 1],
    ])
    expect(() => made().exchange.read('csv', '')).toThrow(OperatorError)
    expect(() => made().exchange.read('csv', 'colour\nred\n')).toThrow(OperatorError)
  })
})
