import { createRoute, type z } from '@hono/zod-openapi'
import { body, json } from '../../services/admin/route.ts'
import type { CloudDeps } from '../deps.ts'
import { type BulkEdit, makeBulk } from '../fleet/bulk.ts'
import type { FleetFilter } from '../fleet/fleet.ts'
import type { BulkTarget } from '../fleet/trial-view.ts'
import { accountParams, act, callerOf, makeCloudRouter, problems } from './route.ts'
import {
  BulkApply,
  BulkInput,
  BulkPreview,
  FleetCounts,
  FleetCustomers,
  FleetPage,
  FleetPageQuery,
  FleetQuery,
  FleetSites,
} from './schema-fleet.ts'

const refusals = { 400: problems[400], 401: problems[401], 403: problems[403], 404: problems[404] }
const { 400: _, ...pathRefusals } = refusals

/** All devices of an account, over its sites. */
export function fleetRoutes(deps: CloudDeps) {
  const { fleet } = deps
  const bulk = makeBulk(deps)
  const tags = ['Fleet']
  const app = makeCloudRouter()
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/fleet/devices',
      tags,
      summary: 'Devices of all sites: what each shall have and what it has',
      ...act(deps, 'records.read'),
      request: { params: accountParams, query: FleetPageQuery },
      responses: { 200: json(FleetPage, 'Devices in the order of their addresses'), ...refusals },
    }),
    async (c) => {
      const { after, limit, ...query } = c.req.valid('query')
      const { account } = c.req.valid('param')
      const page = { limit, ...(after !== undefined && { after }) }
      const { devices, next } = await fleet.page(account, c.var.standing, filterOf(query), page)
      return c.json({ devices: [...devices], next }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/fleet/counts',
      tags,
      summary: 'How many devices there are of each state, verdict, vendor, model, firmware and group',
      ...act(deps, 'records.read'),
      request: { params: accountParams, query: FleetQuery },
      responses: { 200: json(FleetCounts, 'The most frequent values first'), ...refusals },
    }),
    async (c) => {
      const filter = filterOf(c.req.valid('query'))
      return c.json(await fleet.counts(c.req.valid('param').account, c.var.standing, filter), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/fleet/sites',
      tags,
      summary: 'The sites with how their devices stand, the worst first',
      ...act(deps, 'records.read'),
      request: { params: accountParams },
      responses: { 200: json(FleetSites, 'Sites'), ...pathRefusals },
    }),
    async (c) => c.json({ sites: [...(await fleet.sites(c.req.valid('param').account, c.var.standing))] }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/fleet/customers',
      tags,
      summary: 'The accounts directly below with how their sites stand, the worst first',
      ...act(deps, 'customers.read'),
      request: { params: accountParams },
      responses: { 200: json(FleetCustomers, 'Accounts'), ...pathRefusals },
    }),
    async (c) => c.json({ customers: [...(await fleet.customers(c.req.valid('param').account))] }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/fleet/edit/preview',
      tags,
      summary: 'What one edit of many devices, or of a layer at many sites, would change on which phones',
      ...act(deps, 'records.edit'),
      request: { params: accountParams, body: body(BulkInput) },
      responses: { 200: json(BulkPreview, 'Nothing was written'), ...refusals },
    }),
    async (c) => {
      const asker = { ...c.req.valid('param'), standing: c.var.standing, caller: callerOf(c) }
      return c.json((await bulk.preview(asker, editOf(c.req.valid('json')))) as Preview, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/fleet/edit',
      tags,
      summary: 'Make an edit as its preview showed it, whole or not at all',
      ...act(deps, 'records.edit'),
      request: { params: accountParams, body: body(BulkApply) },
      responses: { 200: json(BulkPreview, 'What was changed'), ...refusals, 409: problems[409] },
    }),
    async (c) => {
      const asker = { ...c.req.valid('param'), standing: c.var.standing, caller: callerOf(c) }
      const { stamp, ...edit } = c.req.valid('json')
      return c.json((await bulk.apply(asker, { ...editOf(edit), stamp })) as Preview, 200)
    },
  )
  return app
}

type Preview = z.output<typeof BulkPreview>

function editOf({ target, patch }: Pick<z.output<typeof BulkInput>, 'target' | 'patch'>): BulkEdit {
  // What was not sent is absent in JSON, never undefined.
  if (target.kind === 'layer') return { target: target as BulkTarget, patch }
  const { filter, ...rest } = target
  return { target: { ...rest, ...(filter && { filter: filterOf(filter) }) } as BulkTarget, patch }
}

function filterOf({ site, ...query }: z.output<typeof FleetQuery>): FleetFilter {
  // A field that was not sent is absent here, never undefined: the schema is read from a query string.
  return { ...query, ...(site !== undefined && { sites: [site] }) } as FleetFilter
}
