import type { Clock } from '../services/core/clock.ts'
import type { CloudDatabase } from './database/open.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The log of what was sent, and alerts that have ended. */
const LOG_MS = 90 * DAY
const ALERT_MS = 400 * DAY
/** Invitations that nobody took are kept for a while, so that their link says that it has ended. */
const KEPT_MS = 30 * DAY

/** Forgets what has ended. Safe in several processes at once. */
export async function tidy({ db }: CloudDatabase, clock: Clock): Promise<void> {
  const now = clock.now()
  await db.deleteFrom('session').where('ends_at', '<=', now).execute()
  await db.deleteFrom('ceremony').where('ends_at', '<=', now).execute()
  await db.deleteFrom('password_reset').where('ends_at', '<=', now).execute()
  // Every bucket has leaked dry by then.
  await db
    .deleteFrom('rate')
    .where('at', '<', now - HOUR)
    .execute()
  await db
    .deleteFrom('invitation')
    .where('ends_at', '<', now - KEPT_MS)
    .where('accepted_at', 'is', null)
    .execute()
  await db
    .deleteFrom('delivery')
    .where('done_at', '<', now - LOG_MS)
    .execute()
  await db
    .deleteFrom('alert')
    .where('state', '=', 'ended')
    .where('ended_at', '<', now - ALERT_MS)
    .execute()
}
