import { hostname } from 'node:os'
import type { Clock } from '../services/core/clock.ts'
import { isDuplicate } from './database/failures.ts'
import type { CloudDatabase } from './database/open.ts'

/**
 * Begins a new generation and returns its number, which no process had before. What a feed says carries it, so that a
 * box sees when the database was put back from a backup or another server took over.
 */
export async function startGeneration(database: CloudDatabase, clock: Clock): Promise<number> {
  for (;;) {
    try {
      return await database.transaction(async (trx) => {
        const last = await trx
          .selectFrom('generation')
          .select('number')
          .orderBy('number', 'desc')
          .limit(1)
          .executeTakeFirst()
        // The clock makes it higher than what a lost server gave out after the backup was made.
        const number = Math.max((last?.number ?? 0) + 1, clock.now())
        const process_ = `${hostname()} ${process.pid}`
        await trx.insertInto('generation').values({ number, at: clock.now(), process: process_ }).execute()
        return number
      })
    } catch (thrown) {
      if (!isDuplicate(thrown)) throw thrown
    }
  }
}
