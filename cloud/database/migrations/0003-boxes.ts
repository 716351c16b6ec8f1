import type { CloudMigration } from '../migration.ts'

/**
 * BEFORE: accounts and feeds.
 * AFTER: what enrolment keeps (`services/enrolment/storage.ts`), the key of each account that boxes seal to, which feed is
 * a site's, when a box was last heard of, and what the processes tell one another.
 */
export const boxes: CloudMigration = {
  number: 3,
  name: 'boxes',
  statements: [
    `CREATE TABLE enrolment (
       id text PRIMARY KEY, identity_key text NOT NULL, user_code text NOT NULL, network text NOT NULL,
       state text NOT NULL, expires_at bigint NOT NULL, created_at bigint NOT NULL, json text NOT NULL)`,
    'CREATE INDEX enrolment_code ON enrolment (user_code)',
    'CREATE INDEX enrolment_key ON enrolment (identity_key)',
    'CREATE INDEX enrolment_expires ON enrolment (expires_at)',
    'CREATE INDEX enrolment_created ON enrolment (created_at)',
    `CREATE TABLE box (
       id text PRIMARY KEY, account_id text NOT NULL, site_id text NOT NULL, state text NOT NULL,
       identity_key text NOT NULL, next_key text, sealing_key text NOT NULL, json text NOT NULL)`,
    'CREATE INDEX box_account ON box (account_id)',
    'CREATE INDEX box_site ON box (site_id)',
    'CREATE INDEX box_key ON box (identity_key)',
    'CREATE INDEX box_next_key ON box (next_key)',
    `CREATE TABLE expected_box (
       account_id text NOT NULL, fingerprint text NOT NULL, site_id text NOT NULL, by_whom text NOT NULL,
       at bigint NOT NULL, PRIMARY KEY (account_id, fingerprint))`,
    'CREATE INDEX expected_box_fingerprint ON expected_box (fingerprint)',
    'CREATE TABLE enrolment_attempt (id text PRIMARY KEY, key text NOT NULL, at bigint NOT NULL)',
    'CREATE INDEX enrolment_attempt_key ON enrolment_attempt (key, at)',
    'CREATE INDEX enrolment_attempt_at ON enrolment_attempt (at)',
    'CREATE TABLE enrolment_challenge (nonce text PRIMARY KEY, ends_at bigint NOT NULL)',
    'CREATE INDEX enrolment_challenge_ends ON enrolment_challenge (ends_at)',
    `CREATE TABLE account_key (
       account_id text PRIMARY KEY, public_key text NOT NULL, private_sealed text NOT NULL, created_at bigint NOT NULL)`,
    'CREATE TABLE site_feed (site_id text PRIMARY KEY, feed text NOT NULL)',
    'CREATE TABLE box_seen (box_id text PRIMARY KEY, seen_at bigint NOT NULL, address text NOT NULL)',
    'CREATE TABLE sync_poke (id text PRIMARY KEY, at bigint NOT NULL, origin text NOT NULL, json text NOT NULL)',
    'CREATE INDEX sync_poke_at ON sync_poke (at)',
    'CREATE INDEX audit_target ON audit (target)',
  ],
}
