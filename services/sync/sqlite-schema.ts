import type { SqlDatabase } from '../core/sql.ts'

/** The tables of the cloud's half. A program that uses `makeSqliteStorage` makes them in a migration of its own. */
export const FEED_TABLES: readonly string[] = [
  'CREATE TABLE feed_generation (id INTEGER PRIMARY KEY CHECK (id = 1), gen TEXT NOT NULL) STRICT',
  `CREATE TABLE feed (feed TEXT PRIMARY KEY, seq INTEGER NOT NULL, gen TEXT NOT NULL, floor INTEGER NOT NULL)
   STRICT, WITHOUT ROWID`,
  `CREATE TABLE feed_gen (feed TEXT NOT NULL, gen TEXT NOT NULL, end_seq INTEGER NOT NULL, PRIMARY KEY (feed, gen))
   STRICT, WITHOUT ROWID`,
  `CREATE TABLE feed_record (
     feed TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, rev INTEGER NOT NULL,
     deleted INTEGER NOT NULL, body TEXT NOT NULL, updated_by TEXT NOT NULL, updated_at INTEGER NOT NULL,
     PRIMARY KEY (feed, kind, id)
   ) STRICT, WITHOUT ROWID`,
  'CREATE UNIQUE INDEX feed_record_seq ON feed_record (feed, seq)',
  'CREATE INDEX feed_record_gone ON feed_record (feed, updated_at) WHERE deleted = 1',
  `CREATE TABLE box_inbox (
     box_id TEXT PRIMARY KEY, epoch_n INTEGER, epoch_id TEXT, last_seq INTEGER NOT NULL, holders TEXT NOT NULL,
     halted INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE box_mutation (
     box_id TEXT NOT NULL, mutation_id TEXT NOT NULL, epoch_n INTEGER NOT NULL, epoch_id TEXT NOT NULL,
     seq INTEGER NOT NULL, outcome TEXT NOT NULL, code TEXT, at INTEGER NOT NULL, PRIMARY KEY (box_id, mutation_id)
   ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX box_mutation_seq ON box_mutation (box_id, epoch_n, epoch_id, seq)',
  'CREATE INDEX box_mutation_at ON box_mutation (at)',
  `CREATE TABLE sync_conflict (
     box_id TEXT NOT NULL, mutation_id TEXT NOT NULL, feed TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER,
     json TEXT NOT NULL, PRIMARY KEY (box_id, mutation_id)
   ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX sync_conflict_feed ON sync_conflict (feed, at)',
  `CREATE TABLE box_status_progress (box_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, void_below INTEGER NOT NULL)
   STRICT, WITHOUT ROWID`,
  `CREATE TABLE reported (
     box_id TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
     at INTEGER NOT NULL, PRIMARY KEY (box_id, kind, id)
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE box_event (
     ord INTEGER PRIMARY KEY, box_id TEXT NOT NULL, epoch_n INTEGER NOT NULL, epoch_id TEXT NOT NULL,
     seq INTEGER NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL, stored_at INTEGER NOT NULL,
     UNIQUE (box_id, epoch_n, epoch_id, seq)
   ) STRICT`,
  'CREATE INDEX box_event_stored ON box_event (stored_at)',
]

/** Makes the tables in an empty database. */
export function createFeedTables(db: Pick<SqlDatabase, 'query'>): void {
  for (const table of FEED_TABLES) db.query(table).run()
}
