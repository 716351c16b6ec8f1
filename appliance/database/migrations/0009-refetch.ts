import type { Migration } from '../migration.ts'

/**
 * Jobs that make phones fetch again, and the devices of each.
 *
 * BEFORE: a phone was told at once, and nothing was kept of it beside its journey.
 * AFTER:  refetch_job (id, job_key, body, at, state, ended_at): `body` is the request as JSON; `state` is open, done or
 *         cancelled; `job_key` is the caller's, so that a repeated request makes no second job.
 *         refetch_item (job, mac, state, body): `state` is waiting, asked or ended; `body` is JSON with what was tried.
 */
export const migration: Migration = {
  number: 9,
  name: 'refetch',
  up(database) {
    database
      .query(
        'CREATE TABLE refetch_job (id TEXT PRIMARY KEY, job_key TEXT UNIQUE, body TEXT NOT NULL, ' +
          'at INTEGER NOT NULL, state TEXT NOT NULL, ended_at INTEGER) STRICT',
      )
      .run()
    database
      .query(
        'CREATE TABLE refetch_item (job TEXT NOT NULL, mac TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, ' +
          'PRIMARY KEY (job, mac)) STRICT',
      )
      .run()
  },
}
