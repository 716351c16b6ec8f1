import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { Fault, Line } from '../phones/contract.ts'

/** The base under which the box's LDAP server keeps everybody. */
export const LDAP_BASE = 'ou=people,dc=branchline'

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

/** A number of an entry; an extension stands first and has a kind of its own. */
export interface EntryNumber {
  readonly kind: NumberKind | 'extension'
  readonly number: string
}

/** One line of the phone book: a person or contact, or a line of a device that stands for no person. */
export interface Entry {
  readonly id: string
  readonly source: 'person' | 'device'
  readonly name: string
  readonly firstName?: string
  readonly lastName?: string
  readonly company?: string
  readonly department?: string
  readonly title?: string
  readonly email?: string
  /** At least one: who cannot be called stands in no phone book. */
  readonly numbers: readonly EntryNumber[]
  /** Never empty: who names no book stands in `main`. */
  readonly books: readonly string[]
}

/** The phone book as one device sees it. */
export interface BookView {
  /** Whether lines of devices that stand for no person are in it. */
  readonly devices: boolean
  /** Only who stands in one of these; empty: everybody. */
  readonly books: readonly string[]
  /** By the name as it is shown, or by the last name. */
  readonly order: 'name' | 'last-name'
  /** Language whose order of letters holds, e.g. `de`. */
  readonly language: string
}

/** What is looked for; everything given must fit. Hostile texts: they are cut and folded before use. */
export interface BookQuery {
  /** In any name, or in a number. */
  readonly search?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly number?: string
  readonly book?: string
}

/** The phone book of this site: people, contacts, lines of devices. */
export interface PhoneBook {
  /** Changes whenever an entry may have changed; part of the key under which pages are cached. */
  revision(): number
  /** In order. The same list as long as nothing changes and the question is still remembered. */
  find(view: BookView, query?: BookQuery): readonly Entry[]
  /** The names of the books that this view has, in order, with how many stand in each. */
  books(view: BookView): readonly { readonly name: string; readonly count: number }[]
}

/** Forms in which people are carried from and to other programs. */
export type ExchangeFormat = 'csv' | 'vcard'

/** One thing that is wrong in an imported file. Rows, lines and columns count from 1; row 0 is the heading. */
export interface ExchangeFault {
  readonly row: number
  readonly line: number
  /** The column's heading, or the property of a vCard. */
  readonly column: string
  readonly columnNumber?: number
  readonly message: string
}

export interface ExchangeRow {
  readonly row: number
  readonly line: number
  readonly id: string
  readonly name: string
  readonly action: 'create' | 'update'
}

/** What an imported file would do. */
export interface ExchangePlan {
  readonly items: readonly { readonly id: string; readonly input: unknown }[]
  readonly rows: readonly ExchangeRow[]
  readonly faults: readonly ExchangeFault[]
}

/** Reads and writes files with people. */
export interface Exchange {
  /** Changes nothing. Throws `OperatorError` when it is no such file at all. */
  read(format: ExchangeFormat, text: string): ExchangePlan
  /** Everybody, in the order of their ids; never with a secret. `version` is that of cards which came from no vCard. */
  write(format: ExchangeFormat, options?: { readonly version?: '3.0' | '4.0' }): string
}

/** Everything of people for those who edit them. */
export interface Directory {
  readonly people: People
  readonly exchange: Exchange
  /** Everybody in whose names or numbers every word of the text is found, by name; unlisted people too. */
  find(search?: string): readonly Person[]
  /** An id for somebody new. */
  newId(): string
}

/** Who asks the LDAP server from an address, and what they may see; or why they get nothing. */
export type Asker =
  | {
      readonly kind: 'device'
      readonly mac: Mac
      readonly view: BookView
      /** What the device must log in with; absent: it need not. */
      readonly credentials?: { readonly user: string; readonly password: string }
    }
  | { readonly kind: 'refused'; readonly mac?: Mac; readonly reason: string }

/** Decides by address who may look people up; the phones service knows. */
export interface BookAccess {
  asker(address: Ipv4): Asker
}

/** The phone book as a vendor's phones get it, without asking as one. Throws `OperatorError`. */
export interface BookPreview {
  /** Every vendor that has a phone book, with its documents. */
  documents(): readonly { readonly vendor: string; readonly title: string; readonly documents: readonly string[] }[]
  render(
    vendor: string,
    document: string,
    query?: string,
  ): { readonly file: string; readonly bytes: Uint8Array; readonly contentType: string; readonly hash: string }
}
