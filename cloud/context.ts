import type { Clock } from '../services/core/clock.ts'
import type { Counters } from '../services/core/counters.ts'
import type { Log } from '../services/core/log.ts'
import type { SecretBox } from '../services/core/secret.ts'
import type { CloudDatabase } from './database/open.ts'
import type { Mail } from './mail/mail.ts'

/** What every part of the cloud works with. */
export interface CloudContext {
  readonly database: CloudDatabase
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly secrets: SecretBox
  readonly mail: Mail
  /** Without a slash at its end. */
  readonly publicUrl: string
}

/** Who asks, for the audit log and the limits. */
export interface Caller {
  /** `person:ID`, `token:ID`, `system`. */
  readonly actor: string
  readonly name: string
  readonly address: string
}
