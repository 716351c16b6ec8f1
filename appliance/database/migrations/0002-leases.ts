import type { Migration } from '../migration.ts'

/**
 * BEFORE: no table of leases.
 *
 * AFTER: `lease` has one row an address: who had it last and until when. Offers are not stored. Addresses are
 * unsigned 32-bit numbers, times are milliseconds since 1970. `client` is empty when the address is only set aside.
 */
export const migration: Migration = {
  number: 2,
  name: 'leases',
  up(database) {
    database
      .query(
        `CREATE TABLE lease (
           address INTEGER PRIMARY KEY,
           network TEXT NOT NULL,
           client TEXT NOT NULL,
           state TEXT NOT NULL,
           mac TEXT,
           client_id TEXT,
           host_name TEXT,
           vendor_class TEXT,
           parameters BLOB NOT NULL,
           relay TEXT,
           interface TEXT NOT NULL,
           started_at INTEGER NOT NULL,
           ends_at INTEGER NOT NULL
         ) STRICT`,
      )
      .run()
  },
}
