import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../services/core/clock.ts'
import type { Ipv4 } from '../../services/core/ipv4.ts'
import { formatIpv4 } from '../../services/core/ipv4.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import { readIfThere, writeDurably } from './durable-file.ts'
import { derOf, fromPem, loadX509, newKey, pemBlock, type Rsa, toPem } from './keys.ts'

/** A private key and its chain in PEM: the leaf, then the authority. */
export interface Identity {
  readonly keyPem: string
  readonly chainPem: string
}

/** The box's own certificate authority, made once and trusted by its phones. */
export interface Authority {
  readonly caPem: string
  readonly caDer: Uint8Array
  /**
   * Server identities, RSA and EC, for these names and addresses. The stored ones serve as long as they cover all of
   * them and are not near their end; otherwise new ones are made and stored.
   */
  certificateFor(names: readonly string[], addresses: readonly Ipv4[]): Promise<readonly Identity[]>
}

export interface AuthorityOptions {
  /** Made with mode 0700 when it is not there. */
  readonly folder: string
  readonly secretBox: SecretBox
  readonly clock: Clock
}

/** Phones boot with clocks that stand years back, and live for decades: RFC 5280 lets both ends be wide. */
const NOT_BEFORE = new Date('2015-01-01T00:00:00Z')
const CA_NOT_AFTER = new Date('2055-01-01T00:00:00Z')
const LEAF_YEARS = 20
const DAY = 86_400_000
/** New identities are made so long before the old ones end. */
const RENEW_BEFORE = 365 * DAY

/** Loads the authority from its folder, or makes it: RSA-2048 and SHA-256, which every phone with TLS can check. */
export async function loadOrCreateAuthority({ folder, secretBox, clock }: AuthorityOptions): Promise<Authority> {
  const x509 = await loadX509()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const sealedPath = join(folder, 'ca.sealed')
  const sealed = readIfThere(sealedPath)
  const ca = sealed === undefined ? await createCa() : await openCa(secretBox.open(sealed))

  async function createCa() {
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
    const bundle = `${certificate.toString('pem')}\n${await toPem(keys.privateKey)}\n`
    // Key and certificate in one file, so that no crash leaves one without the other.
    writeDurably(sealedPath, secretBox.seal(bundle))
    return { certificate, privateKey: keys.privateKey }
  }

  async function openCa(bundle: string) {
    return {
      certificate: new x509.X509Certificate(bundle.split('-----BEGIN PRIVATE')[0] ?? ''),
      privateKey: await fromPem(bundle),
    }
  }

  async function issue(kind: 'rsa' | 'ec', names: readonly string[], addresses: readonly string[]): Promise<Identity> {
    const keys = await newKey(kind)
    const notAfter = new Date(Math.min(CA_NOT_AFTER.getTime(), leafEnd(clock.now())))
    const usage = x509.KeyUsageFlags.digitalSignature | (kind === 'rsa' ? x509.KeyUsageFlags.keyEncipherment : 0)
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: `CN=${names[0] ?? addresses[0] ?? 'branchline.local'}`,
      issuer: ca.certificate.subject,
      notBefore: NOT_BEFORE,
      notAfter,
      publicKey: keys.publicKey,
      signingKey: ca.privateKey,
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
        await x509.AuthorityKeyIdentifierExtension.create(ca.certificate.publicKey),
      ],
    })
    return { keyPem: await toPem(keys.privateKey), chainPem: `${certificate.toString('pem')}\n${caPem}` }
  }

  /** The stored identity, when it is ours, covers everything and is not near its end. */
  async function stored(path: string, names: readonly string[], addresses: readonly string[]) {
    const text = readIfThere(path)
    if (text === undefined) return undefined
    const [keyPem, leaf] = [pemBlock(text, 'PRIVATE KEY'), pemBlock(text, 'CERTIFICATE')]
    if (keyPem === undefined || leaf === undefined) return undefined
    const certificate = new x509.X509Certificate(leaf)
    const alternative = certificate.getExtension(x509.SubjectAlternativeNameExtension)
    const covered = new Set(alternative?.names.items.map((name) => `${name.type} ${name.value}`))
    const covers =
      names.every((name) => covered.has(`dns ${name}`)) && addresses.every((address) => covered.has(`ip ${address}`))
    const fresh = certificate.notAfter.getTime() - clock.now() > RENEW_BEFORE
    if (!covers || !fresh || !(await certificate.verify({ publicKey: ca.certificate, signatureOnly: true })))
      return undefined
    return { keyPem, chainPem: `${certificate.toString('pem')}\n${caPem}` }
  }

  const caPem = `${ca.certificate.toString('pem')}\n`
  return {
    caPem,
    caDer: derOf(ca.certificate.rawData),
    async certificateFor(names, addresses) {
      const texts = [...new Set(addresses)].sort((a, b) => a - b).map(formatIpv4)
      const lower = [...new Set(names.map((name) => name.toLowerCase()))]
      const identities: Identity[] = []
      for (const kind of ['rsa', 'ec'] as const) {
        const path = join(folder, `server-${kind}.pem`)
        const kept = await stored(path, lower, texts)
        const identity = kept ?? (await issue(kind, lower, texts))
        if (kept === undefined) writeDurably(path, `${identity.keyPem}\n${identity.chainPem}`)
        identities.push(identity)
      }
      return identities
    },
  }
}

const RSA_SHA256: Rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

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
