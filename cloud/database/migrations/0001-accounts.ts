import type { CloudMigration } from '../migration.ts'

/**
 * BEFORE: nothing.
 * AFTER: accounts in a tree, their sites, people and members, invitations, API tokens, the audit log; sessions and all
 * that a sign-in needs.
 */
export const accounts: CloudMigration = {
  number: 1,
  name: 'accounts',
  statements: [
    'CREATE TABLE generation (number bigint PRIMARY KEY, at bigint NOT NULL, process text NOT NULL)',
    'CREATE TABLE instance (name text PRIMARY KEY, value text NOT NULL)',
    `CREATE TABLE account (
       id text PRIMARY KEY, parent_id text REFERENCES account (id), kind text NOT NULL, name text NOT NULL,
       rev bigint NOT NULL, created_at bigint NOT NULL, disabled_at bigint)`,
    'CREATE INDEX account_parent ON account (parent_id)',
    `CREATE TABLE site (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id), name text NOT NULL,
       time_zone text NOT NULL, note text NOT NULL, rev bigint NOT NULL, created_at bigint NOT NULL)`,
    'CREATE INDEX site_account ON site (account_id)',
    `CREATE TABLE person (
       id text PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, password_hash text, totp_sealed text,
       totp_step bigint NOT NULL, created_at bigint NOT NULL)`,
    `CREATE TABLE member (
       account_id text NOT NULL REFERENCES account (id), person_id text NOT NULL REFERENCES person (id),
       role text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (account_id, person_id))`,
    'CREATE INDEX member_person ON member (person_id)',
    `CREATE TABLE member_site (
       account_id text NOT NULL, person_id text NOT NULL, site_id text NOT NULL REFERENCES site (id) ON DELETE CASCADE,
       PRIMARY KEY (account_id, person_id, site_id),
       FOREIGN KEY (account_id, person_id) REFERENCES member (account_id, person_id) ON DELETE CASCADE)`,
    'CREATE INDEX member_site_site ON member_site (site_id)',
    `CREATE TABLE invitation (
       id text PRIMARY KEY, token_hash text NOT NULL UNIQUE, account_id text REFERENCES account (id), email text,
       role text NOT NULL, sites text NOT NULL, invited_by text NOT NULL, created_at bigint NOT NULL,
       ends_at bigint NOT NULL, accepted_at bigint)`,
    'CREATE INDEX invitation_account ON invitation (account_id)',
    `CREATE TABLE api_token (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id), name text NOT NULL,
       token_hash text NOT NULL UNIQUE, role text NOT NULL, sites text NOT NULL, scopes text NOT NULL,
       created_by text NOT NULL, created_at bigint NOT NULL, ends_at bigint NOT NULL, used_at bigint)`,
    'CREATE INDEX api_token_account ON api_token (account_id)',
    `CREATE TABLE audit (
       id text PRIMARY KEY, at bigint NOT NULL, account_id text, actor text NOT NULL, actor_name text NOT NULL,
       action text NOT NULL, target text NOT NULL, address text NOT NULL, detail text NOT NULL)`,
    'CREATE INDEX audit_account ON audit (account_id, id)',
    `CREATE TABLE session (
       id text PRIMARY KEY, person_id text NOT NULL REFERENCES person (id), token_hash text NOT NULL UNIQUE,
       previous_hash text, rotated_at bigint NOT NULL, created_at bigint NOT NULL, seen_at bigint NOT NULL,
       ends_at bigint NOT NULL, proven_at bigint NOT NULL, address text NOT NULL, agent text NOT NULL)`,
    'CREATE INDEX session_person ON session (person_id)',
    'CREATE INDEX session_previous ON session (previous_hash)',
    'CREATE INDEX session_ends ON session (ends_at)',
    `CREATE TABLE recovery_code (
       person_id text NOT NULL REFERENCES person (id), code_hash text NOT NULL, PRIMARY KEY (person_id, code_hash))`,
    `CREATE TABLE passkey (
       id text PRIMARY KEY, person_id text NOT NULL REFERENCES person (id), name text NOT NULL,
       public_key text NOT NULL, counter bigint NOT NULL, transports text NOT NULL, created_at bigint NOT NULL,
       used_at bigint)`,
    'CREATE INDEX passkey_person ON passkey (person_id)',
    `CREATE TABLE identity (
       issuer text NOT NULL, subject text NOT NULL, person_id text NOT NULL REFERENCES person (id),
       created_at bigint NOT NULL, PRIMARY KEY (issuer, subject))`,
    'CREATE INDEX identity_person ON identity (person_id)',
    `CREATE TABLE ceremony (
       token_hash text PRIMARY KEY, kind text NOT NULL, person_id text, data text NOT NULL, ends_at bigint NOT NULL)`,
    'CREATE INDEX ceremony_ends ON ceremony (ends_at)',
    'CREATE TABLE rate (key text PRIMARY KEY, points double precision NOT NULL, at bigint NOT NULL)',
    'CREATE INDEX rate_at ON rate (at)',
  ],
}
