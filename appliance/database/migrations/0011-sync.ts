import type { Migration } from '../migration.ts'

const TABLES = [
  `CREATE TABLE sync_state (
     id INTEGER PRIMARY KEY CHECK (id = 1), epoch_n INTEGER NOT NULL, epoch_id TEXT NOT NULL,
     last_seq INTEGER NOT NULL, change_seq INTEGER NOT NULL, halted INTEGER NOT NULL DEFAULT 0,
     upgrade INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0
   ) STRICT`,
  `CREATE TABLE sync_outbox (
     ord INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, mutation_id TEXT NOT NULL UNIQUE,
     feed TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, field_group TEXT NOT NULL,
     base TEXT, patch TEXT, by TEXT NOT NULL, at INTEGER NOT NULL,
     taken INTEGER NOT NULL DEFAULT 0, released INTEGER NOT NULL DEFAULT 0,
     outcome TEXT, code TEXT, taken_at INTEGER
   ) STRICT`,
  'CREATE INDEX sync_outbox_seq ON sync_outbox (seq)',
  'CREATE INDEX sync_outbox_waiting ON sync_outbox (seq) WHERE taken = 0',
  'CREATE INDEX sync_outbox_taken ON sync_outbox (taken_at) WHERE taken = 1',
  'CREATE INDEX sync_outbox_shown ON sync_outbox (kind, id, ord) WHERE released = 0',
  'CREATE TABLE sync_feed (feed TEXT PRIMARY KEY, cursor TEXT, staging TEXT) STRICT, WITHOUT ROWID',
  `CREATE TABLE sync_confirmed (
     feed TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, deleted INTEGER NOT NULL,
     body TEXT NOT NULL, PRIMARY KEY (feed, kind, id)
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE sync_staged (
     feed TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, deleted INTEGER NOT NULL,
     body TEXT NOT NULL, PRIMARY KEY (feed, kind, id)
   ) STRICT, WITHOUT ROWID`,
  'CREATE TABLE sync_secret (sealed TEXT PRIMARY KEY, id TEXT NOT NULL) STRICT, WITHOUT ROWID',
  'CREATE INDEX sync_secret_id ON sync_secret (id)',
  `CREATE TABLE sync_event (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL
   ) STRICT`,
] as const

/**
 * What the box knows of the cloud, and what the cloud does not know yet.
 *
 * BEFORE: `record` is what a person gave; nothing of the cloud.
 * AFTER:  sync_confirmed (feed, kind, id): records as the cloud has them; `record` holds what is in force: these with
 *         the edits of `sync_outbox` that are not reflected in them (released = 0). A removed one stays while such an
 *         edit needs its last body. sync_staged: a snapshot that is on its way. sync_feed: the cursors, moved in the
 *         transaction that applies their page. sync_state: one row; `change_seq` is the last row of `change` that
 *         became mutations or was made by sync. sync_secret: the id of a secret that came or went, by its sealed text.
 *         sync_event: a ring of what is to be reported.
 *         The previous release writes `record` and `change` alone; what it wrote becomes mutations afterwards.
 */
export const migration: Migration = {
  number: 11,
  name: 'sync',
  up(database) {
    for (const table of TABLES) database.query(table).run()
  },
}
