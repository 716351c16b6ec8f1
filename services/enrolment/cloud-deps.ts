import type { Clock } from '../core/clock.ts'
import type {
  BoxIdentity,
  ChallengeAnswer,
  ClaimAdmin,
  ClaimFacts,
  ClaimOffer,
  ConfigKey,
  Confirmed,
  ConfirmRequest,
  EnrolAnswer,
  Outcome,
  PublicKey,
  RotateAnswer,
  TokenAnswer,
} from './contract.ts'
import type { EnrolmentStorage } from './storage.ts'

export interface CloudEnrolmentDeps {
  readonly storage: EnrolmentStorage
  /** 32 random bytes, the same in every process of this cloud and kept over restarts: challenges and tokens hang on it. */
  readonly key: Uint8Array
  /** The rotation list of the keys that sign configuration, the first ones without `by`. */
  readonly configKeys: () => readonly ConfigKey[]
  /** What boxes are told: where the rest of the API is, and where people type codes. */
  readonly apiBase: string
  readonly claimPage: string
  readonly clock: Clock
  readonly random: (length: number) => Uint8Array
}

/** A request of a box as the HTTP layer hands it on: nothing of it is believed yet. */
export interface SignedRequest {
  readonly method: string
  /** The documented path, from `/v1` on. */
  readonly path: string
  readonly body: Uint8Array
  readonly key: string | undefined
  readonly challenge: string | undefined
  readonly signature: string | undefined
  /** Public address of the box. */
  readonly address: string
}

/** The cloud's half. Bodies are parsed JSON of any content. */
export interface CloudEnrolment {
  challenge(): ChallengeAnswer

  enrol(signed: SignedRequest): Promise<Outcome<EnrolAnswer>>
  poll(signed: SignedRequest, enrolmentId: string): Promise<Outcome<ClaimFacts>>
  token(signed: SignedRequest): Promise<Outcome<TokenAnswer>>
  rotate(signed: SignedRequest, boxId: string): Promise<Outcome<RotateAnswer>>
  leave(signed: SignedRequest, boxId: string): Promise<Outcome<Record<never, never>>>

  /** Whose token this is, and the key to seal to; refused with `signature` when it is nobody's any more. For every other route of boxes. */
  verifyToken(token: string): Promise<Outcome<BoxIdentity & { readonly sealingKey: PublicKey }>>

  claim(admin: ClaimAdmin, code: string): Promise<Outcome<ClaimOffer>>
  confirm(admin: ClaimAdmin, request: ConfirmRequest): Promise<Outcome<Confirmed>>
  /** It is not the box that this person has before them: the code is void. */
  deny(admin: ClaimAdmin, claimToken: string): Promise<Outcome<Record<never, never>>>

  release(admin: ClaimAdmin, boxId: string): Promise<Outcome<Record<never, never>>>
  /** To another site, of the same organisation or of another in which this person may claim too. */
  transfer(admin: ClaimAdmin, boxId: string, siteId: string): Promise<Outcome<Confirmed>>
  /** Locks a lost or stolen box out, at once and for good. */
  revoke(admin: ClaimAdmin, boxId: string): Promise<Outcome<Record<never, never>>>
  /** Of two that hold one key, this start of the program is the right one: it is told to make new keys. */
  keep(admin: ClaimAdmin, boxId: string, bootId: string): Promise<Outcome<Record<never, never>>>
  preload(
    admin: ClaimAdmin,
    siteId: string,
    fingerprints: readonly string[],
  ): Promise<Outcome<{ readonly added: number }>>
  unpreload(admin: ClaimAdmin, orgId: string, fingerprint: string): Promise<Outcome<Record<never, never>>>

  /** Forgets what is past its time; to be called every few minutes. */
  sweep(): Promise<void>
}
