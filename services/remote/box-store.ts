import type { EpochMs } from '../core/clock.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { JobReport } from './contract.ts'
import type { Remembered } from './policy.ts'

/** Jobs are remembered so long after their last word was taken, and so many at most. */
const KEPT_MS = 30 * 86_400_000
const MOST = 2_000

export type BoxJobs = ReturnType<typeof makeBoxJobs>

/** What the box remembers of jobs: which were begun, and what is still to be told of those that ended. */
export function makeBoxJobs(db: SqlDatabase) {
  return {
    remembered(id: string): Remembered | undefined {
      const row = db.query<{ state: Remembered }>('SELECT state FROM remote_job WHERE id = ?').get(id)
      return row?.state
    },

    /** On disk when it returns: from then on this id is never run again. */
    begin(id: string, given: { readonly kind: string; readonly by: string; readonly at: EpochMs }): void {
      db.query(`INSERT INTO remote_job (id, kind, by, at, state, told) VALUES (?, ?, ?, ?, 'begun', 0)`).run(
        ...[id, given.kind, given.by, given.at],
      )
    },

    /** On disk when it returns: kept until the account has taken it. */
    end(
      id: string,
      report: JobReport,
      given: { readonly kind: string; readonly by: string; readonly at: EpochMs },
    ): void {
      db.query(
        `INSERT INTO remote_job (id, kind, by, at, state, report, told) VALUES (?, ?, ?, ?, 'ended', ?, 0)
         ON CONFLICT (id) DO UPDATE SET state = 'ended', report = excluded.report, told = 0`,
      ).run(...[id, given.kind, given.by, given.at, JSON.stringify(report)])
    },

    /** Those that were begun and not ended: after a start of the program, those that it broke off. */
    begun(): readonly { readonly id: string; readonly kind: string; readonly by: string }[] {
      return db
        .query<{ id: string; kind: string; by: string }>(`SELECT id, kind, by FROM remote_job WHERE state = 'begun'`)
        .all()
    },

    untold(): readonly { readonly id: string; readonly report: JobReport }[] {
      return db
        .query<{ id: string; report: string }>(
          `SELECT id, report FROM remote_job WHERE state = 'ended' AND told = 0 ORDER BY at, id LIMIT 50`,
        )
        .all()
        .map(({ id, report }) => ({ id, report: JSON.parse(report) as JobReport }))
    },

    /** Tells it once more, since the account asks again. */
    tellAgain(id: string): void {
      db.query('UPDATE remote_job SET told = 0 WHERE id = ?').run(id)
    },

    told(id: string): void {
      db.query('UPDATE remote_job SET told = 1 WHERE id = ?').run(id)
    },

    forgetOld(now: EpochMs): void {
      db.query('DELETE FROM remote_job WHERE told = 1 AND at < ?').run(now - KEPT_MS)
      db.query(
        'DELETE FROM remote_job WHERE told = 1 AND id NOT IN (SELECT id FROM remote_job ORDER BY at DESC LIMIT ?)',
      ).run(MOST)
    },
  }
}
