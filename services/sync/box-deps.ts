import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { RecordKind, RecordLog, Records } from '../records/contract.ts'
import type { Transport } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'

/** Turns the box's own seal of a secret into the one for the way, and back. Both throw when a seal cannot be opened. */
export interface SecretCourier {
  /** From text sealed with the box's key to text sealed to the cloud's. */
  toCloud(local: string): string
  /** From text sealed to the box's X25519 key to text sealed with its own. */
  fromCloud(sealed: string): string
}

export interface BoxSyncDeps {
  readonly db: SqlDatabase
  readonly records: Pick<Records, 'list' | 'history'> & RecordLog
  readonly transport: Transport
  readonly secrets: SecretCourier
  readonly boxId: string
  /** Undefined: the box follows its own feed and the catalogue alone. */
  readonly orgId?: string
  readonly clock: Clock
  /** That many unpredictable bytes. */
  readonly random: (length: number) => Uint8Array
  readonly log?: Log
  /** All unless the simulation switches one off. */
  readonly checks?: SyncChecks
  /** Another number than this release's, for the simulation. */
  readonly version?: number
  /** The kinds that this release can serve phones from; others wait in sync's own tables. */
  readonly knows?: (kind: string) => kind is RecordKind
}
