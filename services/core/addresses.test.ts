import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, fromLatin1, latin1, printable, toHex } from './bytes.ts'
import { OperatorError } from './errors.ts'
import {
  broadcastOf,
  contains,
  formatCidr,
  formatIpv4,
  type Ipv4,
  ipv4FromBytes,
  ipv4ToBytes,
  maskOf,
  parseCidr,
  parseIpv4,
  readIpv4,
} from './ipv4.ts'
import { formatMac, macFromBytes, macToBytes, ouiOf, parseMac, readMac } from './mac.ts'

describe('mac', () => {
  it.each([
    '805ec0123456',
    '80:5e:c0:12:34:56',
    '80-5E-C0-12-34-56',
    '80 5e c0 12 34 56',
    '805e.c012.3456',
    '805ec0-123456',
    ' 805EC0123456\n',
  ])('reads %j', (text) => expect(readMac(text)).toBe('805ec0123456'))

  it.each([
    '',
    '805ec012345',
    '805ec01234567',
    '80:5e:c0:12:34',
    '80:5e:c0-12-34-56',
    'g05ec0123456',
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
    '01:00:5e:00:00:fb',
  ])('does not take %j for a device', (text) => {
    expect(readMac(text)).toBeUndefined()
    expect(() => parseMac(text)).toThrow(OperatorError)
  })

  it('goes to bytes and back', () => {
    const mac = parseMac('00:00:5e:00:53:0f')
    expect(toHex(macToBytes(mac))).toBe('00005e00530f')
    expect(macFromBytes(macToBytes(mac))).toBe(mac)
    expect(formatMac(mac, '-')).toBe('00-00-5e-00-53-0f')
    expect(ouiOf(mac)).toBe('00005e')
    expect(macFromBytes(new Uint8Array(5))).toBeUndefined()
  })
})

describe('ipv4', () => {
  it.each(['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.4 ', '-1.2.3.4', '0x7f.0.0.1'])(
    'refuses %j',
    (text) => expect(readIpv4(text)).toBeUndefined(),
  )

  it('goes to text and bytes and back for every address', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (value) => {
        const address = value as Ipv4
        expect(parseIpv4(formatIpv4(address))).toBe(address)
        expect(ipv4FromBytes(ipv4ToBytes(address))).toBe(address)
      }),
    )
  })

  it.each([
    [0, '0.0.0.0'],
    [1, '128.0.0.0'],
    [24, '255.255.255.0'],
    [32, '255.255.255.255'],
  ])('knows the mask of /%i', (prefix, mask) => expect(formatIpv4(maskOf(prefix))).toBe(mask))

  it('cuts host bits off a network', () => {
    const cidr = parseCidr('192.0.2.77/26')
    expect(formatCidr(cidr)).toBe('192.0.2.64/26')
    expect(formatIpv4(broadcastOf(cidr.network, cidr.prefix))).toBe('192.0.2.127')
    expect(contains(cidr, parseIpv4('192.0.2.127'))).toBe(true)
    expect(contains(cidr, parseIpv4('192.0.2.128'))).toBe(false)
  })

  it.each(['192.0.2.0', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/8/8', '192.0.2/24'])(
    'refuses the network %j',
    (text) => expect(() => parseCidr(text)).toThrow(OperatorError),
  )
})

describe('bytes', () => {
  it('loses nothing in latin1', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i)
    expect(fromLatin1(latin1(all))).toEqual(all)
  })

  it('reads hexadecimal with separators and refuses other text', () => {
    expect(fromHex('80:5e c0-01')).toEqual(Uint8Array.of(0x80, 0x5e, 0xc0, 1))
    expect(fromHex('805')).toBeUndefined()
    expect(fromHex('zz')).toBeUndefined()
  })

  it('makes a text from the LAN fit to show', () => {
    expect(printable('a\u0000b\r\nc\u009b31m')).toBe('a.b..c.31m')
    expect(printable('x'.repeat(999), 10)).toHaveLength(10)
  })
})
