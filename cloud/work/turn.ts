import type { Clock } from '../../services/core/clock.ts'
import type { CloudDatabase } from '../database/open.ts'

/** A process that ended without giving its turn back is waited for so long. */
const LEASE_MS = 5 * 60_000

export interface Turn {
  /**
   * Runs `work` unless another process is at it. Turns save work that would be done twice; what must be done once only is
   * decided by the rows that it changes, because a process that was stopped for long may come back after its turn.
   */
  run(work: (turn: { readonly lastAt: number }) => Promise<void>): Promise<boolean>
}

/** Turns of one piece of work between all processes on a database. `lastAt` is when it last began; 0: never. */
export function makeTurn({ database, clock }: { database: CloudDatabase; clock: Clock }, name: string): Turn {
  const holder = Bun.randomUUIDv7()
  async function take(now: number): Promise<number | undefined> {
    return database.transaction(async (trx) => {
      await trx
        .insertInto('work_turn')
        .values({ name, holder: '', ends_at: 0, note_at: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const row = await trx
        .updateTable('work_turn')
        .set({ holder, ends_at: now + LEASE_MS })
        .where('name', '=', name)
        .where('ends_at', '<=', now)
        .returning('note_at')
        .executeTakeFirst()
      return row?.note_at
    })
  }
  return {
    async run(work) {
      const now = clock.now()
      const lastAt = await take(now)
      if (lastAt === undefined) return false
      let done = false
      try {
        await work({ lastAt })
        done = true
      } finally {
        await database.db
          .updateTable('work_turn')
          .set({ ends_at: 0, ...(done ? { note_at: now } : {}) })
          .where('name', '=', name)
          .where('holder', '=', holder)
          .execute()
      }
      return true
    },
  }
}
