import type { JsonObject } from '../../services/records/contract.ts'
import type { GivenJob, JobKind, JobReport, JobState } from '../../services/remote/contract.ts'
import { afterReport, expiry, isGiven, RUN_MS } from '../../services/remote/policy.ts'
import { note } from '../accounts/audit.ts'
import type { CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import type { RemoteJobTable } from '../database/tables-remote.ts'
import type { JobWaits } from './job-waits.ts'

export type BoxJobs = ReturnType<typeof makeBoxJobs>

/** Jobs as boxes take and answer them. */
export function makeBoxJobs({
  database,
  clock,
  waits,
}: Pick<CloudContext, 'database' | 'clock'> & { waits: JobWaits }) {
  /** Notes in the audit log how a job ended, by whom or what it did. */
  async function noteEnd(trx: Trx, row: RemoteJobTable, actor: string, state: JobState, text: string): Promise<void> {
    const detail = { site: row.site_id, job: row.id, state, text, for: row.by_name }
    await note(
      trx,
      clock.now(),
      { actor, name: '', address: '' },
      { accountId: row.account_id, action: `remote.${row.kind}.ended`, target: `site:${row.site_id}`, detail },
    )
  }

  /** The page that a job was to open never was. */
  async function closePageOf(trx: Trx, jobId: string): Promise<void> {
    await trx
      .updateTable('phone_page')
      .set({ closed_at: clock.now() })
      .where('job_id', '=', jobId)
      .where('closed_at', 'is', null)
      .execute()
  }

  return {
    /** What a box is to do: also what it was given before and has not answered. */
    async take(boxId: string, limit: number): Promise<readonly GivenJob[]> {
      // Nearly always there is nothing, and thousands of boxes ask: that takes no lock.
      const open = await database.db
        .selectFrom('remote_job')
        .select('id')
        .where('box_id', '=', boxId)
        .where('state', 'in', ['waiting', 'taken'])
        .limit(1)
        .executeTakeFirst()
      if (open === undefined) return []
      const { given, ids } = await database.transaction(async (trx) => {
        const now = clock.now()
        const rows = await trx
          .selectFrom('remote_job')
          .selectAll()
          .where('box_id', '=', boxId)
          .where('state', 'in', ['waiting', 'taken'])
          .where('expires_at', '>', now)
          .orderBy('id')
          .limit(limit)
          .execute()
        const open = rows.filter((row) => isGiven(timesOf(row), now))
        for (const row of open.filter(({ state }) => state === 'waiting'))
          await trx
            .updateTable('remote_job')
            .set({ state: 'taken', taken_at: now, answer_by_at: now + RUN_MS[row.kind as JobKind] })
            .where('id', '=', row.id)
            .where('state', '=', 'waiting')
            .execute()
        return {
          ids: open.map(({ id }) => id),
          given: open.map((row) => ({
            id: row.id,
            spec: JSON.parse(row.spec) as JsonObject,
            by: row.by_name,
            expiresInMs: row.expires_at - now,
          })),
        }
      })
      ids.forEach(waits.changed)
      return given
    },

    /** Takes what a box says of a job of its own; durable when it returns. The same word again changes nothing. */
    async report(boxId: string, id: string, report: JobReport): Promise<'stored' | 'unknown'> {
      const answer = await database.transaction(async (trx) => {
        const row = await trx
          .selectFrom('remote_job')
          .selectAll()
          .where('id', '=', id)
          .where('box_id', '=', boxId)
          .executeTakeFirst()
        if (row === undefined) return 'unknown' as const
        const state = afterReport(row.state, report.state)
        if (state === undefined) return 'stored' as const
        const last = state === 'done' || state === 'failed'
        const done = await trx
          .updateTable('remote_job')
          .set({
            ...{ state, text: report.text, progress: last ? 100 : (report.progress ?? row.progress) },
            ...(last && {
              ended_at: clock.now(),
              result: report.result === undefined ? null : JSON.stringify(report.result),
            }),
          })
          .where('id', '=', id)
          // Another process may have taken the last word meanwhile: the first one stands.
          .where('state', 'not in', ['done', 'failed'])
          .executeTakeFirst()
        if (last && done.numUpdatedRows > 0n) {
          await noteEnd(trx, row, `box:${boxId}`, state, report.text)
          if (state === 'failed') await closePageOf(trx, id)
        }
        return 'stored' as const
      })
      waits.changed(id)
      return answer
    },

    /** Ends what nobody took or answered in time. Safe in several processes at once. */
    async expire(): Promise<void> {
      const now = clock.now()
      const rows = await database.db
        .selectFrom('remote_job')
        .selectAll()
        .where((eb) =>
          eb.or([
            eb.and([eb('state', '=', 'waiting'), eb('expires_at', '<=', now)]),
            eb.and([eb('state', '=', 'taken'), eb('answer_by_at', '<=', now)]),
          ]),
        )
        .limit(500)
        .execute()
      for (const row of rows) {
        const text = expiry(timesOf(row), now)
        if (text === undefined) continue
        await database.transaction(async (trx) => {
          const done = await trx
            .updateTable('remote_job')
            .set({ state: 'expired', text, ended_at: now })
            .where('id', '=', row.id)
            .where('state', '=', row.state)
            .executeTakeFirst()
          if (done.numUpdatedRows === 0n) return
          await noteEnd(trx, row, 'system', 'expired', text)
          await closePageOf(trx, row.id)
        })
        waits.changed(row.id)
      }
    },
  }
}

function timesOf(row: RemoteJobTable) {
  return { state: row.state, expiresAt: row.expires_at, answerBy: row.answer_by_at }
}
