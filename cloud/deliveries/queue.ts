import type { Trx } from '../database/open.ts'
import { newId } from '../tokens.ts'

export interface LetterBody {
  readonly subject: string
  readonly text: string
  readonly html?: string
}

export interface NewDelivery {
  readonly accountId: string
  readonly channelId: string | null
  readonly kind: 'email' | 'webhook'
  readonly target: string
  /** `alert.opened`, `alert.ended`, `alert.reminder`, `report`, `test`. */
  readonly event: string
  /** A letter, or what a webhook carries beside `id` and `event`. */
  readonly body: LetterBody | Readonly<Record<string, unknown>>
}

/** Puts something on its way in the transaction that is its reason: neither is there without the other. */
export async function enqueue(trx: Trx, now: number, given: NewDelivery): Promise<string> {
  const id = newId()
  const { accountId, channelId, kind, target, event } = given
  const body = kind === 'email' ? given.body : { id, event, ...given.body }
  await trx
    .insertInto('delivery')
    .values({
      ...{ id, kind, target, event },
      account_id: accountId,
      channel_id: channelId,
      body: JSON.stringify(body),
      state: 'waiting',
      tries_n: 0,
      next_at: now,
      created_at: now,
      done_at: null,
      status_n: null,
      error: null,
    })
    .execute()
  return id
}
