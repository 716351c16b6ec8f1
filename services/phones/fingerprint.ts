import type { EpochMs } from '../core/clock.ts'

// What a device looked like when it got its first file with secrets, compared with what it looks like now. A false alarm
// costs a working phone, so only what cannot well be the same phone counts: nothing that is not known at either time,
// no firmware versions, nothing of boot loaders.

/** What is kept of a device. Every part may be unknown. */
export interface Fingerprint {
  /** The vendor that its DHCP class (option 60) tells. */
  readonly classVendor?: string
  /** The vendor that its User-Agent tells. */
  readonly agentVendor?: string
  /** Its parameter request list (option 55), in its order. */
  readonly parameters?: readonly number[]
  /** Relay information (option 82) as hexadecimal. A renewal goes past the relay and carries none (RFC 2131 section 4.3.2). */
  readonly relay?: string
}

/** What is kept of one device's deliveries. */
export interface Delivered {
  readonly fingerprint: Fingerprint
  /** The first delivery. */
  readonly at: EpochMs
  /** Why files with secrets are held back, since another device seems to have taken its place. */
  readonly closed?: { readonly reason: string; readonly at: EpochMs }
}

/** What was seen of a device at one request. */
export interface Seen {
  readonly vendorClass?: string | undefined
  readonly classVendor?: string | undefined
  readonly agentVendor?: string | undefined
  readonly parameters?: readonly number[] | undefined
  readonly relay?: string | undefined
}

/** Stages before the phone's own firmware ask with classes and lists of their own. */
const BOOT_LOADER = /^(PXEClient|HTTPClient|iPXE|Etherboot|U-?Boot)/i

/** Fewer options than these tell nobody from another: INFORM, BOOTP (none at all) and boot loaders ask for few. */
const TELLING = 4
/** Part of the options of both lists that is in both. Firmware of one vendor that was written anew still has more. */
const ALIKE = 0.5

export function fingerprintOf(seen: Seen): Fingerprint {
  const boots = seen.vendorClass !== undefined && BOOT_LOADER.test(seen.vendorClass)
  const parameters = boots || (seen.parameters?.length ?? 0) < TELLING ? undefined : seen.parameters
  return {
    ...(seen.classVendor !== undefined && !boots && { classVendor: seen.classVendor }),
    ...(seen.agentVendor !== undefined && { agentVendor: seen.agentVendor }),
    ...(parameters !== undefined && { parameters }),
    ...(seen.relay !== undefined && { relay: seen.relay }),
  }
}

/** Why these cannot well be the same device; undefined when they can. */
export function differenceOf(before: Fingerprint, now: Fingerprint): string | undefined {
  const vendors = [
    ['class', before.classVendor, now.classVendor],
    ['agent text', before.agentVendor, now.agentVendor],
  ] as const
  for (const [what, then, since] of vendors)
    if (then !== undefined && since !== undefined && then !== since)
      return `its ${what} was of ${then} at the first delivery and is of ${since} now`
  if (before.parameters !== undefined && now.parameters !== undefined && !alike(before.parameters, now.parameters))
    return `it asks by DHCP for options that have little in common with those at the first delivery (${now.parameters.join(' ')}; then ${before.parameters.join(' ')})`
  if (before.relay !== undefined && now.relay !== undefined && before.relay !== now.relay)
    return 'it comes through another relay, or another port of it, than at the first delivery'
  return undefined
}

/** What was not known before is taken over; what was stays, so that no change creeps in by small steps. */
export function completed(before: Fingerprint, now: Fingerprint): Fingerprint {
  return { ...now, ...before }
}

/**
 * Newer firmware appends options, a shorter list comes from another stage of the same device: a part of the other is
 * the same device. Two lists of phones of one vendor share more than half; a phone's and a PC's share about a fifth.
 */
function alike(one: readonly number[], other: readonly number[]): boolean {
  const a = new Set(one)
  const b = new Set(other)
  const common = [...a].filter((option) => b.has(option)).length
  if (common === a.size || common === b.size) return true
  return common / (a.size + b.size - common) >= ALIKE
}
