import type { Migration } from '../migration.ts'

/**
 * Happenings by the row of up to sixteen instead of one by one: a starting phone costs the disk one row, not five.
 *
 * BEFORE: `journey` had a row for each device and `happening` one for each thing that was seen of it.
 * AFTER:  story (id, mac, body): `body` is JSON with `head` (what is known of the device), `happenings` and `repeats`
 *         (the places of those that repeat an earlier one); the rows of a device are in order of `id`.
 *         `journey` and `happening` are no longer used. What stood there is not taken over: no release wrote it.
 */
export const migration: Migration = {
  number: 6,
  name: 'stories',
  up(database) {
    database.query('CREATE TABLE story (id INTEGER PRIMARY KEY, mac TEXT NOT NULL, body TEXT NOT NULL) STRICT').run()
  },
}
