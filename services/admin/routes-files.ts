import { createRoute, z } from '@hono/zod-openapi'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import type { FileFacts, NamedFile } from '../files/contract.ts'
import type { AdminDeps } from './contract.ts'
import { errorBody } from './errors.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-files.ts'

/** The largest file; its content is never in memory as a whole. */
const MAX_FILE = 1024 ** 3
/** Each holds a connection and writes to the disk. */
const MAX_UPLOADS = 4

const tags = ['Files']
const params = z.object({
  name: z.string().min(1).max(255).openapi({ description: 'With its folders, slashes as %2F.', example: 'T46U.rom' }),
})

/** Whether a request brings a file, whose body has no place in memory. */
export function isFileUpload(method: string, path: string): boolean {
  return method === 'PUT' && /^\/api\/v1\/files\/[^/]+$/.test(path)
}

/** Stored files: firmware, languages, tones, pictures. */
export function fileRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { files } = deps
  let uploads = 0

  const view = (file: NamedFile): wire.FileView => ({
    ...{ name: file.name, kind: file.kind, models: [...file.models], hardware: [...file.hardware] },
    ...{ size: file.size, hash: file.hash, contentType: file.contentType, addedAt: file.addedAt, by: file.by },
    ...(file.version !== undefined && { version: file.version }),
    ...(file.origin !== undefined && { origin: file.origin }),
    uses: deps.fileUses(file.name).map(({ text }) => text),
  })
  const found = (name: string): NamedFile => {
    const file = files.find(name)
    if (file === undefined) throw new NotFoundError(`no stored file is named ${JSON.stringify(name)}`)
    return file
  }
  const unused = (force: boolean, instead: string) => (file: NamedFile) => {
    const uses = force ? [] : deps.fileUses(file.name)
    if (uses.length === 0) return
    const more = uses.length > 3 ? ` and ${uses.length - 3} more` : ''
    const named = uses.slice(0, 3).map(({ text }) => text)
    throw new ConflictError(`${file.name} is in use: ${named.join(', ')}${more}; ${instead}`)
  }

  app.openapi(
    read('/files', 'Files', 'All stored files and what uses them', z.object({ files: z.array(wire.FileView) })),
    (c) => c.json({ files: files.list().map(view) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/files/{name}',
      tags,
      summary: 'What is known of one stored file',
      request: { params },
      responses: { 200: json(wire.FileView, 'The file'), ...problems },
    }),
    (c) => c.json(view(found(c.req.valid('param').name)), 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/files/{name}',
      tags,
      summary: 'Store a file under a name: all of it or, when anything goes wrong, nothing',
      request: {
        params,
        query: wire.UploadQuery,
        body: {
          required: true,
          content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
        },
      },
      responses: {
        200: json(wire.FileView, 'The name was there: it means this content now'),
        201: json(wire.FileView, 'Stored'),
        507: { ...problems[400], description: 'The disk has no room for it; nothing was lost' },
        503: { ...problems[400], description: 'Too many uploads are under way' },
        ...problems,
      },
    }),
    async (c) => {
      const { name } = c.req.valid('param')
      const { for: models, hardware, kind, version, sha256, replace, force } = c.req.valid('query')
      if (uploads >= MAX_UPLOADS) return c.json(errorBody('busy', `${uploads} uploads are under way; try again`), 503)
      const length = Number(c.req.header('content-length') ?? Number.NaN)
      const there = files.find(name) !== undefined
      const facts = given({ kind, version, models, hardware })
      uploads++
      try {
        const file = await files.put(name, c.req.raw.body ?? new Uint8Array(0), {
          ...{ by: actorOf(c.req.raw, viaOf(c)), maxSize: MAX_FILE, contentType: typeOf(c.req.header('content-type')) },
          ...facts,
          ...(Number.isSafeInteger(length) && { size: length }),
          ...(sha256 !== undefined && { sha256 }),
          mayReplace(before) {
            if (replace !== '1')
              throw new ConflictError(
                `${before.name} is stored already with other content; replace=1 puts this one there`,
              )
            unused(force === '1', 'force=1 replaces it all the same')(before)
          },
        })
        return c.json(view(file), there ? 200 : 201)
      } finally {
        uploads--
      }
    },
  )
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/files/{name}',
      tags,
      summary: 'Say anew what a file is and which devices it is for',
      request: { params, body: body(wire.FileFactsInput) },
      responses: { 200: json(wire.FileView, 'The file'), ...problems },
    }),
    async (c) => {
      const by = actorOf(c.req.raw, viaOf(c))
      const file = await files.describe(c.req.valid('param').name, given(c.req.valid('json')), { by })
      return c.json(view(file), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/files/{name}',
      tags,
      summary: 'Remove a file. Refused while something names it, unless forced',
      request: { params, query: z.object({ force: z.enum(['0', '1']).default('0') }) },
      responses: { 204: { description: 'Removed' }, ...problems },
    }),
    async (c) => {
      const force = c.req.valid('query').force === '1'
      const mayRemove = unused(force, 'force=1 removes it all the same')
      await files.remove(c.req.valid('param').name, { by: actorOf(c.req.raw, viaOf(c)), mayRemove })
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/files/{name}/verify',
      tags,
      summary: 'Read a file and compare it with its hash',
      request: { params },
      responses: { 200: json(wire.FileCheckView, 'Whether it is what it was'), ...problems },
    }),
    async (c) => c.json(await files.verify(c.req.valid('param').name), 200),
  )
  return app
}

function given(facts: { readonly [Name in keyof FileFacts]?: FileFacts[Name] | undefined }): Partial<FileFacts> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

/** What a browser or curl sends when it does not know says nothing of the file. */
function typeOf(header: string | undefined): string {
  const type = header?.split(';')[0]?.trim().toLowerCase() ?? ''
  const says = /^[a-z]+\/[a-z0-9.+-]{1,60}$/.test(type) && !/json$|urlencoded$/.test(type)
  return says ? type : 'application/octet-stream'
}
