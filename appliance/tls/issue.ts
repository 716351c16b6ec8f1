import { randomBytes } from 'node:crypto'
import { fromPem, loadX509, newKey, type Rsa, toPem } from './keys.ts'

/** A private key and its chain in PEM: the leaf, then the authority. */
export interface Identity {
  readonly keyPem: string
  readonly chainPem: string
}

export interface LeafRequest {
  readonly kind: 'rsa' | 'ec'
  readonly names: readonly string[]
  readonly addresses: readonly string[]
  /** Now, in milliseconds since 1970. */
  readonly now: number
  /** From yesterday and for so long, instead of the decades that phones need. */
  readonly days?: number
}

/** Phones boot with clocks that stand years back, and live for decades: RFC 5280 lets both ends be wide. */
const NOT_BEFORE = new Date('2015-01-01T00:00:00Z')
const CA_NOT_AFTER = new Date('2055-01-01T00:00:00Z')
const LEAF_YEARS = 20
const DAY = 86_400_000
const RSA_SHA256: Rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/** Makes an authority: its certificate and its private key in PEM, one after the other. */
export async function makeAuthority(): Promise<string> {
  const x509 = await loadX509()
  const keys = await newKey('rsa')
  // The common name tells one box's authority from another's in a phone's list of trusted certificates.
  const name = `CN=Branchline ${randomBytes(4).toString('hex')}, O=Branchline`
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name,
    notBefore: NOT_BEFORE,
    notAfter: CA_NOT_AFTER,
    keys,
    signingAlgorithm: RSA_SHA256,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return `${certificate.toString('pem')}\n${await toPem(keys.privateKey)}\n`
}

/** Makes a server identity that the authority signs. `authority` is what `makeAuthority` made. */
export async function issueLeaf(authority: string, caPem: string, request: LeafRequest): Promise<Identity> {
  const x509 = await loadX509()
  const { kind, names, addresses, now } = request
  const ca = new x509.X509Certificate(caPem)
  const keys = await newKey(kind)
  const end = request.days === undefined ? leafEnd(now) : now + request.days * DAY
  const notAfter = new Date(Math.min(CA_NOT_AFTER.getTime(), end))
  const usage = x509.KeyUsageFlags.digitalSignature | (kind === 'rsa' ? x509.KeyUsageFlags.keyEncipherment : 0)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${names[0] ?? addresses[0] ?? 'branchline.local'}`,
    issuer: ca.subject,
    notBefore: request.days === undefined ? NOT_BEFORE : new Date(now - DAY),
    notAfter,
    publicKey: keys.publicKey,
    signingKey: await fromPem(authority),
    signingAlgorithm: RSA_SHA256,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(usage, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      // Some phones compare an address with DNS names only, so addresses stand there as well.
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        ...addresses.map((value) => ({ type: 'ip' as const, value })),
        ...addresses.map((value) => ({ type: 'dns' as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
    ],
  })
  return { keyPem: await toPem(keys.privateKey), chainPem: `${certificate.toString('pem')}\n${caPem}` }
}

/** A box whose clock stands before 2015 must not make a certificate that has ended. */
function leafEnd(now: number): number {
  return Math.max(now, Date.UTC(2026, 0, 1)) + LEAF_YEARS * 365.25 * DAY
}

/** 127 random bits as hexadecimal, never zero or negative (RFC 5280 §4.1.2.2). */
function serial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}
