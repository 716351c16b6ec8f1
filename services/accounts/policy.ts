import type { BackoffLimits } from '../core/backoff.ts'
import type { EpochMs } from '../core/clock.ts'
import { ROLES, type Role, SCOPES, type Scope, type Session } from './contract.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Unused for so long, a session is over. */
export const IDLE_MS = 12 * HOUR
/** However busy it is, it ends after so long. */
export const LONGEST_MS = 7 * DAY
/** How often "last used" is written: each write is a flush of the disk. */
export const NOTE_MS = MINUTE
/** For so long after the password was given, what wants it again does not ask. */
export const FRESH_MS = 5 * MINUTE
export const MAX_ACCOUNTS = 200
export const MAX_SESSIONS_EACH = 20
export const MAX_TOKENS_EACH = 50
export const MAX_TOKEN_DAYS = 730

/** One account: the fifth wrong password in a row holds it for half a minute, the tenth for a quarter of an hour. */
export const EACH_ACCOUNT: BackoffLimits = {
  ...{ free: 4, firstMs: 30_000, mostMs: 15 * MINUTE },
  ...{ forgetMs: 15 * MINUTE, maxKeys: 4096 },
}
/** One address may stand for an office behind a router, so it has a few more. */
export const EACH_ADDRESS: BackoffLimits = { ...EACH_ACCOUNT, free: 9, mostMs: HOUR }
/** The setup code has 40 bits: whoever mistypes it tries again, whoever guesses never ends. */
export const SETUP: BackoffLimits = { ...EACH_ACCOUNT, free: 4, firstMs: 10_000, mostMs: HOUR }

/** Why a name will not do, or undefined. */
export function nameFault(name: string): string | undefined {
  if (/^[a-z0-9][a-z0-9._-]{0,31}$/.test(name)) return undefined
  return 'a name has 1 to 32 letters a-z, digits, dots and dashes, and begins with a letter or digit'
}

const SHORTEST = 10
const LONGEST = 256
/** What everybody tries first (NIST SP 800-63B §5.1.1.2 asks for a list); all are long enough for the first rule. */
const COMMON =
  /^(password\d*|passw0rd\d*|1234567890\d*|0123456789\d*|qwertyuiop\d*|qwerty\d+|letmein\d+|welcome\d+|administrator\d*|changeme\d*|branchline\d*|iloveyou\d+|q1w2e3r4t5\w*|1q2w3e4r5t\w*|abcdefghij\w*)[!.?]*$/i

/** Why a password will not do, or undefined. Length counts, not kinds of characters (NIST SP 800-63B §5.1.1.2). */
export function passwordFault(password: string, name: string): string | undefined {
  const length = [...password].length
  if (length < SHORTEST) return `a password has at least ${SHORTEST} characters`
  if (length > LONGEST) return `a password has at most ${LONGEST} characters`
  if (new Set(password).size < 4) return 'a password needs at least 4 different characters'
  if (COMMON.test(password)) return 'this password is among the first that are tried'
  if (name !== '' && password.toLowerCase().replace(/\d+$/, '') === name) return 'a password is not the name'
  return undefined
}

/** Whether a session may still be used. */
export function isAlive(session: Pick<Session, 'seenAt' | 'endsAt'>, now: EpochMs): boolean {
  return now < session.endsAt && now < session.seenAt + IDLE_MS
}

/** Whether `role` may do what is for `least`. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least)
}

/** What a role may have a token for. */
export function scopesOf(role: Role): readonly Scope[] {
  const least: Record<Scope, Role> = { read: 'viewer', metrics: 'viewer', devices: 'installer', site: 'admin' }
  return SCOPES.filter((scope) => isAtLeast(role, least[scope]))
}
