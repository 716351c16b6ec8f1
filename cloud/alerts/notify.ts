import type { Trx } from '../database/open.ts'
import { enqueue } from '../deliveries/queue.ts'
import { type AlertNews, letterOf, payloadOf } from './words.ts'

/** Puts the news of an alert on its way, to each channel that wants this kind, in the transaction that made it news. */
export async function notify(trx: Trx, now: number, news: AlertNews, publicUrl: string): Promise<void> {
  const accountId = news.account.id
  const channels = await trx
    .selectFrom('alert_channel')
    .select(['id', 'kind', 'target', 'kinds', 'off_at'])
    .where('account_id', '=', accountId)
    .orderBy('id')
    .execute()
  const send = (channelId: string | null, kind: 'email' | 'webhook', target: string) =>
    enqueue(trx, now, {
      ...{ accountId, channelId, kind, target, event: news.event },
      body: kind === 'email' ? letterOf(news, publicUrl) : payloadOf(news),
    })
  for (const { id, kind, target, kinds, off_at } of channels) {
    const wanted: readonly string[] = JSON.parse(kinds)
    if (off_at === null && (wanted.length === 0 || wanted.includes(news.alert.kind))) await send(id, kind, target)
  }
  // Nobody has said where alerts go: somebody must hear of them all the same.
  if (channels.length === 0) for (const email of await ownersOf(trx, accountId)) await send(null, 'email', email)
}

/** The owners of an account; of the one above when it has none of its own. */
async function ownersOf(trx: Trx, accountId: string): Promise<readonly string[]> {
  const owners = async (id: string) => {
    const rows = await trx
      .selectFrom('member')
      .innerJoin('person', 'person.id', 'member.person_id')
      .select('person.email')
      .where('member.account_id', '=', id)
      .where('member.role', '=', 'owner')
      .orderBy('person.email')
      .execute()
    return rows.map(({ email }) => email)
  }
  const own = await owners(accountId)
  if (own.length > 0) return own
  const row = await trx.selectFrom('account').select('parent_id').where('id', '=', accountId).executeTakeFirst()
  return row?.parent_id ? owners(row.parent_id) : []
}
