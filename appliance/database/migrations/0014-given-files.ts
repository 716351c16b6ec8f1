import type { Migration } from '../migration.ts'

/**
 * Files that the account gives, and updates of the box itself that it rolls out.
 *
 * BEFORE: every stored file is the branch's own.
 * AFTER:  file.origin: '' or 'account'. account_update: each update of this box that the account wanted, by rollout and
 *         attempt, written before the step that it names, so that none is begun twice.
 */
export const migration: Migration = {
  number: 14,
  name: 'given files',
  up(database) {
    database.query("ALTER TABLE file ADD COLUMN origin TEXT NOT NULL DEFAULT ''").run()
    database
      .query(
        `CREATE TABLE account_update (
           rollout TEXT NOT NULL, attempt INTEGER NOT NULL, stage TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL,
           PRIMARY KEY (rollout, attempt)
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
  },
}
