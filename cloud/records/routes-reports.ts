import { createRoute, z } from '@hono/zod-openapi'
import { ForbiddenError } from '../../services/admin/errors.ts'
import { body, json } from '../../services/admin/route.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { boxStatus, deviceStatus, newDeviceStatus } from '../../services/sync/site-report.ts'
import type { SyncConflict } from '../../services/sync/storage.ts'
import { note } from '../accounts/audit.ts'
import { type Action, decide } from '../accounts/policy.ts'
import {
  accountParams,
  act,
  type CloudRouter,
  callerOf,
  DONE,
  idParam,
  ok,
  pathProblems,
  problems,
} from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { feedOfSite } from '../enrolment/site-feed.ts'
import { conflictView, reportsOf } from './reports.ts'

const siteParams = accountParams.extend({ site: idParam('site') })
const reported = <Status extends z.ZodType>(status: Status) =>
  z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      status: status.optional().openapi({ description: 'Absent: what the branch said cannot be read' }),
    }),
  )
const Status = z
  .object({
    box: reported(boxStatus),
    devices: reported(deviceStatus),
    newDevices: reported(newDeviceStatus),
  })
  .openapi('SiteStatus')

const Value = z.unknown().openapi({ description: 'Null: that side had taken the record away. Secrets say `set` alone' })
const Conflict = z
  .object({
    ...{ id: z.string(), kind: z.string(), record: z.string(), group: z.string(), fields: z.array(z.string()) },
    side: z.enum(['box', 'cloud']).openapi({ description: 'Whose value did not stand' }),
    ...{ alert: z.boolean(), by: z.string(), at: z.number(), shared: z.boolean(), other: Value, stands: Value },
    until: z.number().optional().openapi({ description: 'It is forgotten then: only a secret is in it' }),
    resolvedBy: z.string().optional(),
  })
  .openapi('Conflict')

/** To choose a side is to edit. */
function editOf({ kind }: SyncConflict): Action {
  return kind === 'network' || kind === 'interface' ? 'networks.edit' : 'records.edit'
}

/** What the branch says of itself, and edits of both sides that did not fit together. */
export function reportRoutes(app: CloudRouter, deps: CloudDeps): void {
  const { database, boxes, counters } = deps
  const tags = ['Sites']
  const base = '/accounts/{account}/sites/{site}'
  const unreadable = () => counters.add('sync.unreadable-report')

  /** The box whose feed is the site's; undefined: it never had one. */
  async function boxOf(site: string): Promise<string | undefined> {
    const boxId = (await feedOfSite(database.db, site)).slice('box:'.length)
    return boxId.startsWith('draft-') ? undefined : boxId
  }

  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${base}/status`, tags, summary: 'What the branch reports of its box and its devices' },
      ...act(deps, 'records.read'),
      request: { params: siteParams },
      responses: { 200: json(Status, 'Reports, each with the time at which it came'), ...pathProblems },
    }),
    async (c) => {
      const { account, site } = c.req.valid('param')
      await deps.sites.get(account, site, c.var.standing)
      const boxId = (await boxOf(site)) ?? ''
      const { db } = database
      return c.json(
        {
          box: await reportsOf(db, boxId, 'box', { schema: boxStatus, unreadable }),
          devices: await reportsOf(db, boxId, 'device', { schema: deviceStatus, unreadable }),
          newDevices: await reportsOf(db, boxId, 'new-device', { schema: newDeviceStatus, unreadable }),
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${base}/conflicts`, tags },
      summary: 'Edits at the branch and in the account that did not fit together, oldest first',
      ...act(deps, 'records.read'),
      request: {
        params: siteParams,
        query: z.object({ all: z.enum(['0', '1']).default('0').openapi({ description: '1: settled ones too' }) }),
      },
      responses: {
        200: json(z.object({ conflicts: z.array(Conflict) }), 'Conflicts'),
        ...pathProblems,
        400: problems[400],
      },
    }),
    async (c) => {
      const { account, site } = c.req.valid('param')
      await deps.sites.get(account, site, c.var.standing)
      const boxId = await boxOf(site)
      const conflicts = await boxes.feeds.read(async (reader) => {
        const open = (await reader.conflicts({ boxId: boxId ?? '' })).filter(
          ({ resolvedBy }) => resolvedBy === undefined || c.req.valid('query').all === '1',
        )
        const views = []
        for (const conflict of open) {
          const record = await reader.record(conflict.feed, conflict.kind, conflict.id)
          const { allowed } = decide(c.var.standing, editOf(conflict))
          views.push(conflictView(conflict, record?.deleted === false ? record.body : undefined, allowed))
        }
        return views
      })
      return c.json({ conflicts }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: `${base}/conflicts/{conflict}/settle`, tags },
      summary: 'Choose: take the other value, or keep what stands',
      ...act(deps, 'records.edit'),
      request: {
        params: siteParams.extend({ conflict: idParam('conflict') }),
        body: body(z.strictObject({ take: z.boolean() }).openapi('Settle')),
      },
      responses: { 200: json(ok, 'Settled'), ...problems },
    }),
    async (c) => {
      const { account, site, conflict: id } = c.req.valid('param')
      await deps.sites.get(account, site, c.var.standing)
      const boxId = await boxOf(site)
      const found = boxId === undefined ? undefined : await boxes.feeds.read((reader) => reader.conflict(boxId, id))
      if (found === undefined || boxId === undefined) throw new NotFoundError('there is no such conflict')
      if (found.feed.startsWith('org:') && c.var.standing.sites !== undefined)
        throw new ForbiddenError('this concerns the whole account, not this site alone')
      const permission = decide(c.var.standing, editOf(found))
      if (!permission.allowed) throw new ForbiddenError(permission.reason)
      await settle(found, c.req.valid('json').take)
      return c.json(DONE, 200)

      async function settle({ kind, id: record, group }: SyncConflict, take: boolean): Promise<void> {
        const caller = callerOf(c)
        await boxes.sync.settle(boxId ?? '', id, { take, by: caller.actor })
        const target = `site:${site}/${kind}/${record}`
        const entry = {
          accountId: account,
          action: 'conflict.settle',
          target,
          detail: { group, take, fields: [group] },
        }
        await database.transaction((trx) => note(trx, deps.clock.now(), caller, entry))
      }
    },
  )
}
