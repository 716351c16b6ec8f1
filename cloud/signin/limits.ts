import { OperatorError } from '../../services/core/errors.ts'
import type { CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import { drop, type Limit } from './policy-limits.ts'

/** Too many tries; `retryAfterMs` says when the next is taken. */
export class TooManyError extends OperatorError {
  override readonly name = 'TooManyError'
  readonly retryAfterMs: number
  constructor(retryAfterMs: number) {
    super(`too many tries: wait ${Math.ceil(retryAfterMs / 1000)} seconds`)
    this.retryAfterMs = retryAfterMs
  }
}

export type Limiter = ReturnType<typeof makeLimiter>

/** Limits that all processes share. A try is counted before it is looked at, so that many at once do not slip by. */
export function makeLimiter({ database, clock, counters }: Pick<CloudContext, 'database' | 'clock' | 'counters'>) {
  return {
    /** Counts one try for each key, or throws `TooManyError` and counts none. */
    async take(tries: readonly (readonly [key: string, limit: Limit])[]): Promise<void> {
      const now = clock.now()
      await database.transaction(async (trx) => {
        let longest = 0
        const drops: { key: string; points: number; at: number }[] = []
        // In one order, so that two requests never wait for each other.
        for (const [key, limit] of [...tries].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const result = drop(await locked(trx, key, now), limit, now)
          if (result.allowed) drops.push({ key, ...result.bucket })
          else longest = Math.max(longest, result.retryAfterMs)
        }
        if (longest > 0) {
          counters.add('signin.limited')
          // Takes back the rows made for keys that are new: who is refused leaves nothing behind.
          throw new TooManyError(longest)
        }
        for (const { key, points, at } of drops)
          await trx.updateTable('rate').set({ points, at }).where('key', '=', key).execute()
      })
    },

    /** Somebody proved who it is: its own tries are forgotten, those of its address are not. */
    async clear(key: string): Promise<void> {
      await database.db.deleteFrom('rate').where('key', '=', key).execute()
    },
  }
}

async function locked(trx: Trx, key: string, now: number) {
  await trx
    .insertInto('rate')
    .values({ key, points: 0, at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return trx
    .updateTable('rate')
    .set((eb) => ({ points: eb.ref('points') }))
    .where('key', '=', key)
    .returning(['points', 'at'])
    .executeTakeFirst()
}
