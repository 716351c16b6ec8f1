import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Preview } from '../backup/contract.ts'
import { demandFresh } from './access.ts'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, type Env, json, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-backup.ts'

const tags = ['Backup']

/** The largest body of all: a backup with every file in it. Each route has a limit of its own below it. */
export const MAX_BODY_OF_ALL = 64 * 1024 ** 3

/** Whether a request brings a backup, which goes to the disk piece by piece and is limited by its room. */
export function isRestoreUpload(method: string, path: string): boolean {
  return method === 'PUT' && path === '/api/v1/restore'
}

/** Another box's data in the place of this one's, or none at all. */
export function restoreRoutes(deps: Pick<AdminDeps, 'restores' | 'accounts'>): AdminRouter {
  const app = makeRouter()
  const { restores } = deps
  const changing = (c: Context<Env>) => {
    demandFresh(deps, viaOf(c))
    return { by: actorOf(c.req.raw, viaOf(c)) }
  }
  const view = ({ preview, ...state }: ReturnType<typeof restores.state>): wire.RestoreView => ({
    ...state,
    ...(state.outcome && { outcome: { ...state.outcome } }),
    ...(preview && { preview: shown(preview) }),
  })
  const answers = { 200: json(wire.RestoreView, 'What is the case now'), ...problems }

  app.openapi(
    read('/restore', 'Backup', 'The backup that is here to be restored, and how far it is', wire.RestoreView),
    (c) => c.json(view(restores.state()), 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: '/restore', tags, summary: 'Bring a backup file. Nothing is changed by it yet' },
      request: {
        body: {
          required: true,
          content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
        },
      },
      responses: answers,
    }),
    async (c) => {
      const length = Number(c.req.header('content-length') ?? Number.NaN)
      const state = await restores.receive(c.req.raw.body ?? new Uint8Array(0), {
        ...changing(c),
        ...(Number.isSafeInteger(length) && { size: length }),
      })
      return c.json(view(state), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/restore', tags, summary: 'Forget the backup that is here, and the last outcome' },
      responses: answers,
    }),
    (c) => c.json(view(restores.discard()), 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/restore/choose', tags, summary: 'Take a backup that lies in the box or on a stick' },
      request: { body: body(z.object({ name: z.string().max(150) }).openapi('RestoreChoice')) },
      responses: answers,
    }),
    (c) => c.json(view(restores.choose(c.req.valid('json').name)), 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/restore/check', tags },
      summary: 'Open and check the whole backup with its recovery key; GET says how far it is and what it would bring',
      request: { body: body(wire.KeyInput) },
      responses: { 202: json(wire.RestoreView, 'It is being checked'), ...problems },
    }),
    (c) => {
      changing(c)
      return c.json(view(restores.check(c.req.valid('json').key)), 202)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/restore/apply', tags },
      summary: 'Start again with what was checked. The data from before are kept until the box was found well with it',
      request: { body: { content: { 'application/json': { schema: wire.RestoreApply } } } },
      responses: { 202: json(wire.RestoreView, 'The box starts again'), ...problems },
    }),
    (c) => {
      const { address } = c.req.valid('json')
      return c.json(view(restores.apply({ ...changing(c), ...(address !== undefined && { address }) })), 202)
    },
  )
  app.openapi(read('/factory-reset', 'Backup', 'What a factory reset would take', wire.ResetView), (c) =>
    c.json({ ...restores.losses() }, 200),
  )
  app.openapi(
    createRoute({
      ...{
        method: 'post',
        path: '/factory-reset',
        tags,
        summary: 'Erase everything that the box knows, and start again',
      },
      request: { body: body(z.object({ confirm: z.literal('ERASE') }).openapi('FactoryResetRequest')) },
      responses: { 202: json(wire.ResetView, 'It begins now'), ...problems },
    }),
    (c) => {
      const losses = { ...restores.losses() }
      restores.reset(changing(c))
      return c.json(losses, 202)
    },
  )
  return app
}

/** How the address is taken here stands beside it. */
function shown({ address: _, ...preview }: Preview) {
  return { ...preview, beside: [...preview.beside] }
}
