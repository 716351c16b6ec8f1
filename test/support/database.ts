import { migrate } from '../../appliance/database/migrate.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import { openDatabase } from '../../services/program/sqlite.ts'

/** A database in memory in the form that the box uses: every migration applied, nothing in it. */
export function memoryDatabase(): SqlDatabase & Disposable {
  const database = openDatabase(':memory:')
  migrate(database, { path: ':memory:', now: 0 })
  return database
}
