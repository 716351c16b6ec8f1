import { createRoute } from '@hono/zod-openapi'
import { renderSVG } from 'uqr'
import type { CloudState } from '../enrolment/contract.ts'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, json, makeRouter, problems, read, viaOf } from './route.ts'
import { CloudView } from './schema-cloud.ts'

/** The central account: whether the box belongs to one, what to type there, and how to take it out. */
export function cloudRoutes({ cloud }: Pick<AdminDeps, 'cloud'>): AdminRouter {
  const app = makeRouter()
  app.openapi(
    read('/cloud', 'Cloud', 'The central account that this box belongs to, or how it gets into one', CloudView),
    (c) => c.json(viewOf(cloud.state()), 200),
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
      return c.json(viewOf(cloud.state()), 200)
    },
  )
  return app
}

function viewOf(state: CloudState): CloudView {
  if (state.state !== 'unclaimed' || state.claimUrl === undefined) return state
  return { ...state, qr: renderSVG(state.claimUrl) }
}
