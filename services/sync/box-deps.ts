import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { JsonObject, RecordKind, RecordLog, Records } from '../records/contract.ts'
import type { Transport } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'

/** Turns the box's own seal of a secret into the one for the way, and back. Both throw when a seal cannot be opened. */
export interface SecretCourier {
  /**
   * Whether the account takes secrets now; absent: it does. Where it takes none they are left out on the way up, and what
   * comes down without them leaves those that are here.
   */
  readonly isOpen?: () => boolean
  /** From text sealed with the box's key to text sealed to the cloud's. */
  toCloud(local: string): string
  /** From text sealed to the box's X25519 key to text sealed with its own. */
  fromCloud(sealed: string): string
}

export interface BoxSyncDeps {
  readonly db: SqlDatabase
  readonly records: Pick<Records, 'get' | 'list'> & RecordLog
  readonly transport: Transport
  readonly secrets: SecretCourier
  readonly boxId: string
  /** Undefined: the box follows its own feed and the catalogue alone. */
  readonly orgId?: string
  /**
   * Why this release cannot use a body that came from the account; undefined: it can. One that it cannot use is kept, and
   * what was in force before stays so.
   */
  readonly objection?: (kind: RecordKind, id: string, body: JsonObject) => string | undefined
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
