import { describe, expect, it } from 'vitest'
import { fromHex, fromLatin1, toHex } from '../core/bytes.ts'
import { MalformedPacketError } from '../core/errors.ts'
import { decode, encode, encodeData, type TftpPacket } from './codec.ts'

// The packets of RFC 1350 §5 and the examples of RFC 2347 §5, RFC 2348 and RFC 7440 §3, spelled out in bytes.
const vectors: readonly { name: string; hex: string; packet: TftpPacket }[] = [
  {
    name: 'RRQ of RFC 1350 figure 5-1',
    hex: '0001 666f6f626172 00 6f63746574 00',
    packet: { kind: 'read', file: 'foobar', mode: 'octet', options: [] },
  },
  {
    name: 'WRQ with netascii',
    hex: '0002 6c6f67 00 6e65746173636969 00',
    packet: { kind: 'write', file: 'log', mode: 'netascii', options: [] },
  },
  {
    name: 'RRQ with the blksize option of RFC 2348',
    hex: '0001 666f6f626172 00 6f63746574 00 626c6b73697a65 00 31343238 00',
    packet: { kind: 'read', file: 'foobar', mode: 'octet', options: [{ name: 'blksize', value: '1428' }] },
  },
  {
    name: 'RRQ with the windowsize option of RFC 7440',
    hex: '0001 666f6f626172 00 6f63746574 00 77696e646f7773697a65 00 3136 00',
    packet: { kind: 'read', file: 'foobar', mode: 'octet', options: [{ name: 'windowsize', value: '16' }] },
  },
  { name: 'DATA', hex: '0003 ffff 0102', packet: { kind: 'data', block: 65_535, bytes: Uint8Array.of(1, 2) } },
  { name: 'empty DATA', hex: '0003 0001', packet: { kind: 'data', block: 1, bytes: new Uint8Array(0) } },
  { name: 'ACK', hex: '0004 0102', packet: { kind: 'ack', block: 258 } },
  {
    name: 'ERROR',
    hex: '0005 0001 46696c65206e6f7420666f756e64 00',
    packet: { kind: 'error', code: 1, text: 'File not found' },
  },
  {
    name: 'OACK of RFC 2347',
    hex: '0006 74696d656f7574 00 31 00 626c6b73697a65 00 31343332 00',
    packet: {
      kind: 'option-ack',
      options: [
        { name: 'timeout', value: '1' },
        { name: 'blksize', value: '1432' },
      ],
    },
  },
]

describe('packets', () => {
  it.each(vectors)('$name decodes and encodes', ({ hex, packet }) => {
    const bytes = fromHex(hex) ?? new Uint8Array(0)
    expect(decode(bytes)).toEqual(packet)
    expect(toHex(encode(packet))).toBe(toHex(bytes))
  })

  it('folds the mode, keeps the spelling of options, and ends them at an empty name', () => {
    const bytes = fromLatin1('\0\x01A\0OcTeT\0BLKSIZE\x001468\0\0\0\0')
    expect(decode(bytes)).toEqual({
      kind: 'read',
      file: 'A',
      mode: 'octet',
      options: [{ name: 'BLKSIZE', value: '1468' }],
    })
  })

  it('reads an error without its closing NUL', () => {
    expect(decode(fromLatin1('\0\x05\0\0bye'))).toEqual({ kind: 'error', code: 0, text: 'bye' })
  })

  it('starts block numbers again at 0 on the wire', () => {
    expect(toHex(encodeData(65_536, Uint8Array.of(9)))).toBe('0003000009')
  })
})

describe('what is no packet', () => {
  it.each([
    ['', 'packet of 0 bytes'],
    ['0001', 'packet of 2 bytes'],
    ['0001 0000', 'file name of 0 bytes'],
    ['0001 6100', 'ends before its mode'],
    ['0001 61006f63746574', 'no NUL at the end, at byte 8'],
    ['0001 61 00 6f63746574 00 626c6b73697a65 00', 'option "blksize" has no value'],
    ['0007 0000', 'opcode 7'],
    ['0103 0000', 'opcode 259'],
  ])('%s: %s', (hex, message) => {
    const bytes = fromHex(hex) ?? new Uint8Array(0)
    expect(() => decode(bytes)).toThrow(MalformedPacketError)
    expect(() => decode(bytes)).toThrow(message)
  })

  it('refuses names over 255 bytes and requests over 512', () => {
    expect(() => decode(fromLatin1(`\0\x01${'a'.repeat(256)}\0octet\0`))).toThrow('file name of 256 bytes')
    expect(() => decode(fromLatin1(`\0\x01a\0octet\0x\0${'1'.repeat(600)}\0`))).toThrow('exceeds 512')
  })

  it('throws the typed error for every truncation that is not a shorter valid request', () => {
    const whole = fromLatin1('\0\x01foo.cfg\0octet\0blksize\x001428\0tsize\x000\0')
    const valid = [16, 29, 37].filter((length) => length < whole.length)
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length)
      if (valid.includes(length)) expect(decode(cut).kind, `${length} bytes`).toBe('read')
      else expect(() => decode(cut), `${length} bytes`).toThrow(MalformedPacketError)
    }
  })
})
