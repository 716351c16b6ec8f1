import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'
import { frameLength, integer, octets, Reader } from './codec-ber.ts'
import { decodeRequest, encodeDisconnection, encodePaging, encodeResult } from './codec-ldap.ts'

/** Sent by ldapsearch 2.5.13 (OpenLDAP), read from the wire; what it was told stands before each. */
const CAPTURED: readonly (readonly [command: string, hex: string, expected: object])[] = [
  [
    '-x',
    '300c020101600702010304008000',
    { id: 1, controls: [], operation: { kind: 'bind', version: 3, name: '', password: '' } },
  ],
  [
    '-D cn=phone -w pw',
    '301602010160110201030408636e3d70686f6e6580027077',
    { id: 1, controls: [], operation: { kind: 'bind', version: 3, name: 'cn=phone', password: 'pw' } },
  ],
  ['(the end)', '30050201034200', { id: 3, controls: [], operation: { kind: 'unbind' } }],
  [
    '-b ou=people,dc=branchline (&(cn=a*b*c)(!(mail=*))) cn',
    '304e020102634904176f753d70656f706c652c64633d6272616e63686c696e650a01020a0100020100020100010100a019a40f0402636e3009800161810162820163a20687046d61696c30040402636e',
    {
      id: 2,
      controls: [],
      operation: {
        kind: 'search',
        base: 'ou=people,dc=branchline',
        scope: 'sub',
        sizeLimit: 0,
        typesOnly: false,
        filter: {
          kind: 'and',
          filters: [
            { kind: 'substrings', attribute: 'cn', initial: 'a', any: ['b'], final: 'c' },
            { kind: 'not', filter: { kind: 'present', attribute: 'mail' } },
          ],
        },
        attributes: ['cn'],
      },
    },
  ],
  [
    "-b '' -s base -z 50 -l 5 (|(cn:caseIgnoreMatch:=x)(sn>=a)(telephoneNumber=12*)) +",
    '3059020102635404000a01000a0100020132020105010100a13ca918810f6361736549676e6f72654d617463688202636e830178a5070402736e040161a417040f74656c6570686f6e654e756d626572300480023132300304012b',
    {
      id: 2,
      controls: [],
      operation: {
        ...{ kind: 'search', base: '', scope: 'base', sizeLimit: 50, typesOnly: false, attributes: ['+'] },
        filter: {
          kind: 'or',
          filters: [
            { kind: 'extensible', rule: 'caseIgnoreMatch', attribute: 'cn', value: 'x', dnAttributes: false },
            { kind: 'greater', attribute: 'sn', value: 'a' },
            { kind: 'substrings', attribute: 'telephoneNumber', initial: '12', any: [] },
          ],
        },
      },
    },
  ],
  [
    '-E pr=100/noprompt -b dc=branchline -s one (objectClass=*)',
    '3057020102632d040d64633d6272616e63686c696e650a01010a0100020100020100010100870b6f626a656374436c6173733000a02330210416312e322e3834302e3131333535362e312e342e333139040730050201640400',
    {
      id: 2,
      controls: [{ type: '1.2.840.113556.1.4.319', critical: false, value: bytes('30050201640400') }],
      operation: {
        ...{ kind: 'search', base: 'dc=branchline', scope: 'one', sizeLimit: 0, typesOnly: false, attributes: [] },
        filter: { kind: 'present', attribute: 'objectClass' },
      },
    },
  ],
]

function bytes(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array()
}

describe('requests', () => {
  it.each(CAPTURED)('%s', (_, hex, expected) => {
    expect(decodeRequest(bytes(hex))).toEqual(expected)
    expect(frameLength(bytes(hex), 1000)).toBe(bytes(hex).length)
  })

  it.each(CAPTURED)('%s: every truncation is refused or waits for more', (_, hex) => {
    const whole = bytes(hex)
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeRequest(whole.subarray(0, length))).toThrow(MalformedPacketError)
      const needed = frameLength(whole.subarray(0, length), 1000)
      expect(needed === undefined || needed === whole.length).toBe(true)
    }
  })

  it('mutations never throw anything else', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed
    }
    for (let round = 0; round < 20_000; round++) {
      const [, hex] = CAPTURED[random() % CAPTURED.length] ?? ['', '']
      const mutated = bytes(hex)
      for (let i = 0; i <= random() % 3; i++) mutated[random() % mutated.length] = random() % 256
      try {
        decodeRequest(mutated)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MalformedPacketError)
      }
    }
  })

  it.each([
    ['what is no sequence', '47455420'],
    ['a message longer than allowed', '30847fffffff'],
    ['an indefinite length', '3080'],
    ['a length of five bytes', '30850000000001'],
    ['a tag of several bytes', '1f8100'],
  ])('%s is no frame', (_, hex) => {
    expect(() => frameLength(bytes(hex), 65_536)).toThrow(MalformedPacketError)
  })

  it('bounds filters in depth and number', () => {
    const nested = (depth: number): Uint8Array => (depth === 0 ? octets('cn', 0x87) : octets(nested(depth - 1), 0xa2))
    const wide = octets(Uint8Array.from(Array.from({ length: 100 }, () => [...octets('cn', 0x87)]).flat()), 0xa1)
    const search = (filter: Uint8Array) => {
      const fixed = bytes('04000a01000a0100020100020100010100')
      const body = octets(Uint8Array.from([...fixed, ...filter, 0x30, 0]), 0x63)
      return octets(Uint8Array.from([...integer(1), ...body]), 0x30)
    }
    expect(decodeRequest(search(nested(10))).operation.kind).toBe('search')
    expect(() => decodeRequest(search(nested(30)))).toThrow('deeper')
    expect(() => decodeRequest(search(wide))).toThrow('parts')
  })
})

describe('responses', () => {
  it('are BER as RFC 4511 has it', () => {
    expect(toHex(encodeResult(1, 0x61, { code: 0 }))).toBe('300c02010161070a010004000400')
    expect(toHex(encodeDisconnection({ code: 2 }))).toBe(
      `3024020100781f0a0102040004008a16${toHex(new TextEncoder().encode('1.3.6.1.4.1.1466.20036'))}`,
    )
    // RFC 2696: the size may be an estimate, an empty cookie ends it.
    const [control] = [new Reader(encodePaging(300, 'c')).inside(0xa0).inside(0x30)]
    expect([control?.text(), toHex(control?.bytes() ?? new Uint8Array())]).toEqual([
      '1.2.840.113556.1.4.319',
      '30070202012c040163',
    ])
  })

  it.each([0, 127, 128, 255, 256, 65_535, 16_777_216, 2_147_483_647])('the number %i comes back', (value) => {
    expect(new Reader(integer(value)).integer()).toBe(value)
  })
})
