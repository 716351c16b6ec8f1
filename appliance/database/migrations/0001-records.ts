import type { Migration } from '../migration.ts'

/**
 * What people give (`record`) and every change to it (`change`).
 *
 * BEFORE: nothing.
 * AFTER:  record (kind, id, rev, deleted, body, updated_by, updated_at): one row a record; a removed one stays as a
 *         tombstone with its revision, which a sync with the cloud needs too. `body` is JSON, unknown fields kept.
 *         change (seq, mutation_id, kind, id, rev, before, after, by, at): append only; `before` is the base of an
 *         edit and `after` less `before` its patch, so that an outbox can be read off it. NULL: no record.
 */
export const migration: Migration = {
  number: 1,
  name: 'records',
  up(database) {
    database
      .query(
        `CREATE TABLE record (
           kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
           body TEXT NOT NULL, updated_by TEXT NOT NULL, updated_at INTEGER NOT NULL,
           PRIMARY KEY (kind, id)
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
    database
      .query(
        `CREATE TABLE change (
           seq INTEGER PRIMARY KEY AUTOINCREMENT, mutation_id TEXT NOT NULL UNIQUE,
           kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL,
           before TEXT, after TEXT, by TEXT NOT NULL, at INTEGER NOT NULL
         ) STRICT`,
      )
      .run()
    database.query('CREATE INDEX change_of_record ON change (kind, id, seq)').run()
  },
}
