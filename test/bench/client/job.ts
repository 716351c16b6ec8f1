/** Where the servers are; numbers of IPv4 addresses. */
interface Common {
  readonly device: string
  readonly server: number
  /** How many hosts. */
  readonly hosts: number
  /** First host's number, the last three octets of its MAC. */
  readonly first: number
  /** The whole job is given up after this. */
  readonly limitMs: number
}

/** How the hosts get their addresses before what is measured begins: from the server, or counted up from here. */
export type Addressing = { readonly by: 'dhcp' } | { readonly by: 'hand'; readonly from: number }

/** What the client process is told to do; one JSON line on its standard input. */
export type Job =
  | (Common & { readonly kind: 'dora'; readonly inFlight: number; readonly seconds: number })
  | (Common & { readonly kind: 'steady'; readonly perSecond: number; readonly seconds: number })
  | (Common & { readonly kind: 'burst' })
  | (Common & {
      readonly kind: 'tftp'
      readonly addressing: Addressing
      readonly inFlight: number
      readonly filesEach: number
      /** `{mac}` stands for the host's own. */
      readonly file: string
      readonly blockSize?: number
      readonly windowSize?: number
    })
  | (Common & {
      readonly kind: 'http'
      readonly addressing: Addressing
      readonly inFlight: number
      readonly filesEach: number
      readonly file: string
    })
  | (Common & { readonly kind: 'pnp'; readonly addressing: Addressing })
  | (Common & {
      readonly kind: 'storm'
      readonly files: readonly string[]
      readonly protocol: 'http' | 'tftp'
      /** The web server's address. */
      readonly web: number
    })

export interface JobResult {
  /** Things done: leases, files, answers, phones. */
  readonly done: number
  readonly failed: number
  /** From the first packet to the last thing done. */
  readonly ms: number
  /** Packets sent again. */
  readonly resent: number
  readonly octets: number
  /** Half and 99 of 100 took no longer. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU seconds of the client, and the share of the time in which it waited for the server. */
  readonly clientCpu: number
  readonly idleShare: number
  readonly problems: Readonly<Record<string, number>>
  readonly notes?: string
}
