import type { EpochMs } from '../core/clock.ts'
import type { Mac } from '../core/mac.ts'
import type { Answer, Device, FileRequest, Manual } from '../phones/contract.ts'

/** What a person needs to set one device up by hand. */
export interface Setup extends Manual {
  readonly mac: Mac
  /** Of `scan`: a picture for a page, and block characters for a terminal. */
  readonly qr: { readonly svg: string; readonly blocks: string }
}

/** Somebody with a SIP account and no phone. */
export interface WaitingPerson {
  readonly id: string
  readonly name: string
  readonly extension: string
  readonly hasPin: boolean
}

/** A time in which people without a PIN of their own may claim a phone with the PIN that the box made for it. */
export interface ClaimRound {
  readonly pin: string
  readonly openedAt: EpochMs
  readonly endsAt: EpochMs
  readonly by: string
}

export interface ClaimStatus {
  readonly mode: 'off' | 'pin'
  readonly round?: ClaimRound
  /** How many people have a PIN of their own that is not used up. */
  readonly pins: number
  /** After too many wrong PINs everywhere nobody may try until then. */
  readonly heldUntil?: EpochMs
}

export interface Claims {
  status(): ClaimStatus
  /** Opens a round with a new PIN; one that is open ends. Throws `OperatorError` when the site's claim mode is off. */
  open(options: { readonly minutes: number; readonly by: string }): ClaimRound
  close(options: { readonly by: string }): void
  /** Gives a person a PIN of their own, a new one unless one is given; `null` takes it away. Throws `OperatorError`. */
  setPin(extension: string, pin: string | null | undefined, options: { readonly by: string }): string | undefined
}

/** Whom a device is given to. */
export type Assignee = { readonly person: string } | { readonly extension: string }

/** What people do by hand, with the box's help. */
export interface Assist {
  readonly claims: Claims
  setup(mac: Mac): Setup
  waiting(): readonly WaitingPerson[]
  /**
   * Makes the record of a device that has none, with the line of this person; the phone is told to fetch again.
   * Throws `OperatorError`, `NotFoundError`, `ConflictError`.
   */
  assign(mac: Mac, to: Assignee, options: { readonly by: string }): Device
}

/** Answers what phones ask of the claim pages; undefined for every other request. */
export interface ClaimDesk {
  answer(request: FileRequest): Answer | undefined
}
