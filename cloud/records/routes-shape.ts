import { createRoute } from '@hono/zod-openapi'
import { json, macParams } from '../../services/admin/route.ts'
import { ShapeView } from '../../services/admin/schema-workbench.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { shapeOf } from '../../services/phones/shape.ts'
import { accountParams, act, type CloudRouter, idParam, pathProblems, problems } from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { feedOfSite } from '../enrolment/site-feed.ts'
import { findOn, shelfOf } from './shelf.ts'

const params = accountParams.extend({ site: idParam('site') }).extend(macParams.shape)

/** What an editor needs to know of a phone's model. */
export function shapeRoutes(app: CloudRouter, deps: CloudDeps): void {
  const { database, sites, definitions } = deps
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/accounts/{account}/sites/{site}/devices/{mac}/shape', tags: ['Devices'] },
      summary: 'How many lines and keys this device has, and which modules it takes',
      ...act(deps, 'records.read'),
      request: { params },
      responses: { 200: json(ShapeView, 'Its shape'), ...pathProblems, 400: problems[400] },
    }),
    async (c) => {
      const { account, site, mac } = c.req.valid('param')
      await sites.get(account, site, c.var.standing)
      const { db } = database
      const found = await findOn(db, await shelfOf(db, { account, site }, c.var.standing), 'device', mac)
      if (found === undefined) throw new NotFoundError('there is no such device')
      const { vendor, model } = found.record.body
      const seen = await db
        .selectFrom('fleet_device')
        .select(['seen_vendor', 'seen_model'])
        .where('feed', '=', await feedOfSite(db, site))
        .where('mac', '=', mac)
        .executeTakeFirst()
      const shape = shapeOf(
        definitions,
        { ...textOf('vendor', vendor), ...textOf('model', model) },
        { ...textOf('vendor', seen?.seen_vendor), ...textOf('model', seen?.seen_model) },
      )
      return c.json(
        { ...shape, keys: [...shape.keys], expansion: [...shape.expansion], places: [...shape.places] },
        200,
      )
    },
  )
}

function textOf<Name extends string>(name: Name, value: unknown): { readonly [Key in Name]?: string } {
  return (typeof value === 'string' ? { [name]: value } : {}) as { readonly [Key in Name]?: string }
}
