import { NotFoundError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import { type Standing, seesSite } from '../accounts/policy.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import type { AlertTable } from '../database/tables-alerts.ts'
import { titleOf } from './words.ts'

export interface Alert {
  readonly id: string
  readonly siteId: string
  readonly kind: string
  readonly title: string
  readonly subject: string
  readonly text: string
  readonly state: 'open' | 'ended'
  readonly openedAt: number
  readonly seenAt: number
  readonly endedAt: number | null
  readonly endedBy: string | null
  readonly acknowledgedAt: number | null
  readonly acknowledgedBy: string | null
  readonly snoozedUntil: number | null
}

function view(row: AlertTable): Alert {
  const { id, kind, subject, text } = row
  return {
    ...{ id, siteId: row.site_id, kind, title: titleOf(kind), subject, text },
    state: row.state === 'open' ? 'open' : 'ended',
    openedAt: row.opened_at ?? row.since_at,
    seenAt: row.seen_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    acknowledgedAt: row.ack_at,
    acknowledgedBy: row.ack_by,
    snoozedUntil: row.snooze_at,
  }
}

export interface Who {
  readonly standing: Standing
  readonly caller: Caller
}

/** What people see of alerts and do about them. */
export function makeAlerts({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  const unknown = () => new NotFoundError('there is no such alert')

  /** An alert that is open, held until the transaction ends. */
  async function act(
    { accountId, id, who, action }: { accountId: string; id: string; who: Who; action: string },
    change: (row: AlertTable, now: number) => Partial<AlertTable>,
  ): Promise<Alert> {
    return database.transaction(async (trx) => {
      const row = await held(trx, accountId, id)
      if (row === undefined || row.state === 'pending' || !seesSite(who.standing, row.site_id)) throw unknown()
      if (row.state !== 'open') throw new NotFoundError('the alert has ended already')
      const now = clock.now()
      const set = change(row, now)
      await trx.updateTable('alert').set(set).where('id', '=', id).execute()
      const detail = { kind: row.kind, site: row.site_id }
      await note(trx, now, who.caller, { accountId, action, target: `alert:${id}`, detail })
      return view({ ...row, ...set })
    })
  }

  return {
    /** Newest first. An installer sees those of its own sites. */
    async list(
      accountId: string,
      standing: Standing,
      page: {
        readonly state?: 'open' | 'ended' | undefined
        readonly before?: string | undefined
        readonly limit: number
      },
    ): Promise<readonly Alert[]> {
      const states = { open: ['open'], ended: ['ended', 'muted'], any: ['open', 'ended', 'muted'] } as const
      let query = database.db
        .selectFrom('alert')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('state', 'in', states[page.state ?? 'any'])
        .where('opened_at', 'is not', null)
      if (standing.sites !== undefined) query = query.where('site_id', 'in', [...standing.sites, ''])
      if (page.before !== undefined) query = query.where('id', '<', page.before)
      return (await query.orderBy('id', 'desc').limit(page.limit).execute()).map(view)
    },

    acknowledge: (accountId: string, id: string, who: Who) =>
      act({ accountId, id, who, action: 'alert.acknowledge' }, (row, now) =>
        row.ack_at === null ? { ack_at: now, ack_by: who.caller.name } : { ack_at: row.ack_at },
      ),

    /** Nothing is told of it until then; when it is still there, it is told again. */
    snooze: (accountId: string, id: string, until: number, who: Who) =>
      act({ accountId, id, who, action: 'alert.snooze' }, () => ({ snooze_at: until })),

    /** Ended by a person. It opens again only after its reason was gone. */
    end: (accountId: string, id: string, who: Who) =>
      act({ accountId, id, who, action: 'alert.end' }, (_row, now) => ({
        state: 'muted' as const,
        ended_at: now,
        ended_by: who.caller.actor,
      })),
  }
}

export type Alerts = ReturnType<typeof makeAlerts>

async function held(trx: Trx, accountId: string, id: string): Promise<AlertTable | undefined> {
  return trx
    .updateTable('alert')
    .set((eb) => ({ state: eb.ref('state') }))
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}
