import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { errorBody } from '../../services/admin/errors.ts'
import { decide } from '../accounts/policy.ts'
import { standingOf } from '../accounts/standing.ts'
import { accountParams, act, type Env, makeCloudRouter, pathProblems, problems, whoOf } from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { changedBy, WHATS } from './policy-changes.ts'

const ACTION = 'live.follow'

const Events = z
  .object({
    changes: z.array(
      z.object({
        site: z.string().optional().openapi({ description: 'Absent: of the account, or of many of its sites' }),
        what: z.array(z.enum(WHATS as [string, ...string[]])),
      }),
    ),
  })
  .openapi('AccountChanges', { description: 'What `changed` carries: what to ask for again' })

/** That something changed, as it happens. What it is now the page asks for, so who may see what is decided there alone. */
export function liveRoutes(deps: CloudDeps) {
  const app = makeCloudRouter()
  const { database, boxes } = deps
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/events',
      tags: ['Account'],
      summary: 'Live events (server-sent): hello, changed, and a beat every 15 s',
      ...act(deps, ACTION),
      request: { params: accountParams },
      responses: {
        200: { description: 'A stream that stays open', content: { 'text/event-stream': { schema: Events } } },
        503: { ...problems[400], description: 'Too many streams are open, of this session or of this process' },
        ...pathProblems,
      },
    }),
    (c) => {
      const { account } = c.req.valid('param')
      const who = whoOf(c)
      const stream = boxes.pages.open({
        ...{ account, holder: who.session?.id ?? who.actor, standing: c.var.standing },
        async renew() {
          const { session, actor } = who
          const good =
            session === undefined
              ? deps.apiTokens.isGood(actor.slice('token:'.length))
              : deps.sessions.isGood(session.id)
          if (!(await good)) return undefined
          const standing = await standingOf(database.db, who.principal, account)
          return standing !== undefined && decide(standing, ACTION).allowed ? standing : undefined
        },
      })
      if (stream !== undefined) return stream as never
      c.header('retry-after', '30')
      return c.json(errorBody('busy', 'too many pages follow this account'), 503)
    },
  )
  return app
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Tells the streams of pages what a call changed that went well: what people and programs do needs no word of its own. */
export function tellChanges({ live }: CloudDeps['boxes']): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next()
    if (SAFE.has(c.req.method) || c.res.status >= 300) return
    const [account, ...path] = c.req.path.split('/').slice(4).map(decodeURIComponent)
    const change = account === undefined ? undefined : changedBy(path)
    if (account !== undefined && change !== undefined) live.tell(account, change)
  }
}
