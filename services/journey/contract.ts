import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'

export type FileProtocol = 'tftp' | 'http' | 'https'

/**
 * One thing that a service saw or did for a device. Texts come from the LAN: they are shown, never obeyed,
 * and carry no secret (a URL in a step has its token and password taken out).
 */
export type Step =
  | {
      readonly kind: 'dhcp.asked'
      readonly message: 'discover' | 'request' | 'inform' | 'bootp'
      readonly vendorClass?: string
      readonly hostName?: string
      readonly parameters: readonly number[]
    }
  | {
      readonly kind: 'dhcp.answered'
      readonly message: 'offer' | 'ack' | 'inform-ack' | 'bootp-reply'
      readonly leased?: Ipv4
      /** The provisioning options in the answer, e.g. `{ code: 66, text: 'http://192.0.2.1/yealink/' }`. */
      readonly options: readonly { readonly code: number; readonly text: string }[]
    }
  | { readonly kind: 'dhcp.refused'; readonly reason: string }
  | { readonly kind: 'dhcp.ignored'; readonly reason: string }
  | { readonly kind: 'dhcp.released' }
  | { readonly kind: 'dhcp.declined'; readonly leased: Ipv4 }
  | {
      readonly kind: 'pnp.asked'
      readonly vendor?: string
      readonly model?: string
      readonly firmware?: string
      readonly macFrom: 'message' | 'lease' | 'neighbour' | 'nowhere'
    }
  | { readonly kind: 'pnp.answered'; readonly url: string }
  | { readonly kind: 'pnp.ignored'; readonly reason: string }
  /** The phone confirmed our NOTIFY (status 200), or did not. */
  | { readonly kind: 'pnp.confirmed'; readonly status: number }
  | {
      readonly kind: 'file.served'
      readonly protocol: FileProtocol
      readonly file: string
      readonly userAgent?: string
      readonly size: number
      /** SHA-256 of the content in hexadecimal, to compare what was fetched with what is wanted. */
      readonly hash: string
      /** The content is the device's own configuration: with it the device counts as configured. */
      readonly own: boolean
      readonly secret: boolean
    }
  | {
      readonly kind: 'file.completed'
      readonly protocol: FileProtocol
      readonly file: string
      readonly size: number
      readonly ms: number
      /** The content was the device's own configuration, and all of it arrived. */
      readonly own: boolean
    }
  | { readonly kind: 'file.broken'; readonly protocol: FileProtocol; readonly file: string; readonly reason: string }
  | {
      readonly kind: 'file.missing'
      readonly protocol: FileProtocol
      readonly file: string
      readonly userAgent?: string
      readonly reason: string
      /** The vendor's order contains this name and going on without it is normal. */
      readonly expected: boolean
    }
  | {
      readonly kind: 'file.refused'
      readonly protocol: FileProtocol
      readonly file: string
      readonly userAgent?: string
      readonly reason: string
    }
  | { readonly kind: 'file.uploaded'; readonly protocol: FileProtocol; readonly file: string; readonly size: number }
  /** It looked people up by LDAP; once for each connection. */
  | { readonly kind: 'directory.asked'; readonly found: number }
  | { readonly kind: 'directory.refused'; readonly reason: string }
  | {
      readonly kind: 'notify.sent'
      readonly event: string
      readonly to: string
      readonly by: string
      readonly why?: string
    }
  | { readonly kind: 'notify.result'; readonly event: string; readonly outcome: string; readonly ok: boolean }
  /** Its own web server was asked to make it fetch again; `action` is what people call that, never the URL. */
  | { readonly kind: 'action.sent'; readonly action: string; readonly by: string; readonly why?: string }
  | { readonly kind: 'action.result'; readonly action: string; readonly outcome: string; readonly ok: boolean }
  /** It was to be asked to fetch again and was not, or not now. */
  | { readonly kind: 'refetch.left'; readonly reason: string; readonly by: string }
  /** Whether it fetched its own configuration after it was asked. */
  | { readonly kind: 'refetch.ended'; readonly fetched: boolean; readonly text: string; readonly by: string }
  | { readonly kind: 'neighbour.seen' }
  | {
      readonly kind: 'identified'
      readonly vendor: string
      readonly model?: string
      readonly firmware?: string
      readonly hardware?: string
      readonly because: string
    }
  | { readonly kind: 'record.changed'; readonly by: string; readonly what: string }
  /** The change before it made no other file of the device's own than it has. */
  | { readonly kind: 'record.same' }

export interface Happening {
  readonly at: EpochMs
  /** Absent when nobody knows yet whose address it is. */
  readonly mac?: Mac
  readonly address?: Ipv4
  readonly interface?: string
  readonly step: Step
  /** Set by the journal alone: how often a routine repeat (renewals, polls) was seen; `at` is then the last time. */
  readonly count?: number
  readonly firstAt?: EpochMs
}

/** Where services report what they saw. Never throws, never blocks; writing to disk happens behind it. */
export interface Journal {
  record(happening: Happening): void
}

export type AlarmKind =
  | 'foreign-dhcp'
  | 'enumeration'
  | 'neighbour-mismatch'
  | 'fingerprint-changed'
  | 'plaintext-delivery'
  | 'pool-exhausted'
  | 'template-error'
  | 'claim-guessing'
  | 'sign-in-guessing'
  | 'unusable-record'
  | 'backup-failed'
  | 'interface-missing'

export interface Alarm {
  readonly kind: AlarmKind
  /** What it is about, e.g. an address or interface; one alarm an hour for each kind and subject. */
  readonly subject: string
  readonly text: string
  readonly firstAt: EpochMs
  readonly lastAt: EpochMs
  readonly count: number
}

/** Where services raise alarms. Repeats within an hour are counted, not raised again. */
export interface Alarms {
  raise(kind: AlarmKind, subject: string, text: string): void
  list(): readonly Alarm[]
}

export type VerdictState = 'configured' | 'under-way' | 'trouble' | 'waiting' | 'unknown-device' | 'never-seen'

/** What a person can do about it at once: add it, ask it to fetch again, look at its record, at the network, at how to set it up. */
export type VerdictHelp = 'adopt' | 'allow' | 'refetch' | 'record' | 'network' | 'setup'

/** The one sentence that a journey ends in, e.g. `configured 12 s ago` or `asked, but refused: …`. */
export interface Verdict {
  readonly state: VerdictState
  readonly text: string
  /** What to do about it, when something is to be done. */
  readonly advice?: string
  /** What most likely helps, when something does. */
  readonly help?: VerdictHelp
  readonly since?: EpochMs
}

/** What is known of one device from what it did. */
export interface Journey {
  readonly mac: Mac
  readonly vendor?: string
  readonly model?: string
  readonly firmware?: string
  readonly hardware?: string
  readonly address?: Ipv4
  readonly interface?: string
  readonly firstSeen: EpochMs
  readonly lastSeen: EpochMs
  readonly happenings: readonly Happening[]
}

export interface JourneySummary {
  readonly mac: Mac
  readonly vendor?: string
  readonly model?: string
  readonly firmware?: string
  readonly address?: Ipv4
  readonly firstSeen: EpochMs
  readonly lastSeen: EpochMs
  readonly verdict: Verdict
}

export interface Journeys {
  of(mac: Mac): Journey | undefined
  verdictOf(mac: Mac): Verdict
  list(): readonly JourneySummary[]
  /** Called after each happening, for live pages; returns the way to stop. */
  onHappening(listener: (happening: Happening) => void): () => void
}
