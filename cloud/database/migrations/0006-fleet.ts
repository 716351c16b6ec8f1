import type { CloudMigration } from '../migration.ts'

const DEVICE = `feed text NOT NULL, mac text NOT NULL,
  record_seq bigint, recorded bigint NOT NULL DEFAULT 0, name text NOT NULL DEFAULT '', vendor text, model text,
  device_group text, extension text, record_text text NOT NULL DEFAULT '',
  status_seq bigint, seen_vendor text, seen_model text, firmware text, address text,
  verdict text, verdict_text text, advice text, last_seen double precision,
  wanted_hash text, wanted_since double precision,
  fetched_hash text, fetched_at double precision, fetched_file text, fetched_by text,
  changed_at double precision, status_text text NOT NULL DEFAULT ''`

/**
 * BEFORE: what is wanted of a device and what was reported of it are JSON in two tables.
 * AFTER: both are in one row that can be searched, and it is known how far each box has read each feed.
 */
export const fleet: CloudMigration = {
  number: 6,
  name: 'fleet',
  statements: [
    `CREATE TABLE fleet_device (${DEVICE}, PRIMARY KEY (feed, mac))`,
    'CREATE INDEX fleet_device_mac ON fleet_device (mac)',
    `CREATE TABLE box_pulled (
       box_id text NOT NULL, feed text NOT NULL, seq bigint NOT NULL, at bigint NOT NULL, PRIMARY KEY (box_id, feed))`,
  ],
}
