import type { EpochMs } from '../core/clock.ts'

// What the device at the other end of a cable tells of itself: switches say which VLANs a port has, and phones who they
// are. LLDP is IEEE 802.1AB-2016, LLDP-MED is ANSI/TIA-1057, CDP is Cisco's.

/** A VLAN for voice: tagged as phones have to send, or untagged. */
export interface VoiceVlan {
  readonly id: number
  readonly tagged: boolean
}

/** One announcement, decoded. Texts are printable and at most 255 characters. */
export interface Announced {
  readonly protocol: 'lldp' | 'cdp'
  /** Tells two ports apart; the same for every announcement of one port. */
  readonly key: string
  /** Seconds for which it holds; 0: the port says goodbye. */
  readonly ttl: number
  readonly name?: string
  readonly port?: string
  /** What the port is for, as somebody called it. */
  readonly portText?: string
  readonly description?: string
  /** Untagged frames belong to this VLAN. */
  readonly portVlan?: number
  readonly voiceVlan?: VoiceVlan
  readonly vlans: readonly { readonly id: number; readonly name: string }[]
  readonly kind: 'switch' | 'phone' | 'other'
  readonly vendor?: string
  readonly model?: string
}

export interface LinkNeighbour extends Announced {
  /** Of this box. */
  readonly interface: string
  readonly heardAt: EpochMs
}

/** Frames of one interface, whole with their Ethernet header. Never blocks. */
export interface LinkSocket {
  /** The next frame that came, cut at 1,500 bytes of payload; undefined: none waits. */
  receive(): Uint8Array | undefined
  close(): void
}

/** Opens a socket for LLDP and CDP on an interface; throws why it cannot be. */
export type OpenLink = (device: string) => LinkSocket

export interface LinkWatch extends Disposable {
  /** Who was heard and still counts, those who tell of VLANs first. */
  neighbours(): readonly LinkNeighbour[]
}
