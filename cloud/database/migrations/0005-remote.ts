import type { CloudMigration } from '../migration.ts'

/**
 * BEFORE: boxes sync and report; nothing can be asked of them.
 * AFTER: jobs for boxes and what came of them, what a site allows, and the phones' pages that people opened.
 */
export const remote: CloudMigration = {
  number: 5,
  name: 'remote',
  statements: [
    `CREATE TABLE remote_job (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id),
       site_id text NOT NULL REFERENCES site (id) ON DELETE CASCADE, box_id text NOT NULL, kind text NOT NULL,
       spec text NOT NULL, state text NOT NULL, idempotency_key text, by_actor text NOT NULL, by_name text NOT NULL,
       created_at bigint NOT NULL, expires_at bigint NOT NULL, taken_at bigint, answer_by_at bigint, ended_at bigint,
       progress double precision NOT NULL, text text NOT NULL, result text)`,
    'CREATE INDEX remote_job_site ON remote_job (site_id, id)',
    'CREATE INDEX remote_job_box ON remote_job (box_id, state)',
    'CREATE INDEX remote_job_state ON remote_job (state, expires_at)',
    'CREATE INDEX remote_job_created ON remote_job (created_at)',
    'CREATE UNIQUE INDEX remote_job_key ON remote_job (site_id, idempotency_key)',
    `CREATE TABLE site_remote (
       site_id text PRIMARY KEY REFERENCES site (id) ON DELETE CASCADE, phone_pages_at bigint)`,
    `CREATE TABLE phone_page (
       id text PRIMARY KEY, account_id text NOT NULL REFERENCES account (id),
       site_id text NOT NULL REFERENCES site (id) ON DELETE CASCADE, box_id text NOT NULL, job_id text NOT NULL,
       mac text NOT NULL, label text NOT NULL UNIQUE, ticket_hash text, ticket_ends_at bigint NOT NULL, cookie_hash text,
       by_actor text NOT NULL, by_name text NOT NULL, created_at bigint NOT NULL, ends_at bigint NOT NULL,
       closed_at bigint)`,
    'CREATE INDEX phone_page_site ON phone_page (site_id, closed_at)',
    'CREATE INDEX phone_page_job ON phone_page (job_id)',
    'CREATE INDEX phone_page_ends ON phone_page (ends_at)',
  ],
}
