import type { Migration } from '../migration.ts'

/**
 * What a stored file is and which devices it is for; rollouts of firmware and where each of their devices stands.
 *
 * BEFORE: `file` had a name and its content only.
 * AFTER:  file has kind ('' when stored before this), version, models and hardware (JSON lists of texts).
 *         rollout (id, name, plan, status, reason, created_at, …): `plan` is JSON and never changes.
 *         rollout_device (rollout, mac, position, file, version, state, …): one row a device; written before the device
 *         is told anything, so that a restart knows who is under way.
 */
export const migration: Migration = {
  number: 10,
  name: 'rollouts',
  up(database) {
    for (const column of [
      "kind TEXT NOT NULL DEFAULT ''",
      'version TEXT',
      "models TEXT NOT NULL DEFAULT '[]'",
      "hardware TEXT NOT NULL DEFAULT '[]'",
    ])
      database.query(`ALTER TABLE file ADD COLUMN ${column}`).run()
    database
      .query(
        `CREATE TABLE rollout (
           id TEXT PRIMARY KEY, name TEXT NOT NULL, plan TEXT NOT NULL, status TEXT NOT NULL, reason TEXT,
           created_at INTEGER NOT NULL, created_by TEXT NOT NULL, approved_at INTEGER, approved_by TEXT,
           counted_from INTEGER NOT NULL, ended_at INTEGER
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
    database
      .query(
        `CREATE TABLE rollout_device (
           rollout TEXT NOT NULL, mac TEXT NOT NULL, position INTEGER NOT NULL,
           file TEXT, version TEXT, before TEXT, state TEXT NOT NULL, reason TEXT,
           attempts INTEGER NOT NULL, let_go_at INTEGER, told_at INTEGER, answer TEXT, ended_at INTEGER,
           PRIMARY KEY (rollout, mac)
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
  },
}
