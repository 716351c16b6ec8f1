import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fromLatin1 } from '../../services/core/bytes.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { parseMac } from '../../services/core/mac.ts'
import { type Leased, urlOf } from './dhcp-client.ts'
import { expandMacros, loadScripts, type PhoneScript } from './script.ts'

const [any] = loadScripts(join(import.meta.dirname, '../../templates'), 'yealink')
if (any === undefined) throw new Error('no script')
const MAC = parseMac('00005e005301')

function scriptWith(more: Partial<PhoneScript>): PhoneScript {
  return { ...(any as PhoneScript), ...more }
}

function leased(options: Record<number, string>): Leased {
  return {
    address: parseIpv4('192.0.2.10'),
    prefix: 24,
    server: parseIpv4('192.0.2.1'),
    siaddr: parseIpv4('0.0.0.0'),
    file: '',
    options: new Map(Object.entries(options).map(([code, text]) => [Number(code), fromLatin1(text)])),
  }
}

function takes(take: readonly object[], options: Record<number, string>): string | undefined {
  const full = take.map((one) => ({ form: 'text', url: '{value}', ...one })) as PhoneScript['dhcp']['take']
  return urlOf(scriptWith({ dhcp: { parameters: [], take: full } }), leased(options))?.url
}

describe('the URL in a lease', () => {
  it('is the first option that is there, without the NUL at its end', () => {
    expect(takes([{ option: 160 }, { option: 66 }], { 66: 'http://192.0.2.1/\0' })).toBe('http://192.0.2.1/')
  })
  it('is made of two options, or not at all', () => {
    const take = [{ option: 66, url: '{66}/{67}' }, { option: 66 }]
    expect(takes(take, { 66: 'http://h', 67: 'p/x.cfg' })).toBe('http://h/p/x.cfg')
    expect(takes(take, { 66: 'http://h' })).toBe('http://h')
  })
  it('is made of a list of names and values', () => {
    const take = [{ option: 242, form: 'list', url: 'http://{HTTPSRVR}:{HTTPPORT|80}{HTTPDIR|/}' }]
    expect(takes(take, { 242: 'L2Q=1,httpsrvr=192.0.2.1,HTTPDIR=/avaya/' })).toBe('http://192.0.2.1:80/avaya/')
    expect(takes(take, { 242: 'L2Q=1' })).toBeUndefined()
  })
  it('counts only when the sub-option says whose it is', () => {
    const take = [{ option: 43, sub: 2, when: { sub: 1, is: '6889' } }]
    expect(takes(take, { 43: '\x01\x046889\x02\x03abc' })).toBe('abc')
    expect(takes(take, { 43: '\x01\x041234\x02\x03abc' })).toBeUndefined()
  })
  it('is made of two sub-options, or not at all', () => {
    const take = [{ option: 43, sub: 66, url: '{value}/{43.67}' }, { option: 66 }]
    expect(takes(take, { 43: '\x42\x01h\x43\x02p\0' })).toBe('h/p')
    expect(takes(take, { 43: '\x42\x01h', 66: 'other' })).toBe('other')
  })
  it('is a list of addresses in four bytes each', () => {
    expect(takes([{ option: 150, form: 'ipv4' }], { 150: '\xc0\x00\x02\x01\xc0\x00\x02\x02' })).toBe('192.0.2.1')
  })
})

describe('macros', () => {
  const script = scriptWith({ macros: { $MA: '{mac}', $MAU: '{MAC}', $PSN: '504G', '{MODEL}': 'KX-HDV130' } })
  it.each([
    ['spa$PSN.cfg', 'spa504G.cfg'],
    ['$MAU-$MA.xml', '00005E005301-00005e005301.xml'],
    ['{MODEL}.cfg', 'KX-HDV130.cfg'],
    ['$OTHER', '$OTHER'],
  ])('%s is %s', (text, expected) => {
    expect(expandMacros(text, script, MAC)).toBe(expected)
  })
})
