import { latin1 } from '../core/bytes.ts'
import { quote, readParameters, splitOutside } from './codec-header.ts'

/** A hash of the text's bytes (one character a byte) as lower-case hexadecimal. */
export type HashText = (algorithm: 'md5' | 'sha256', text: string) => string

export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  readonly stale: boolean
  readonly algorithm: 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess'
  /** Without it the answer has the form of RFC 2069. */
  readonly qop?: 'auth'
}

export interface DigestInput {
  readonly challenge: Challenge
  readonly user: string
  readonly secret: string
  readonly method: string
  readonly uri: string
  readonly cnonce: string
  /** How often this nonce was used, this time included. */
  readonly count: number
}

const ALGORITHMS = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'] as const

/**
 * The first challenge that can be answered; RFC 8760 §2.4 has the server put the one it prefers first. Or, in plain
 * words, why there is none. Each value is one WWW-Authenticate or Proxy-Authenticate header.
 */
export function chooseChallenge(values: readonly string[]): Challenge | { readonly problem: string } {
  let problem = 'challenge without a digest'
  for (const value of values) {
    const scheme = /^digest\s+(.*)$/i.exec(value)
    if (scheme?.[1] === undefined) continue
    const parameters = readParameters(splitOutside(scheme[1], ','))
    const { problem: fault, ...challenge } = readChallenge(parameters)
    if (fault === undefined) return challenge
    problem = fault
  }
  return { problem }
}

/** The value of the Authorization or Proxy-Authorization header (RFC 7616 §3.4, RFC 2617 §3.2.2). */
export function authorize(input: DigestInput, hash: HashText): string {
  const { challenge, method, uri, cnonce } = input
  // RFC 7616 §4 has names and passwords hashed as UTF-8.
  const [user = '', secret = ''] = [input.user, input.secret].map((text) => latin1(new TextEncoder().encode(text)))
  const kind = challenge.algorithm.startsWith('SHA-256') ? 'sha256' : 'md5'
  const h = (text: string) => hash(kind, text)
  const session = challenge.algorithm.endsWith('-sess')
  const plain = h(`${user}:${challenge.realm}:${secret}`)
  const a1 = session ? h(`${plain}:${challenge.nonce}:${cnonce}`) : plain
  const a2 = h(`${method}:${uri}`)
  const nc = input.count.toString(16).padStart(8, '0')
  const middle = challenge.qop === undefined ? challenge.nonce : `${challenge.nonce}:${nc}:${cnonce}:${challenge.qop}`
  const parts = [
    `username=${quote(user)}`,
    `realm=${quote(challenge.realm)}`,
    `nonce=${quote(challenge.nonce)}`,
    `uri=${quote(uri)}`,
    `response="${h(`${a1}:${middle}:${a2}`)}"`,
    `algorithm=${challenge.algorithm}`,
  ]
  if (challenge.qop !== undefined) parts.push(`qop=${challenge.qop}`, `nc=${nc}`)
  if (challenge.qop !== undefined || session) parts.push(`cnonce=${quote(cnonce)}`)
  if (challenge.opaque !== undefined) parts.push(`opaque=${quote(challenge.opaque)}`)
  return `Digest ${parts.join(', ')}`
}

function readChallenge(parameters: ReadonlyMap<string, string>): Challenge & { readonly problem?: string } {
  const named = parameters.get('algorithm') ?? 'MD5'
  const algorithm = ALGORITHMS.find((known) => known.toLowerCase() === named.toLowerCase())
  const nonce = parameters.get('nonce')
  const realm = parameters.get('realm')
  const opaque = parameters.get('opaque')
  const qops =
    parameters
      .get('qop')
      ?.toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean) ?? []
  const auth = qops.includes('auth')
  const challenge: Challenge = {
    realm: realm ?? '',
    nonce: nonce ?? '',
    stale: parameters.get('stale')?.toLowerCase() === 'true',
    algorithm: algorithm ?? 'MD5',
    ...(opaque === undefined ? {} : { opaque }),
    ...(auth ? { qop: 'auth' as const } : {}),
  }
  const problem =
    nonce === undefined || realm === undefined
      ? 'digest challenge without nonce or realm'
      : algorithm === undefined
        ? 'digest algorithm is not known'
        : qops.length > 0 && !auth
          ? 'digest quality of protection is not known'
          : undefined
  return problem === undefined ? challenge : { ...challenge, problem }
}
