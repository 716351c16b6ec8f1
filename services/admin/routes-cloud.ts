import { createRoute } from '@hono/zod-openapi'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, makeRouter, problems, read, viaOf } from './route.ts'
import { CloudJoin, CloudView } from './schema-cloud.ts'
import { cloudView } from './views-cloud.ts'

/** The central account: whether the box belongs to one, what to type there, and how to take it out. */
export function cloudRoutes({ cloud }: Pick<AdminDeps, 'cloud'>): AdminRouter {
  const app = makeRouter()
  app.openapi(
    read('/cloud', 'Cloud', 'The central account that this box belongs to, or how it gets into one', CloudView),
    (c) => c.json(cloudView(cloud), 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/cloud',
      tags: ['Cloud'],
      summary: 'Go to the account at an address, or to none; refused while the box belongs to one',
      request: { body: body(CloudJoin) },
      responses: { 200: json(CloudView, 'What is the case now'), ...problems },
    }),
    async (c) => {
      await cloud.join(c.req.valid('json').url ?? undefined, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(cloudView(cloud), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/cloud/leave',
      tags: ['Cloud'],
      summary: 'Take the box out of its account at once: it gets new keys and serves its phones as before',
      responses: { 200: json(CloudView, 'What is the case now'), ...problems },
    }),
    (c) => {
      cloud.leave({ by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(cloudView(cloud), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/cloud/sync',
      tags: ['Cloud'],
      summary: 'Exchange with the account now; answered when that has ended, well or not',
      responses: { 200: json(CloudView, 'What is the case now'), ...problems },
    }),
    async (c) => {
      await cloud.sync.now()
      return c.json(cloudView(cloud), 200)
    },
  )
  return app
}
