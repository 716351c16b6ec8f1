import type { Migration } from '../migration.ts'

/**
 * Phones that took another one's place, so that it can be undone.
 *
 * BEFORE: nothing of these.
 * AFTER:  move (id, at, by, from_mac, to_mac, body, undone_at, undone_by): `body` is JSON with what became of the old
 *         record, what did not fit, and both records as they were (secrets sealed) with the revisions that the move made.
 */
export const migration: Migration = {
  number: 8,
  name: 'moves',
  up(database) {
    database
      .query(
        `CREATE TABLE move (
           id TEXT PRIMARY KEY, at INTEGER NOT NULL, by TEXT NOT NULL, from_mac TEXT NOT NULL, to_mac TEXT NOT NULL,
           body TEXT NOT NULL, undone_at INTEGER, undone_by TEXT
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
  },
}
