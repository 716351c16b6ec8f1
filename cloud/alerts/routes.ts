import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { body, json } from '../../services/admin/route.ts'
import {
  accountParams,
  act,
  callerOf,
  type Env,
  idParam,
  makeCloudRouter,
  pathProblems,
  problems,
} from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { KINDS } from './policy-kinds.ts'
import type { RuleView as StoredRule } from './rules.ts'
import { AlertList, AlertView, RuleInput, RuleList, RuleView, SnoozeInput } from './schema.ts'

const alertParams = accountParams.extend({ alert: idParam('alert') })

function ruleView({ kind, ...rest }: StoredRule) {
  const { title, settings: forms } = KINDS[kind]
  return { kind, title, ...rest, settings: { ...rest.settings }, forms: { ...forms } }
}

/** Alerts of an account, and the rules by which they open. */
export function alertRoutes(deps: CloudDeps) {
  const { alerts, alertRules } = deps
  const tags = ['Alerts']
  const app = makeCloudRouter()
  const whoOf = (c: Context<Env>) => ({ standing: c.var.standing, caller: callerOf(c) })
  const readProblems = { 400: problems[400], ...pathProblems }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/alerts',
      tags,
      summary: 'Alerts, newest first',
      ...act(deps, 'alerts.read'),
      request: {
        params: accountParams,
        query: z.object({
          state: z.enum(['open', 'ended']).optional(),
          before: z.string().max(100).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
      },
      responses: { 200: json(AlertList, 'Alerts'), ...readProblems },
    }),
    async (c) => {
      const list = await alerts.list(c.req.valid('param').account, c.var.standing, c.req.valid('query'))
      return c.json({ alerts: [...list] }, 200)
    },
  )
  for (const [verb, summary] of [
    ['acknowledge', 'Say that somebody looks after it'],
    ['end', 'End it; it opens again only after its reason was gone'],
  ] as const)
    app.openapi(
      createRoute({
        method: 'post',
        path: `/accounts/{account}/alerts/{alert}/${verb}`,
        tags,
        summary,
        ...act(deps, 'alerts.handle'),
        request: { params: alertParams },
        responses: { 200: json(AlertView, 'Alert'), ...pathProblems },
      }),
      async (c) => {
        const { account, alert } = c.req.valid('param')
        return c.json(await alerts[verb](account, alert, whoOf(c)), 200)
      },
    )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/alerts/{alert}/snooze',
      tags,
      summary: 'Hear nothing of it for some time',
      ...act(deps, 'alerts.handle'),
      request: { params: alertParams, body: body(SnoozeInput) },
      responses: { 200: json(AlertView, 'Alert'), ...readProblems },
    }),
    async (c) => {
      const { account, alert } = c.req.valid('param')
      const until = deps.clock.now() + c.req.valid('json').minutes * 60_000
      return c.json(await alerts.snooze(account, alert, until, whoOf(c)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/alert-rules',
      tags,
      summary: 'What opens an alert',
      ...act(deps, 'alert-rules.read'),
      request: { params: accountParams },
      responses: { 200: json(RuleList, 'Rules'), ...pathProblems },
    }),
    async (c) => c.json({ rules: (await alertRules.list(c.req.valid('param').account)).map(ruleView) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/accounts/{account}/alert-rules',
      tags,
      summary: 'Change a rule, or switch it off',
      ...act(deps, 'alert-rules.manage'),
      request: { params: accountParams, body: body(RuleInput) },
      responses: { 200: json(RuleView, 'Rule'), ...problems },
    }),
    async (c) => {
      const { kind, ...input } = c.req.valid('json')
      return c.json(ruleView(await alertRules.put(c.req.valid('param').account, kind, input, callerOf(c))), 200)
    },
  )
  return app
}
