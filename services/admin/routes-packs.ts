import { createRoute, z } from '@hono/zod-openapi'
import type { PackView } from '../templates/contract.ts'
import type { AdminDeps } from './contract.ts'
import { errorBody } from './errors.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, json, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-templates.ts'

const tags = ['Packs']
const params = z.object({
  name: z
    .string()
    .max(40)
    .openapi({ param: { name: 'name', in: 'path' }, example: 'yealink' }),
})
const binary = {
  required: true,
  content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
}
/** A list of keys is a few lines. */
const MAX_KEYS = 65_536

/** Whether a request brings a pack, which goes to the disk piece by piece and has a limit of its own. */
export function isPackUpload(method: string, path: string): boolean {
  return method === 'PUT' && path === '/api/v1/packs'
}

/** Newer vendor data as signed packs. */
export function packRoutes(deps: Pick<AdminDeps, 'templates'>): AdminRouter {
  const app = makeRouter()
  const { packs } = deps.templates
  let arriving = false

  app.openapi(
    read('/packs', 'Packs', 'Packs that are installed, and the keys whose packs are taken', wire.PacksView),
    (c) => c.json({ packs: packs.list().map(row), keys: packs.keys().map((key) => ({ ...key })) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/packs',
      tags,
      summary: 'Install a pack: all of it and in use at once, or nothing',
      request: {
        query: z.object({
          older: z.enum(['0', '1']).default('0').openapi({ description: '1: also a version that is not newer.' }),
        }),
        body: binary,
      },
      responses: {
        200: json(wire.PackRow, 'The pack is in use'),
        503: { ...problems[400], description: 'Another pack is on its way' },
        ...problems,
      },
    }),
    async (c) => {
      if (arriving) return c.json(errorBody('busy', 'another pack is being installed; try again'), 503)
      arriving = true
      try {
        const by = actorOf(c.req.raw, viaOf(c))
        const older = c.req.valid('query').older === '1'
        return c.json(row(await packs.install(c.req.raw.body ?? new Uint8Array(0), { by, older })), 200)
      } finally {
        arriving = false
      }
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/packs/{name}/back',
      tags,
      summary: 'Use the version before this one again',
      request: { params },
      responses: { 200: json(wire.PackRow, 'The pack'), ...problems },
    }),
    async (c) => c.json(row(await packs.back(c.req.valid('param').name, { by: actorOf(c.req.raw, viaOf(c)) })), 200),
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/packs/{name}',
      tags,
      summary: 'Remove a pack: what was shipped is used again',
      request: { params },
      responses: { 204: { description: 'Removed' }, ...problems },
    }),
    async (c) => {
      await packs.remove(c.req.valid('param').name, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/packs/verify',
      tags,
      summary: 'Read every pack and compare it with its hash',
      responses: { 200: json(wire.PackChecks, 'Whether each is what it was') },
    }),
    async (c) => c.json({ packs: (await packs.verify()).map((check) => ({ ...check })) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/packs/keys',
      tags,
      summary: 'Take a newer list of keys, signed by one that counts now',
      request: { body: binary },
      responses: { 200: json(wire.PacksView, 'The packs and keys'), ...problems },
    }),
    async (c) => {
      const content = new Uint8Array(await c.req.raw.arrayBuffer())
      if (content.length > MAX_KEYS) return c.json(errorBody('bad-input', `more than ${MAX_KEYS} bytes`), 400)
      await packs.renewKeys(content, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json({ packs: packs.list().map(row), keys: packs.keys().map((key) => ({ ...key })) }, 200)
    },
  )
  return app
}

function row({ vendors, ...pack }: PackView): wire.PackRow {
  return { ...pack, vendors: [...vendors] }
}
