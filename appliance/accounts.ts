import { createHash, randomBytes } from 'node:crypto'
import { makeAccounts } from '../services/accounts/accounts.ts'
import type { Accounts, Passwords } from '../services/accounts/contract.ts'
import type { Clock } from '../services/core/clock.ts'
import type { SecretBox } from '../services/core/secret.ts'
import type { SqlDatabase } from '../services/core/sql.ts'
import type { Alarms } from '../services/journey/contract.ts'

/** A tenth of a second and 19 MB on a small box: the second of OWASP's settings for argon2id. */
const ARGON2 = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const

export const argon2: Passwords = {
  hash: (password) => Bun.password.hash(password.normalize('NFKC'), ARGON2),
  verify: (password, hash) => Bun.password.verify(password.normalize('NFKC'), hash),
}

export interface OpenAccounts {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly secretBox: SecretBox
  readonly alarms: Alarms
}

/** The accounts of this box. */
export function openAccounts({ alarms, ...deps }: OpenAccounts): Accounts {
  return makeAccounts({
    ...deps,
    passwords: argon2,
    random: (length) => new Uint8Array(randomBytes(length)),
    guessing: (subject, text) => alarms.raise('sign-in-guessing', subject, text),
  })
}

/** SHA-256 of a certificate as browsers show it. */
export function fingerprintOf(der: Uint8Array): string {
  const hex = createHash('sha256').update(der).digest('hex').toUpperCase()
  return hex.replace(/(..)(?=.)/g, '$1:')
}
