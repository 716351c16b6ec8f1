import { InputError } from '../../services/admin/errors.ts'
import { ConflictError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { AlertChannelTable, DeliveryTable } from '../database/tables-alerts.ts'
import { urlFault } from '../deliveries/policy-address.ts'
import { enqueue, type LetterBody } from '../deliveries/queue.ts'
import { newWebhookSecret } from '../deliveries/signature.ts'
import { newId } from '../tokens.ts'

const MOST_CHANNELS = 50

export interface ChannelInput {
  readonly name: string
  readonly target: string
  /** Empty: every kind of alert. */
  readonly kinds: readonly string[]
}

export interface Channel extends ChannelInput {
  readonly id: string
  readonly kind: 'email' | 'webhook'
  readonly enabled: boolean
  readonly offReason: string | null
  readonly failingSince: number | null
  readonly rev: number
}

export interface Delivery {
  readonly id: string
  readonly channelId: string | null
  readonly kind: 'email' | 'webhook'
  readonly target: string
  readonly event: string
  readonly state: DeliveryTable['state']
  readonly tries: number
  readonly createdAt: number
  /** Undefined: it is not tried again. */
  readonly nextAt: number | null
  readonly doneAt: number | null
  readonly status: number | null
  readonly error: string | null
}

function view(row: AlertChannelTable): Channel {
  const { id, kind, name, target, rev } = row
  return {
    ...{ id, kind, name, target, rev, kinds: JSON.parse(row.kinds) },
    enabled: row.off_at === null,
    offReason: row.off_reason,
    failingSince: row.failing_at,
  }
}

export type ChannelsDeps = Pick<CloudContext, 'database' | 'clock' | 'secrets'> & { readonly allowPrivate: boolean }
export type Channels = ReturnType<typeof makeChannels>

/** Where the alerts of an account go. */
export function makeChannels({ database, clock, secrets, allowPrivate }: ChannelsDeps) {
  const unknown = () => new NotFoundError('there is no such channel')

  function check(kind: Channel['kind'], target: string): void {
    const fault = kind === 'webhook' ? urlFault(target, allowPrivate) : mailFault(target)
    if (fault !== undefined) throw new InputError('the channel cannot be used', [{ path: 'target', message: fault }])
  }

  return {
    async list(accountId: string): Promise<readonly Channel[]> {
      const rows = await database.db
        .selectFrom('alert_channel')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('id')
        .execute()
      return rows.map(view)
    },

    /** The secret of a webhook is told this once. */
    async create(
      accountId: string,
      { kind, ...input }: ChannelInput & { readonly kind: Channel['kind'] },
      caller: Caller,
    ): Promise<{ channel: Channel; secret?: string }> {
      check(kind, input.target)
      const secret = kind === 'webhook' ? newWebhookSecret() : undefined
      const now = clock.now()
      const row: AlertChannelTable = {
        ...{ id: newId(), account_id: accountId, kind, name: input.name, target: input.target },
        secret_sealed: secret === undefined ? null : secrets.seal(secret),
        kinds: JSON.stringify(input.kinds),
        ...{ off_at: null, off_reason: null, failing_at: null, rev: 1, created_at: now },
      }
      await database.transaction(async (trx) => {
        const there = await trx.selectFrom('alert_channel').select('id').where('account_id', '=', accountId).execute()
        if (there.length >= MOST_CHANNELS) throw new OperatorError(`an account has ${MOST_CHANNELS} channels at most`)
        await trx.insertInto('alert_channel').values(row).execute()
        const detail = { name: input.name, kind }
        await note(trx, now, caller, { accountId, action: 'channel.create', target: `channel:${row.id}`, detail })
      })
      return { channel: view(row), ...(secret === undefined ? {} : { secret }) }
    },

    async edit(
      accountId: string,
      id: string,
      input: ChannelInput & { readonly rev: number; readonly enabled: boolean },
      caller: Caller,
    ): Promise<Channel> {
      const now = clock.now()
      return database.transaction(async (trx) => {
        const row = await trx
          .updateTable('alert_channel')
          .set((eb) => ({
            ...{ name: input.name, target: input.target, kinds: JSON.stringify(input.kinds), rev: eb('rev', '+', 1) },
            ...(input.enabled
              ? { off_at: null, off_reason: null, failing_at: null }
              : { off_at: now, off_reason: `switched off by ${caller.name}` }),
          }))
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) throw unknown()
        // Thrown inside of the transaction, so the row stays as it was.
        check(row.kind, input.target)
        if (row.rev !== input.rev + 1) throw new ConflictError(`the channel changed since revision ${input.rev}`)
        const detail = { name: input.name, enabled: input.enabled }
        await note(trx, now, caller, { accountId, action: 'channel.edit', target: `channel:${id}`, detail })
        return view(row)
      })
    },

    async remove(accountId: string, id: string, caller: Caller): Promise<void> {
      await database.transaction(async (trx) => {
        const row = await trx
          .deleteFrom('alert_channel')
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returning('name')
          .executeTakeFirst()
        if (row === undefined) throw unknown()
        const detail = { name: row.name }
        await note(trx, clock.now(), caller, { accountId, action: 'channel.remove', target: `channel:${id}`, detail })
      })
    },

    /** A new secret; what is on its way is signed by it too. */
    async renewSecret(accountId: string, id: string, caller: Caller): Promise<{ secret: string }> {
      const secret = newWebhookSecret()
      await database.transaction(async (trx) => {
        const row = await trx
          .updateTable('alert_channel')
          .set((eb) => ({ secret_sealed: secrets.seal(secret), rev: eb('rev', '+', 1) }))
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returning('kind')
          .executeTakeFirst()
        if (row === undefined) throw unknown()
        if (row.kind !== 'webhook') throw new OperatorError('only a webhook has a secret')
        await note(trx, clock.now(), caller, { accountId, action: 'channel.secret', target: `channel:${id}` })
      })
      return { secret }
    },

    /** Sends something harmless by it, also when it is switched off; its delivery says what became of it. */
    async test(accountId: string, id: string, caller: Caller): Promise<{ delivery: string }> {
      return database.transaction(async (trx) => {
        const row = await trx
          .selectFrom('alert_channel')
          .select(['kind', 'target', 'name'])
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .executeTakeFirst()
        if (row === undefined) throw unknown()
        const text = 'This is a test of a channel for alerts. Nothing is wrong.'
        const letter: LetterBody = { subject: '[Branchline] Test', text: `${text}\n` }
        const delivery = await enqueue(trx, clock.now(), {
          ...{ accountId, channelId: id, kind: row.kind, target: row.target, event: 'test' },
          body: row.kind === 'email' ? letter : { text },
        })
        await note(trx, clock.now(), caller, { accountId, action: 'channel.test', target: `channel:${id}` })
        return { delivery }
      })
    },

    /** What was sent, newest first. */
    async deliveries(
      accountId: string,
      page: { readonly channel?: string | undefined; readonly before?: string | undefined; readonly limit: number },
    ): Promise<readonly Delivery[]> {
      let query = database.db.selectFrom('delivery').selectAll().where('account_id', '=', accountId)
      if (page.channel !== undefined) query = query.where('channel_id', '=', page.channel)
      if (page.before !== undefined) query = query.where('id', '<', page.before)
      const rows = await query.orderBy('id', 'desc').limit(page.limit).execute()
      return rows.map((row) => ({
        ...{ id: row.id, channelId: row.channel_id, kind: row.kind, target: row.target, event: row.event },
        ...{ state: row.state, tries: row.tries_n, createdAt: row.created_at },
        nextAt: row.state === 'waiting' ? row.next_at : null,
        ...{ doneAt: row.done_at, status: row.status_n, error: row.error },
      }))
    },
  }
}

/** One address and nothing else: a comma would make several recipients of it. */
function mailFault(text: string): string | undefined {
  return /^[^\s@,;<>"()]{1,64}@[A-Za-z0-9.-]{1,190}$/.test(text)
    ? undefined
    : 'it is not an address like ada@example.net'
}
