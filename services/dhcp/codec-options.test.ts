import { describe, expect, it } from 'vitest'
import { hex } from '../../test/support/dhcp-kit.ts'
import { toHex } from '../core/bytes.ts'
import { MalformedPacketError, OperatorError } from '../core/errors.ts'
import { decodeOption, describeOption, encodeOption, readSubOptions } from './codec-options.ts'
import type { TypedOption } from './contract.ts'

const VLAN: TypedOption = { code: 132, type: 'text', value: 'VLAN-A=10;' }

describe('values', () => {
  it.each<[TypedOption, string]>([
    [VLAN, '564c414e2d413d31303b'],
    [{ code: 66, type: 'text', value: 'a\u0000' }, '6100'],
    [{ code: 43, type: 'hex', value: '00:00:36 3d' }, '0000363d'],
    [{ code: 150, type: 'ipv4', value: ['192.0.2.1', '192.0.2.2'] }, 'c0000201c0000202'],
    [{ code: 23, type: 'uint8', value: 64 }, '40'],
    [{ code: 26, type: 'uint16', value: 1500 }, '05dc'],
    [{ code: 51, type: 'uint32', value: 4_294_967_295 }, 'ffffffff'],
    [{ code: 2, type: 'int32', value: -3600 }, 'fffff1f0'],
    [{ code: 19, type: 'boolean', value: true }, '01'],
    // RFC 3361 §3.3 has this very example for option 120.
    [
      { code: 120, type: 'sip-servers', value: ['example.com', 'example.net'] },
      '00076578616d706c6503636f6d00076578616d706c65036e657400',
    ],
    [{ code: 120, type: 'sip-servers', value: ['192.0.2.1'] }, '01c0000201'],
    [
      {
        code: 43,
        type: 'sub',
        value: [
          { code: 66, type: 'hex', value: '6162' },
          { code: 67, type: 'hex', value: '' },
        ],
      },
      '420261624300',
    ],
    [
      { code: 125, type: 'vendor-identifying', enterprise: 13885, value: [{ code: 1, type: 'hex', value: '7f' }] },
      '0000363d0301017f',
    ],
  ])('%j', (option, bytes) => {
    expect(toHex(encodeOption(option))).toBe(bytes)
    const again = decodeOption(option.code, option.type, hex(bytes))
    expect(toHex(encodeOption(again))).toBe(bytes)
    if (option.type !== 'hex') expect(again).toEqual(option)
  })

  it.each<[string, TypedOption]>([
    ['code 0', { code: 0, type: 'text', value: '' }],
    ['code 255', { code: 255, type: 'text', value: '' }],
    ['odd hexadecimal', { code: 43, type: 'hex', value: '012' }],
    ['no address', { code: 150, type: 'ipv4', value: ['192.0.2.256'] }],
    ['a number too large', { code: 23, type: 'uint8', value: 256 }],
    ['a fraction', { code: 26, type: 'uint16', value: 1.5 }],
    ['a name with a blank', { code: 120, type: 'sip-servers', value: ['a b'] }],
    ['a label of 64', { code: 120, type: 'sip-servers', value: ['a'.repeat(64)] }],
    ['1,025 bytes', { code: 66, type: 'text', value: 'a'.repeat(1025) }],
    ['a sub-option of 256', { code: 43, type: 'sub', value: [{ code: 1, type: 'text', value: 'a'.repeat(256) }] }],
    ['nesting without end', nested(6)],
  ])('refuses %s', (_what, option) => {
    expect(() => encodeOption(option)).toThrow(OperatorError)
  })

  it.each<[TypedOption['type'], string]>([
    ['ipv4', 'c00002'],
    ['uint16', '01'],
    ['boolean', ''],
    ['sub', '0105'],
    ['sip-servers', '02'],
    ['sip-servers', '000561'],
    ['sip-servers', '000161'],
    ['vendor-identifying', '0000363d'],
    ['vendor-identifying', '0000363d0501'],
  ])('does not read %s from %s', (type, bytes) => {
    expect(() => decodeOption(200, type, hex(bytes))).toThrow(MalformedPacketError)
  })
})

it('reads the sub-options of a relay', () => {
  expect(
    [...readSubOptions(hex('01010704020304'), 'option 82')].map(([code, value]) => `${code} ${toHex(value)}`),
  ).toEqual(['1 07', '4 0304'])
})

describe('describeOption', () => {
  it.each<[TypedOption, string]>([
    [VLAN, 'VLAN-A=10;'],
    [{ code: 66, type: 'text', value: 'https://user:word@192.0.2.1/x/?key=1' }, 'https://192.0.2.1/x/?…'],
    [{ code: 43, type: 'sub', value: [VLAN] }, '132: VLAN-A=10;'],
    [{ code: 150, type: 'ipv4', value: ['192.0.2.1', '192.0.2.2'] }, '192.0.2.1, 192.0.2.2'],
  ])('%j', (option, text) => {
    expect(describeOption(option)).toBe(text)
  })

  it('tells everybody of bytes only how many there are', () => {
    const blob = { code: 2, type: 'hex', value: '68:75 7368' } as const
    expect(describeOption({ code: 43, type: 'sub', value: [VLAN, blob] }, true)).toBe('132: VLAN-A=10;; 2: 4 bytes')
    expect(describeOption(blob)).toBe(blob.value)
  })
})

function nested(depth: number): TypedOption {
  return { code: 43, type: 'sub', value: depth === 0 ? [] : [nested(depth - 1)] }
}
