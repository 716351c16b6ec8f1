import type { EpochMs } from '../core/clock.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Account, AccountEvent, AccountEventKind, Role, Scope, Session, Token } from './contract.ts'

/** An account as it is stored: with what proves it. */
export interface StoredAccount extends Omit<Account, 'totp' | 'recoveryCodes'> {
  readonly password: string
  /** Sealed. */
  readonly totpSecret?: string
  readonly totpStep: number
  /** Hashes of those not used yet. */
  readonly recovery: readonly string[]
}

interface AccountRow {
  name: string
  role: string
  disabled: number
  password: string
  password_at: number
  totp: string | null
  totp_step: number
  recovery: string
  created_at: number
  created_by: string
  signed_in_at: number | null
}

export interface StoredSession extends Session {
  readonly hash: string
  readonly provenAt: EpochMs
}

interface SessionRow {
  hash: string
  account: string
  created_at: number
  seen_at: number
  ends_at: number
  proven_at: number
  address: string
  agent: string
}

interface TokenRow {
  id: string
  hash: string
  account: string
  label: string
  scopes: string
  created_at: number
  ends_at: number
  used_at: number | null
}

interface EventRow {
  seq: number
  at: number
  kind: string
  account: string | null
  by: string
  address: string | null
  text: string
}

/** The record keeps so many lines. */
const MAX_EVENTS = 10_000
/** Length of a session's public name: the head of its hash. */
const ID = 16

export function listAccounts(db: SqlDatabase): StoredAccount[] {
  return db.query<AccountRow>('SELECT * FROM account ORDER BY name').all().map(accountOf)
}

export function getAccount(db: SqlDatabase, name: string): StoredAccount | undefined {
  const row = db.query<AccountRow>('SELECT * FROM account WHERE name = ?').get(name)
  return row === null ? undefined : accountOf(row)
}

export function putAccount(db: SqlDatabase, it: StoredAccount): void {
  db.query(
    `INSERT OR REPLACE INTO account
       (name, role, disabled, password, password_at, totp, totp_step, recovery, created_at, created_by, signed_in_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[it.name, it.role, it.disabled ? 1 : 0, it.password, it.passwordAt, it.totpSecret ?? null, it.totpStep],
    ...[JSON.stringify(it.recovery), it.createdAt, it.createdBy, it.signedInAt ?? null],
  )
}

export function removeAccount(db: SqlDatabase, name: string): void {
  db.query('DELETE FROM account WHERE name = ?').run(name)
}

function accountOf(row: AccountRow): StoredAccount {
  return {
    ...{ name: row.name, role: row.role as Role, disabled: row.disabled !== 0, password: row.password },
    ...{ passwordAt: row.password_at, totpStep: row.totp_step, recovery: JSON.parse(row.recovery) as string[] },
    ...{ createdAt: row.created_at, createdBy: row.created_by },
    ...(row.totp !== null && { totpSecret: row.totp }),
    ...(row.signed_in_at !== null && { signedInAt: row.signed_in_at }),
  }
}

export function putSession(db: SqlDatabase, it: Omit<StoredSession, 'id'>): void {
  db.query(
    `INSERT OR REPLACE INTO account_session
       (hash, account, created_at, seen_at, ends_at, proven_at, address, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(it.hash, it.account, it.createdAt, it.seenAt, it.endsAt, it.provenAt, it.address, it.agent)
}

export function getSession(db: SqlDatabase, hash: string): StoredSession | undefined {
  const row = db.query<SessionRow>('SELECT * FROM account_session WHERE hash = ?').get(hash)
  return row === null ? undefined : sessionOf(row)
}

/** The one used last comes first. */
export function listSessions(db: SqlDatabase, account: string): StoredSession[] {
  return db
    .query<SessionRow>('SELECT * FROM account_session WHERE account = ? ORDER BY seen_at DESC, hash')
    .all(account)
    .map(sessionOf)
}

export function removeSession(db: SqlDatabase, hash: string): void {
  db.query('DELETE FROM account_session WHERE hash = ?').run(hash)
}

export function dropOldSessions(db: SqlDatabase, now: EpochMs, seenAfter: EpochMs): void {
  db.query('DELETE FROM account_session WHERE ends_at <= ? OR seen_at <= ?').run(now, seenAfter)
}

function sessionOf(row: SessionRow): StoredSession {
  return {
    ...{ hash: row.hash, id: sessionId(row.hash), account: row.account, address: row.address, agent: row.agent },
    ...{ createdAt: row.created_at, seenAt: row.seen_at, endsAt: row.ends_at, provenAt: row.proven_at },
  }
}

export function sessionId(hash: string): string {
  return hash.slice(0, ID)
}

export function putToken(db: SqlDatabase, it: Token & { readonly hash: string }): void {
  db.query(
    `INSERT OR REPLACE INTO account_token (id, hash, account, label, scopes, created_at, ends_at, used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(it.id, it.hash, it.account, it.label, JSON.stringify(it.scopes), it.createdAt, it.endsAt, it.usedAt ?? null)
}

export function tokenByHash(db: SqlDatabase, hash: string): Token | undefined {
  const row = db.query<TokenRow>('SELECT * FROM account_token WHERE hash = ?').get(hash)
  return row === null ? undefined : tokenOf(row)
}

export function listTokens(db: SqlDatabase): Token[] {
  return db.query<TokenRow>('SELECT * FROM account_token ORDER BY account, created_at, id').all().map(tokenOf)
}

export function noteTokenUse(db: SqlDatabase, id: string, at: EpochMs): void {
  db.query('UPDATE account_token SET used_at = ? WHERE id = ?').run(at, id)
}

export function removeToken(db: SqlDatabase, id: string): void {
  db.query('DELETE FROM account_token WHERE id = ?').run(id)
}

export function removeTokensOf(db: SqlDatabase, account: string): void {
  db.query('DELETE FROM account_token WHERE account = ?').run(account)
}

function tokenOf(row: TokenRow): Token {
  return {
    ...{ id: row.id, account: row.account, label: row.label, scopes: JSON.parse(row.scopes) as Scope[] },
    ...{ createdAt: row.created_at, endsAt: row.ends_at, ...(row.used_at !== null && { usedAt: row.used_at }) },
  }
}

export function addEvent(db: SqlDatabase, it: Omit<AccountEvent, 'seq'>): void {
  const { lastInsertRowid } = db
    .query('INSERT INTO account_event (at, kind, account, by, address, text) VALUES (?, ?, ?, ?, ?, ?)')
    .run(it.at, it.kind, it.account ?? null, it.by, it.address ?? null, it.text)
  db.query('DELETE FROM account_event WHERE seq <= ?').run(Number(lastInsertRowid) - MAX_EVENTS)
}

export function newestEvents(db: SqlDatabase, limit: number): AccountEvent[] {
  return db
    .query<EventRow>('SELECT * FROM account_event ORDER BY seq DESC LIMIT ?')
    .all(limit)
    .map(({ account, address, kind, ...row }) => ({
      ...{ ...row, kind: kind as AccountEventKind },
      ...(account !== null && { account }),
      ...(address !== null && { address }),
    }))
}
