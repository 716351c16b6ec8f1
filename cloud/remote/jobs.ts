import { ConflictError, NotFoundError } from '../../services/core/errors.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { JobSpec, JobState } from '../../services/remote/contract.ts'
import { LIMITS, WAIT_MS } from '../../services/remote/policy.ts'
import { note } from '../accounts/audit.ts'
import { type Standing, seesSite } from '../accounts/policy.ts'
import type { Caller, CloudContext } from '../context.ts'
import { isDuplicate } from '../database/failures.ts'
import type { Trx } from '../database/open.ts'
import type { RemoteJobTable } from '../database/tables-remote.ts'
import { TooManyError } from '../signin/limits.ts'
import { newId } from '../tokens.ts'

/** What remote hands need of the rest of the account's program. */
export interface RemotePorts {
  /** The active box of a site; undefined: it has none. */
  boxOfSite(siteId: string): Promise<string | undefined>
  /** Tells a box that is connected that there is something to do. A lost word costs a minute. */
  wake(boxId: string): void
}

export interface RemoteJob {
  readonly id: string
  readonly kind: string
  readonly job: Record<string, unknown>
  readonly state: JobState
  readonly by: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly takenAt: number | null
  readonly endedAt: number | null
  readonly progress: number
  readonly text: string
  readonly result: Record<string, unknown> | null
}

/** Where something is asked for, and by whom. */
export interface Asked {
  readonly account: string
  readonly site: string
  readonly standing: Standing
  readonly caller: Caller
}

export interface AskOptions {
  readonly key?: string
  /** How long it may wait for its box. */
  readonly waitMs?: number
}

/** Jobs of one box that have not ended; a box that is away for a day must not come back to thousands. */
const MOST_OPEN = 100
const LIST = 100

export type Jobs = ReturnType<typeof makeJobs>

/** Jobs for boxes as people ask for them. */
export function makeJobs(deps: Pick<CloudContext, 'database' | 'clock'> & RemotePorts) {
  const { database, clock } = deps

  async function siteOrThrow({ account, site, standing }: Omit<Asked, 'caller'>): Promise<void> {
    const row = await database.db
      .selectFrom('site')
      .select('id')
      .where('account_id', '=', account)
      .where('id', '=', site)
      .executeTakeFirst()
    if (row === undefined || !seesSite(standing, site)) throw new NotFoundError('there is no such site')
  }

  async function boxOrThrow(asked: Omit<Asked, 'caller'>): Promise<string> {
    await siteOrThrow(asked)
    const box = await deps.boxOfSite(asked.site)
    if (box === undefined) throw new ConflictError('this site has no box that could do it: claim one first')
    return box
  }

  /** Writes a job beside whatever else belongs to it. */
  async function insert(
    trx: Trx,
    { account, site, caller }: Asked,
    { id, box, spec, key, waitMs }: AskOptions & { readonly id: string; readonly box: string; readonly spec: JobSpec },
  ): Promise<void> {
    const now = clock.now()
    const open = await trx
      .selectFrom('remote_job')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('box_id', '=', box)
      .where('state', 'in', ['waiting', 'taken'])
      .executeTakeFirst()
    if ((open?.n ?? 0) >= MOST_OPEN) throw new TooManyError(60_000)
    await trx
      .insertInto('remote_job')
      .values({
        ...{ id, account_id: account, site_id: site, box_id: box, kind: spec.kind, spec: JSON.stringify(spec) },
        ...{ state: 'waiting', idempotency_key: key ?? null, by_actor: caller.actor, by_name: caller.name },
        ...{ created_at: now, expires_at: now + Math.min(waitMs ?? WAIT_MS[spec.kind], LIMITS.waitMs) },
        ...{ taken_at: null, answer_by_at: null, ended_at: null, progress: 0, text: '', result: null },
      })
      .execute()
    const detail = { site, job: id, ...phonesOf(spec) }
    await note(trx, now, caller, { accountId: account, action: `remote.${spec.kind}`, target: `site:${site}`, detail })
  }

  async function byKey({ site, caller }: Asked, key: string, spec: JobSpec): Promise<RemoteJob | undefined> {
    const row = await database.db
      .selectFrom('remote_job')
      .selectAll()
      .where('site_id', '=', site)
      .where('idempotency_key', '=', key)
      .executeTakeFirst()
    if (row === undefined) return undefined
    if (row.spec !== JSON.stringify(spec) || row.by_actor !== caller.actor)
      throw new ConflictError('this key was used for something else')
    return view(row)
  }

  async function find(account: string, site: string, id: string): Promise<RemoteJobTable | undefined> {
    return database.db
      .selectFrom('remote_job')
      .selectAll()
      .where('account_id', '=', account)
      .where('site_id', '=', site)
      .where('id', '=', id)
      .executeTakeFirst()
  }

  return {
    siteOrThrow,
    boxOrThrow,
    insert,
    /** Durable when it returns; the box is told at once when it is connected. */
    async ask(asked: Asked, spec: JobSpec, options: AskOptions = {}): Promise<RemoteJob> {
      const box = await boxOrThrow(asked)
      const { key } = options
      const known = key === undefined ? undefined : await byKey(asked, key, spec)
      if (known !== undefined) return known
      const id = newId()
      try {
        await database.transaction((trx) => insert(trx, asked, { ...options, id, box, spec }))
      } catch (thrown) {
        // The same request at the same moment was faster.
        const other = key === undefined || !isDuplicate(thrown) ? undefined : await byKey(asked, key, spec)
        if (other === undefined) throw thrown
        return other
      }
      deps.wake(box)
      const row = await find(asked.account, asked.site, id)
      if (row === undefined) throw new NotFoundError('there is no such job')
      return view(row)
    },

    /** The newest jobs of a site, without what came of them. */
    async list(asked: Omit<Asked, 'caller'>): Promise<readonly RemoteJob[]> {
      await siteOrThrow(asked)
      const rows = await database.db
        .selectFrom('remote_job')
        .selectAll()
        .where('account_id', '=', asked.account)
        .where('site_id', '=', asked.site)
        .orderBy('id', 'desc')
        .limit(LIST)
        .execute()
      return rows.map((row) => ({ ...view(row), result: null }))
    },

    async get(asked: Omit<Asked, 'caller'>, id: string): Promise<RemoteJob> {
      await siteOrThrow(asked)
      const row = await find(asked.account, asked.site, id)
      if (row === undefined) throw new NotFoundError('there is no such job')
      return view(row)
    },
  }
}

/** Which phones a job is about, for the audit log. */
function phonesOf(spec: JobSpec): { readonly mac?: Mac; readonly macs?: readonly Mac[]; readonly file?: string } {
  if (spec.kind === 'checks' || spec.kind === 'versions') return {}
  if ('macs' in spec) return { macs: spec.macs }
  return { mac: spec.mac, ...('file' in spec && spec.file !== undefined && { file: spec.file }) }
}

/** A job as people see it. */
export function view(row: RemoteJobTable): RemoteJob {
  return {
    ...{ id: row.id, kind: row.kind, job: bagOf(row.spec), state: row.state, by: row.by_name },
    ...{ createdAt: row.created_at, expiresAt: row.expires_at, takenAt: row.taken_at, endedAt: row.ended_at },
    ...{ progress: row.progress, text: row.text },
    result: row.result === null ? null : bagOf(row.result),
  }
}

function bagOf(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}
