import { describe, expect, it } from 'vitest'
import { planDevices } from './plan-devices.ts'
import { readStrictly } from './sheet.ts'

const naming = { vendor: () => undefined, model: () => undefined, vendorTitle: () => undefined }

function read(text: string) {
  return readStrictly({ naming }, new TextEncoder().encode(text))
}

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
    const sheet = read(`${heading}\n805ec0123456${mark}a${mark}b${mark}c\n`)
    expect(sheet.faults).toEqual([])
    expect(sheet.rows[0]?.patch).toEqual(patch)
  })

  it('without a mac column, or none at all, is refused', () => {
    expect(() => read('name,user\na,b\n')).toThrow('no column "mac"')
    expect(() => read(' \n')).toThrow('empty')
  })
})

describe('a row', () => {
  const faults = (csv: string) =>
    planDevices({ devices: { get: () => undefined, check: () => [] }, isSecret: () => false }, read(csv)).faults.map(
      (it) => `${it.line} ${it.column}/${it.columnNumber}: ${it.message}`,
    )
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
    const sheet = read(
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
    const sheet = read(`mac,settings.__proto__,extra.__proto__.polluted\n${MAC},x,y\n`)
    expect(sheet.faults.map((it) => it.column)).toEqual(['settings.__proto__', 'extra.__proto__.polluted'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
