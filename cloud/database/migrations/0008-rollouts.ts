import type { CloudMigration } from '../migration.ts'

/**
 * BEFORE: each box rolls firmware out over its own phones.
 * AFTER: rollout: one over many sites, what is wanted (`plan`, JSON) and how far it is. rollout_site: each of its sites with its
 * ring, and what its box told last (`told`, JSON).
 */
export const rollouts: CloudMigration = {
  number: 8,
  name: 'rollouts',
  statements: [
    `CREATE TABLE rollout (
       id text PRIMARY KEY, account_id text NOT NULL, name text NOT NULL, what text NOT NULL, sha256 text NOT NULL,
       plan text NOT NULL, status text NOT NULL, reason text, ring_n bigint NOT NULL, ring_at bigint, rev bigint NOT NULL,
       created_at bigint NOT NULL, by_actor text NOT NULL, by_name text NOT NULL, ended_at bigint, idempotency_key text)`,
    'CREATE INDEX rollout_account ON rollout (account_id, id)',
    'CREATE UNIQUE INDEX rollout_key ON rollout (account_id, idempotency_key) WHERE idempotency_key IS NOT NULL',
    'CREATE INDEX rollout_open ON rollout (id) WHERE ended_at IS NULL',
    `CREATE TABLE rollout_site (
       rollout_id text NOT NULL, site_id text NOT NULL, position_n bigint NOT NULL, ring_n bigint NOT NULL,
       state text NOT NULL, attempt_n bigint NOT NULL, failed_n bigint NOT NULL, total_n bigint NOT NULL,
       excused_n bigint NOT NULL, hard_n bigint NOT NULL, written text, reason text,
       let_go_at bigint, ended_at bigint, told text, told_at bigint, PRIMARY KEY (rollout_id, site_id))`,
  ],
}
