import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { Answer, Device, FileRequest, Identity } from '../phones/contract.ts'

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

// What it needs to know of devices; the vendors' descriptions say it.

/** How a person sets a device up by hand, every text filled in for this device and this box. */
export interface Manual {
  readonly vendor?: string
  /** The vendor's and the model's names for people. */
  readonly title?: string
  readonly model?: string
  /** What is typed in where the device wants its full URL. */
  readonly url: string
  /** Shorter to type: the box finds out who asks. */
  readonly shortUrl: string
  /** What its QR code holds. */
  readonly scan: string
  /** The device, or an application on it, reads such a code by itself. */
  readonly scannable: boolean
  /** Of the device's own web page as it leaves the factory, where that is publicly documented. */
  readonly login?: { readonly user?: string; readonly password?: string; readonly note?: string }
  /** The steps are as commonly described: no document of the vendor was read for them. */
  readonly unsure: boolean
  /** Steps in its own menu and on its web page; empty: not known for this model. */
  readonly phone: readonly string[]
  readonly web: readonly string[]
  /** How to find its IP and its MAC address, and how to reset it to factory settings. */
  readonly address: readonly string[]
  readonly findMac: readonly string[]
  readonly reset: readonly string[]
}

/** Instructions from the vendors' descriptions. */
export interface Manuals {
  of(mac: Mac): Manual
}

/** What a page on a phone's screen says; the vendor's template gives it its form. */
export interface ClaimPage {
  /** `both` asks for extension and PIN, `pin` for the PIN alone, `message` for nothing. */
  readonly page: 'both' | 'pin' | 'message'
  readonly title: string
  readonly text: string
  /** For `pin`: whose it is. */
  readonly extension?: string
  /** For `message`: it leads back to the first page. */
  readonly again?: boolean
}

/** The pages of phones that can show a login, for devices that nobody registered. */
export interface ClaimPages {
  /** The site allows it, and its vendor and model can. */
  allowed(mac: Mac): boolean
  /** Who a device is, for its record. */
  identity(mac: Mac): Pick<Identity, 'vendor' | 'model'>
  /** The device that a User-Agent names, when it names one. */
  named(userAgent: string | undefined): Mac | undefined
  /** Undefined when its vendor has none. Throws `OperatorError` when the template fails. */
  render(
    mac: Mac,
    page: ClaimPage,
    localAddress: Ipv4,
  ): { readonly bytes: Uint8Array; readonly contentType: string; readonly hash: string } | undefined
}
