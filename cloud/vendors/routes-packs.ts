import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { baseOf } from '../../services/admin/edit.ts'
import { body, json } from '../../services/admin/route.ts'
import { assignedPack } from '../../services/templates/assigned.ts'
import {
  accountParams,
  act,
  type CloudRouter,
  callerOf,
  type Env,
  idParam,
  pathProblems,
  problems,
} from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { type GivenName, progressOf } from '../files/given-progress.ts'
import type { Whose } from './vendors.ts'

const tags = ['Packs']
const MOST_SITES = 200
const siteParams = accountParams.extend({ site: idParam('site') })
const pack = z
  .string()
  .max(40)
  .openapi({ param: { name: 'pack', in: 'path' }, example: 'yealink' })

const Pack = z
  .object({
    ...{ name: z.string(), version: z.string(), size: z.number(), rev: z.number() },
    sha256: z.string().openapi({ description: 'Of the whole file' }),
    shared: z.boolean().openapi({ description: 'It is the account’s; this site has none of its own' }),
    ...{ updatedBy: z.string(), updatedAt: z.number() },
  })
  .openapi('AssignedPack')
const Assign = z
  .strictObject({
    file: z.string().min(1).max(255).openapi({ description: 'Name of the pack among the files of the account' }),
    rev: z.number().int().min(0).optional(),
  })
  .openapi('AssignPack')
const Progress = z
  .object({
    sites: z.array(
      z.object({
        ...{ siteId: z.string(), site: z.string() },
        wanted: z.string().optional().openapi({ description: 'The version that it shall have' }),
        version: z.string().optional().openapi({ description: 'The version that is there' }),
        state: z.enum(['in-use', 'under-way', 'waiting', 'refused', 'unknown']),
        reason: z.string().optional().openapi({ description: 'Why its box waits, or why it refused the pack' }),
        at: z.number().optional(),
      }),
    ),
    next: z.string().optional().openapi({ description: '`after` of the next page' }),
  })
  .openapi('PackProgress')

/** Packs that the boxes of an account, or of one of its sites, shall have. */
export function packRoutes(app: CloudRouter, deps: CloudDeps, room: 'account' | 'site'): void {
  const { packs } = deps
  const place = room === 'site' ? siteParams : accountParams
  const base = room === 'site' ? '/accounts/{account}/sites/{site}/packs' : '/accounts/{account}/packs'
  const item = `${base}/{pack}`
  const params = place.extend({ pack })
  const given = (c: Context<Env>) => c.req.param() as unknown as { account: string; site?: string; pack: string }

  /** A site of others is one that does not exist. */
  async function whose(c: Context<Env>): Promise<Whose> {
    const { account, site } = given(c)
    if (site !== undefined) await deps.sites.get(account, site, c.var.standing)
    return { account, ...(site !== undefined && { site }) }
  }

  app.openapi(
    createRoute({
      ...{ method: 'get', path: base, tags, summary: 'Packs that boxes shall have' },
      ...act(deps, 'packs.read'),
      request: { params: place },
      responses: { 200: json(z.object({ packs: z.array(Pack) }), 'Packs'), ...pathProblems },
    }),
    async (c) => c.json({ packs: [...(await packs.list(await whose(c), c.var.standing))] }, 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: item, tags },
      summary: 'Give boxes a pack that is among the files of the account; they fetch it and use it at once',
      ...act(deps, 'packs.assign'),
      request: { params, body: body(Assign) },
      responses: { 200: json(Pack, 'The pack; ETag is its revision'), ...problems },
    }),
    async (c) => {
      const { file, ...rest } = c.req.valid('json')
      const by = { standing: c.var.standing, caller: callerOf(c), ...baseOf(c.req.raw.headers, rest) }
      const made = await packs.assign(await whose(c), given(c).pack, file, by)
      return c.json(made, 200, { etag: `"${made.rev}"` })
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: item, tags },
      summary: 'Take a pack away: boxes go back to what they had before it',
      ...act(deps, 'packs.assign'),
      request: { params },
      responses: { 204: { description: 'Taken away' }, ...problems },
    }),
    async (c) => {
      const by = { standing: c.var.standing, caller: callerOf(c), ...baseOf(c.req.raw.headers) }
      await packs.withdraw(await whose(c), given(c).pack, by)
      return c.body(null, 204)
    },
  )
  if (room === 'site') return
  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${item}/sites`, tags, summary: 'How far each site is with a pack' },
      ...act(deps, 'packs.read'),
      request: {
        params,
        query: z.object({
          after: z.string().max(100).default(''),
          limit: z.coerce.number().int().min(1).max(MOST_SITES).default(MOST_SITES),
        }),
      },
      responses: { 200: json(Progress, 'Sites in the order of their ids'), 400: problems[400], ...pathProblems },
    }),
    async (c) => {
      const { account, pack: name } = given(c)
      const of = { account, of: packNamed(name), standing: c.var.standing }
      const { sites, next } = await progressOf(deps.database.db, of, c.req.valid('query'))
      return c.json({ sites: [...sites], ...(next !== undefined && { next }) }, 200)
    },
  )
}

function packNamed(name: string): GivenName {
  return { kind: 'pack', id: name, name, versionOf: (body) => assignedPack.safeParse(body).data?.version }
}
