import { InvariantError } from '../core/errors.ts'
import { type Mac, readMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Job, JobItem, JobRequest, Outcome } from './contract.ts'
import type { Answer } from './policy.ts'

/** One device of a job as it is kept; it changes in place and is written with each change of its state. */
export interface Item {
  readonly mac: Mac
  state: JobItem['state']
  outcome?: Outcome
  notes: string[]
  /** What each way tried so far came to. */
  answers: Answer['kind'][]
  /** The way to be tried next. */
  way: number
  /** When it was first and last asked, until when it is watched, and before when it is left alone. */
  firstAt?: number
  askedAt?: number
  dueAt?: number
  notBefore?: number
  endedAt?: number
}

export interface StoredJob {
  readonly id: string
  readonly request: JobRequest
  readonly at: number
  state: 'open' | 'done' | 'cancelled'
  endedAt?: number
  readonly items: Map<Mac, Item>
}

interface JobRow {
  readonly id: string
  readonly body: string
  readonly at: number
  readonly state: string
  readonly ended_at: number | null
}

interface ItemRow {
  readonly job: string
  readonly mac: string
  readonly state: string
  readonly body: string
}

const ITEM_STATES: readonly string[] = ['waiting', 'asked', 'ended'] satisfies JobItem['state'][]

/** All jobs, oldest first. What a newer release wrote in another form is left out. */
export function allJobs(db: SqlDatabase): StoredJob[] {
  const jobs = db
    .query<JobRow>('SELECT id, body, at, state, ended_at FROM refetch_job ORDER BY at, id')
    .all()
    .map(
      (row): StoredJob => ({
        id: row.id,
        request: JSON.parse(row.body) as JobRequest,
        at: row.at,
        state: row.state === 'done' || row.state === 'cancelled' ? row.state : 'open',
        ...(row.ended_at !== null && { endedAt: row.ended_at }),
        items: new Map(),
      }),
    )
  const byId = new Map(jobs.map((job) => [job.id, job]))
  for (const row of db.query<ItemRow>('SELECT job, mac, state, body FROM refetch_item ORDER BY rowid').all()) {
    const mac = readMac(row.mac)
    if (mac === undefined || !ITEM_STATES.includes(row.state)) continue
    const body = JSON.parse(row.body) as Omit<Item, 'mac' | 'state'>
    byId.get(row.job)?.items.set(mac, { ...body, mac, state: row.state as JobItem['state'] })
  }
  return jobs
}

/** Stores a new job with all its items: all or nothing, and on disk when this returns. */
export function addJob(db: SqlDatabase, job: StoredJob): void {
  db.write(() => {
    db.query('INSERT INTO refetch_job (id, job_key, body, at, state) VALUES (?, ?, ?, ?, ?)').run(
      job.id,
      job.request.key ?? null,
      JSON.stringify(job.request),
      job.at,
      job.state,
    )
    for (const item of job.items.values()) writeItem(db, job.id, item)
  })
}

export function saveItem(db: SqlDatabase, job: string, item: Item): void {
  db.write(() => writeItem(db, job, item))
}

export function saveJob(db: SqlDatabase, job: StoredJob, items: Iterable<Item> = []): void {
  db.write(() => {
    const { changes } = db
      .query('UPDATE refetch_job SET state = ?, ended_at = ? WHERE id = ?')
      .run(job.state, job.endedAt ?? null, job.id)
    if (changes !== 1) throw new InvariantError(`job ${job.id} is not stored`)
    for (const item of items) writeItem(db, job.id, item)
  })
}

export function removeJob(db: SqlDatabase, id: string): void {
  db.write(() => {
    db.query('DELETE FROM refetch_item WHERE job = ?').run(id)
    db.query('DELETE FROM refetch_job WHERE id = ?').run(id)
  })
}

function writeItem(db: SqlDatabase, job: string, { mac, state, ...body }: Item): void {
  db.query(
    'INSERT INTO refetch_item (job, mac, state, body) VALUES (?, ?, ?, ?) ' +
      'ON CONFLICT (job, mac) DO UPDATE SET state = excluded.state, body = excluded.body',
  ).run(job, mac, state, JSON.stringify(body))
}

/** The job as others see it. */
export function viewOf(job: StoredJob, opensAt: number | undefined): Job {
  const items = [...job.items.values()].map(
    (item): JobItem => ({
      mac: item.mac,
      state: item.state,
      text: item.notes.join('; '),
      ...(item.outcome !== undefined && { outcome: item.outcome }),
      ...(item.askedAt !== undefined && { askedAt: item.askedAt }),
      ...(item.endedAt !== undefined && { endedAt: item.endedAt }),
    }),
  )
  const waits = job.state === 'open' && opensAt !== undefined
  return {
    ...job.request,
    id: job.id,
    at: job.at,
    items,
    state: job.state === 'open' ? (waits ? 'waiting' : 'running') : job.state,
    ...(waits && { opensAt }),
    ...(job.endedAt !== undefined && { endedAt: job.endedAt }),
  }
}
