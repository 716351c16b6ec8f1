import { describe, expect, it } from 'vitest'
import { decodeBase32, encodeBase32 } from './codec-base32.ts'
import { stepOf, totpAt } from './policy-totp.ts'
import { hmacSha1 } from './secret.ts'

const KEY = new TextEncoder().encode('12345678901234567890')

describe('one-time codes', () => {
  // RFC 6238 appendix B, the SHA-1 rows; the last six of its eight digits.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %d s are %s', (seconds, digits) => {
    expect(totpAt(KEY, Math.floor(seconds / 30), hmacSha1)).toBe(digits)
  })

  const now = 1_234_567_890_000
  const step = Math.floor(now / 30_000)
  const given = (offset: number, usedStep = 0) =>
    stepOf(totpAt(KEY, step + offset, hmacSha1), { key: KEY, now, usedStep, hmac: hmacSha1 })
  it.each([
    [0, 0, step],
    [-1, 0, step - 1],
    [1, 0, step + 1],
    [-2, 0, undefined],
    [2, 0, undefined],
    [0, step, undefined],
    [-1, step, undefined],
    [1, step, step + 1],
  ])('a code of step %d after step %d was used', (offset, used, expected) => {
    expect(given(offset, used)).toBe(expected)
  })
  it.each(['', '12345', '1234567', 'abcdef', '００５９２４'])('%j is none', (text) => {
    expect(stepOf(text, { key: KEY, now, usedStep: 0, hmac: hmacSha1 })).toBeUndefined()
  })
})

describe('base32', () => {
  // RFC 4648 §10, without padding.
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('%j', (text, encoded) => {
    const bytes = new TextEncoder().encode(text)
    expect(encodeBase32(bytes)).toBe(encoded)
    expect(decodeBase32(encoded.toLowerCase().replace(/(..)/g, '$1 '))).toEqual(bytes)
  })
  it('names the place of what is none, never the text', () => {
    expect(() => decodeBase32('MZXW1')).toThrow(/^not base32 at byte 2$/)
  })
})
