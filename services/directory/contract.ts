import type { Fault, Line } from '../phones/contract.ts'

export type NumberKind = 'work' | 'mobile' | 'home' | 'fax' | 'other'

export interface PhoneNumber {
  readonly kind: NumberKind
  /** What is dialled: digits, `+`, `*`, `#`, or a SIP address. */
  readonly number: string
}

/** Somebody who has an extension here, or an outside contact: an entry of the phone book. */
export interface Person {
  /** The record's id: a ULID, or what an import gave. */
  readonly id: string
  readonly rev: number
  /** As it is shown: `Ada Lovelace`, or a company. */
  readonly name: string
  readonly firstName?: string
  readonly lastName?: string
  readonly company?: string
  readonly department?: string
  readonly title?: string
  readonly email?: string
  /** The internal number; absent for an outside contact. */
  readonly extension?: string
  /** In the order in which a phone shows them, after the extension. */
  readonly numbers: readonly PhoneNumber[]
  /** The phone books that the person stands in; none: the main one alone. */
  readonly books?: readonly string[]
  /** False: in no phone book, only there to be given a phone. */
  readonly listed: boolean
  /** The SIP account that a phone of this person registers, its secret opened; its `index` is 1. */
  readonly line?: Line
  /** The PIN with which the person claims a phone at its screen, opened; it is taken away when it was used. */
  readonly claimPin?: string
  /** May claim more than one phone; the PIN then stays. */
  readonly severalPhones?: boolean
  readonly note?: string
  /** The content lines of the vCard that it came from, so that it goes out again with all that it held. */
  readonly vcard?: readonly string[]
}

/** The people and contacts that were given to this box. Writes validate: every fault is reported with its path. */
export interface People {
  get(id: string): Person | undefined
  list(): readonly Person[]
  /** By extension; undefined when nobody or more than one has it. */
  byExtension(extension: string): Person | undefined
  /**
   * Stores a person from JSON of any origin. A line without `secret` keeps the one it had; `null` clears it.
   * Throws `OperatorError` naming every fault, `ConflictError` when `base` is not the stored revision.
   */
  put(id: string, input: unknown, options: { readonly by: string; readonly base?: number }): Person
  /** Every fault that `put` would name for this input; empty when it would store it. Writes nothing. */
  check(id: string, input: unknown): readonly Fault[]
  /** All or none. */
  putMany(
    items: readonly { readonly id: string; readonly input: unknown }[],
    options: { readonly by: string },
  ): readonly Person[]
  remove(id: string, options: { readonly by: string; readonly base?: number }): void
}
