import type { Mac } from '../core/mac.ts'

// Who may claim a phone. The answer to a stranger is the same whether an extension exists, has a phone, or has a PIN.

export interface ClaimFacts {
  /** Who holds the asking address by our own lease, and by the kernel's neighbour table. */
  readonly lease: Mac | undefined
  readonly neighbour: Mac | undefined
  /** The device that the User-Agent names. */
  readonly named: Mac | undefined
  /** The site allows it and the device can. */
  allowed(mac: Mac): boolean
  registered(mac: Mac): boolean
  readonly extension: string | undefined
  readonly pin: string | undefined
  /** This phone, this address or everybody must wait for so many seconds. */
  waitSeconds(mac: Mac): number
  /** Looked up and compared in constant time; asked only when somebody may try now. */
  check(extension: string, pin: string): PinCheck
}

export type PinCheck =
  | { readonly ok: true; readonly person: string }
  /** `reason` is for the journey, never for the phone. */
  | { readonly ok: false; readonly reason: string }

export type ClaimDecision =
  /** Not for us: the request is answered as any other. */
  | { readonly kind: 'pass' }
  /** Looks like a missing file. */
  | { readonly kind: 'refused'; readonly reason: string; readonly mac?: Mac; readonly mismatch: boolean }
  | { readonly kind: 'ask'; readonly mac: Mac; readonly page: 'both' | 'pin' }
  | { readonly kind: 'registered'; readonly mac: Mac }
  | { readonly kind: 'wait'; readonly mac: Mac; readonly seconds: number }
  | { readonly kind: 'wrong'; readonly mac: Mac; readonly reason: string }
  | { readonly kind: 'claim'; readonly mac: Mac; readonly person: string }

/** Decides about one request to the claim pages. */
export function decideClaim(facts: ClaimFacts): ClaimDecision {
  const { lease, neighbour, named, extension, pin } = facts
  if (lease !== undefined && neighbour !== undefined && lease !== neighbour)
    return {
      kind: 'refused',
      mac: lease,
      mismatch: true,
      reason: `the address is leased to ${lease}, but ${neighbour} uses it`,
    }
  const mac = lease ?? neighbour
  if (mac === undefined) return { kind: 'refused', mismatch: false, reason: 'nobody is known to hold this address' }
  if (named !== undefined && named !== mac)
    return { kind: 'refused', mac, mismatch: true, reason: `the agent names ${named}, but ${mac} holds the address` }
  if (!facts.allowed(mac)) return { kind: 'pass' }
  if (facts.registered(mac)) return { kind: 'registered', mac }
  if (extension === undefined) return { kind: 'ask', mac, page: 'both' }
  if (pin === undefined) return { kind: 'ask', mac, page: 'pin' }
  const seconds = facts.waitSeconds(mac)
  if (seconds > 0) return { kind: 'wait', mac, seconds }
  const checked = facts.check(extension, pin)
  return checked.ok ? { kind: 'claim', mac, person: checked.person } : { kind: 'wrong', mac, reason: checked.reason }
}

/** What is known of an extension and a PIN; the comparisons were made whatever the rest says. */
export interface PinFacts {
  readonly person:
    | {
        readonly id: string
        readonly hasLine: boolean
        readonly ownPin: boolean
        readonly phones: number
        readonly several: boolean
      }
    | undefined
  readonly roundOpen: boolean
  readonly isOwnPin: boolean
  readonly isRoundPin: boolean
}

/** Whether the PIN is this person's. Who has a PIN of their own needs that one; the round's is for the others. */
export function decidePin(facts: PinFacts): PinCheck {
  const { person } = facts
  const no = (reason: string): PinCheck => ({ ok: false, reason })
  if (person === undefined) return no('no one person has this extension')
  if (!person.ownPin && !facts.roundOpen) return no('this person has no PIN, and no round is open')
  if (!(person.ownPin ? facts.isOwnPin : facts.isRoundPin)) return no('the PIN was wrong')
  if (!person.hasLine) return no('the PIN was right, but this person has no SIP account')
  if (person.phones > 0 && !person.several) return no('the PIN was right, but this person has a phone already')
  return { ok: true, person: person.id }
}
