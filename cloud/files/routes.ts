import { createRoute, z } from '@hono/zod-openapi'
import { errorBody } from '../../services/admin/errors.ts'
import { json } from '../../services/admin/route.ts'
import { InvariantError } from '../../services/core/errors.ts'
import { accountParams, act, callerOf, DONE, makeCloudRouter, ok, pathProblems, problems } from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { sendFile } from './send.ts'

const MAX_UPLOADS = 8

const time = z.number().int().openapi({ description: 'milliseconds since 1970' })
const FileView = z
  .object({
    name: z.string(),
    hash: z.string().openapi({ description: 'SHA-256 in hexadecimal' }),
    size: z.number().int(),
    contentType: z.string(),
    addedAt: time,
    addedBy: z.string(),
  })
  .openapi('AccountFile')
const FileList = z.object({ files: z.array(FileView), quota: z.number().int(), used: z.number().int() })
const fileParams = accountParams.extend({
  file: z
    .string()
    .min(1)
    .max(255)
    .openapi({ param: { name: 'file', in: 'path' }, example: 'T46U-108.86.0.20.rom' }),
})
const binary = { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } }

/** Whether a request brings content that goes to the store piece by piece, past the limit of other bodies. */
export function isUpload(method: string, path: string): boolean {
  return method === 'POST' && /^\/api\/v1\/accounts\/[^/]+\/files$/.test(path)
}

/** The files of an account. */
export function fileRoutes(deps: CloudDeps) {
  const { files } = deps
  const tags = ['Files']
  const app = makeCloudRouter()
  let uploads = 0
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/files',
      tags,
      summary: 'The files of an account',
      ...act(deps, 'files.read'),
      request: { params: accountParams },
      responses: { 200: json(FileList, 'Files'), ...pathProblems },
    }),
    async (c) => {
      const list = await files.list(c.req.valid('param').account)
      const used = list.reduce((total, { size }) => total + size, 0)
      return c.json({ files: [...list], quota: files.limits.quota, used }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/files/{file}',
      tags,
      summary: 'The content of a file; ranges and If-None-Match are understood',
      ...act(deps, 'files.read'),
      request: { params: fileParams },
      responses: {
        200: { description: 'Content', content: binary },
        206: { description: 'A range of it', content: binary },
        304: { description: 'It is still that' },
        416: { description: 'The file has no such range' },
        ...pathProblems,
      },
    }),
    async (c) => {
      const { account, file } = c.req.valid('param')
      const answer = await sendFile(files, await files.get(account, file), c.req.raw)
      if (answer === undefined) throw new InvariantError(`content of a file of account ${account} is not in the store`)
      return answer as never
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/files',
      tags,
      summary: 'Store a file: all of it or, when anything goes wrong, nothing',
      ...act(deps, 'files.manage'),
      request: {
        params: accountParams,
        query: z.object({
          name: z.string().min(1).max(255),
          replace: z.enum(['0', '1']).default('0'),
          sha256: z
            .string()
            .max(64)
            .optional()
            .openapi({ description: 'what it must come to, else nothing is stored' }),
        }),
        body: { required: true, content: binary },
      },
      responses: {
        200: json(FileView, 'Stored'),
        503: { ...problems[400], description: 'Too many uploads are under way' },
        ...problems,
      },
    }),
    async (c) => {
      const { account } = c.req.valid('param')
      const { name, replace, sha256 } = c.req.valid('query')
      if (uploads >= MAX_UPLOADS) return c.json(errorBody('busy', `${uploads} uploads are under way; try again`), 503)
      const length = c.req.header('content-length')
      const contentType = c.req.header('content-type') ?? 'application/octet-stream'
      uploads++
      try {
        const stored = await files.put(account, name, c.req.raw.body ?? new Uint8Array(0), {
          ...{ contentType: contentType.slice(0, 200), sha256, replace: replace === '1', caller: callerOf(c) },
          ...(length !== undefined && /^\d{1,15}$/.test(length) && { size: Number(length) }),
        })
        return c.json(stored, 200)
      } finally {
        uploads--
      }
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/accounts/{account}/files/{file}',
      tags,
      summary: 'Take a file away',
      ...act(deps, 'files.manage'),
      request: { params: fileParams },
      responses: { 200: json(ok, 'Removed'), ...pathProblems },
    }),
    async (c) => {
      const { account, file } = c.req.valid('param')
      await files.remove(account, file, callerOf(c))
      return c.json(DONE, 200)
    },
  )
  return app
}
