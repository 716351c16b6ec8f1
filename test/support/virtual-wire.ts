import type { Ipv4 } from '../../services/core/ipv4.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { Endpoint } from '../../services/core/net.ts'

/** A datagram on its way. */
export interface Datagram {
  readonly segment: string
  readonly fromMac: Mac
  /** Set when the sender knew the receiver's hardware address; else it goes to who holds the address. */
  readonly toMac?: Mac
  readonly from: Endpoint
  readonly to: Endpoint
  readonly bytes: Uint8Array
}

/** Where an address is held. */
export interface Held {
  readonly segment: string
  readonly mac: Mac
}

/** What a virtual host sees of the LAN that it is plugged into. */
export interface VirtualWire {
  readonly routed: boolean
  readonly faults: unknown[]
  send(datagram: Datagram): void
  holderOf(address: Ipv4, segment: string | undefined): Held | undefined
}
