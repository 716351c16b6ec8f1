import { createRoute, z } from '@hono/zod-openapi'
import { body, json } from '../../services/admin/route.ts'
import { accountParams, act, callerOf, idParam, makeCloudRouter, pathProblems, problems } from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import * as wire from './schema.ts'
import type { RolloutDetail } from './view.ts'

const tags = ['Rollouts']
const MOST_SITES = 500
const base = '/accounts/{account}/rollouts'
const params = accountParams.extend({ rollout: idParam('rollout') })

/** Rollouts over the sites of an account. */
export function rolloutRoutes(deps: CloudDeps) {
  const { rollouts } = deps
  const app = makeCloudRouter()
  app.openapi(
    createRoute({
      ...{ method: 'get', path: base, tags, summary: 'Rollouts over sites, the newest first' },
      ...act(deps, 'rollouts.read'),
      request: { params: accountParams },
      responses: { 200: json(wire.RolloutList, 'Rollouts'), ...pathProblems },
    }),
    async (c) => {
      const list = await rollouts.list(c.req.valid('param').account, c.var.standing)
      return c.json({ rollouts: [...list] }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: `${base}/preview`, tags },
      summary: 'Which phones of which sites a rollout would reach, ring by ring; stores nothing',
      ...act(deps, 'rollouts.manage'),
      request: { params: accountParams, body: body(wire.RolloutInput) },
      responses: { 200: json(wire.PreviewView, 'What would happen'), ...problems },
    }),
    async (c) => {
      const { account } = c.req.valid('param')
      const { rings, models, version } = await rollouts.preview(account, c.req.valid('json'), c.var.standing)
      const shown = rings.map(({ sites, waitMinutes }) => ({ waitMinutes, sites: [...sites] }))
      return c.json({ version, rings: shown, models: [...models] }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: base, tags, summary: 'Start a rollout over sites' },
      ...act(deps, 'rollouts.manage'),
      request: { params: accountParams, body: body(wire.RolloutStart) },
      responses: { 201: json(wire.DetailView, 'Started; with a key that was used, what became of it'), ...problems },
    }),
    async (c) => {
      const by = { standing: c.var.standing, caller: callerOf(c) }
      return c.json(view(await rollouts.start(c.req.valid('param').account, c.req.valid('json'), by)), 201)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${base}/{rollout}`, tags, summary: 'How far a rollout is' },
      ...act(deps, 'rollouts.read'),
      request: { params },
      responses: { 200: json(wire.DetailView, 'The rollout'), ...pathProblems },
    }),
    async (c) => {
      const { account, rollout } = c.req.valid('param')
      return c.json(view(await rollouts.get(account, rollout, c.var.standing)), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: `${base}/{rollout}/act`, tags, summary: 'Pause, resume, retry or end a rollout' },
      ...act(deps, 'rollouts.manage'),
      request: { params, body: body(wire.RolloutAct) },
      responses: { 200: json(wire.DetailView, 'The rollout'), ...problems },
    }),
    async (c) => {
      const { account, rollout } = c.req.valid('param')
      const { act: what, rev } = c.req.valid('json')
      const by = { standing: c.var.standing, caller: callerOf(c), ...(rev !== undefined && { base: rev }) }
      return c.json(view(await rollouts.act(account, rollout, what, by)), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${base}/{rollout}/sites`, tags, summary: 'How far each site is, in their order' },
      ...act(deps, 'rollouts.read'),
      request: {
        params,
        query: z.object({
          after: z.coerce.number().int().min(-1).default(-1),
          limit: z.coerce.number().int().min(1).max(MOST_SITES).default(MOST_SITES),
        }),
      },
      responses: { 200: json(wire.SiteRows, 'Sites'), 400: problems[400], ...pathProblems },
    }),
    async (c) => {
      const { account, rollout } = c.req.valid('param')
      const { sites, next } = await rollouts.sites(account, rollout, c.var.standing, c.req.valid('query'))
      return c.json({ sites: [...sites], ...(next !== undefined && { next }) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${base}/{rollout}/sites/{site}`, tags, summary: 'The phones of one site' },
      ...act(deps, 'rollouts.read'),
      request: { params: params.extend({ site: idParam('site') }) },
      responses: { 200: json(wire.PhonesView, 'What its box told last'), ...pathProblems },
    }),
    async (c) => {
      const { account, rollout, site } = c.req.valid('param')
      const told = await rollouts.phones(account, rollout, site, c.var.standing)
      return c.json({ ...(told && { told }) }, 200)
    },
  )
  return app
}

/** Without what is kept to know a repeated request by. */
function view({ plan: { asked: _, waits, ...plan }, ...detail }: RolloutDetail) {
  return { ...detail, plan: { ...plan, waits: [...waits] } }
}
