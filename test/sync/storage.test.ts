import { openDatabase } from '../../services/program/sqlite.ts'
import { makeMemoryStorage } from '../../services/sync/memory-storage.ts'
import { createFeedTables } from '../../services/sync/sqlite-schema.ts'
import { makeSqliteStorage } from '../../services/sync/sqlite-storage.ts'
import { describeFeedStorage } from '../support/feed-storage-suite.ts'

describeFeedStorage('in memory', async () => ({ storage: makeMemoryStorage() }))

describeFeedStorage('SQLite', async () => {
  const db = openDatabase(':memory:')
  createFeedTables(db)
  return { storage: makeSqliteStorage(db), dispose: async () => db[Symbol.dispose]() }
})
