import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { concat, fromLatin1 } from '../core/bytes.ts'
import type { SettingValue } from './contract.ts'
import type { Definition, EncryptionForm, FileForm } from './definition.ts'
import { TemplateError } from './render.ts'

// What becomes of a rendered file before it leaves, where its vendor's phones can undo it: compression, then encryption
// (in this order: "compression must precede encryption", Cisco SPA100 provisioning guide, page 21).

/** The bytes as they leave, or undefined when nothing is done to them. Throws `TemplateError` when the key will not do. */
export function packed(
  definition: Pick<Definition, 'encryption' | 'compression' | 'title'>,
  form: Pick<FileForm, 'from' | 'secret'>,
  settings: Readonly<Record<string, { readonly value: SettingValue }>>,
  plain: Uint8Array,
): Uint8Array | undefined {
  const { encryption, compression, title } = definition
  if (form.from === undefined) return undefined
  const compress = compression !== undefined && settings['provisioning.compress']?.value === true
  const encrypt = encryption !== undefined && form.secret && settings['provisioning.encryption']?.value === 'on'
  if (!compress && !encrypt) return undefined
  const small = compress ? new Uint8Array(gzipSync(plain)) : plain
  if (!encrypt) return small
  const key = settings['provisioning.encryptionKey']?.value
  // In plain text it must not go out when somebody asked for encryption.
  if (typeof key !== 'string' || key === '')
    throw new TemplateError('encryption is on, but there is no key: set provisioning.encryptionKey')
  if (encryption.keyLength !== undefined && key.length !== encryption.keyLength)
    throw new TemplateError(
      `provisioning.encryptionKey has ${key.length} characters, and phones of ${title} take ${encryption.keyLength}`,
    )
  return encryptFile(encryption, key, small)
}

/**
 * As `openssl enc` writes it: with a salt `Salted__`, the salt, the text; without one the text alone. The salt is made of key
 * and content, so that the same file keeps its bytes and a phone that compares does not take it for a new one.
 */
export function encryptFile(form: EncryptionForm, key: string, plain: Uint8Array): Uint8Array {
  const salt = form.salt
    ? new Uint8Array(createHmac('sha256', key).update('salt').update(plain).digest().subarray(0, 8))
    : new Uint8Array(0)
  const derived = deriveKey(key, salt, 48)
  const cipher = createCipheriv(form.cipher, derived.subarray(0, 32), derived.subarray(32, 48))
  const text = concat([new Uint8Array(cipher.update(plain)), new Uint8Array(cipher.final())])
  return form.salt ? concat([fromLatin1('Salted__'), salt, text]) : text
}

/** EVP_BytesToKey with MD5 and one round: what `openssl enc` did before 1.1.0, which the phones follow. */
function deriveKey(key: string, salt: Uint8Array, length: number): Uint8Array {
  let made = new Uint8Array(0)
  let block = new Uint8Array(0)
  while (made.length < length) {
    block = new Uint8Array(createHash('md5').update(block).update(key).update(salt).digest())
    made = new Uint8Array(concat([made, block]))
  }
  return made.subarray(0, length)
}
