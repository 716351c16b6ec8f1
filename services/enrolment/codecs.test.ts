import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../test/support/random.ts'
import { makeCode, readCode, showCode } from './codec-code.ts'
import { phraseOf, readPhrase } from './codec-phrase.ts'
import { signedText } from './codec-signature.ts'
import { fingerprintOf, keyHash, newKeyPair, sha256, signText, verifyText } from './crypto.ts'

describe('code', () => {
  it.each([
    'BCDF-GHJK',
    'bcdfghjk',
    ' bcdf ghjk ',
    'B-C-D-F-G-H-J-K',
    'bcdf–ghjk',
    'BCDF\u00a0GHJK',
    'bcdf_ghjk',
    'BCDF—GHJK',
    'bcdf.ghjk',
  ])('%j is read', (text) => expect(readCode(text)).toBe('BCDFGHJK'))
  it.each(['', 'BCDF-GHJ', 'BCDF-GHJKL', 'ACDF-GHJK', 'BCDF-GHJ1', 'BCDF-GHJY', 'BCDF/GHJK', 'ＢCDFGHJK'])(
    '%j is no code',
    (text) => expect(readCode(text)).toBeUndefined(),
  )
  it('is shown in two halves and read again', () => expect(readCode(showCode('BCDFGHJK'))).toBe('BCDFGHJK'))
  it('has each of twenty letters about as often', () => {
    const draw = makeRandom(5)
    const counts = new Map<string, number>()
    for (let i = 0; i < 5000; i++)
      for (const letter of makeCode((length) => Uint8Array.from({ length }, () => Math.floor(draw() * 256))))
        counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect([...counts.keys()].sort().join('')).toBe('BCDFGHJKLMNPQRSTVWXZ')
    // 2,000 expected each; six standard deviations are 260.
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(260)
  })
  it('passes over bytes that would make some letters likelier', () => {
    const bytes = [255, 240, 239, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let at = 0
    expect(makeCode((length) => Uint8Array.from({ length }, () => bytes[at++] ?? 0))).toBe('ZBBBBBBB')
  })
})

describe('phrase', () => {
  it.each([
    ['00'.repeat(32), 'abandon abandon abandon'],
    ['ff'.repeat(32), 'zoo zoo zoo'],
    // 11 bits each: 0, 1, 2.
    [`0000040100${'00'.repeat(27)}`, 'abandon ability able'],
  ])('of %s', (hash, phrase) => expect(phraseOf(Buffer.from(hash, 'hex'))).toBe(phrase))

  it('is that of the key and of no other', () => {
    const [a, b] = [newKeyPair('ed25519').publicKey, newKeyPair('ed25519').publicKey]
    expect(phraseOf(keyHash(a))).toBe(phraseOf(sha256(Buffer.from(a, 'base64url'))))
    expect(phraseOf(keyHash(a))).not.toBe(phraseOf(keyHash(b)))
    expect(fingerprintOf(a)).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each(['abandon zoo able', ' Abandon, ZOO - able.', 'aban zoo able', 'abandon\nzoo\table', 'abandon-zoo-able'])(
    '%j is read',
    (text) => expect(readPhrase(text)).toBe('abandon zoo able'),
  )
  it.each(['', 'abandon zoo', 'abandon zoo able able', 'aba zoo able', 'abandon zoo ablee', 'abandonment zoo able'])(
    '%j is no phrase',
    (text) => expect(readPhrase(text)).toBeUndefined(),
  )
})

describe('signature', () => {
  it('is over five lines, whose first keeps it apart from others of the key', () => {
    expect(signedText({ method: 'POST', path: '/v1/token', bodyHash: 'ab', challenge: 'c.d.e' })).toBe(
      'branchline-enrolment-v1\nPOST\n/v1/token\nab\nc.d.e',
    )
  })
  it('holds for its key and text alone', () => {
    const [pair, other] = [newKeyPair('ed25519'), newKeyPair('ed25519')]
    const signature = signText(pair, 'text')
    expect(verifyText(pair.publicKey, 'text', signature)).toBe(true)
    expect(verifyText(pair.publicKey, 'Text', signature)).toBe(false)
    expect(verifyText(other.publicKey, 'text', signature)).toBe(false)
    expect(verifyText(pair.publicKey, 'text', signature.slice(0, 40))).toBe(false)
    expect(verifyText('AAAA', 'text', signature)).toBe(false)
  })
  it('is what RFC 8032 §7.1 test 2 says', () => {
    const hex = (text: string) => Buffer.from(text, 'hex').toString('base64url')
    const publicKey = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
    const privateKey = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')
    const signature = hex(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )
    expect(signText({ publicKey, privateKey }, '\u0072')).toBe(signature)
  })
})
