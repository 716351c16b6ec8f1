import { InputError } from '../../services/admin/errors.ts'
import { ConflictError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { CloudDatabase } from '../database/open.ts'
import type { ReportScheduleTable } from '../database/tables-alerts.ts'
import { newId } from '../tokens.ts'
import { commonZone, type Every, nextDue } from './policy-period.ts'

const MOST_SCHEDULES = 50

export interface ScheduleInput {
  readonly name: string
  readonly every: Every
  readonly hour: number
  /** Absent: the zone that most sites of the account are in. */
  readonly timeZone?: string | undefined
  readonly recipients: readonly string[]
  /** Empty: all. */
  readonly sites: readonly string[]
  readonly enabled: boolean
}

export interface Schedule extends Required<ScheduleInput> {
  readonly id: string
  readonly timeZone: string
  readonly nextAt: number
  readonly rev: number
}

function view(row: ReportScheduleTable): Schedule {
  const { id, name, every, rev } = row
  return {
    ...{ id, name, every, rev, hour: row.hour_n, timeZone: row.time_zone },
    ...{ recipients: JSON.parse(row.recipients), sites: JSON.parse(row.sites) },
    ...{ enabled: row.off_at === null, nextAt: row.next_at },
  }
}

/** The zone of an account: the one that most of its sites are in. */
export async function zoneOf(db: CloudDatabase['db'], accountId: string): Promise<string> {
  const rows = await db.selectFrom('site').select('time_zone').where('account_id', '=', accountId).execute()
  return commonZone(rows.map(({ time_zone }) => time_zone))
}

/** Throws `InputError` for a site that is not the account's. */
export async function checkSiteIds(
  db: CloudDatabase['db'],
  accountId: string,
  sites: readonly string[],
): Promise<void> {
  if (sites.length === 0) return
  const rows = await db
    .selectFrom('site')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', 'in', sites)
    .execute()
  const known = new Set(rows.map(({ id }) => id))
  const faults = sites.flatMap((id, i) =>
    known.has(id)
      ? []
      : [{ path: `sites.${i}`, message: `${JSON.stringify(id.slice(0, 60))} is no site of this account` }],
  )
  if (faults.length > 0) throw new InputError('one of the sites is not of this account', faults)
}

export type Schedules = ReturnType<typeof makeSchedules>

/** When an account gets its reports, and who. */
export function makeSchedules({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  async function columns(accountId: string, input: ScheduleInput, now: number) {
    await checkSiteIds(database.db, accountId, input.sites)
    const zone = input.timeZone ?? (await zoneOf(database.db, accountId))
    return {
      ...{ name: input.name, every: input.every, hour_n: input.hour, time_zone: zone },
      ...{ recipients: JSON.stringify(input.recipients), sites: JSON.stringify(input.sites) },
      next_at: nextDue({ every: input.every, hour: input.hour, zone }, now),
      off_at: input.enabled ? null : now,
    }
  }

  return {
    async list(accountId: string): Promise<readonly Schedule[]> {
      const rows = await database.db
        .selectFrom('report_schedule')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('id')
        .execute()
      return rows.map(view)
    },

    async create(accountId: string, input: ScheduleInput, caller: Caller): Promise<Schedule> {
      const now = clock.now()
      const made = { id: newId(), account_id: accountId, rev: 1, created_by: caller.actor, created_at: now }
      const row = { ...made, ...(await columns(accountId, input, now)) }
      await database.transaction(async (trx) => {
        const there = await trx.selectFrom('report_schedule').select('id').where('account_id', '=', accountId).execute()
        if (there.length >= MOST_SCHEDULES)
          throw new OperatorError(`an account has ${MOST_SCHEDULES} schedules at most`)
        await trx.insertInto('report_schedule').values(row).execute()
        const detail = { name: input.name, every: input.every, recipients: input.recipients }
        await note(trx, now, caller, { accountId, action: 'schedule.create', target: `schedule:${row.id}`, detail })
      })
      return view(row)
    },

    async edit(
      accountId: string,
      id: string,
      { rev, ...input }: ScheduleInput & { readonly rev: number },
      caller: Caller,
    ): Promise<Schedule> {
      const now = clock.now()
      const set = await columns(accountId, input, now)
      return database.transaction(async (trx) => {
        const row = await trx
          .updateTable('report_schedule')
          .set((eb) => ({ ...set, rev: eb('rev', '+', 1) }))
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) throw new NotFoundError('there is no such schedule')
        // Thrown inside of the transaction, so the row stays as it was.
        if (row.rev !== rev + 1) throw new ConflictError(`the schedule changed since revision ${rev}`)
        const detail = { name: input.name, enabled: input.enabled, recipients: input.recipients }
        await note(trx, now, caller, { accountId, action: 'schedule.edit', target: `schedule:${id}`, detail })
        return view(row)
      })
    },

    async remove(accountId: string, id: string, caller: Caller): Promise<void> {
      await database.transaction(async (trx) => {
        const row = await trx
          .deleteFrom('report_schedule')
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returning('name')
          .executeTakeFirst()
        if (row === undefined) throw new NotFoundError('there is no such schedule')
        const detail = { name: row.name }
        await note(trx, clock.now(), caller, { accountId, action: 'schedule.remove', target: `schedule:${id}`, detail })
      })
    },
  }
}
