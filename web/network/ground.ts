import type { ComponentType } from 'preact'
import type { LeaseView } from '../../services/admin/schema.ts'
import type { NetworkInput, NetworkPatch, NetworkView } from '../../services/admin/schema-network.ts'

/** A network; in an account also what became of it. */
export type Network = NetworkView & {
  /** The box has not read it yet. */
  readonly waiting?: boolean
  /** Why it cannot be used, where it cannot. */
  readonly fault?: string
}

/** An interface of the box. */
export interface Port {
  readonly name: string
  /** `192.0.2.1/24` */
  readonly addresses: readonly string[]
}

/** Where networks are kept: a box, or a site of an account. */
export interface NetworksGround {
  readonly mayEdit: boolean
  /** Undefined: nobody has said which interfaces there are. */
  readonly ports: readonly Port[] | undefined
  /** Whether DHCP is off on an interface, as far as that is known. */
  isOff(port: string): boolean
  /** Networks that are there and not among those shown. */
  readonly others: readonly { readonly subnet: string; readonly dns: string[] }[]
  /** Who holds which address; undefined: only the box itself knows. */
  readonly leases: readonly LeaseView[] | undefined
  /** How full a network is. */
  count(id: string): { readonly active: number; readonly size: number; readonly declined: number } | undefined
  nameOf(mac: string): string | undefined
  phoneLink(mac: string): string
  /** Where options of a vendor, group or model are. */
  readonly settingsLink: string
  /** Each answers whether it was done: where it is far away, a person is asked first, and may say no. */
  add(input: NetworkInput): Promise<boolean>
  change(network: Network, change: NetworkPatch): Promise<boolean>
  remove(network: Network): Promise<boolean>
  /** Whom the removal would concern, a sentence each. */
  removal(network: Network): Promise<readonly string[]>
  /** Says that something of a network was stored; where it can be taken back, with the way to do that. */
  said(text: string, id: string): Promise<void>
  /** What one phone would be told; absent where only the box can say. */
  readonly Told?: ComponentType<{ network: Network }>
}
