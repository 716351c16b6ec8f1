import type { Migration } from '../migration.ts'

/**
 * What the account asked this box to do.
 *
 * BEFORE: the account can ask nothing.
 * AFTER:  remote_job: each job that was begun, so that none is ever done twice, and what came of it until the account has
 *         taken it. `report` is JSON without secrets.
 */
export const migration: Migration = {
  number: 13,
  name: 'remote',
  up(database) {
    database
      .query(
        `CREATE TABLE remote_job (
           id TEXT PRIMARY KEY, kind TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL,
           report TEXT, told INTEGER NOT NULL
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
    database.query('CREATE INDEX remote_job_told ON remote_job (told, at)').run()
  },
}
