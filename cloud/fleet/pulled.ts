import { messageOf } from '../../services/core/errors.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { CloudContext } from '../context.ts'

/** Boxes whose last position this process remembers. */
const REMEMBERED = 20_000
/**
 * A box that has an edit tells a few seconds later what that makes of its phones. Only then is it known whether they have
 * what is wanted, so until then the edit counts as one that is on its way.
 */
const TELLS_MS = 4_000

export interface PulledDeps extends Pick<CloudContext, 'database' | 'clock' | 'log'> {
  /** It is noted: what was pending because of it is that no more. */
  readonly noted: (accountId: string, siteId: string) => void
}

/**
 * Notes how far boxes have read their feeds. What says nothing new costs no write, and nobody waits for one: what is
 * lost is noted at the next poll.
 */
export function makePulled({ database, clock, log, noted: tell }: PulledDeps) {
  const noted = new Map<string, number>()
  const waiting = new Map<string, number>()

  async function note(boxId: string, feed: FeedName, seq: number): Promise<void> {
    await database.db
      .insertInto('box_pulled')
      .values({ box_id: boxId, feed, seq, at: clock.now() })
      .onConflict((oc) =>
        oc
          .columns(['box_id', 'feed'])
          .doUpdateSet((eb) => ({ seq: eb.ref('excluded.seq'), at: eb.ref('excluded.at') })),
      )
      .execute()
    const of = database.db.selectFrom('box').select(['account_id', 'site_id']).where('id', '=', boxId)
    const box = await of.executeTakeFirst()
    if (box !== undefined) tell(box.account_id, box.site_id)
  }

  return (boxId: string, feed: FeedName, seq: number): void => {
    const key = `${boxId} ${feed}`
    if (noted.get(key) === seq) return
    noted.delete(key)
    noted.set(key, seq)
    for (const oldest of noted.keys()) {
      if (noted.size <= REMEMBERED) break
      noted.delete(oldest)
    }
    const isWaiting = waiting.has(key)
    waiting.set(key, seq)
    if (isWaiting) return
    const timer = setTimeout(() => {
      const newest = waiting.get(key) ?? seq
      waiting.delete(key)
      note(boxId, feed, newest).catch((thrown: unknown) => {
        noted.delete(key)
        log.warn('how far a box has read its feed could not be noted', { box: boxId, reason: messageOf(thrown) })
      })
    }, TELLS_MS)
    timer.unref?.()
  }
}
