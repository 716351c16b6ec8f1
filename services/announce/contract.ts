import type { Ipv4 } from '../core/ipv4.ts'

/** How the page is found from the LAN. */
export interface Announcement {
  /** The host name before `.local`. */
  readonly host: string
  /** What people see in a list of services. */
  readonly title: string
  readonly https: number
  readonly http: number
  /** Where it is announced, each with the one address that is told there. */
  readonly interfaces: readonly { readonly name: string; readonly address: Ipv4; readonly prefix: number }[]
  /** UPnP's name of the box, `uuid:…`: the same for as long as the box lives. */
  readonly udn: string
  /** UPnP's product tokens, `Linux/1 UPnP/1.1 Branchline/0.1.0`. */
  readonly server: string
}

/** Tells the LAN where the page is, by mDNS and SSDP. */
export interface Announcer extends AsyncDisposable {
  /** Says goodbye where it changes; undefined: is silent. What fails is logged: nobody but a person looks for it. */
  announce(what: Announcement | undefined): Promise<void>
  /** The host names in effect, `branchline.local`: another box may have had the wanted one first. */
  hosts(): readonly string[]
  /** Called when they changed. */
  onHost(listener: () => void): () => void
}
