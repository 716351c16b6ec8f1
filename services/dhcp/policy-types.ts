import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { InterfaceAddress } from '../core/net.ts'
import type { DhcpMessage } from './codec.ts'
import type { Binding } from './lease-table.ts'
import type { Destination, ReplyKind } from './policy-destination.ts'
import type { Network, OptionSet, Setup } from './policy-setup.ts'

/** Why nothing is answered; the text is what a person reads. */
export const SILENCE = {
  'not-a-request': 'it is a server’s message',
  'no-identity': 'it carries neither a usable hardware address nor a client identifier',
  'too-many-hops': 'it passed more than 16 relays',
  'not-for-servers': 'its message type is not one that clients send',
  'no-address': 'this interface has no IPv4 address',
  'no-network': 'no network is configured for this link',
  'foreign-server': 'another DHCP server answers here',
  'not-a-phone': 'phones-only mode, and it does not identify as a device of ours',
  'other-server': 'it chose another DHCP server',
  'pool-exhausted': 'no address is free',
  'rate-limited': 'too many new clients in a short time, and few addresses left',
  'kept-for-phones': 'the last addresses are kept for phones and reservations',
  'unknown-client': 'no lease is known and this server is not authoritative',
  'wrong-network': 'its address belongs to another network and this server is not authoritative',
  'no-refusal': 'phones-only mode refuses nobody; the other server may know this client',
  'not-its-address': 'the address is not leased to this client',
  'incomplete-request': 'the request names no address',
  released: 'it gave its address back',
  declined: 'it found its address in use; the address is set aside',
  'bootp-not-reserved': 'BOOTP clients get reserved addresses only',
} as const
export type SilenceReason = keyof typeof SILENCE

/** For building an object field by field. */
export type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** What the sender of a packet is. */
export interface Client {
  /** Who it is for leases: the same text is the same client. */
  readonly key: string
  readonly mac?: Mac
  /** Option 61 as hexadecimal. */
  readonly clientId?: string
  readonly hostName?: string
  readonly vendorClass?: string
  readonly userClass?: string
  readonly parameters: readonly number[]
  /** Option 82 as hexadecimal. */
  readonly relay?: string
}

/** The interface that a packet came in by. */
export interface Link {
  readonly name: string
  readonly phonesOnly: boolean
  /** Another server was found here and this one does not answer; what is asked is noted all the same. */
  readonly keptOff: boolean
  readonly addresses: readonly InterfaceAddress[]
}

/** What the policy may read of the leases. */
export interface LeaseView {
  at(address: Ipv4): Binding | undefined
  of(network: Network, client: string): Binding | undefined
  candidate(network: Network): Ipv4 | undefined
  busy(network: Network): number
}

/** Keeps strangers from taking every address (threat model A9). Phones and reservations are never held back. */
export interface GuardRules {
  /** Share of a pool (0 to 1) that only phones, reservations and known clients may take. */
  readonly keptShare: number
  /** Share of free addresses below which the rate limit works; above it a whole office may boot at once. */
  readonly watchShare: number
  readonly newClientsPerSecond: number
  readonly newClientBurst: number
}
export const DEFAULT_GUARD: GuardRules = {
  keptShare: 0.25,
  watchShare: 0.5,
  newClientsPerSecond: 5,
  newClientBurst: 50,
}

export interface Facts {
  readonly now: EpochMs
  readonly setup: Setup
  readonly leases: LeaseView
  readonly link: Link
  readonly client: Client
  readonly phone: boolean
  /** What the rest of the box wants told to this client. */
  readonly advised: OptionSet
  /** Nobody answered when this address was probed, or probing is off. */
  readonly cleared: (address: Ipv4) => boolean
  readonly guard: GuardRules
  /** Whether the rate limit leaves room for one more new client of this network. */
  readonly mayJoin: (network: Network) => boolean
}

/** What to do about one packet. `changes` are to be made in order, and stored before anything is sent. */
export type Decision =
  | {
      readonly kind: 'reply'
      readonly type: ReplyKind
      readonly reply: DhcpMessage
      readonly limit: number
      readonly destination: Destination
      readonly network: Network
      readonly changes: readonly Binding[]
      /** A client that the rate limit counts. */
      readonly newcomer: boolean
      /** For a NAK. */
      readonly reason?: string
    }
  | {
      readonly kind: 'silence'
      readonly reason: SilenceReason
      readonly changes: readonly Binding[]
      readonly network?: Network
      /** The other server that the client named. */
      readonly server?: Ipv4
      readonly address?: Ipv4
    }
  /** Find out whether somebody uses this address, then decide again. */
  | {
      readonly kind: 'probe'
      readonly network: Network
      readonly address: Ipv4
      readonly changes: readonly Binding[]
      readonly newcomer: boolean
    }

export function silence(
  reason: SilenceReason,
  more: { network?: Network; server?: Ipv4; address?: Ipv4 } = {},
): Decision {
  return { kind: 'silence', reason, changes: [], ...more }
}
