import type { Migration } from '../migration.ts'

/**
 * Names of the files that a person stored (firmware, tones …); their content lies in a folder under its hash.
 *
 * BEFORE: nothing of these.
 * AFTER:  file (folded, name, hash, size, content_type, added_at, added_by): `folded` is the name in lower case.
 */
export const migration: Migration = {
  number: 4,
  name: 'files',
  up(database) {
    database
      .query(
        `CREATE TABLE file (
           folded TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL,
           content_type TEXT NOT NULL, added_at INTEGER NOT NULL, added_by TEXT NOT NULL
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
    database.query('CREATE INDEX file_of_hash ON file (hash)').run()
  },
}
