import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromLatin1, latin1 } from '../core/bytes.ts'
import { encodeNetascii, makeNetasciiDecoder, netasciiLength } from './codec-netascii.ts'

const texty = fc.array(fc.constantFrom(0, 10, 13, 65, 255), { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes))

describe('netascii', () => {
  it.each([
    ['a\nb', 'a\r\nb'],
    ['a\rb', 'a\r\0b'],
    ['a\r\nb', 'a\r\0\r\nb'],
    ['', ''],
    ['\n', '\r\n'],
  ])('writes %j as %j', (local, wire) => {
    expect(latin1(encodeNetascii(fromLatin1(local)))).toBe(wire)
  })

  it('reads back what it wrote, however it is cut into pieces', () => {
    fc.assert(
      fc.property(texty, fc.array(fc.nat(8), { minLength: 1, maxLength: 20 }), (bytes, cuts) => {
        const wire = encodeNetascii(bytes)
        const decoder = makeNetasciiDecoder()
        const parts: Uint8Array[] = []
        for (let at = 0, i = 0; at < wire.length; i++) {
          const length = (cuts[i % cuts.length] ?? 0) + 1
          parts.push(decoder.push(wire.subarray(at, at + length)))
          at += length
        }
        parts.push(decoder.end())
        expect(latin1(concat(parts))).toBe(latin1(bytes))
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  it('never puts a bare CR or a bare LF on the wire, and knows its length beforehand', () => {
    fc.assert(
      fc.property(texty, (bytes) => {
        const wire = latin1(encodeNetascii(bytes))
        expect(wire).not.toMatch(/\r(?![\n\0])/)
        expect(wire).not.toMatch(/(?<!\r)\n/)
        expect(wire.length).toBe(netasciiLength(bytes))
      }),
      { seed: 2, numRuns: 2000 },
    )
  })

  it('keeps a CR that nothing fitting follows', () => {
    const decoder = makeNetasciiDecoder()
    expect(latin1(concat([decoder.push(fromLatin1('a\rb\r\rc\r')), decoder.end()]))).toBe('a\rb\r\rc\r')
  })
})
