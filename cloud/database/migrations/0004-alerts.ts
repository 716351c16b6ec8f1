import type { CloudMigration } from '../migration.ts'

/**
 * BEFORE: accounts, feeds, boxes.
 * AFTER: alerts with their rules and channels, letters and webhooks on their way, reports, links for a new password,
 * stored files; and whose turn it is to do the work that one process does for all.
 */
export const alerts: CloudMigration = {
  number: 4,
  name: 'alerts',
  statements: [
    'CREATE TABLE work_turn (name text PRIMARY KEY, holder text NOT NULL, ends_at bigint NOT NULL, note_at bigint NOT NULL)',
    `CREATE TABLE alert_rule (
       account_id text NOT NULL REFERENCES account (id), kind text NOT NULL, settings text NOT NULL, off_at bigint,
       rev bigint NOT NULL, PRIMARY KEY (account_id, kind))`,
    `CREATE TABLE alert (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id), site_id text NOT NULL, kind text NOT NULL,
       subject text NOT NULL, state text NOT NULL, text text NOT NULL, since_at bigint NOT NULL, seen_at bigint NOT NULL,
       clear_at bigint, opened_at bigint, ended_at bigint, ended_by text, ack_at bigint, ack_by text, snooze_at bigint)`,
    `CREATE UNIQUE INDEX alert_live ON alert (account_id, site_id, kind, subject) WHERE state <> 'ended'`,
    'CREATE INDEX alert_account ON alert (account_id, id)',
    `CREATE TABLE alert_channel (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id), kind text NOT NULL, name text NOT NULL,
       target text NOT NULL, secret_sealed text, kinds text NOT NULL, off_at bigint, off_reason text, failing_at bigint,
       rev bigint NOT NULL, created_at bigint NOT NULL)`,
    'CREATE INDEX alert_channel_account ON alert_channel (account_id)',
    // No reference to the channel: what was sent stays in the log when it is taken away.
    `CREATE TABLE delivery (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id), channel_id text, kind text NOT NULL,
       target text NOT NULL, event text NOT NULL, body text NOT NULL, state text NOT NULL, tries_n bigint NOT NULL,
       next_at bigint NOT NULL, created_at bigint NOT NULL, done_at bigint, status_n bigint, error text)`,
    'CREATE INDEX delivery_due ON delivery (state, next_at)',
    'CREATE INDEX delivery_account ON delivery (account_id, id)',
    `CREATE TABLE report_schedule (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id), name text NOT NULL, every text NOT NULL,
       hour_n bigint NOT NULL, time_zone text NOT NULL, recipients text NOT NULL, sites text NOT NULL,
       next_at bigint NOT NULL, off_at bigint, rev bigint NOT NULL, created_by text NOT NULL, created_at bigint NOT NULL)`,
    'CREATE INDEX report_schedule_account ON report_schedule (account_id)',
    'CREATE INDEX report_schedule_next ON report_schedule (next_at)',
    `CREATE TABLE report (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id), schedule_id text, name text NOT NULL,
       from_at bigint NOT NULL, until_at bigint NOT NULL, made_at bigint NOT NULL, made_by text NOT NULL,
       body text NOT NULL, UNIQUE (schedule_id, until_at))`,
    'CREATE INDEX report_account ON report (account_id, id)',
    `CREATE TABLE password_reset (
       token_hash text PRIMARY KEY, person_id text NOT NULL UNIQUE REFERENCES person (id), ends_at bigint NOT NULL)`,
    'CREATE TABLE blob (hash text PRIMARY KEY, size_n bigint NOT NULL, touched_at bigint NOT NULL)',
    `CREATE TABLE account_file (
       account_id text NOT NULL REFERENCES account (id), name text NOT NULL, hash text NOT NULL REFERENCES blob (hash),
       size_n bigint NOT NULL, content_type text NOT NULL, added_at bigint NOT NULL, added_by text NOT NULL,
       PRIMARY KEY (account_id, name))`,
    'CREATE INDEX account_file_hash ON account_file (hash)',
  ],
}
