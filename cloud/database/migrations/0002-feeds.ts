import type { CloudMigration } from '../migration.ts'

/**
 * BEFORE: accounts.
 * AFTER: what the sync service keeps for each feed and each box (`services/sync/storage.ts`).
 */
export const feeds: CloudMigration = {
  number: 2,
  name: 'feeds',
  statements: [
    'CREATE TABLE feed_generation (id bigint PRIMARY KEY CHECK (id = 1), gen text NOT NULL)',
    'CREATE TABLE feed (feed text PRIMARY KEY, seq bigint NOT NULL, gen text NOT NULL, floor bigint NOT NULL)',
    'CREATE TABLE feed_gen (feed text NOT NULL, gen text NOT NULL, end_seq bigint NOT NULL, PRIMARY KEY (feed, gen))',
    `CREATE TABLE feed_record (
       feed text NOT NULL, kind text NOT NULL, id text NOT NULL, seq bigint NOT NULL, rev bigint NOT NULL,
       deleted bigint NOT NULL, body text NOT NULL, updated_by text NOT NULL, updated_at bigint NOT NULL,
       PRIMARY KEY (feed, kind, id))`,
    'CREATE UNIQUE INDEX feed_record_seq ON feed_record (feed, seq)',
    'CREATE INDEX feed_record_gone ON feed_record (feed, updated_at) WHERE deleted = 1',
    `CREATE TABLE box_inbox (
       box_id text PRIMARY KEY, epoch_n bigint, epoch_id text, last_seq bigint NOT NULL, holders text NOT NULL,
       halted bigint NOT NULL)`,
    `CREATE TABLE box_mutation (
       box_id text NOT NULL, mutation_id text NOT NULL, epoch_n bigint NOT NULL, epoch_id text NOT NULL,
       seq bigint NOT NULL, outcome text NOT NULL, code text, at bigint NOT NULL, PRIMARY KEY (box_id, mutation_id))`,
    'CREATE INDEX box_mutation_seq ON box_mutation (box_id, epoch_n, epoch_id, seq)',
    'CREATE INDEX box_mutation_at ON box_mutation (at)',
    `CREATE TABLE sync_conflict (
       box_id text NOT NULL, mutation_id text NOT NULL, feed text NOT NULL, at bigint NOT NULL, until bigint,
       json text NOT NULL, PRIMARY KEY (box_id, mutation_id))`,
    'CREATE INDEX sync_conflict_feed ON sync_conflict (feed, at)',
    'CREATE INDEX sync_conflict_until ON sync_conflict (until)',
    'CREATE TABLE box_status_progress (box_id text PRIMARY KEY, seq bigint NOT NULL, void_below bigint NOT NULL)',
    `CREATE TABLE reported (
       box_id text NOT NULL, kind text NOT NULL, id text NOT NULL, seq bigint NOT NULL, body text NOT NULL,
       at bigint NOT NULL, PRIMARY KEY (box_id, kind, id))`,
    // `ord` is a UUID of version 7: the order in which they were stored, without a counter that all boxes share.
    `CREATE TABLE box_event (
       ord text PRIMARY KEY, box_id text NOT NULL, epoch_n bigint NOT NULL, epoch_id text NOT NULL, seq bigint NOT NULL,
       kind text NOT NULL, at double precision NOT NULL, body text NOT NULL, stored_at bigint NOT NULL,
       UNIQUE (box_id, epoch_n, epoch_id, seq))`,
    'CREATE INDEX box_event_stored ON box_event (stored_at)',
    'CREATE INDEX box_event_box ON box_event (box_id, ord)',
  ],
}
