import { createRoute } from '@hono/zod-openapi'
import { body, json } from '../../services/admin/route.ts'
import type { SiteInput as NewSite } from '../accounts/sites.ts'
import type { CloudDeps } from '../deps.ts'
import { accountParams, act, callerOf, DONE, idParam, makeCloudRouter, ok, pathProblems, problems } from './route.ts'
import { SiteEdit, SiteInput, SiteList, SiteView } from './schema.ts'

const siteParams = accountParams.extend({ site: idParam('site') })

/** The sites of an account. */
export function siteRoutes(deps: CloudDeps) {
  const { sites } = deps
  const tags = ['Sites']
  const app = makeCloudRouter()
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/sites',
      tags,
      summary: 'The sites that who asks may see',
      ...act(deps, 'sites.read'),
      request: { params: accountParams },
      responses: { 200: json(SiteList, 'Sites'), ...pathProblems },
    }),
    async (c) => c.json({ sites: [...(await sites.list(c.req.valid('param').account, c.var.standing))] }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/sites',
      tags,
      summary: 'Make a site',
      ...act(deps, 'sites.create'),
      request: { params: accountParams, body: body(SiteInput) },
      responses: { 201: json(SiteView, 'Site'), ...problems },
    }),
    async (c) => c.json(await sites.create(c.req.valid('param').account, c.req.valid('json'), callerOf(c)), 201),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/sites/{site}',
      tags,
      summary: 'One site',
      ...act(deps, 'sites.read'),
      request: { params: siteParams },
      responses: { 200: json(SiteView, 'Site'), ...pathProblems },
    }),
    async (c) => {
      const { account, site } = c.req.valid('param')
      return c.json(await sites.get(account, site, c.var.standing), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/accounts/{account}/sites/{site}',
      tags,
      summary: 'Change a site',
      ...act(deps, 'sites.edit'),
      request: { params: siteParams, body: body(SiteEdit) },
      responses: { 200: json(SiteView, 'Site'), ...problems },
    }),
    async (c) => {
      const { account, site } = c.req.valid('param')
      const change = c.req.valid('json') as Partial<NewSite> & { rev: number }
      return c.json(await sites.edit(account, site, change, { standing: c.var.standing, caller: callerOf(c) }), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/accounts/{account}/sites/{site}',
      tags,
      summary: 'Remove a site',
      ...act(deps, 'sites.remove'),
      request: { params: siteParams },
      responses: { 200: json(ok, 'Removed'), ...pathProblems, 409: problems[409] },
    }),
    async (c) => {
      const { account, site } = c.req.valid('param')
      await sites.remove(account, site, callerOf(c))
      return c.json(DONE, 200)
    },
  )
  return app
}
