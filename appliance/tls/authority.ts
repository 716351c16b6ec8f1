import { X509Certificate } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../services/core/clock.ts'
import { InvariantError } from '../../services/core/errors.ts'
import type { Ipv4 } from '../../services/core/ipv4.ts'
import { formatIpv4 } from '../../services/core/ipv4.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'
import type { Identity } from './issue.ts'
import { issueLeavesApart, makeAuthorityApart } from './issuer.ts'
import { pemBlock } from './keys.ts'

/** The box's own certificate authority, made once and trusted by its phones. */
export interface Authority {
  readonly caPem: string
  readonly caDer: Uint8Array
  /**
   * Server identities, RSA and EC, for these names and addresses. The stored ones serve as long as they cover all of
   * them and are not near their end; otherwise new ones are made and stored.
   */
  certificateFor(names: readonly string[], addresses: readonly Ipv4[]): Promise<readonly Identity[]>
  /** The same for browsers, which take no certificate of decades. Call it now and then: it ends after two years. */
  pageCertificate(names: readonly string[], addresses: readonly Ipv4[]): Promise<Identity>
}

export interface AuthorityOptions {
  /** Made with mode 0700 when it is not there. */
  readonly folder: string
  readonly secretBox: SecretBox
  readonly clock: Clock
}

const KINDS = ['rsa', 'ec'] as const
type Kind = (typeof KINDS)[number]
const DAY = 86_400_000
/** New identities are made so long before the old ones end. */
const RENEW_BEFORE = 365 * DAY
/** Apple's systems take at most 825 days, also from an authority that a person added (support.apple.com/103769). */
const PAGE_DAYS = 820
const PAGE_RENEW_BEFORE = 90 * DAY

/**
 * Loads the authority from its folder, or makes it: RSA-2048 and SHA-256, which every phone with TLS can check. What is
 * stored is read by the runtime itself; something new is made in a process of its own.
 */
export async function loadOrCreateAuthority({ folder, secretBox, clock }: AuthorityOptions): Promise<Authority> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'ca.sealed')
  const authority = await loadOrMake(path, secretBox)
  const block = pemBlock(authority, 'CERTIFICATE')
  if (block === undefined) throw new InvariantError('no certificate in the sealed authority file')
  const ca = new X509Certificate(block)
  const caPem = `${block}\n`
  const pageFile = join(folder, 'server-page.pem')
  return {
    caPem,
    caDer: new Uint8Array(ca.raw),
    async pageCertificate(names, addresses) {
      const texts = [...new Set(addresses)].sort((a, b) => a - b).map(formatIpv4)
      const lower = [...new Set(names.map((name) => name.toLowerCase()))]
      const now = clock.now()
      const kept = storedIn(pageFile, ca, lower, texts, now, PAGE_RENEW_BEFORE)
      if (kept !== undefined) return kept
      const leaves = [{ kind: 'ec' as const, names: lower, addresses: texts, now, days: PAGE_DAYS }]
      const [made] = await issueLeavesApart({ make: 'leaves', authority, caPem, leaves })
      if (made === undefined) throw new InvariantError('no certificate for the page was made')
      writeDurably(pageFile, `${made.keyPem}\n${made.chainPem}`)
      return made
    },
    async certificateFor(names, addresses) {
      const texts = [...new Set(addresses)].sort((a, b) => a - b).map(formatIpv4)
      const lower = [...new Set(names.map((name) => name.toLowerCase()))]
      const now = clock.now()
      const kept = KINDS.map((kind) => storedIn(fileOf(folder, kind), ca, lower, texts, now))
      const missing = KINDS.filter((_, i) => kept[i] === undefined)
      if (missing.length === 0) return kept.filter((identity) => identity !== undefined)
      const leaves = missing.map((kind) => ({ kind, names: lower, addresses: texts, now }))
      const made = await issueLeavesApart({ make: 'leaves', authority, caPem, leaves })
      const identities: Identity[] = []
      for (const [i, kind] of KINDS.entries()) {
        const fresh = made[missing.indexOf(kind)]
        const identity = kept[i] ?? fresh
        if (identity === undefined) throw new InvariantError(`no ${kind} certificate was made`)
        if (identity === fresh) writeDurably(fileOf(folder, kind), `${identity.keyPem}\n${identity.chainPem}`)
        identities.push(identity)
      }
      return identities
    },
  }
}

function fileOf(folder: string, kind: Kind): string {
  return join(folder, `server-${kind}.pem`)
}

/** Key and certificate stand in one file, so that no crash leaves one without the other. */
async function loadOrMake(path: string, secretBox: SecretBox): Promise<string> {
  const sealed = readIfThere(path)
  if (sealed !== undefined) return secretBox.open(sealed)
  const made = await makeAuthorityApart()
  writeDurably(path, secretBox.seal(made))
  return made
}

/** The stored identity, when it is ours, covers everything and is not near its end. */
function storedIn(
  file: string,
  ca: X509Certificate,
  names: readonly string[],
  addresses: readonly string[],
  now: number,
  renewBefore = RENEW_BEFORE,
): Identity | undefined {
  const text = readIfThere(file)
  if (text === undefined) return undefined
  const [keyPem, leaf] = [pemBlock(text, 'PRIVATE KEY'), pemBlock(text, 'CERTIFICATE')]
  if (keyPem === undefined || leaf === undefined) return undefined
  const certificate = new X509Certificate(leaf)
  const covered = new Set((certificate.subjectAltName ?? '').split(', '))
  const covers =
    names.every((name) => covered.has(`DNS:${name}`)) &&
    addresses.every((address) => covered.has(`IP Address:${address}`))
  const fresh = Date.parse(certificate.validTo) - now > renewBefore
  if (!covers || !fresh || !certificate.verify(ca.publicKey)) return undefined
  return { keyPem, chainPem: `${leaf}\n${ca.toString().trim()}\n` }
}
