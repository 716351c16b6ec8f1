import type { EpochMs } from '../core/clock.ts'
import type { PublicKey } from './contract.ts'
import type { Claim } from './policy-claim.ts'
import type { Boots } from './policy-holder.ts'
import type { Polling } from './policy-limits.ts'

// What the cloud's half asks of a database. `test/support/enrolment-storage-suite.ts` says the same as tests; every
// implementation passes them. Times are whole milliseconds.

/** A place for a box, as the cloud's records have it. */
export interface Site {
  readonly orgId: string
  readonly orgName: string
  /** The organisation's X25519 key, for what boxes seal to it. */
  readonly sealingKey?: PublicKey
  /** The organisation lets an admin who sits behind the same public address as the box leave the phrase out. */
  readonly mayOmitPhrase: boolean
}

/** Where a box is, or was. */
export interface Place {
  readonly boxId: string
  readonly orgId: string
  readonly siteId: string
}

/** A box that asked to be claimed. */
export interface EnrolmentRow {
  readonly id: string
  readonly identityKey: PublicKey
  readonly sealingKey: PublicKey
  readonly model: string
  readonly boxVersion: string
  readonly serial?: string
  readonly boots: Boots
  /** Public address, and what of it counts as one (`networkOf`). */
  readonly address: string
  readonly network: string
  /** Eight letters, without the dash. */
  readonly userCode: string
  readonly claim: Claim
  readonly polling: Polling
  readonly createdAt: EpochMs
  /** Set when it is confirmed. */
  readonly boxId?: string
  readonly confirmedAt?: EpochMs
}

export interface BoxRow {
  readonly boxId: string
  readonly orgId: string
  readonly siteId: string
  readonly state: 'active' | 'released' | 'revoked'
  readonly identityKey: PublicKey
  readonly sealingKey: PublicKey
  /** A rotation that the box has asked for and not used yet. */
  readonly next?: { readonly identityKey: PublicKey; readonly sealingKey: PublicKey }
  readonly epoch: number
  readonly boots?: Boots
  /** Two hold its key: none is given a token but the one that a person chose, and that one shall rotate. */
  readonly cloned?: { readonly at: EpochMs; readonly keep?: string }
  readonly model: string
  readonly serial?: string
  readonly claimedAt: EpochMs
  readonly claimedBy: string
  readonly endedAt?: EpochMs
}

/** A box that shall be its organisation's as soon as it is first heard of. */
export interface PreloadRow {
  readonly fingerprint: string
  readonly orgId: string
  readonly siteId: string
  readonly by: string
  readonly at: EpochMs
}

/** What happened, for the audit log of the organisation, or of whoever runs the cloud when there is none. */
export interface EnrolmentAudit {
  readonly kind:
    | 'enrolment.opened'
    | 'enrolment.cloned'
    | 'claim.coded'
    | 'claim.taken'
    | 'claim.denied'
    | 'claim.burned'
    | 'claim.wrong-code'
    /** Many wrong codes over all accounts: an alarm. */
    | 'claim.guessing'
    | 'box.claimed'
    | 'box.released'
    | 'box.left'
    | 'box.transferred'
    | 'box.revoked'
    | 'box.rotating'
    | 'box.rotated'
    /** An alarm. */
    | 'box.cloned'
    | 'box.kept'
    | 'preload.added'
    | 'preload.removed'
    /** Two organisations expect the same box: an alarm, and nobody gets it without its code. */
    | 'preload.disputed'
    /** An expected box came to a site that has one already: nobody gets it without its code. */
    | 'preload.occupied'
  readonly at: EpochMs
  readonly by: string
  readonly orgId?: string
  readonly boxId?: string
  readonly enrolmentId?: string
  readonly fingerprint?: string
  readonly address?: string
  /** More for a person; never a code, phrase, key or token. */
  readonly detail?: string
}

export interface EnrolmentReader {
  enrolment(id: string): Promise<EnrolmentRow | undefined>
  /** The newest with this code. */
  enrolmentByCode(userCode: string): Promise<EnrolmentRow | undefined>
  /** The newest of this key. */
  enrolmentByKey(key: PublicKey): Promise<EnrolmentRow | undefined>
  /** How many are open or coded and not past their time, of one network or of all. */
  alive(now: EpochMs, network?: string): Promise<number>
  box(boxId: string): Promise<BoxRow | undefined>
  /** The active one whose key, or next key, this is. There is one at most. */
  boxByKey(key: PublicKey): Promise<BoxRow | undefined>
  /** The active box of a site. There is one at most. */
  boxOfSite(siteId: string): Promise<BoxRow | undefined>
  site(siteId: string): Promise<Site | undefined>
  /** In order of organisation. */
  preloads(fingerprint: string): Promise<readonly PreloadRow[]>
  /** In order of fingerprint. */
  preloadsOf(orgId: string): Promise<readonly PreloadRow[]>
  /** When attempts under this key were made since (later than) a moment, oldest first, the newest 1,000 at most. */
  attempts(key: string, since: EpochMs): Promise<readonly EpochMs[]>
}

export interface EnrolmentWriter extends EnrolmentReader {
  /** By id. */
  putEnrolment(row: EnrolmentRow): Promise<void>
  /** By box id. */
  putBox(row: BoxRow): Promise<void>
  /**
   * The site is this box's from now on: what the account keeps of the site becomes the box's too. `from`: where the box
   * was before.
   */
  place(to: Place, from?: Place): Promise<void>
  /** By fingerprint and organisation; a second one replaces the first. */
  putPreload(row: PreloadRow): Promise<void>
  /** Whether it was there. */
  removePreload(orgId: string, fingerprint: string): Promise<boolean>
  addAttempt(key: string, at: EpochMs): Promise<void>
  /** Notes that a challenge was used; false when it was before. */
  useChallenge(nonce: string, until: EpochMs): Promise<boolean>
  audit(event: EnrolmentAudit): Promise<void>
  /** Forgets enrolments made, attempts made, and challenges whose time ended, before these moments. */
  forget(before: {
    readonly enrolments: EpochMs
    readonly attempts: EpochMs
    readonly challenges: EpochMs
  }): Promise<void>
}

export interface EnrolmentStorage {
  /** One snapshot. */
  read<Result>(work: (reader: EnrolmentReader) => Promise<Result>): Promise<Result>
  /** As `read`, for one question: it needs no transaction around it. */
  peek<Result>(work: (reader: EnrolmentReader) => Promise<Result>): Promise<Result>
  /**
   * One transaction, durable when the promise is fulfilled; what `work` throws rolls it back. As if there were no other
   * at the time (PostgreSQL: SERIALIZABLE): two admins who confirm one box at once must not both find it unclaimed.
   * `work` may run more than once, so it must not do anything but through its writer.
   */
  write<Result>(work: (writer: EnrolmentWriter) => Promise<Result>): Promise<Result>
}
