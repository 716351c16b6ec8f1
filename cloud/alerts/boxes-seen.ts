import { sql } from 'kysely'
import type { CloudDatabase } from '../database/open.ts'

/** A box that looks after a site. */
export interface SeenBox {
  readonly boxId: string
  readonly siteId: string
  /** The last time that it proved itself; undefined: not yet. */
  readonly seenAt: number | undefined
}

/** Which boxes an account has and when they were heard. */
export interface BoxesSeen {
  ofAccount(accountId: string): Promise<readonly SeenBox[]>
}

export function makeBoxesSeen(database: CloudDatabase): BoxesSeen {
  return {
    async ofAccount(accountId) {
      const { rows } = await sql<{ id: string; site_id: string; seen_at: number | null }>`
        SELECT box.id, box.site_id, box_seen.seen_at FROM box LEFT JOIN box_seen ON box_seen.box_id = box.id
        WHERE box.account_id = ${accountId} AND box.state = 'active'`.execute(database.db)
      return rows.map(({ id, site_id, seen_at }) => ({ boxId: id, siteId: site_id, seenAt: seen_at ?? undefined }))
    },
  }
}
