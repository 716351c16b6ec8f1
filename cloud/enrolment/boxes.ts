import { type Kysely, sql } from 'kysely'
import type { EpochMs } from '../../services/core/clock.ts'
import { fingerprintOf } from '../../services/enrolment/crypto.ts'
import type { BoxRow } from '../../services/enrolment/storage.ts'
import type { Tables } from '../database/tables.ts'
import { isOnline } from '../sync/box-seen.ts'

/** A box as people see it. */
export interface BoxView {
  readonly id: string
  readonly siteId: string
  readonly state: BoxRow['state']
  readonly model: string
  readonly serial?: string
  readonly fingerprint: string
  readonly claimedAt: EpochMs
  readonly claimedBy: string
  readonly endedAt?: EpochMs
  readonly online: boolean
  readonly lastSeen?: EpochMs
  readonly address?: string
  readonly halted: boolean
  readonly copies?: { bootId: string; current: boolean }[]
}

interface Row {
  readonly json: string
  readonly seen_at: number | null
  readonly address: string | null
  readonly halted: number | null
}

const FROM = sql.raw(`SELECT box.json, box_seen.seen_at, box_seen.address, box_inbox.halted FROM box
  LEFT JOIN box_seen ON box_seen.box_id = box.id LEFT JOIN box_inbox ON box_inbox.box_id = box.id`)

/** The boxes of an account: those that are active first, then by the time of their claim. */
export async function listBoxes(db: Kysely<Tables>, accountId: string, now: EpochMs): Promise<BoxView[]> {
  const { rows } = await sql<Row>`${FROM} WHERE box.account_id = ${accountId}`.execute(db)
  const rank = (box: BoxView) => (box.state === 'active' ? 0 : 1)
  return rows.map((row) => view(row, now)).sort((a, b) => rank(a) - rank(b) || a.claimedAt - b.claimedAt)
}

export async function findBox(
  db: Kysely<Tables>,
  accountId: string,
  id: string,
  now: EpochMs,
): Promise<BoxView | undefined> {
  const { rows } = await sql<Row>`${FROM} WHERE box.account_id = ${accountId} AND box.id = ${id}`.execute(db)
  return rows[0] && view(rows[0], now)
}

function view({ json, seen_at, address, halted }: Row, now: EpochMs): BoxView {
  const row: BoxRow = JSON.parse(json)
  const { boxId, siteId, state, model, serial, identityKey, claimedAt, claimedBy, endedAt, cloned, boots } = row
  return {
    ...{ id: boxId, siteId, state, model, fingerprint: fingerprintOf(identityKey), claimedAt, claimedBy },
    ...(serial !== undefined && { serial }),
    ...(endedAt !== undefined && { endedAt }),
    online: state === 'active' && isOnline(seen_at ?? undefined, now),
    ...(seen_at !== null && { lastSeen: seen_at }),
    ...(address !== null && { address }),
    halted: (halted ?? 0) !== 0,
    ...(cloned !== undefined &&
      boots !== undefined && {
        copies: [boots.current, ...boots.earlier].map((bootId, i) => ({ bootId, current: i === 0 })),
      }),
  }
}
