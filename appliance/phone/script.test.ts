import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fromHex, fromLatin1 } from '../../services/core/bytes.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { parseMac } from '../../services/core/mac.ts'
import { shippedTemplates } from '../templates.ts'
import { type Leased, urlOf } from './dhcp-client.ts'
import { fill, loadScripts, type PhoneScript } from './script.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scripts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function scriptFile(text: string): void {
  mkdirSync(join(folder, 'acme'), { recursive: true })
  writeFileSync(join(folder, 'acme', 'phone.yaml'), text)
}

/** Whether a way through this script ends in a file that is its own: a step's, or one that a file names. */
function endsInItsOwn({ fetch, given }: PhoneScript): boolean {
  const names = (follow: PhoneScript['given']['follow']) => follow !== undefined && follow.own !== 'none'
  if (fetch.length === 0) return given.own || names(given.follow)
  return fetch.some(({ own, follow }) => own || names(follow))
}

it.each(loadScripts(shippedTemplates()))('$vendor $model comes to a file that is its own', (script) => {
  expect(endsInItsOwn(script)).toBe(true)
})

it('a script whose files are all of many devices is noticed', () => {
  const [script] = loadScripts(shippedTemplates(), 'poly')
  if (script === undefined) throw new TypeError('no such script')
  const fetch = script.fetch.map(({ follow: _, ...step }) => step)
  expect([endsInItsOwn(script), endsInItsOwn({ ...script, fetch })]).toEqual([true, false])
})

it('a fault names the file and the field', () => {
  scriptFile(
    '- { model: X1, firmware: "1", oui: nonsense, dhcp: { parameters: [300], take: [] }, userAgent: x, fetch: [] }',
  )
  expect(() => loadScripts(folder, 'acme')).toThrow(/acme\/phone\.yaml: .*0\.oui: .*0\.dhcp\.parameters\.0: /)
  scriptFile('- [')
  expect(() => loadScripts(folder)).toThrow(/acme\/phone\.yaml: /)
})

it('an unknown vendor is answered with those that there are', () => {
  scriptFile('[]')
  expect(() => loadScripts(folder, 'nokia')).toThrow('no virtual phone of vendor "nokia"; there are acme')
})

it('fills in the MAC in each of its spellings', () => {
  const script = { model: 'X1', firmware: '1.2' } as PhoneScript
  const text = '{mac} {MAC} {mac:} {mac-} {model} {firmware} {other}'
  expect(fill(text, script, parseMac('00:00:5e:00:53:ab'))).toBe(
    '00005e0053ab 00005E0053AB 00:00:5e:00:53:ab 00-00-5E-00-53-AB X1 1.2 {other}',
  )
})

it.each([
  [
    'the first option of its list wins',
    [{ option: 160 }, { option: 66 }],
    { 66: 'http://b/', 160: 'http://a/' },
    'http://a/',
    'option 160',
  ],
  [
    'the next one is taken when it is missing',
    [{ option: 160 }, { option: 66 }],
    { 66: 'http://b/' },
    'http://b/',
    'option 66',
  ],
  [
    'an empty one counts as missing',
    [{ option: 160 }, { option: 66 }],
    { 160: '', 66: 'http://b/' },
    'http://b/',
    'option 66',
  ],
  ['zero bytes at the end are no part of it', [{ option: 66 }], { 66: 'http://b/\0\0' }, 'http://b/', 'option 66'],
  [
    'an address is written out',
    [{ option: 150, form: 'ipv4' }],
    { 150: '\xc0\x00\x02\x01' },
    '192.0.2.1',
    'option 150',
  ],
] as const)('%s', (_, take, options, url, from) => {
  const script = {
    dhcp: { take: take.map((one) => ({ form: 'text', url: '{value}', ...one })) },
  } as unknown as PhoneScript
  const given = Object.entries(options).map(([code, text]) => [Number(code), fromLatin1(text)] as const)
  expect(urlOf(script, leased(new Map(given)))).toEqual({ url, from })
})

it('finds a sub-option, and nothing in one that lies about its length', () => {
  const script = { dhcp: { take: [{ option: 43, sub: 66, form: 'text', url: '{value}' }] } } as unknown as PhoneScript
  const vendor = (hex: string) => leased(new Map([[43, fromHex(hex) ?? new Uint8Array()]]))
  expect(urlOf(script, vendor('0101aa4203616263'))).toEqual({ url: 'abc', from: 'option 43.66' })
  expect(urlOf(script, vendor('01ffaa4203616263'))).toBeUndefined()
  expect(urlOf(script, vendor('42'))).toBeUndefined()
})

function leased(options: ReadonlyMap<number, Uint8Array>): Leased {
  const address = parseIpv4('192.0.2.9')
  return { address, prefix: 24, server: parseIpv4('192.0.2.1'), options, siaddr: parseIpv4('0.0.0.0'), file: '' }
}
