import { messageOf } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import type { AlertChannelTable, DeliveryTable } from '../database/tables-alerts.ts'
import { isLost, nextTry } from './policy-delivery.ts'
import { post } from './post.ts'
import type { LetterBody } from './queue.ts'
import { signatureOf } from './signature.ts'

/** Sent side by side, so that one slow receiver does not hold the others up for long. */
const AT_ONCE = 20
/** How long a delivery that is being sent is left alone, should this process end. */
const CLAIM_MS = 120_000
/** Batches of one run; the rest waits for the next. */
const MOST_BATCHES = 50

const SYSTEM = { actor: 'system', name: 'system', address: '' }

interface Outcome {
  readonly sent: boolean
  readonly status?: number
  readonly error?: string
}

export interface WorkerDeps extends Pick<CloudContext, 'database' | 'clock' | 'log' | 'counters' | 'secrets' | 'mail'> {
  readonly allowPrivate: boolean
  /** Sends a webhook; the network's unless a test gives another. */
  readonly post?: typeof post
}

/** Sends what is due: letters and webhooks, again with growing pauses until they are through or a day has passed. */
export function makeDeliveryWorker(deps: WorkerDeps) {
  const { database, clock, log, counters, secrets, mail } = deps
  const send = deps.post ?? post

  /** Counts the try before it is made: who ends in the middle of it has tried. */
  async function claim(now: number): Promise<readonly DeliveryTable[]> {
    const { db } = database
    const due = db
      .selectFrom('delivery')
      .select('id')
      .where('state', '=', 'waiting')
      .where('next_at', '<=', now)
      .orderBy('next_at')
      .limit(AT_ONCE)
    return db
      .updateTable('delivery')
      .set((eb) => ({ next_at: now + CLAIM_MS, tries_n: eb('tries_n', '+', 1) }))
      .where('id', 'in', due)
      .where('next_at', '<=', now)
      .returningAll()
      .execute()
  }

  async function byMail({ target, body }: DeliveryTable): Promise<Outcome> {
    const letter: LetterBody = JSON.parse(body)
    const result = await mail.send({ to: target, ...letter })
    if (result === 'sent') return { sent: true }
    return {
      sent: false,
      error: result === 'failed' ? 'the mail server did not take it' : 'no mail server is configured',
    }
  }

  async function byWebhook({ id, target, event, body }: DeliveryTable, sealed: string | null): Promise<Outcome> {
    if (sealed === null) return { sent: false, error: 'the channel was taken away' }
    const seconds = Math.floor(clock.now() / 1000)
    const headers = {
      'user-agent': 'Branchline',
      'branchline-delivery': id,
      'branchline-event': event,
      'branchline-signature': signatureOf(secrets.open(sealed), seconds, body),
    }
    try {
      const { status, answer } = await send({ url: target, body, headers, allowPrivate: deps.allowPrivate })
      if (status >= 200 && status < 300) return { sent: true, status }
      const why = status >= 300 && status < 400 ? 'redirects are not followed' : answer.slice(0, 200)
      return { sent: false, status, error: `answered ${status}: ${why}` }
    } catch (thrown) {
      return { sent: false, error: messageOf(thrown).slice(0, 300) }
    }
  }

  async function channelOf(id: string | null) {
    if (id === null) return undefined
    return database.db.selectFrom('alert_channel').selectAll().where('id', '=', id).executeTakeFirst()
  }

  async function deliver(delivery: DeliveryTable): Promise<void> {
    const channel = await channelOf(delivery.channel_id)
    const outcome =
      delivery.kind === 'email' ? await byMail(delivery) : await byWebhook(delivery, channel?.secret_sealed ?? null)
    const now = clock.now()
    const again = outcome.sent ? undefined : nextTry(delivery.tries_n, delivery.created_at, now)
    counters.add(outcome.sent ? 'delivery.sent' : again === undefined ? 'delivery.failed' : 'delivery.retried')
    await database.transaction(async (trx) => {
      const told = { status_n: outcome.status ?? null, error: outcome.error ?? null }
      const next =
        again !== undefined
          ? { ...told, next_at: again }
          : { ...told, state: outcome.sent ? ('sent' as const) : ('failed' as const), done_at: now }
      await trx.updateTable('delivery').set(next).where('id', '=', delivery.id).where('state', '=', 'waiting').execute()
      if (channel !== undefined) await mark(trx, channel, outcome.sent, now)
    })
    if (again === undefined && !outcome.sent)
      log.warn('delivery given up', { delivery: delivery.id, event: delivery.event, reason: outcome.error })
  }

  /** A channel that fails for days is switched off, so that its receiver is left alone; a person switches it on again. */
  async function mark(trx: Trx, channel: AlertChannelTable, works: boolean, now: number): Promise<void> {
    const { id, account_id: accountId, failing_at } = channel
    const change = (set: Partial<AlertChannelTable>) =>
      trx.updateTable('alert_channel').set(set).where('id', '=', id).execute()
    if (works) {
      if (failing_at !== null) await change({ failing_at: null })
      return
    }
    if (failing_at === null) await change({ failing_at: now })
    else if (isLost(failing_at, now) && channel.off_at === null) {
      await change({ off_at: now, off_reason: 'nothing reached it for three days' })
      const entry = {
        accountId,
        action: 'channel.switched-off',
        target: `channel:${id}`,
        detail: { name: channel.name },
      }
      await note(trx, now, SYSTEM, entry)
    }
  }

  return {
    /** Sends what is due now. */
    async run(): Promise<void> {
      for (let batches = 0; batches < MOST_BATCHES; batches++) {
        const due = await claim(clock.now())
        if (due.length === 0) return
        const results = await Promise.allSettled(due.map(deliver))
        for (const result of results)
          if (result.status === 'rejected') log.warn('delivery was not noted', { reason: messageOf(result.reason) })
      }
    },
  }
}
