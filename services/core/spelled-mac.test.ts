import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMac, type Mac, readMac } from './mac.ts'
import { readSpelledMac } from './spelled-mac.ts'

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
    'MAC805EC0123456',
    'MAC-Adresse: 80:5E:C0:12:34:56',
    'LAN MAC: 805EC0123456',
    'SEP805EC0123456',
    'SEP805EC0123456.cnf.xml',
    'SIP805EC0123456',
    'cfg805ec0123456.xml',
    '805ec0123456.cfg',
    '/tftpboot/805EC0123456.boot',
    'snomD785-805EC0123456.htm',
    '="805ec0123456"',
    '８０５ＥＣ０１２３４５６',
    '80_5e_c0_12_34_56',
  ])('is read from %j', (text) => expect(readSpelledMac(text)).toEqual({ mac: '805ec0123456' }))

  it.each([
    ['', 'no MAC address'],
    ['8.05E+11', 'turned into a number by a spreadsheet'],
    ['8,05E+11', 'turned into a number by a spreadsheet'],
    ['1.565123E+53', 'turned into a number by a spreadsheet'],
    ['5E+10', 'turned into a number by a spreadsheet'],
    ['1565123456', 'did a spreadsheet drop leading zeros'],
    ['8O5EC0123456', 'is a letter O meant to be a zero'],
    ['805ec0123456 805ec0123457', 'names 2 MAC addresses'],
    ['/a/805ec0123456.cfg, /a/805ec0123457.cfg', 'names 2 MAC addresses'],
    ['805ec0123456 / 805ec0123457', 'names 2 MAC addresses'],
    ['SEP805EC01234', 'is not a MAC address'],
    ['ata805ec0123456x', 'is not a MAC address'],
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

describe('every spelling', () => {
  const mac = fc
    .uint8Array({ minLength: 6, maxLength: 6 })
    .map((bytes) => readMac([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')))
    .filter((read): read is Mac => read !== undefined)
  const groups = (text: string, size: number, between: string) =>
    (text.match(new RegExp(`.{${size}}`, 'g')) ?? []).join(between)
  const spelling = fc.constantFrom<(text: Mac) => string>(
    (text) => text,
    (text) => formatMac(text),
    (text) => formatMac(text, '-'),
    (text) => formatMac(text, ' '),
    (text) => formatMac(text, '.'),
    (text) => groups(text, 4, '.'),
    (text) => groups(text, 6, '-'),
    (text) => groups(text, 4, ':'),
    (text) => `SEP${text}.cnf.xml`,
    (text) => `cfg${text}`,
    (text) => `${text}.cfg`,
  )
  const around = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => `  ${text}\t`,
    (text) => `MAC: ${text}`,
    (text) => `mac=${text}`,
    (text) => `MAC Address:${text}`,
    (text) => `"${text}"`,
    (text) => `="${text}"`,
    (text) => `'${text}`,
    (text) => `\ufeff${text}\u00a0`,
  )
  const letters = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.toUpperCase(),
  )
  it('is read as the same address', () => {
    fc.assert(
      fc.property(mac, spelling, letters, around, (address, spell, change, wrap) => {
        expect(readSpelledMac(wrap(change(spell(address))))).toEqual({ mac: address })
      }),
      { numRuns: 1000, seed: 20261125 },
    )
  })

  it('and of anything else a fault is made, never an error, and never too long a one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const read = readSpelledMac(text)
        if ('fault' in read) expect(read.fault.length).toBeLessThan(400)
        else expect(readMac(read.mac)).toBe(read.mac)
      }),
      { numRuns: 2000, seed: 20261125 },
    )
  })

  it('with a digit more or less is refused', () => {
    fc.assert(
      fc.property(mac, fc.nat(11), fc.boolean(), (address, at, more) => {
        const text = more
          ? `${address.slice(0, at)}a${address.slice(at)}`
          : address.slice(0, at) + address.slice(at + 1)
        expect(readSpelledMac(text)).toEqual({ fault: expect.stringContaining('digits instead of 12') })
      }),
      { seed: 20261125 },
    )
  })
})
