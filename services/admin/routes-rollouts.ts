import { createRoute, z } from '@hono/zod-openapi'
import type { RolloutRequest } from '../rollouts/contract.ts'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-rollouts.ts'
import { rolloutDeviceView, rolloutRow, rolloutView } from './views-rollouts.ts'

const tags = ['Rollouts']
const params = z.object({ id: z.string().min(1).max(60) })

/** Rollouts of firmware. */
export function rolloutRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { rollouts } = deps

  app.openapi(
    read('/rollouts', 'Rollouts', 'All rollouts, the newest first', z.object({ rollouts: z.array(wire.RolloutRow) })),
    (c) => c.json({ rollouts: rollouts.list().map(rolloutRow) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/rollouts/preview',
      tags,
      summary: 'What a rollout would do with each device; starts nothing',
      request: { body: body(wire.RolloutInput) },
      responses: { 200: json(z.object({ devices: z.array(wire.RolloutDeviceView) }), 'The devices'), ...problems },
    }),
    (c) => c.json({ devices: rollouts.preview(requestOf(c.req.valid('json'))).map(rolloutDeviceView) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/rollouts',
      tags,
      summary: 'Start a rollout',
      request: { body: body(wire.RolloutInput) },
      responses: { 201: json(wire.RolloutView, 'Started'), ...problems },
    }),
    (c) => {
      const by = actorOf(c.req.raw, viaOf(c))
      return c.json(rolloutView(rollouts.start(requestOf(c.req.valid('json')), { by })), 201)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/rollouts/{id}',
      tags,
      summary: 'One rollout and where each of its devices stands',
      request: { params },
      responses: { 200: json(wire.RolloutView, 'The rollout'), ...problems },
    }),
    (c) => c.json(rolloutView(rollouts.get(c.req.valid('param').id)), 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/rollouts/{id}/resume',
      tags,
      summary: 'Go on after a pause or a stop; `failed=1` gives those that failed another chance',
      request: { params, query: z.object({ failed: z.enum(['0', '1']).default('0') }) },
      responses: { 200: json(wire.RolloutView, 'The rollout'), ...problems },
    }),
    (c) => {
      const options = { by: actorOf(c.req.raw, viaOf(c)), failed: c.req.valid('query').failed === '1' }
      return c.json(rolloutView(rollouts.resume(c.req.valid('param').id, options)), 200)
    },
  )
  for (const [action, summary] of ACTIONS)
    app.openapi(
      createRoute({
        method: 'post',
        path: `/rollouts/{id}/${action}`,
        tags,
        summary,
        request: { params },
        responses: { 200: json(wire.RolloutView, 'The rollout'), ...problems },
      }),
      (c) => {
        const by = actorOf(c.req.raw, viaOf(c))
        return c.json(rolloutView(rollouts[action](c.req.valid('param').id, { by })), 200)
      },
    )
  return app
}

const ACTIONS = [
  ['pause', 'Let no further device go until it is resumed'],
  ['cancel', 'Let no further device go; those under way are followed to their end'],
  ['approve', 'Say that it may go on after its canaries'],
] as const

type Loose<T> = { readonly [Name in keyof T]: T[Name] | undefined }

/** Without the fields that were left out. */
function requestOf(input: wire.RolloutInput): RolloutRequest {
  const { select, window, ...rest } = input
  const plain = <T extends object>(value: Loose<T>): T =>
    Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
  return {
    ...plain<Omit<RolloutRequest, 'select' | 'window'>>(rest as never),
    select: plain(select as never),
    ...(window && { window: plain(window as never) }),
  }
}
