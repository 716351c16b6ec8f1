import type { Clock, EpochMs } from '../../services/core/clock.ts'
import type { CloudDatabase } from '../database/open.ts'

/** How often it is written that a box was heard of. */
const EVERY_MS = 60_000
/** Boxes in one statement. */
const BATCH = 500
/** A quiet box asks every five minutes (`services/sync/policy-pace.ts`), give or take a fifth. */
const ONLINE_MS = 7 * 60_000

export type BoxSeen = ReturnType<typeof makeBoxSeen>

/** Whether a box that was last heard of then counts as online. */
export function isOnline(seenAt: EpochMs | undefined, now: EpochMs): boolean {
  return seenAt !== undefined && now - seenAt < ONLINE_MS
}

export interface BoxSeenDeps {
  readonly database: CloudDatabase
  readonly clock: Clock
  /** A box of this site is heard of again, or for the first time. */
  readonly back: (accountId: string, siteId: string) => void
}

/** When each box was last heard of. Written in the background, many at once, each box once a minute at most. */
export function makeBoxSeen({ database, clock, back }: BoxSeenDeps) {
  const written = new Map<string, EpochMs>()
  const waiting = new Map<string, { readonly seen_at: EpochMs; readonly address: string }>()
  let flushing: Promise<void> | undefined

  /** Those of them that were away until now. */
  function away(boxIds: readonly string[]) {
    return database.db
      .selectFrom('box')
      .leftJoin('box_seen as seen', 'seen.box_id', 'box.id')
      .select(['box.account_id', 'box.site_id'])
      .where('box.id', 'in', boxIds)
      .where((eb) => eb.or([eb('seen.seen_at', 'is', null), eb('seen.seen_at', '<', clock.now() - ONLINE_MS)]))
      .execute()
  }
  async function flush(): Promise<void> {
    const rows = [...waiting].map(([box_id, row]) => ({ box_id, ...row }))
    for (let i = 0; i < rows.length; i += BATCH) {
      const batch = rows.slice(i, i + BATCH)
      const returned = await away(batch.map(({ box_id }) => box_id))
      await database.db
        .insertInto('box_seen')
        .values(batch)
        .onConflict((conflict) =>
          conflict
            .column('box_id')
            .doUpdateSet((eb) => ({ seen_at: eb.ref('excluded.seen_at'), address: eb.ref('excluded.address') })),
        )
        .execute()
      for (const { box_id, seen_at } of batch) if (waiting.get(box_id)?.seen_at === seen_at) waiting.delete(box_id)
      for (const { account_id, site_id } of returned) back(account_id, site_id)
    }
    for (const [boxId, at] of written) if (clock.now() - at > EVERY_MS) written.delete(boxId)
  }

  return {
    note(boxId: string, address: string): void {
      const now = clock.now()
      if (now - (written.get(boxId) ?? 0) < EVERY_MS) return
      written.set(boxId, now)
      waiting.set(boxId, { seen_at: now, address })
    },

    /** Writes what waits, one call at a time; what cannot be written now is tried again. */
    flush(): Promise<void> {
      flushing ??= flush().finally(() => {
        flushing = undefined
      })
      return flushing
    },
  }
}
