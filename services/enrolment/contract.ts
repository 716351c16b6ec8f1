import type { EpochMs } from '../core/clock.ts'

// How a box becomes part of an account, and proves afterwards that it is. Types only: both programs import this file,
// `schema.ts` beside it checks what arrives. docs/cloud-account.md tells operators what they see of it.

/**
 * The number that every request of a box carries. It rises by one whenever a message gains a field or a rule that the
 * other side must know of; a number that was released never changes its meaning.
 *
 * - 1 (2026-11-25): challenge, enrolments and their poll, tokens, rotation of keys, leaving; claims with code and phrase;
 *   signatures in the form `branchline-enrolment-v1` (codec-signature.ts).
 */
export type EnrolmentVersion = 1

/** 32 bytes of a public key, base64url without padding: Ed25519 (identity, configuration) or X25519 (sealing). */
export type PublicKey = string

/** `GET /v1/challenge`. What the cloud says here is what a box signs, so no clock of a box is ever trusted. */
export interface ChallengeAnswer {
  readonly challenge: string
  /** Seconds. */
  readonly expiresIn: number
}

/** The headers in which a box signs. The answer to a signed request brings the next challenge under the same name. */
export interface SignatureHeaders {
  readonly 'branchline-key': PublicKey
  readonly 'branchline-challenge': string
  /** 64 bytes of Ed25519, base64url without padding. */
  readonly 'branchline-signature': string
}

interface Request {
  readonly version: number
  /** Random at each start of the box's program: tells two live copies of one disk apart. */
  readonly bootId: string
}

/** `POST /v1/enrolments`. The same key again while one is alive is answered with the same enrolment. */
export interface EnrolRequest extends Request {
  readonly identityKey: PublicKey
  readonly sealingKey: PublicKey
  readonly model: string
  readonly boxVersion: string
  readonly serial?: string
}

export interface EnrolAnswer {
  readonly enrolmentId: string
  /** `BCDF-GHJK`, to be shown. */
  readonly userCode: string
  /** The account's page on which it is typed (RFC 8628 calls it `verification_uri`), e.g. `https://cloud.example/claim`. */
  readonly claimPage: string
  /** Seconds until it is void; the box then asks for another. */
  readonly expiresIn: number
  /** Seconds between polls. */
  readonly interval: number
}

/** `POST /v1/enrolments/{id}/poll`. Refused with `authorization_pending` until a person has confirmed. */
export type PollRequest = Request

/**
 * A key with which the cloud signs configuration and manifests. Without `by` it is one of the first ones, which a box
 * takes at its claim and never again; with it, the key `by` vouches for this one (policy-keys.ts says over what).
 */
export interface ConfigKey {
  readonly key: PublicKey
  readonly by?: PublicKey
  /** `by` is not to be believed any more once this one is. */
  readonly retires?: boolean
  readonly signature?: string
}

/** To whom a box belongs. The answer of a poll that succeeded, and part of every token's. */
export interface ClaimFacts {
  readonly boxId: string
  readonly orgId: string
  readonly orgName: string
  readonly siteId: string
  readonly configKeys: readonly ConfigKey[]
  /** X25519: to it the box seals the secrets that it sends up. Absent: the account takes none. */
  readonly sealingKey?: PublicKey
  /** Where the rest of the API is, e.g. `https://cloud.example/api`. */
  readonly apiBase: string
  /** Rises whenever tokens given before shall be void: another owner, release, revocation, a copy of the disk. */
  readonly epoch: number
}

/** `POST /v1/token`, signed. */
export interface TokenRequest extends Request {
  readonly boxId: string
}

export interface TokenAnswer {
  /** For `authorization: Bearer`; bound to the box and its epoch. */
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
  readonly claim: ClaimFacts
  /** The box shall make new keys now. */
  readonly rotate: boolean
}

/** `POST /v1/boxes/{id}/keys`, signed by the key in use. Both are valid until the new one is first used. */
export interface RotateRequest extends Request {
  readonly identityKey: PublicKey
  readonly sealingKey: PublicKey
  /** By the new key, over the box's id and both new keys: nobody can put somebody else's key in. */
  readonly proof: string
}

export interface RotateAnswer {
  readonly identityKey: PublicKey
}

/** `POST /v1/boxes/{id}/leave`, signed: somebody at the box has taken it out of the account. */
export type LeaveRequest = Request

/**
 * Why something was refused, with its HTTP status. `retryAfter` goes with 429 and 503.
 *
 * For boxes: `authorization_pending` 428, `slow_down` 429 (RFC 8628 §3.5), `expired` and `burned` 410 (ask for another
 * code), `denied` 403, `claimed` 409 (by whom is not said), `released` 410, `revoked` 403, `cloned` 403, `signature` and
 * `challenge` 401, `upgrade` 426, `busy` 503.
 * For people: `wrong-code` 404, `wrong-phrase` 403, `phrase-needed` 400, `taken` 409 (another admin has typed this code),
 * `claimed` 409, `occupied` 409 (the site has a box; saying `replace` lets that one go), `expired` and `burned` 410, `forbidden` 403, `limited` 429.
 * For both: `malformed` 400, `not-found` 404, `limited` 429.
 */
export type RefusalCode =
  | 'authorization_pending'
  | 'slow_down'
  | 'expired'
  | 'burned'
  | 'denied'
  | 'claimed'
  | 'released'
  | 'revoked'
  | 'cloned'
  | 'signature'
  | 'challenge'
  | 'upgrade'
  | 'busy'
  | 'wrong-code'
  | 'wrong-phrase'
  | 'phrase-needed'
  | 'taken'
  | 'occupied'
  | 'forbidden'
  | 'limited'
  | 'malformed'
  | 'not-found'

export interface Refusal {
  readonly kind: 'refused'
  readonly code: RefusalCode
  readonly message: string
  /** Seconds. */
  readonly retryAfter?: number
}

/** A refusal is an outcome, not an exception: what it changed (a counted guess) is committed all the same. */
export type Outcome<Value> = { readonly kind: 'done'; readonly value: Value } | Refusal

/** Who claims, as the cloud's own sign-in has proven. */
export interface ClaimAdmin {
  readonly id: string
  /** The organisations in which this person's role may claim, release and move boxes. */
  readonly organisations: readonly string[]
  /** In these of them, only at the sites named. */
  readonly sites?: Readonly<Record<string, readonly string[]>>
  /** Public address, as the cloud's trusted proxies tell it. */
  readonly address: string
}

/** What an admin is told who typed a code. The phrase is not in it: it must come from the box. */
export interface ClaimOffer {
  readonly claimToken: string
  readonly model: string
  readonly boxVersion: string
  readonly serial?: string
  readonly seenFrom: 'same-public-address' | 'elsewhere'
  /** Seconds in which it must be confirmed. */
  readonly expiresIn: number
}

export interface ConfirmRequest {
  readonly claimToken: string
  readonly siteId: string
  /** Left out only where the site's organisation allows that and the public addresses agree. */
  readonly phrase?: string
  /** The site's box, if it has one, is released in the same moment: it is broken, and this one takes its place. */
  readonly replace?: boolean
}

export interface Confirmed {
  readonly boxId: string
  readonly orgId: string
  readonly siteId: string
}

/** Whom a token names, for the cloud's other parts. */
export interface BoxIdentity {
  readonly boxId: string
  readonly orgId: string
  readonly siteId: string
}

/** What a person at the box sees of its account. No state keeps a phone from being served. */
export type CloudState =
  | { readonly state: 'off'; readonly reason: string }
  | (Contact & {
      readonly state: 'unclaimed'
      /** SHA-256 of the identity key in hexadecimal, for lists of boxes that are claimed in advance. */
      readonly fingerprint: string
      readonly phrase: string
      /** Absent until the cloud has given one; then the three below are there too. */
      readonly code?: string
      readonly claimPage?: string
      /** The page with the code in it, for a QR code. */
      readonly claimUrl?: string
      readonly expiresAt?: EpochMs
    })
  /** The account says that this box has an owner; released there or given new keys here, it can be claimed again. */
  | (Contact & { readonly state: 'already-claimed'; readonly fingerprint: string; readonly phrase: string })
  | (Contact & Membership & { readonly state: 'claimed' })
  /** It was let go, or locked out, by the account; what it has stays in force until somebody decides here. */
  | (Membership & { readonly state: 'released' | 'revoked'; readonly since: EpochMs })

export interface Contact {
  readonly url: string
  /** The last attempt failed: since when, and why. */
  readonly unreachable?: { readonly since: EpochMs; readonly reason: string }
  /** The account answers, but not as it should; what to do about it. */
  readonly problem?: string
}

export interface Membership {
  readonly url: string
  readonly boxId: string
  readonly orgId: string
  readonly orgName: string
  readonly siteId: string
  readonly claimedAt: EpochMs
}

/** What the box's own API and command line need. */
export interface CloudLink {
  state(): CloudState
  /**
   * Takes the box out of its account, at once and without the account's help: new keys, what phones are served stays.
   * Throws `OperatorError` when it is in none.
   */
  leave(options: { readonly by: string }): void
}
