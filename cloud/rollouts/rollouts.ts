import { sql } from 'kysely'
import { windowProblem } from '../../services/core/daily-window.ts'
import { ConflictError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { type RolloutStatusReport, rolloutStatus } from '../../services/rollouts/assigned.ts'
import { note } from '../accounts/audit.ts'
import { type Standing, seesSite } from '../accounts/policy.ts'
import type { Caller } from '../context.ts'
import { isDuplicate } from '../database/failures.ts'
import type { RolloutSiteTable, RolloutTable } from '../database/tables-rollouts.ts'
import { assignedBody, type GiveDeps, versionIn } from '../files/given.ts'
import { newId } from '../tokens.ts'
import { type Act, changesFor } from './acts.ts'
import type { RolloutInput, RolloutPlan } from './plan.ts'
import { advance } from './policy-advance.ts'
import { ringsOf } from './policy-rings.ts'
import { type ModelCount, type Prospect, placesOf, prospectsOf } from './preview.ts'
import { factsOf, loadRollout, loadSites, planOf, ringSite } from './rows.ts'
import { type RolloutDetail, type RolloutSiteView, type RolloutSummary, siteView, summariesOf } from './view.ts'
import type { RolloutWorker } from './worker.ts'

const LIST = 100
/** Rows of one statement: each has sixteen values, and SQLite takes 32,766 of them. */
const ROWS = 500
export interface RolloutPreview {
  readonly version: string
  readonly rings: readonly { readonly waitMinutes: number; readonly sites: readonly Prospect[] }[]
  readonly models: readonly ModelCount[]
}

export type CloudRollouts = ReturnType<typeof makeCloudRollouts>

/** Rollouts over the sites of accounts, as people ask for them. */
export function makeCloudRollouts(deps: GiveDeps & { readonly worker: RolloutWorker }) {
  const { database, clock, definitions, worker } = deps
  const { db } = database

  /** Everything that was left out, and who is meant. Throws `OperatorError` for what makes no sense. */
  async function prepare(account: string, input: RolloutInput, standing: Standing) {
    const file = await deps.files.get(account, input.file)
    const { as = input.file, version: said, window, ...rest } = input
    const fault = window && windowProblem({ ...window, zone: 'UTC' })
    if (fault !== undefined) throw new OperatorError(`window: ${fault}`)
    const version = said ?? versionIn(definitions, as, input.models)
    if (version === undefined)
      throw new OperatorError(
        `nobody said which version ${input.file} is: say it, a device is done when it says so itself`,
      )
    const plan: RolloutPlan = {
      ...{ ...rest, as, version, sha256: file.hash, size: file.size },
      ...(window && { window }),
    }
    if (plan.what === 'firmware') assignedBody(definitions, as, file, { ...plan, kind: 'firmware' })
    const places = await meant(account, input.target, standing)
    const { sites, models } = await prospectsOf({ db, definitions, now: clock.now() }, account, places, plan)
    const rings = ringsOf(
      sites.map(({ siteId }) => siteId),
      plan.rings,
    )
    return { plan, sites, models, rings }
  }

  async function meant(account: string, { all, ids, match }: RolloutInput['target'], standing: Standing) {
    if ([all, ids, match].filter((one) => one !== undefined).length !== 1)
      throw new OperatorError('target: say exactly one of all, ids and match')
    const places = (await placesOf(db, account)).filter(({ id }) => seesSite(standing, id))
    const stranger = ids?.find((id) => !places.some((place) => place.id === id))
    if (stranger !== undefined) throw new NotFoundError(`there is no site ${stranger.slice(0, 60)}`)
    const word = match?.toLowerCase()
    const chosen = places.filter(({ id, name, note }) => {
      if (word !== undefined) return `${name}\n${note}`.toLowerCase().includes(word)
      return ids === undefined || ids.includes(id)
    })
    if (chosen.length === 0) throw new OperatorError('target: no site is meant by it')
    return chosen
  }

  async function found(account: string, id: string): Promise<RolloutTable> {
    const row = await loadRollout(db, id)
    if (row === undefined || row.account_id !== account) throw new NotFoundError('there is no such rollout')
    return row
  }

  async function get(account: string, id: string, standing: Standing): Promise<RolloutDetail> {
    const row = await found(account, id)
    const now = clock.now()
    const [summary] = await summariesOf(db, [row], standing)
    if (summary === undefined) throw new NotFoundError('there is no such rollout')
    const sites = row.ended_at === null ? (await loadSites(db, id)).map((site) => ringSite(site, now)) : []
    const next = row.ended_at === null ? advance(factsOf(row), sites, now) : undefined
    const text =
      next === undefined ? row.status : next.kind === 'wait' ? next.why : next.kind === 'halt' ? next.reason : ''
    return { ...summary, text, plan: planOf(row) }
  }

  async function byKey(account: string, key: string, input: string) {
    const row = await db
      .selectFrom('rollout')
      .select(['id', 'plan'])
      .where('account_id', '=', account)
      .where('idempotency_key', '=', key)
      .executeTakeFirst()
    if (row === undefined) return undefined
    if ((JSON.parse(row.plan) as { asked?: string }).asked !== input)
      throw new ConflictError('this key was used for something else')
    return row.id
  }

  return {
    get,

    /** The newest ones. */
    async list(account: string, standing: Standing): Promise<readonly RolloutSummary[]> {
      const rows = await db
        .selectFrom('rollout')
        .selectAll()
        .where('account_id', '=', account)
        .orderBy('id', 'desc')
        .limit(LIST)
        .execute()
      return summariesOf(db, rows, standing)
    },

    async preview(account: string, input: RolloutInput, standing: Standing): Promise<RolloutPreview> {
      const { plan, sites, models, rings } = await prepare(account, input, standing)
      const byId = new Map(sites.map((site) => [site.siteId, site]))
      return {
        version: plan.version,
        models,
        rings: rings.map(({ ids, waitMinutes }) => ({
          waitMinutes,
          sites: ids.flatMap((id) => byId.get(id) ?? []),
        })),
      }
    },

    /** Durable when it returns. With a key the same request again gives the rollout that it made. */
    async start(
      account: string,
      { key, ...input }: RolloutInput & { readonly key?: string },
      { standing, caller }: { readonly standing: Standing; readonly caller: Caller },
    ): Promise<RolloutDetail> {
      const asked = JSON.stringify(input)
      const known = key === undefined ? undefined : await byKey(account, key, asked)
      if (known !== undefined) return get(account, known, standing)
      const { plan, rings } = await prepare(account, input, standing)
      const id = newId()
      const now = clock.now()
      const stored = { ...plan, waits: rings.map(({ waitMinutes }) => waitMinutes), asked }
      const places = rings.flatMap(({ ids }, ring) => ids.map((site) => ({ site, ring })))
      const rows = places.map(({ site, ring }, position): RolloutSiteTable => newSite(id, site, ring, position))
      try {
        await database.transaction(async (trx) => {
          await trx
            .insertInto('rollout')
            .values({
              ...{ id, account_id: account, name: plan.name, what: plan.what, sha256: plan.sha256 },
              ...{ plan: JSON.stringify(stored), status: 'running', reason: null, ring_n: -1, ring_at: null, rev: 1 },
              ...{ created_at: now, by_actor: caller.actor, by_name: caller.name, ended_at: null },
              idempotency_key: key ?? null,
            })
            .execute()
          for (let from = 0; from < rows.length; from += ROWS)
            await trx
              .insertInto('rollout_site')
              .values(rows.slice(from, from + ROWS))
              .execute()
          const detail = { name: plan.name, file: plan.as, version: plan.version, sites: places.length }
          await note(trx, now, caller, { accountId: account, action: 'rollout.start', target: `rollout:${id}`, detail })
        })
      } catch (thrown) {
        // The same request at the same moment was faster.
        const other = key === undefined || !isDuplicate(thrown) ? undefined : await byKey(account, key, asked)
        if (other === undefined) throw thrown
        return get(account, other, standing)
      }
      await worker.look(id)
      return get(account, id, standing)
    },

    /** Durable when it returns; boxes that are connected hear of it at once. */
    async act(
      account: string,
      id: string,
      act: Act,
      { standing, caller, base }: { readonly standing: Standing; readonly caller: Caller; readonly base?: number },
    ): Promise<RolloutDetail> {
      await database.transaction(async (trx) => {
        const row = await loadRollout(trx, id)
        if (row === undefined || row.account_id !== account) throw new NotFoundError('there is no such rollout')
        if (base !== undefined && row.rev !== base)
          throw new ConflictError(`the rollout is at revision ${row.rev}, this was based on ${base}`)
        const sites = await loadSites(trx, id)
        if (sites.some(({ site_id }) => !seesSite(standing, site_id)))
          throw new ConflictError('this rollout has sites that are not yours')
        const now = clock.now()
        const { patch, changes } = changesFor(act, row, sites, { now, by: caller.name || caller.actor })
        const took = await trx
          .updateTable('rollout')
          .set({ ...patch, rev: row.rev + 1 })
          .where('id', '=', id)
          .where('rev', '=', row.rev)
          .executeTakeFirst()
        if (took.numUpdatedRows === 0n) throw new ConflictError('the rollout went on meanwhile; try again')
        for (const [site, change] of changes)
          await trx
            .updateTable('rollout_site')
            .set(change)
            .where('rollout_id', '=', id)
            .where('site_id', '=', site)
            .execute()
        await note(trx, now, caller, { accountId: account, action: `rollout.${act}`, target: `rollout:${id}` })
      })
      await worker.look(id)
      return get(account, id, standing)
    },

    /** Its sites in the order in which they are let go, `limit` of them after the one at `after`. */
    async sites(
      account: string,
      id: string,
      standing: Standing,
      { after, limit }: { readonly after: number; readonly limit: number },
    ): Promise<{ readonly sites: readonly RolloutSiteView[]; readonly next?: number }> {
      await found(account, id)
      const now = clock.now()
      const rows = (await loadSites(db, id)).filter(({ site_id }) => seesSite(standing, site_id))
      const later = rows.filter(({ position_n }) => position_n > after)
      const page = later.slice(0, limit)
      const next = later.length > limit ? page.at(-1)?.position_n : undefined
      return { sites: page.map((row) => siteView(row, now)), ...(next !== undefined && { next }) }
    },

    /** The phones of one site, as its box told last. */
    async phones(
      account: string,
      id: string,
      site: string,
      standing: Standing,
    ): Promise<RolloutStatusReport | undefined> {
      await found(account, id)
      const { rows } = await sql<{ told: string | null }>`SELECT told FROM rollout_site
        WHERE rollout_id = ${id} AND site_id = ${site}`.execute(db)
      const [row] = rows
      if (row === undefined || !seesSite(standing, site)) throw new NotFoundError('this site is not in the rollout')
      return row.told === null ? undefined : rolloutStatus.safeParse(JSON.parse(row.told)).data
    },
  }
}

function newSite(rollout_id: string, site_id: string, ring_n: number, position_n: number): RolloutSiteTable {
  return {
    ...{ rollout_id, site_id, position_n, ring_n, state: 'waiting', attempt_n: 1, failed_n: 0, total_n: 0 },
    ...{ excused_n: 0, hard_n: 0, written: null, reason: null, let_go_at: null, ended_at: null },
    ...{ told: null, told_at: null },
  }
}
