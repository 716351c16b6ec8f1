import { describe, expect, it } from 'vitest'
import { readCsv, readSpelledMac } from './import.ts'
import { readJson } from './import-json.ts'

describe('a MAC address', () => {
  it.each([
    '805ec0123456',
    '805EC0123456',
    '80:5e:c0:12:34:56',
    '80:5E:C0:12:34:56',
    '80-5e-c0-12-34-56',
    '80 5e c0 12 34 56',
    '805e.c012.3456',
    '805ec0-123456',
    '805ec0:123456',
    '80.5e.c0.12.34.56',
    '805e-c012-3456',
    '0x805ec0123456',
    'MAC: 805EC0123456',
    'mac address = 80:5E:C0:12:34:56',
    ' 805ec0123456 ',
    '\u00a0805ec0123456',
    '80–5e–c0–12–34–56',
    "'805ec0123456",
    '"80:5e:c0:12:34:56"',
    '\ufeff805ec0123456',
    'S/N: 805EC0123456',
  ])('is read from %j', (text) => expect(readSpelledMac(text)).toEqual({ mac: '805ec0123456' }))

  it.each([
    ['', 'no MAC address'],
    ['8.05E+11', 'turned into a number by a spreadsheet'],
    ['8,05E+11', 'turned into a number by a spreadsheet'],
    ['5ec0123456a', 'is a leading zero lost'],
    ['805ec01234567', 'has 13 digits'],
    ['805ec012345g', 'is not a MAC address'],
    ['ff:ff:ff:ff:ff:ff', 'group address'],
    ['01:00:5e:00:00:01', 'group address'],
    ['000000000000', 'all zeros'],
    ['<script>', 'is not a MAC address'],
    ['x'.repeat(5000), 'is not a MAC address'],
  ])('is refused from %j', (text, message) => {
    const read = readSpelledMac(text)
    expect('fault' in read && read.fault).toContain(message)
    expect('fault' in read && read.fault.length).toBeLessThan(140)
  })
})

describe('a heading', () => {
  it.each([
    ['mac,name,user,password', { name: 'a', lines: [{ index: 1, user: 'b', secret: 'c' }] }],
    ['MAC Address;Name;Extension;SIP Password', { name: 'a', lines: [{ index: 1, user: 'b', secret: 'c' }] }],
    ['mac\tnotes\tLine 1 User\tline1_secret', { notes: 'a', lines: [{ index: 1, user: 'b', secret: 'c' }] }],
    ['mac|group|line2.user|line2.displayName', { group: 'a', lines: [{ index: 2, user: 'b', displayName: 'c' }] }],
    [
      'mac,settings.language,extra.yealink.a.b,extra.snom.x',
      { settings: { language: 'a' }, extra: { yealink: { 'a.b': 'b' }, snom: { x: 'c' } } },
    ],
    ['\ufeffmac,,name,', { name: 'b' }],
  ])('%j', (heading, patch) => {
    const mark = /[,;\t|]/.exec(heading)?.[0] ?? ','
    const sheet = readCsv(`${heading}\n805ec0123456${mark}a${mark}b${mark}c\n`)
    expect(sheet.faults).toEqual([])
    expect(sheet.rows[0]?.patch).toEqual(patch)
  })

  it('without a mac column, or none at all, is refused', () => {
    expect(() => readCsv('name,user\na,b\n')).toThrow('no column "mac"')
    expect(() => readCsv(' \n')).toThrow('empty')
  })
})

describe('a row', () => {
  const faults = (csv: string) =>
    readCsv(csv).faults.map((it) => `${it.line} ${it.column}/${it.columnNumber}: ${it.message}`)
  const MAC = '805ec0123456'

  it.each([
    [`mac,colour\n${MAC},red`, '1 colour/2: unknown column "colour"'],
    [`mac,name,name\n${MAC},a,b`, '1 name/3: the column name stands twice'],
    [`mac,enabled\n${MAC},perhaps`, '2 enabled/2: "perhaps" is neither yes nor no'],
    [`mac,port\n${MAC},5060x`, '2 port/2: "5060x" is not a number'],
    [`mac,name\n\n\n${MAC},a,surplus`, '4 /3: has 3 cells under 2 headings'],
    [`mac,name\r\n${MAC},"a\r\nb"\r\n80-5E-C0-12-34-56,c`, `4 mac/1: ${MAC} stands on line 2 already`],
    [`mac,name\n${MAC},"open`, '2 mac/1: a quoted cell is not closed or goes on after its quote'],
    [`name,mac\na,`, '2 mac/2: no MAC address'],
  ])('%j', (csv, expected) => expect(faults(csv)).toEqual([expected]))

  it('gives settings their types, and keeps leading zeros and line breaks', () => {
    const sheet = readCsv(
      `mac,enabled,settings.a,settings.b,settings.c,user,port,name\n${MAC},YES,true,30,0049,007,5061,"a ""b"",\nc"\n`,
    )
    expect(sheet.rows[0]?.patch).toEqual({
      enabled: true,
      settings: { a: true, b: 30, c: '0049' },
      lines: [{ index: 1, user: '007', port: 5061 }],
      name: 'a "b",\nc',
    })
  })

  it('touches no prototype', () => {
    const sheet = readCsv(`mac,settings.__proto__,extra.__proto__.polluted\n${MAC},x,y\n`)
    expect(JSON.stringify(sheet.rows[0]?.patch)).toContain('settings')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('JSON', () => {
  it.each(['{', 'null', '5', '{"devices":5}', '{}', '"x"'])('%s is refused', (text) =>
    expect(() => readJson(text)).toThrow(/JSON|list/),
  )
  it('survives every truncation of a list', () => {
    const text = '[{"mac":"805ec0123456","lines":[{"index":1,"user":"1"}]}]'
    for (let end = 0; end < text.length; end++) expect(() => readJson(text.slice(0, end))).toThrow('not JSON')
    expect(readJson(text).rows[0]).toMatchObject({ line: 1, patch: { lines: [{ index: 1, user: '1' }] } })
  })
})
