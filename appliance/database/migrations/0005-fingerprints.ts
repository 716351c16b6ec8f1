import type { Migration } from '../migration.ts'

/**
 * What each device looked like when it got its first file with secrets.
 *
 * BEFORE: nothing of these.
 * AFTER:  fingerprint (mac, fingerprint, at, reason, closed_at): `fingerprint` is JSON (vendor by class and by agent
 *         text, parameter request list, relay information), `at` the first delivery. `reason` and `closed_at` stand
 *         while files with secrets are held back because another device seems to have taken its place.
 */
export const migration: Migration = {
  number: 5,
  name: 'fingerprints',
  up(database) {
    database
      .query(
        `CREATE TABLE fingerprint (
           mac TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT, closed_at INTEGER
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
  },
}
