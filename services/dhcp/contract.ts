import type { EpochMs } from '../core/clock.ts'
import type { Cidr, Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'

/** How an option's value is written by a person and encoded in a packet. Texts carry no NUL unless they spell it. */
export type TypedOption =
  | { readonly code: number; readonly type: 'text'; readonly value: string }
  | { readonly code: number; readonly type: 'hex'; readonly value: string }
  | { readonly code: number; readonly type: 'ipv4'; readonly value: readonly string[] }
  | { readonly code: number; readonly type: 'uint8' | 'uint16' | 'uint32' | 'int32'; readonly value: number }
  | { readonly code: number; readonly type: 'boolean'; readonly value: boolean }
  /** Sub-options as in option 43: each is encoded as code, length, value and they follow one another. */
  | { readonly code: number; readonly type: 'sub'; readonly value: readonly TypedOption[] }
  /** RFC 3361 option 120: names (encoding 0) or addresses (encoding 1). */
  | { readonly code: number; readonly type: 'sip-servers'; readonly value: readonly string[] }
  /** RFC 3925 option 125: one enterprise number and its sub-options. */
  | {
      readonly code: number
      readonly type: 'vendor-identifying'
      readonly enterprise: number
      readonly value: readonly TypedOption[]
    }

/** An option to hand out. `always`: even when the client's parameter request list leaves it out. */
export type OfferedOption = TypedOption & { readonly always?: boolean }

/** Options that the protocol itself sets; nobody else may. */
export const OWN_OPTIONS: ReadonlySet<number> = new Set([50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 61, 82, 118])

export type DhcpMode = 'full' | 'phones-only' | 'off'

export interface DhcpPool {
  readonly from: Ipv4
  readonly to: Ipv4
}

export interface Reservation {
  readonly mac?: Mac
  /** Client identifier as hexadecimal, for clients that are known by option 61. */
  readonly clientId?: string
  readonly address: Ipv4
}

/** One subnet that this box may lease addresses of. */
export interface DhcpNetwork {
  readonly id: string
  /** The interface that the subnet is attached to; absent when it is reached through a relay only. */
  readonly interface?: string
  readonly subnet: Cidr
  readonly pools: readonly DhcpPool[]
  readonly router?: Ipv4
  readonly dns: readonly Ipv4[]
  readonly domain?: string
  readonly ntp: readonly Ipv4[]
  readonly leaseSeconds: number
  /** Whether a client that asks for an address of another network is told NAK. */
  readonly authoritative: boolean
  readonly reservations: readonly Reservation[]
  readonly options: readonly OfferedOption[]
}

/** A network as people and programs read and write it: addresses are texts, the lease is in seconds. */
export interface NetworkText {
  readonly id: string
  readonly interface?: string
  readonly subnet: string
  readonly pools: readonly string[]
  readonly router?: string
  readonly dns: readonly string[]
  readonly domain?: string
  readonly ntp: readonly string[]
  readonly lease: number
  readonly reservations: readonly { readonly mac?: string; readonly clientId?: string; readonly address: string }[]
  readonly options: readonly OfferedOption[]
}

export interface DhcpInterfaceSettings {
  readonly name: string
  readonly mode: DhcpMode
  /** Answer in full mode although another server was heard. */
  readonly besideForeignServer: boolean
}

/** Everything that the DHCP server is told; replaced as a whole when something changes. */
export interface DhcpSettings {
  readonly interfaces: readonly DhcpInterfaceSettings[]
  readonly networks: readonly DhcpNetwork[]
  /** Probe an address for a holder before it is offered for the first time. */
  readonly probe: boolean
  /** UDP ports; 67 and 68 unless the box runs as an ordinary user or under test. */
  readonly serverPort: number
  readonly clientPort: number
}

export type LeaseState = 'offered' | 'active' | 'released' | 'expired' | 'declined'

export interface Lease {
  readonly address: Ipv4
  readonly state: LeaseState
  readonly network: string
  /** Absent when the client's hardware address is no Ethernet unicast address. */
  readonly mac?: Mac
  /** Option 61 as hexadecimal. */
  readonly clientId?: string
  readonly hostName?: string
  /** Option 60, one character a byte. */
  readonly vendorClass?: string
  readonly parameters: readonly number[]
  /** Relay agent information (option 82) as hexadecimal, when a relay stood between. */
  readonly relay?: string
  readonly interface: string
  readonly startedAt: EpochMs
  readonly endsAt: EpochMs
}

/** Who holds which address by our own lease; used to bind secret files to the phone they are for. */
export interface Leases {
  /** The active lease of this address. */
  byAddress(address: Ipv4): Lease | undefined
  /** The newest active lease of this device. */
  byMac(mac: Mac): Lease | undefined
  all(): readonly Lease[]
}

/** What a DHCP packet tells about its sender. */
export interface DhcpClientFacts {
  readonly mac?: Mac
  /** One character a byte, trailing NUL kept. */
  readonly vendorClass?: string
  readonly userClass?: string
  readonly hostName?: string
  readonly parameters: readonly number[]
  /** Our own address towards this client, for URLs. */
  readonly serverAddress: Ipv4
}

/** What the rest of the box wants told to a client. */
export interface DhcpAdvice {
  /** The client identifies as a device that this box provisions; in phones-only mode only these are answered. */
  readonly phone: boolean
  readonly vendor?: string
  readonly model?: string
  readonly options: readonly OfferedOption[]
}

/** Decides what a class of phone needs, from vendor data. Called once a packet: must be quick and must not throw. */
export interface DhcpAdvisor {
  advise(client: DhcpClientFacts): DhcpAdvice
}

/** One option that a client is told, for a person to read. */
export interface ToldOption {
  readonly code: number
  readonly type: TypedOption['type']
  readonly text: string
  /** Who says so: the network, or what is known of the device (its vendor's data, or a layer of settings). */
  readonly from: 'network' | 'device'
  readonly always: boolean
  /** A field of the network says so (its mask, router, name servers): that is nobody's secret. */
  readonly plain: boolean
}

/** What a device is told, or would be. */
export interface Told {
  readonly network: string
  /** What it called itself when it last came. */
  readonly vendorClass?: string
  /** Whether the box would answer it as a phone. */
  readonly phone: boolean
  /** What it asked for when it last came; absent: it never did, and all that there is to tell is shown. */
  readonly asked?: readonly number[]
  readonly options: readonly ToldOption[]
}

/** Another DHCP server heard on the wire. */
export interface ForeignServer {
  readonly interface: string
  readonly server: Ipv4
  readonly mac?: Mac
  readonly offered?: Ipv4
  readonly firstSeen: EpochMs
  readonly lastSeen: EpochMs
}

export interface DhcpInterfaceStatus {
  readonly name: string
  readonly mode: DhcpMode
  /** What it does now, and in plain words why, e.g. `off: another server (192.0.2.9) answers here`. */
  readonly answering: boolean
  readonly reason: string
  readonly foreign: readonly ForeignServer[]
}

export interface DhcpStatus {
  readonly interfaces: readonly DhcpInterfaceStatus[]
  readonly networks: readonly {
    readonly id: string
    readonly size: number
    readonly active: number
    readonly offered: number
    readonly declined: number
  }[]
}

/** The server as the composition holds it. */
export interface DhcpServer extends AsyncDisposable {
  readonly leases: Leases
  /** Opens sockets on the interfaces of the settings and follows their changes. */
  start(): void
  /** Takes new settings, or throws `OperatorError` that names every fault and keeps the old ones. */
  update(settings: DhcpSettings): void
  status(): DhcpStatus
}
