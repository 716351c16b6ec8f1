import type { Migration } from '../migration.ts'

/**
 * What the box saw of each device (`journey`, `happening`) and what it was alarmed by (`alarm`).
 *
 * BEFORE: nothing of these.
 * AFTER:  journey (mac, vendor, model, firmware, address, interface, first_seen, last_seen): one row a device.
 *         happening (id, mac, at, first_at, count, repeat, address, interface, step): in order of `id`; `step` is JSON.
 *         alarm (kind, subject, text, first_at, last_at, count).
 *         All are bounded by the program that writes them.
 */
export const migration: Migration = {
  number: 3,
  name: 'journeys',
  up(database) {
    database
      .query(
        `CREATE TABLE journey (
           mac TEXT PRIMARY KEY, vendor TEXT, model TEXT, firmware TEXT, address INTEGER, interface TEXT,
           first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL
         ) STRICT, WITHOUT ROWID`,
      )
      .run()
    database
      .query(
        `CREATE TABLE happening (
           id INTEGER PRIMARY KEY, mac TEXT NOT NULL, at INTEGER NOT NULL, first_at INTEGER,
           count INTEGER NOT NULL DEFAULT 1, repeat INTEGER NOT NULL DEFAULT 0,
           address INTEGER, interface TEXT, step TEXT NOT NULL
         ) STRICT`,
      )
      .run()
    database.query('CREATE INDEX happening_of_device ON happening (mac)').run()
    database
      .query(
        `CREATE TABLE alarm (
           kind TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
           first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, count INTEGER NOT NULL
         ) STRICT`,
      )
      .run()
  },
}
