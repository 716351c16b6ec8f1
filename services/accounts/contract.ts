import type { EpochMs } from '../core/clock.ts'

/** What a person may do, the most first; each may do what those after it may. */
export const ROLES = ['owner', 'admin', 'installer', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** What an API token may be made for; its account's role bounds it too. Accounts and secrets are for people alone. */
export const SCOPES = ['read', 'metrics', 'devices', 'site'] as const
export type Scope = (typeof SCOPES)[number]

/** A person who may sign in on this box. */
export interface Account {
  /** Lower case; what is typed in at sign-in. */
  readonly name: string
  readonly role: Role
  /** May not sign in; nothing of it is lost. */
  readonly disabled: boolean
  readonly createdAt: EpochMs
  readonly createdBy: string
  readonly passwordAt: EpochMs
  /** A second factor is asked for. */
  readonly totp: boolean
  readonly recoveryCodes: number
  readonly signedInAt?: EpochMs
}

/** One browser that is signed in. */
export interface Session {
  /** Names it in lists; worth nothing at sign-in. */
  readonly id: string
  readonly account: string
  readonly createdAt: EpochMs
  readonly seenAt: EpochMs
  /** Whatever happens, it ends then. */
  readonly endsAt: EpochMs
  readonly address: string
  readonly agent: string
}

/** A key for a program. Its secret is shown once and stored as a hash. */
export interface Token {
  readonly id: string
  readonly account: string
  readonly label: string
  readonly scopes: readonly Scope[]
  readonly createdAt: EpochMs
  readonly endsAt: EpochMs
  readonly usedAt?: EpochMs
}

/** Who sent a request. */
export type Principal =
  | { readonly kind: 'session'; readonly account: string; readonly role: Role; readonly session: string }
  | {
      readonly kind: 'token'
      readonly account: string
      readonly role: Role
      readonly label: string
      readonly scopes: readonly Scope[]
    }

/** Where a request came from, as lists and events show it. */
export interface Origin {
  readonly address: string
  readonly agent: string
}

export type AccountEventKind =
  | 'signed-in'
  | 'refused'
  | 'held'
  | 'signed-out'
  | 'session-ended'
  | 'account-added'
  | 'account-changed'
  | 'account-removed'
  | 'password-changed'
  | 'second-factor-on'
  | 'second-factor-off'
  | 'recovery-code-used'
  | 'token-made'
  | 'token-ended'
  | 'secret-shown'
  | 'setup-refused'

/** One line of the record of who came in and who was turned away. Holds no secret, and no name that nobody has. */
export interface AccountEvent {
  readonly seq: number
  readonly at: EpochMs
  readonly kind: AccountEventKind
  /** Whose account it is about; absent when what was typed is no account's name. */
  readonly account?: string
  readonly by: string
  readonly address?: string
  readonly text: string
}

/** Hashes passwords slowly. A port: the box gives argon2id. */
export interface Passwords {
  hash(password: string): Promise<string>
  verify(password: string, hash: string): Promise<boolean>
}

export interface Credentials {
  readonly name: string
  readonly password: string
  /** Of the second factor: six digits, or a recovery code. */
  readonly code?: string
}

/** `code`: the password is right and a second factor is due. `busy`: too many at once, nothing was tried. */
export type SignIn =
  | { readonly kind: 'in'; readonly secret: string; readonly session: Session; readonly account: Account }
  | { readonly kind: 'refused' }
  | { readonly kind: 'code' }
  | { readonly kind: 'held'; readonly until: EpochMs }
  | { readonly kind: 'busy' }

export interface ChangeOptions {
  readonly by: string
  /** The session that asks: it stays when the others end. */
  readonly keep?: string
}

/** People, their sessions and their programs' tokens. Times are milliseconds since 1970. */
export interface Accounts {
  /** Whether anybody has an account: until then there is nothing to sign in to. */
  exist(): boolean
  list(): readonly Account[]
  /** Throws `NotFoundError`. */
  get(name: string): Account
  /** Throws `OperatorError` for a name or password that will not do, `ConflictError` for a name that is taken. */
  add(
    input: { readonly name: string; readonly role: Role; readonly password: string },
    options: ChangeOptions,
  ): Promise<Account>
  /** Makes the first account, an owner, for whoever knows the setup code; on the box itself it is not asked for. */
  addFirst(
    input: { readonly name: string; readonly password: string; readonly setupCode?: string },
    origin: Origin,
    options: { readonly needsCode: boolean },
  ): Promise<SignIn>
  /** Throws `OperatorError` when no owner would be left. */
  change(name: string, change: { readonly role?: Role; readonly disabled?: boolean }, options: ChangeOptions): Account
  /** The last account only with `last`, which the local socket alone may say: the box is then as at first. */
  remove(name: string, options: ChangeOptions & { readonly last?: boolean }): void
  /** Sets a password without the old one, takes the second factor off, ends sessions and tokens. */
  reset(name: string, password: string, options: ChangeOptions): Promise<Account>

  signIn(given: Credentials, origin: Origin): Promise<SignIn>
  /** Checks the password of a session's account again, and notes when. */
  confirm(session: string, password: string, origin: Origin): Promise<Exclude<SignIn, { kind: 'in' }> | 'confirmed'>
  /** Whether the password was given in this session in the last minutes. */
  isFresh(who: Principal): boolean
  /** Whose session this cookie is; undefined when it is nobody's any more. Notes that it was used. */
  bySession(secret: string): Principal | undefined
  byToken(secret: string): Principal | undefined
  /** Ends the session that a cookie names, if any. */
  signOut(secret: string, origin: Origin): void
  sessions(account: string): readonly Session[]
  /** Throws `NotFoundError` when the account has no such session. */
  endSession(account: string, id: string, options: ChangeOptions): void
  endSessions(account: string, options: ChangeOptions): number

  /** Throws `OperatorError` when the new password will not do. The old one was checked by `confirm`. */
  changePassword(account: string, password: string, options: ChangeOptions): Promise<void>
  /** A new secret for an authenticator; it counts once a code of it was given to `totpOn`. */
  totpBegin(account: string): { readonly secret: string; readonly uri: string }
  /** Returns the recovery codes, shown this once. Throws `OperatorError` for a code that is wrong. */
  totpOn(account: string, code: string, options: ChangeOptions): readonly string[]
  totpOff(account: string, options: ChangeOptions): void

  tokens(account?: string): readonly Token[]
  /** Throws `OperatorError` for scopes that its account may not have, or an end that is past or too far. */
  addToken(
    input: {
      readonly account: string
      readonly label: string
      readonly scopes: readonly Scope[]
      readonly days: number
    },
    options: ChangeOptions,
  ): { readonly token: Token; readonly secret: string }
  /** With `account`, only one of that account. Throws `NotFoundError`. */
  removeToken(id: string, options: ChangeOptions & { readonly account?: string }): void

  /** Notes that somebody was shown secrets; durable before they are shown. */
  secretShown(what: string, options: { readonly by: string; readonly address?: string }): void
  /** The newest first. */
  events(limit: number): readonly AccountEvent[]
  /** What a person types in on the LAN to make the first account; undefined once there is one. */
  setupCode(): string | undefined
  /** Called when the first account is made or the last one goes. */
  onChange(listener: () => void): () => void
}
