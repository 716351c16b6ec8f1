import { messageOf } from '../../services/core/errors.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { CloudContext } from '../context.ts'

/** Boxes whose last position this process remembers. */
const REMEMBERED = 20_000

/**
 * Notes how far boxes have read their feeds. What says nothing new costs no write, and nobody waits for one: what is
 * lost is noted at the next poll.
 */
export function makePulled({ database, clock, log }: Pick<CloudContext, 'database' | 'clock' | 'log'>) {
  const noted = new Map<string, number>()
  return (boxId: string, feed: FeedName, seq: number): void => {
    const key = `${boxId} ${feed}`
    if (noted.get(key) === seq) return
    noted.delete(key)
    noted.set(key, seq)
    for (const oldest of noted.keys()) {
      if (noted.size <= REMEMBERED) break
      noted.delete(oldest)
    }
    database.db
      .insertInto('box_pulled')
      .values({ box_id: boxId, feed, seq, at: clock.now() })
      .onConflict((oc) =>
        oc
          .columns(['box_id', 'feed'])
          .doUpdateSet((eb) => ({ seq: eb.ref('excluded.seq'), at: eb.ref('excluded.at') })),
      )
      .execute()
      .catch((thrown: unknown) => {
        noted.delete(key)
        log.warn('how far a box has read its feed could not be noted', { box: boxId, reason: messageOf(thrown) })
      })
  }
}
