import { describe, expect, it } from 'vitest'
import { escapeValue } from './escape.ts'

// Each format with a reader as its vendors' devices have: whatever a value holds, exactly the expected keys come out.

const HOSTILE = [
  '"\'<>&]]>',
  'a\nevil = 1\r\nx',
  'a\revil: 1',
  '\u0000\u0007\u001b\u0085\u2028evil = 1',
  '𝕏😀\ud800',
  'x'.repeat(1000),
  '{{ settings }}{% raw %}',
  '#!=;',
  '; evil = 1',
  '# evil = 1',
  ' lead ',
  '',
  'ends with \\',
  'ends with \\\\\\',
  'a" evil="1',
  "a' evil='1",
  '[evil]',
  'a;evil=1;<sip:b@c>',
  '"\\" evil "',
  '","evil":"1',
  '%3bevil=1',
]

function words(line: string): string[] {
  const found: string[] = []
  for (const word of line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)) found.push(word[1] ?? word[2] ?? '')
  return found
}

describe.each(HOSTILE)('the value %j', (value) => {
  const lines = (text: string) => text.split(/[\r\n\u0085\u2028\u2029]/)

  it('is one value of a key = value file', () => {
    const text = `first = ${escapeValue('keyvalue', value)}\nsecond = 2`
    expect(lines(text).map((line) => line.split(' =')[0])).toEqual(['first', 'second'])
  })
  it('is one value of a name: value file', () => {
    const text = `first: ${escapeValue('colon', value)}\nsecond: 2`
    expect(lines(text).map((line) => line.split(':')[0])).toEqual(['first', 'second'])
  })
  it('is one value of a NAME="value" file', () => {
    const text = `FIRST="${escapeValue('quoted', value)}"\nSECOND="2"`
    expect(lines(text).every((line) => /^[A-Z]+="[^"]*(?<!\\)"$/.test(line))).toBe(true)
    expect(lines(text)).toHaveLength(2)
  })
  it('is one word of a SET line', () => {
    const [line, ...rest] = lines(`SET FIRST ${escapeValue('avaya', value)}`)
    expect(rest).toEqual([])
    expect(line).toMatch(/^SET FIRST (?:[^\s"#]+|"[^"]*")$/)
    expect(line).not.toMatch(/(?<!\\)(?:\\\\)*\\"$/)
  })
  it('is one value of an ini file', () => {
    const [line, ...rest] = lines(`first = ${escapeValue('ini', value)}`)
    expect(rest).toEqual([])
    expect(line).toMatch(/^first = (?:[^;#"'[\]]*|"[^"]*")$/)
    expect(line).not.toMatch(/(?<!\\)(?:\\\\)*\\"$/)
  })
  it('is one word of a command', () => {
    const [line, ...rest] = lines(`name ${escapeValue('cli', value)} end`)
    expect(rest).toEqual([])
    expect(words(line ?? '')).toHaveLength(3)
    expect(words(line ?? '').at(-1)).toBe('end')
  })
  it('is one element and one attribute of XML', () => {
    const safe = escapeValue('xml', value)
    const text = `<a b="${safe}"><c>${safe}</c><d/></a>`
    expect(() => Bun.XML.parse(text)).not.toThrow()
    expect(text.match(/<[a-z]/g)).toEqual(['<a', '<c', '<d'])
  })
  it('is one JSON value', () => {
    const read = JSON.parse(`{"first":${escapeValue('json', value)},"second":2}`)
    expect(Object.keys(read)).toEqual(['first', 'second'])
  })
  it('is one part of an address line', () => {
    const safe = escapeValue('address', value)
    const [line, ...rest] = lines(`"${safe}" <sip:${safe}@h>;password=${safe};end=1`)
    expect(rest).toEqual([])
    expect(line?.match(/;[a-z]+=/g)).toEqual([';password=', ';end='])
    expect(line?.match(/[<>]/g)).toEqual(['<', '>'])
  })
})

it('leaves what is harmless as it is', () => {
  for (const format of ['keyvalue', 'colon', 'quoted', 'avaya', 'ini', 'cli', 'xml', 'address'] as const)
    expect(escapeValue(format, 'Secret4Anna')).toBe('Secret4Anna')
  expect(escapeValue('json', ['a', 'b'])).toBe('["a","b"]')
  expect(escapeValue('json', 5)).toBe('5')
})
