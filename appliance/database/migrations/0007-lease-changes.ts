import type { Migration } from '../migration.ts'

/**
 * A lease that is stored where its address stands touches a page of its own; side by side in the order in which they were
 * given, the leases of one commit share one.
 *
 * BEFORE: `lease` alone, one row an address.
 * AFTER:  `lease_change` has what came after that, with the same columns, in order of `seq`: the last row of an address
 *         holds. It is folded into `lease` now and then, and when the box stops or starts.
 */
export const migration: Migration = {
  number: 7,
  name: 'lease changes',
  up(database) {
    database
      .query(
        `CREATE TABLE lease_change (
           seq INTEGER PRIMARY KEY,
           address INTEGER NOT NULL,
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
