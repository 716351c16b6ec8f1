import { InvariantError } from '../../services/core/errors.ts'

export interface Rsa {
  readonly name: 'RSASSA-PKCS1-v1_5'
  readonly hash: 'SHA-256'
}

/** Loads the certificate library when it is first needed: with it come 16 MB and a third of a second. */
export async function loadX509() {
  await import('reflect-metadata')
  return await import('@peculiar/x509')
}

/** A new key pair: RSA-2048 for every phone, P-256 for those that know it. */
export async function newKey(kind: 'rsa' | 'ec'): Promise<CryptoKeyPair> {
  if (kind === 'ec')
    return await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  return await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
    true,
    ['sign', 'verify'],
  )
}

/** A private key as PKCS #8 in PEM. */
export async function toPem(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----`
}

/** The RSA signing key in PEM text. */
export async function fromPem(text: string): Promise<CryptoKey> {
  const body = pemBlock(text, 'PRIVATE KEY')?.replace(/-----[^-]+-----|\s/g, '')
  if (body === undefined) throw new InvariantError('no private key in the sealed authority file')
  const algorithm: Rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  return await crypto.subtle.importKey('pkcs8', Buffer.from(body, 'base64'), algorithm, false, ['sign'])
}

/** The first PEM block of this label. */
export function pemBlock(text: string, label: string): string | undefined {
  return new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text)?.[0]
}
