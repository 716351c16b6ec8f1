import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import type { Log } from '../core/log.ts'
import type { Endpoint, Lan } from '../core/net.ts'
import type { Journal } from '../journey/contract.ts'
import type { Blobs, Provisioner } from '../phones/contract.ts'

export interface TftpSettings {
  /** 69, or a high port for an ordinary user. */
  readonly port: number
  /** Interfaces to serve; absent: every one that is up and has an address. */
  readonly devices?: readonly string[]
  /** Octets in a block at most; default 1468, what Ethernet carries in one piece. */
  readonly maxBlockSize?: number
  /** Default 16. */
  readonly maxWindowSize?: number
  /** Default 512; what comes beyond waits for its turn. */
  readonly maxTransfers?: number
  /** For one address, default 16. */
  readonly maxPerSource?: number
  /** Octets of an upload at most, default 1 MiB. */
  readonly maxUploadSize?: number
}

export interface TftpDependencies {
  readonly lan: Lan
  readonly provisioner: Provisioner
  readonly blobs: Blobs
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly settings: TftpSettings
  /** Milliseconds from a clock that never jumps; default `performance.now`. */
  readonly monotonic?: () => number
  /** Calls `work` again and again on the same clock; returns the way to stop. Default `setInterval`. */
  readonly every?: (ms: number, work: () => void) => () => void
}

export interface TftpServer extends AsyncDisposable {
  start(): Promise<void>
  /** Abandons running transfers and closes every socket. */
  stop(): Promise<void>
  /** Where requests are heard now. */
  listening(): readonly { readonly device: string; readonly local: Endpoint }[]
  /** Transfers that run now. */
  readonly active: number
}
