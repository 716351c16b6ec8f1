import { createRoute, z } from '@hono/zod-openapi'
import { body, json } from '../../services/admin/route.ts'
import { assignedFile, mark } from '../../services/files/assigned.ts'
import { FILE_KINDS } from '../../services/files/contract.ts'
import { foldName } from '../../services/files/name.ts'
import { accountParams, act, callerOf, makeCloudRouter, pathProblems, problems } from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { type GivenFile, MOST_SITES } from './given.ts'
import { type GivenName, progressOf } from './given-progress.ts'

const tags = ['Files']
const MOST_SHOWN = 200
const params = accountParams.extend({
  given: z
    .string()
    .min(1)
    .max(255)
    .openapi({ param: { name: 'given', in: 'path' }, description: 'As phones ask for it, slashes as %2F' }),
})
const words = (most: number) => z.array(z.string().min(1).max(81)).max(most)

const GivenView = z
  .object({
    ...{ id: z.string(), name: z.string(), sha256: z.string(), size: z.number(), kind: z.enum(FILE_KINDS) },
    version: z.string().optional(),
    ...{ models: z.array(z.string()), hardware: z.array(z.string()) },
    rate: z.number().optional(),
    all: z.boolean().openapi({ description: 'All sites shall have it, also those to come' }),
    sites: z.array(z.string()).openapi({ description: 'Sites that shall have it on their own account' }),
    ...{ updatedBy: z.string(), updatedAt: z.number() },
  })
  .openapi('GivenFile')
const Give = z
  .strictObject({
    file: z.string().min(1).max(255).openapi({ description: 'Its name among the files of the account' }),
    kind: z.enum(FILE_KINDS).exactOptional(),
    version: z.string().min(1).max(40).exactOptional(),
    models: words(50).exactOptional().openapi({ description: '`yealink` or `yealink/T46U`; none: nobody said' }),
    hardware: words(50).exactOptional(),
    rate: z.number().int().min(16_384).max(1e9).exactOptional().openapi({
      description: 'Bytes in a second at most, so that a branch can go on working; 2 MiB',
    }),
    sites: z.array(z.string().min(1).max(100)).min(1).max(MOST_SITES).exactOptional().openapi({
      description: 'These sites and no others; absent: all',
    }),
  })
  .openapi('GiveFile')
const Progress = z
  .object({
    sites: z.array(
      z.object({
        ...{ siteId: z.string(), site: z.string() },
        wanted: z.string().optional().openapi({ description: 'The first 40 digits of the hash that it shall have' }),
        version: z.string().optional(),
        state: z.enum(['in-use', 'under-way', 'waiting', 'refused', 'unknown']),
        percent: z.number().optional(),
        reason: z.string().optional().openapi({ description: 'Why its box waits, or why it refused the file' }),
        at: z.number().optional(),
      }),
    ),
    next: z.string().optional().openapi({ description: '`after` of the next page' }),
  })
  .openapi('GivenFileProgress')

/** Files of an account that its boxes shall have among their own. */
export function givenRoutes(deps: CloudDeps) {
  const { givenFiles } = deps
  const app = makeCloudRouter()
  const base = '/accounts/{account}/given-files'
  const view = ({ models, hardware, sites, ...file }: GivenFile) => ({
    ...{ ...file, models: [...models], hardware: [...hardware], sites: [...sites] },
  })
  app.openapi(
    createRoute({
      ...{ method: 'get', path: base, tags, summary: 'Files that boxes shall have' },
      ...act(deps, 'files.read'),
      request: { params: accountParams },
      responses: { 200: json(z.object({ files: z.array(GivenView) }), 'Files'), ...pathProblems },
    }),
    async (c) => {
      const list = await givenFiles.list(c.req.valid('param').account, c.var.standing)
      return c.json({ files: list.map(view) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: `${base}/{given}`, tags },
      summary: 'Give boxes a file of the account: they fetch it, compare its hash, and have it for their phones',
      ...act(deps, 'files.give'),
      request: { params, body: body(Give) },
      responses: { 200: json(GivenView, 'The file'), ...problems },
    }),
    async (c) => {
      const { account, given } = c.req.valid('param')
      const by = { standing: c.var.standing, caller: callerOf(c) }
      return c.json(view(await givenFiles.give(account, given, c.req.valid('json'), by)), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: `${base}/{given}`, tags },
      summary: 'Take it away from boxes; one whose phones still use it keeps it until they do not',
      ...act(deps, 'files.give'),
      request: { params },
      responses: { 204: { description: 'Taken away' }, ...problems },
    }),
    async (c) => {
      const { account, given } = c.req.valid('param')
      await givenFiles.withdraw(account, given, { standing: c.var.standing, caller: callerOf(c) })
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${base}/{given}/sites`, tags, summary: 'How far each site is with a file' },
      ...act(deps, 'files.read'),
      request: {
        params,
        query: z.object({
          after: z.string().max(100).default(''),
          limit: z.coerce.number().int().min(1).max(MOST_SHOWN).default(MOST_SHOWN),
        }),
      },
      responses: { 200: json(Progress, 'Sites in the order of their ids'), 400: problems[400], ...pathProblems },
    }),
    async (c) => {
      const { account, given } = c.req.valid('param')
      const file = (await givenFiles.list(account, c.var.standing)).find(({ id }) => id === foldName(given))
      const of = { account, of: fileNamed(file?.name ?? given), standing: c.var.standing }
      const { sites, next } = await progressOf(deps.database.db, of, c.req.valid('query'))
      return c.json({ sites: [...sites], ...(next !== undefined && { next }) }, 200)
    },
  )
  return app
}

function fileNamed(name: string): GivenName {
  const versionOf = (read: unknown) => {
    const { data } = assignedFile.safeParse(read)
    return data && mark(data.sha256)
  }
  return { kind: 'file', id: foldName(name), name, versionOf }
}
