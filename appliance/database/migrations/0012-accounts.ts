import type { Migration } from '../migration.ts'

/**
 * Who may sign in on this box, what is signed in, keys for programs, and the record of it.
 *
 * BEFORE: no accounts; the page was on loopback alone.
 * AFTER:  account (name, role, password, totp, …): `password` is an argon2id hash, `totp` is sealed, `recovery` is a JSON
 *         list of SHA-256 hashes.
 *         account_session and account_token by the SHA-256 of what the browser or program sends.
 *         account_event: what happened, with no secret in it; its oldest lines go.
 */
export const migration: Migration = {
  number: 12,
  name: 'accounts',
  up(database) {
    for (const sql of [
      `CREATE TABLE account (
         name TEXT PRIMARY KEY, role TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0, password TEXT NOT NULL,
         password_at INTEGER NOT NULL, totp TEXT, totp_step INTEGER NOT NULL DEFAULT 0,
         recovery TEXT NOT NULL DEFAULT '[]', created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
         signed_in_at INTEGER
       ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE account_session (
         hash TEXT PRIMARY KEY, account TEXT NOT NULL, created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
         ends_at INTEGER NOT NULL, proven_at INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL
       ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX account_session_account ON account_session (account)',
      `CREATE TABLE account_token (
         id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, account TEXT NOT NULL, label TEXT NOT NULL,
         scopes TEXT NOT NULL, created_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, used_at INTEGER
       ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE account_event (
         seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, account TEXT,
         by TEXT NOT NULL, address TEXT, text TEXT NOT NULL
       ) STRICT`,
    ])
      database.query(sql).run()
  },
}
