import type { z } from 'zod'
import type { EpochMs } from '../core/clock.ts'
import type { CloudEnrolmentDeps, SignedRequest } from './cloud-deps.ts'
import { signedText } from './codec-signature.ts'
import type { BoxIdentity, ChallengeAnswer, PublicKey, Refusal } from './contract.ts'
import { hmac, sameText, sha256Hex, verifyText } from './crypto.ts'
import { signatureHeaders, VERSION } from './schema.ts'
import type { BoxRow } from './storage.ts'

const CHALLENGE_MS = 120_000
const TOKEN_MS = 3_600_000

/** A request whose signature is right. Whether its challenge was used before is asked in the transaction that uses it. */
export interface Proven<Body> {
  readonly kind: 'proven'
  readonly key: PublicKey
  readonly nonce: string
  /** When its challenge was given, and when that ends. */
  readonly challengedAt: EpochMs
  readonly until: EpochMs
  readonly body: Body
}

export function refuse(code: Refusal['code'], message: string, retryAfter?: number): Refusal {
  return { kind: 'refused', code, message, ...(retryAfter !== undefined && { retryAfter }) }
}

/**
 * Challenges and tokens. Neither is stored when it is given: each carries its facts and a MAC over them, so that asking
 * for them costs the cloud no disk.
 */
export function makeAuth({ key, random, clock }: Pick<CloudEnrolmentDeps, 'key' | 'random' | 'clock'>) {
  const mac = (kind: string, text: string) => hmac(key, `${kind}\n${text}`)

  function challenge(): ChallengeAnswer {
    const facts = `${clock.now().toString(36)}.${Buffer.from(random(16)).toString('base64url')}`
    return { challenge: `${facts}.${mac('challenge', facts)}`, expiresIn: CHALLENGE_MS / 1000 }
  }

  function readChallenge(text: string): { nonce: string; at: EpochMs } | undefined {
    const [time = '', nonce = '', given = ''] = text.split('.')
    if (!sameText(given, mac('challenge', `${time}.${nonce}`))) return undefined
    const at = Number.parseInt(time, 36)
    const age = clock.now() - at
    // Another process of this cloud may have given it, by a clock that is a little ahead.
    return age >= -5_000 && age <= CHALLENGE_MS ? { nonce, at } : undefined
  }

  return {
    challenge,

    /** Checks form, challenge and signature; nothing is read from the disk for a request that has none of them. */
    prove<Body extends { version: number }>(signed: SignedRequest, schema: z.ZodType<Body>): Proven<Body> | Refusal {
      const headers = signatureHeaders.safeParse({
        key: signed.key,
        challenge: signed.challenge,
        signature: signed.signature,
      })
      if (!headers.success) return refuse('signature', 'the request is not signed as documented')
      const { key: identity, challenge: given, signature } = headers.data
      const known = readChallenge(given)
      if (known === undefined) return refuse('challenge', 'the challenge is not ours or is too old: ask for another')
      const { method, path } = signed
      const text = signedText({ method, path, bodyHash: sha256Hex(signed.body), challenge: given })
      if (!verifyText(identity, text, signature)) return refuse('signature', 'the signature is not right')
      const body = parse(signed.body, schema)
      if ('kind' in body) return body
      if (body.value.version > VERSION) return refuse('upgrade', 'this account does not know that version yet')
      const times = { challengedAt: known.at, until: known.at + CHALLENGE_MS }
      return { kind: 'proven', key: identity, nonce: known.nonce, ...times, body: body.value }
    },

    /** A token for one hour. */
    token({ boxId, orgId, siteId, epoch }: BoxRow): { readonly token: string; readonly expiresIn: number } {
      const facts = Buffer.from(
        JSON.stringify({ boxId, orgId, siteId, epoch, until: clock.now() + TOKEN_MS }),
      ).toString('base64url')
      return { token: `${facts}.${mac('token', facts)}`, expiresIn: TOKEN_MS / 1000 }
    },

    /** What a token says, when it is ours and its hour is not over. */
    readToken(token: string): (BoxIdentity & { readonly epoch: number }) | undefined {
      const [facts = '', given = '', rest] = token.split('.')
      if (rest !== undefined || token.length > 2_000 || !sameText(given, mac('token', facts))) return undefined
      const { until, ...identity } = JSON.parse(Buffer.from(facts, 'base64url').toString('utf8')) as BoxIdentity & {
        epoch: number
        until: EpochMs
      }
      return clock.now() < until ? identity : undefined
    },

    /** The same for the same admin and enrolment, so that a lost answer can be asked for again. */
    claimToken: (enrolmentId: string, adminId: string) =>
      `${enrolmentId}.${mac('claim', `${enrolmentId}\n${adminId}`)}`,

    /** The enrolment that a claim token of this admin is for. */
    readClaimToken(token: string, adminId: string): string | undefined {
      const [enrolmentId = '', given = ''] = token.split('.')
      return sameText(given, mac('claim', `${enrolmentId}\n${adminId}`)) ? enrolmentId : undefined
    },
  }
}

export type Auth = ReturnType<typeof makeAuth>

function parse<Body>(bytes: Uint8Array, schema: z.ZodType<Body>): { readonly value: Body } | Refusal {
  let tree: unknown
  try {
    tree = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return refuse('malformed', 'the body is not JSON')
  }
  const result = schema.safeParse(tree)
  if (result.success) return { value: result.data }
  const faults = result.error.issues.slice(0, 5).map(({ path, message }) => `${path.map(String).join('.')}: ${message}`)
  return refuse('malformed', `the body is not as documented: ${faults.join('; ')}`)
}
