import { createRoute, z } from '@hono/zod-openapi'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, json, makeRouter, problems, read, viaOf } from './route.ts'
import { HealthView, UpdateView, UpdateWindow } from './schema-update.ts'

const tags = ['Box']

/** Whether a request brings an update, which goes to the disk piece by piece and has a limit of its own. */
export function isUpdateUpload(method: string, path: string): boolean {
  return method === 'PUT' && path === '/api/v1/update'
}

/** The box's own system: whether it is well, and its updates. */
export function updateRoutes({ updates, health }: Pick<AdminDeps, 'updates' | 'health'>): AdminRouter {
  const app = makeRouter()
  app.openapi(
    read('/health/checks', 'Box', 'Whether each part of the box works, and what does not', HealthView),
    (c) => {
      const { ok, problems: found } = health()
      return c.json({ ok, problems: [...found] }, 200)
    },
  )
  app.openapi(read('/update', 'Box', 'What runs, and how far an update is', UpdateView), (c) =>
    c.json(updates.state(), 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/update',
      tags,
      summary:
        'Take in an update bundle and install it into the other slot; GET says how far it is and whether it was refused',
      request: {
        body: {
          required: true,
          content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
        },
      },
      responses: { 202: json(UpdateView, 'It has arrived and is being checked'), ...problems },
    }),
    async (c) => {
      const length = Number(c.req.header('content-length') ?? Number.NaN)
      const state = await updates.receive(c.req.raw.body ?? new Uint8Array(0), {
        by: actorOf(c.req.raw, viaOf(c)),
        ...(Number.isSafeInteger(length) && { size: length }),
      })
      return c.json(state, 202)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/update/restart',
      tags,
      summary: 'Start the machine again, into what is installed; phones are not answered for about a minute',
      request: {
        body: {
          content: {
            'application/json': {
              schema: z
                .object({ at: z.number().optional().openapi({ description: 'Then, within a week; absent: now' }) })
                .openapi('RestartRequest'),
            },
          },
        },
      },
      responses: { 202: json(UpdateView, 'It ends now'), ...problems },
    }),
    (c) => {
      const { at } = c.req.valid('json')
      updates.restart({ by: actorOf(c.req.raw, viaOf(c)), ...(at !== undefined && { at }) })
      return c.json(updates.state(), 202)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/update/restart', tags, summary: 'Take back a restart that was to come later' },
      responses: { 200: json(UpdateView, 'What is the case now'), ...problems },
    }),
    (c) => {
      updates.stay({ by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(updates.state(), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/update/window',
      tags,
      summary:
        'From now on start into an installed update by itself in this part of the week, by the clock of the site',
      request: { body: { required: true, content: { 'application/json': { schema: UpdateWindow } } } },
      responses: { 200: json(UpdateView, 'What is the case now'), ...problems },
    }),
    (c) => {
      const { from, to, days } = c.req.valid('json')
      updates.setWindow({ from, to, ...(days && { days }) }, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(updates.state(), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/update/window', tags, summary: 'Never start into an update by itself' },
      responses: { 200: json(UpdateView, 'What is the case now'), ...problems },
    }),
    (c) => {
      updates.setWindow(undefined, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(updates.state(), 200)
    },
  )
  return app
}
