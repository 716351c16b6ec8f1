import { messageOf, NotFoundError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { Caller, CloudContext } from '../context.ts'
import { isDuplicate } from '../database/failures.ts'
import type { Trx } from '../database/open.ts'
import type { ReportScheduleTable } from '../database/tables-alerts.ts'
import { enqueue } from '../deliveries/queue.ts'
import { newId } from '../tokens.ts'
import { type GatherDeps, gather } from './gather.ts'
import { reportLetter } from './letter.ts'
import { nextDue, type Period, periodAt, type Rhythm } from './policy-period.ts'
import { type FleetReport, makeReport } from './policy-report.ts'
import { checkSiteIds, zoneOf } from './schedules.ts'

const KEPT_MS = 400 * 86_400_000

export interface ReportView {
  readonly id: string
  readonly name: string
  readonly scheduleId: string | null
  readonly from: number
  readonly until: number
  readonly madeAt: number
}

export type ReportsDeps = GatherDeps & Pick<CloudContext, 'clock' | 'log' | 'counters' | 'publicUrl'>
export type Reports = ReturnType<typeof makeReports>

/** Reports of an account's fleet: those that were made, one on demand, and those that are due. */
export function makeReports(deps: ReportsDeps) {
  const { database, clock, log, counters, publicUrl } = deps

  async function make(
    accountId: string,
    { name, sites, timeZone, period }: { name: string; sites: readonly string[]; timeZone: string; period: Period },
  ): Promise<FleetReport> {
    const account = await database.db
      .selectFrom('account')
      .select(['id', 'name'])
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow()
    const head = { account, name, timeZone, ...period, madeAt: clock.now() }
    return makeReport(head, await gather(deps, accountId, sites, period))
  }

  async function insert(
    trx: Trx,
    report: FleetReport,
    by: { scheduleId: string | null; actor: string },
  ): Promise<string> {
    const id = newId()
    await trx
      .insertInto('report')
      .values({
        ...{ id, account_id: report.account.id, schedule_id: by.scheduleId, name: report.name },
        ...{ from_at: report.from, until_at: report.until, made_at: report.madeAt, made_by: by.actor },
        body: JSON.stringify(report),
      })
      .execute()
    return id
  }

  /**
   * Makes the report that is due. The schedule moves on in the transaction that stores it and puts the letters on their way,
   * and a period has one report: whoever was slower changes nothing.
   */
  async function makeDue(row: ReportScheduleTable): Promise<void> {
    const now = clock.now()
    const rhythm: Rhythm = { every: row.every, hour: row.hour_n, zone: row.time_zone }
    const period = periodAt(rhythm, now)
    const sites: readonly string[] = JSON.parse(row.sites)
    const report = await make(row.account_id, { name: row.name, sites, timeZone: row.time_zone, period })
    const letter = reportLetter(report, publicUrl)
    try {
      await database.transaction(async (trx) => {
        const moved = await trx
          .updateTable('report_schedule')
          .set({ next_at: nextDue(rhythm, now) })
          .where('id', '=', row.id)
          .where('next_at', '=', row.next_at)
          .where('rev', '=', row.rev)
          .executeTakeFirst()
        if (moved.numUpdatedRows === 0n) return
        await insert(trx, report, { scheduleId: row.id, actor: 'system' })
        for (const target of JSON.parse(row.recipients) as readonly string[])
          await enqueue(trx, now, {
            ...{ accountId: row.account_id, channelId: null, kind: 'email', target, event: 'report' },
            body: letter,
          })
      })
      counters.add('report.made')
    } catch (thrown) {
      // The hour was changed after this period's report: there is one already.
      if (!isDuplicate(thrown)) throw thrown
      await database.db
        .updateTable('report_schedule')
        .set({ next_at: nextDue(rhythm, now) })
        .where('id', '=', row.id)
        .where('next_at', '=', row.next_at)
        .execute()
    }
  }

  return {
    /** Newest first. */
    async list(
      accountId: string,
      page: { before?: string | undefined; limit: number },
    ): Promise<readonly ReportView[]> {
      let query = database.db
        .selectFrom('report')
        .select(['id', 'name', 'schedule_id', 'from_at', 'until_at', 'made_at'])
        .where('account_id', '=', accountId)
      if (page.before !== undefined) query = query.where('id', '<', page.before)
      const rows = await query.orderBy('id', 'desc').limit(page.limit).execute()
      return rows.map((row) => ({
        ...{ id: row.id, name: row.name, scheduleId: row.schedule_id },
        ...{ from: row.from_at, until: row.until_at, madeAt: row.made_at },
      }))
    },

    async get(accountId: string, id: string): Promise<FleetReport> {
      const row = await database.db
        .selectFrom('report')
        .select('body')
        .where('account_id', '=', accountId)
        .where('id', '=', id)
        .executeTakeFirst()
      if (row === undefined) throw new NotFoundError('there is no such report')
      return JSON.parse(row.body)
    },

    /** Of now, with the alerts of the days before. */
    async makeNow(
      accountId: string,
      given: { readonly name: string; readonly sites: readonly string[]; readonly days: number },
      caller: Caller,
    ): Promise<{ id: string; report: FleetReport }> {
      await checkSiteIds(database.db, accountId, given.sites)
      const until = clock.now()
      const period = { from: until - given.days * 86_400_000, until }
      const timeZone = await zoneOf(database.db, accountId)
      const report = await make(accountId, { ...given, timeZone, period })
      const id = await database.transaction(async (trx) => {
        const made = await insert(trx, report, { scheduleId: null, actor: caller.actor })
        const detail = { name: given.name }
        await note(trx, until, caller, { accountId, action: 'report.make', target: `report:${made}`, detail })
        return made
      })
      return { id, report }
    },

    /** Makes every report that is due, and forgets those of long ago. */
    async run(): Promise<void> {
      const now = clock.now()
      const due = await database.db
        .selectFrom('report_schedule')
        .innerJoin('account', 'account.id', 'report_schedule.account_id')
        .selectAll('report_schedule')
        .where('report_schedule.next_at', '<=', now)
        .where('report_schedule.off_at', 'is', null)
        .where('account.disabled_at', 'is', null)
        .orderBy('report_schedule.next_at')
        .execute()
      for (const row of due) {
        try {
          await makeDue(row)
        } catch (thrown) {
          // The others are made all the same; this one is tried again.
          log.warn('report was not made', { schedule: row.id, reason: messageOf(thrown) })
        }
      }
      await database.db
        .deleteFrom('report')
        .where('made_at', '<', now - KEPT_MS)
        .execute()
    },
  }
}
