import type { Clock } from '../services/core/clock.ts'
import { messageOf } from '../services/core/errors.ts'
import type { Log } from '../services/core/log.ts'
import type { CloudDatabase } from './database/open.ts'
import { startGeneration } from './generation.ts'

export interface DatabaseWatch {
  /** The generation that is valid now. */
  generation(): number
  reachable(): boolean
  /** Looks once; called by a timer. */
  look(): Promise<void>
}

/**
 * Looks whether the database answers. When it was away and comes back it may be another server, or the same with a part of its
 * past missing: a new generation begins.
 */
export async function watchDatabase(deps: {
  readonly database: CloudDatabase
  readonly clock: Clock
  readonly log: Log
}): Promise<DatabaseWatch> {
  const { database, clock, log } = deps
  let generation = await startGeneration(database, clock)
  let reachable = true
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    try {
      await database.ping()
      if (reachable) return
      generation = await startGeneration(database, clock)
      reachable = true
      log.info('database answers again', { generation })
    } catch (thrown) {
      if (reachable) log.error('database does not answer', { reason: messageOf(thrown) })
      reachable = false
    }
  }
  return {
    generation: () => generation,
    reachable: () => reachable,
    look() {
      looking ??= look().finally(() => {
        looking = undefined
      })
      return looking
    },
  }
}
