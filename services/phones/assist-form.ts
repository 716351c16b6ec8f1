// What a vendor's description says for people: how to lead a device here by hand.

/** Steps for a person, in order. The first list whose condition holds is used. */
export interface StepList {
  readonly when?: string
  readonly steps: readonly string[]
}

/** Every text may hold the placeholders of a URL, and `{{ typed }}` and `{{ short }}`. */
export interface ManualForm {
  /** What is typed in, in the form that its vendor takes. */
  readonly url: string
  /** What its QR code holds, where the device has a camera or an application reads one; absent: the URL. */
  readonly scan?: string
  /** How the short URL answers a phone that loads exactly that: with its file itself, or by sending it on. */
  readonly short: 'content' | 'redirect'
  /** The file that it then gets, by its name among `files`; absent: its own configuration. */
  readonly entry?: string
  /** Of its web page, as it leaves the factory. */
  readonly login?: { readonly user?: string; readonly password?: string; readonly note?: string }
  /** No document of the vendor was read for the steps. */
  readonly unsure: boolean
  readonly phone: readonly StepList[]
  readonly web: readonly StepList[]
  readonly address: readonly StepList[]
  readonly mac: readonly StepList[]
  readonly reset: readonly StepList[]
}
