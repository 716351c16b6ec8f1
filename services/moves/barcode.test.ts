import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { movesBox } from '../../test/support/moves-box.ts'
import { formatMac, type Mac, parseMac, readMac } from '../core/mac.ts'
import { readScan } from './barcode.ts'

const KNOWN = new Set(['805ec0', '000413', '0004f2', '000b82', '001565'])
const read = (text: string) => readScan(text, (oui) => KNOWN.has(oui))
const GS = '\u001d'

describe('what a scanner types', () => {
  it.each<[string, Mac | string, object?]>([
    ['805ec0123456\n', '805ec0123456'],
    ['MAC:805EC0123456', '805ec0123456'],
    ['MAC805EC0123456', '805ec0123456'],
    ['80:5E:C0:12:34:56\r\n', '805ec0123456'],
    [']C1805EC0123456', '805ec0123456'],
    ['S/N 3146019091637071;MAC 805EC0123456', '805ec0123456', { serial: '3146019091637071' }],
    [
      'MAC: 805EC0123456 SN: 3146019091637071 P/N: SIP-T46U',
      '805ec0123456',
      { serial: '3146019091637071', part: 'SIP-T46U' },
    ],
    ['P/N:962-00063-20A\nMAC:000B82123456\nS/N:20EZ2XXXXX1234', '000b82123456', { serial: '20EZ2XXXXX1234' }],
    // Poly prints the address as the serial number.
    ['S/N: 0004F2123456', '0004f2123456', { serial: '0004F2123456' }],
    ['(1P)CP-8841-K9=(S)FCH12345678(23S)805EC0123456', '805ec0123456', { serial: 'FCH12345678', part: 'CP-8841-K9=' }],
    [
      `[)>\u001e06${GS}1PSIP-T46U${GS}S3146019091637071${GS}23S805EC0123456\u001e\u0004`,
      '805ec0123456',
      { part: 'SIP-T46U' },
    ],
    ['https://example.net/register?mac=000413922D24&sn=A1B2C3D4', '000413922d24', { serial: 'A1B2C3D4' }],
    ['WiFi MAC: 805EC0123457, MAC: 805EC0123456', '805ec0123456'],
    ['LAN MAC: 805EC0123456; WLAN MAC: 805EC0123457', '805ec0123456'],
    ['WLAN MAC: 805EC0123457', '805ec0123457'],
    // All digits: only with a prefix that a vendor has.
    ['001565123456', '001565123456'],
    ['MAC:123456789012', '123456789012'],
    ['SEP001565123456', '001565123456'],
    ['805EC0123456\n3146019091637071', '805ec0123456'],
    ['805EC0123456\n805EC0123456', '805ec0123456'],
    ['', 'nothing was read'],
    ['MAC:805EC0123456\nMAC:805EC0123457', 'more than one MAC address was read: 805ec0123456, 805ec0123457'],
    ['805ec0123456 805ec0123457', 'more than one MAC address'],
    ['841885102577', '841885102577 is an article number (EAN or UPC)'],
    ['6938818305533', '6938818305533 is an article number'],
    ['222456789018', '"222456789018" may be a MAC address or a number of something else: put MAC: before it'],
    ['S/N: 3146019091637071', 'is a serial number, not a MAC address: scan the code that says MAC'],
    ['(1P)CP-8841(S)FCH12345678', 'is a part number, not a MAC address'],
    ['MAC:805EC012345', 'the code says MAC, but "805EC012345" has 11 digits instead of 12'],
    ['805EC01234', '"805EC01234" has 10 digits instead of 12'],
    ['ff:ff:ff:ff:ff:ff', 'group address'],
    ['SIP-T46U', '"SIP-T46U" holds no MAC address'],
    ['hello world', '"hello world" holds no MAC address'],
    ['x'.repeat(100_000), 'holds no MAC address'],
  ])('%j', (text, expected, more = {}) => {
    const reading = read(text)
    if (/^[0-9a-f]{12}$/.test(expected)) expect(reading).toMatchObject({ kind: 'mac', mac: expected, ...more })
    else expect(reading.kind === 'none' && reading.reason).toContain(expected)
  })

  const mac = fc
    .uint8Array({ minLength: 6, maxLength: 6 })
    .map((bytes) => readMac([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')))
    .filter((one): one is Mac => one !== undefined)
  const serial = fc.stringMatching(/^[0-9]{8}[G-Z][0-9A-Z]{3,6}$/)
  const label = fc.constantFrom<(mac: string, serial: string) => string>(
    (m, s) => `MAC:${m}\nS/N:${s}`,
    (m, s) => `S/N: ${s}; MAC: ${m}`,
    (m, s) => `MAC ${m}|SN ${s}`,
    (m, s) => `SN=${s}&MAC=${m}`,
    (m, s) => `(S)${s}(23S)${m}`,
    (m, s) => `[)>\u001e06${GS}S${s}${GS}23S${m}\u001e\u0004`,
    (m, s) => `Serial Number: ${s} MAC Address: ${m}`,
  )
  it('is read from every label that names it, whatever else the label says', () => {
    fc.assert(
      fc.property(mac, serial, label, fc.boolean(), (address, number, make, colons) => {
        const text = make(colons ? formatMac(address).toUpperCase() : address.toUpperCase(), number)
        expect(read(text)).toEqual({ kind: 'mac', mac: address, serial: number })
      }),
      { numRuns: 500, seed: 20261125 },
    )
  })

  it('of two different addresses is never one', () => {
    fc.assert(
      fc.property(mac, mac, fc.constantFrom('\n', ' ', ';', '|'), (one, other, between) => {
        fc.pre(one !== other)
        const reading = read(`MAC:${one}${between}MAC:${other}`)
        expect(reading).toMatchObject({ kind: 'none', reason: expect.stringContaining('more than one MAC') })
      }),
      { numRuns: 300, seed: 20261125 },
    )
  })

  it('may be anything: an answer, never an error, and no endless one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const reading = read(text)
        if (reading.kind === 'none') expect(reading.reason.length).toBeLessThan(600)
        else expect(readMac(reading.mac)).toBe(reading.mac)
      }),
      { numRuns: 2000, seed: 20261125 },
    )
  })
})

describe('what it is', () => {
  it('is a known device, a new one with what its label says, or why it is neither', () => {
    const box = movesBox()
    const desk = parseMac('805ec0005301')
    box.devices.put(desk, { name: 'Reception', vendor: 'yealink', model: 'T46S' }, { by: 'test' })
    expect(box.scans.scan('MAC:805EC0005301')).toEqual({
      ...{ kind: 'known', mac: desk, name: 'Reception', vendor: 'yealink', model: 'T46S' },
    })
    expect(box.scans.scan('S/N 314601909163;MAC 805EC0005302;P/N SIP-T46U')).toEqual({
      ...{ kind: 'new', mac: '805ec0005302', vendor: 'yealink', model: 'T46U', serial: '314601909163', seen: false },
    })
    box.seen.add(parseMac('000413005303'))
    expect(box.scans.scan('000413005303')).toEqual({ kind: 'new', mac: '000413005303', vendor: 'snom', seen: true })
    // Part number of another vendor than the MAC's: it is not this phone's.
    expect(box.scans.scan('MAC 000413005303;P/N SIP-T46U')).not.toHaveProperty('model')
    expect(box.scans.scan('00005e005304')).toEqual({ kind: 'new', mac: '00005e005304', seen: false })
    expect(box.scans.scan('S/N 314601909163')).toMatchObject({ kind: 'unreadable', serial: '314601909163' })
  })
})
