import { describe, expect, it } from 'vitest'
import { OperatorError } from '../core/errors.ts'
import { makeSealingKey, openSealed, sealTo } from './sealed-box.ts'

const own = makeSealingKey()
const other = makeSealingKey()

describe('sealed box', () => {
  it.each(['', 's3cret', 'пароль ☎', 'x'.repeat(5_000)])('opens with the key that it was sealed to: %#', (plain) => {
    expect(openSealed([own], sealTo(own.publicKey, plain))).toBe(plain)
  })

  it('differs each time and does not hold the text', () => {
    const [one, two] = [sealTo(own.publicKey, 's3cret'), sealTo(own.publicKey, 's3cret')]
    expect(one).not.toBe(two)
    expect(one).toMatch(/^x1:[0-9a-f]{16}:[\w-]+$/)
    expect(Buffer.from(one.split(':')[2] ?? '', 'base64url').toString('latin1')).not.toContain('s3cret')
  })

  it('opens with the key before while that one is kept, and says when a key is not here', () => {
    const sealed = sealTo(own.publicKey, 's3cret')
    expect(openSealed([other, own], sealed)).toBe('s3cret')
    expect(() => openSealed([other], sealed)).toThrow('for a key that is not here')
  })

  it('refuses every change of a byte', () => {
    const [form, id, content = ''] = sealTo(own.publicKey, 's3cret').split(':')
    const bytes = Buffer.from(content, 'base64url')
    for (let i = 0; i < bytes.length; i++) {
      const bad = Buffer.from(bytes)
      bad.writeUInt8(bad.readUInt8(i) ^ 1, i)
      // The top bit of an X25519 point is not part of it (RFC 7748 section 5), but E is bound into the key.
      expect(() => openSealed([own], `${form}:${id}:${bad.toString('base64url')}`)).toThrow(OperatorError)
    }
  })

  it.each(['', 'x1', 'x1:00:', 'b1:AAAA', 'x2:0011223344556677:AAAA', 'x1:0011223344556677:AAAA'])(
    'refuses what is no seal: %s',
    (text) => expect(() => openSealed([own], text)).toThrow(OperatorError),
  )

  it('refuses keys that are none, and points of small order', () => {
    expect(() => sealTo(new Uint8Array(31), 'x')).toThrow('31 of 32 bytes')
    expect(() => sealTo(new Uint8Array(32), 'x')).toThrow(OperatorError)
  })

  it('agrees with an independent implementation of the construction', async () => {
    // WebCrypto in place of node:crypto's own calls, written from the comment in sealed-box.ts.
    const [, id = '', content = ''] = sealTo(own.publicKey, 's3cret').split(':')
    const bytes = Uint8Array.from(Buffer.from(content, 'base64url'))
    const pkcs8 = Uint8Array.from([...Buffer.from('302e020100300506032b656e04220420', 'hex'), ...own.privateKey])
    const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, 'X25519', false, ['deriveBits'])
    const ephemeral = await crypto.subtle.importKey('raw', bytes.subarray(0, 32), 'X25519', false, [])
    const shared = await crypto.subtle.deriveBits({ name: 'X25519', public: ephemeral }, privateKey, 256)
    const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
    const salt = Uint8Array.from([...bytes.subarray(0, 32), ...own.publicKey])
    const info = new TextEncoder().encode('branchline sealed box 1')
    const usage = { name: 'AES-GCM', length: 256 }
    const key = await crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info }, base, usage, false, [
      'decrypt',
    ])
    const additionalData = new TextEncoder().encode(id)
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: new Uint8Array(12), additionalData },
      key,
      bytes.subarray(32),
    )
    expect(new TextDecoder().decode(opened)).toBe('s3cret')
  })
})
