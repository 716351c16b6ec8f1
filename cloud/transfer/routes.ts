import { createRoute, z } from '@hono/zod-openapi'
import { errorBody } from '../../services/admin/errors.ts'
import { json } from '../../services/admin/route.ts'
import { accountParams, act, callerOf, makeCloudRouter, pathProblems, problems } from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { exportAccount } from './export.ts'
import { makeImport } from './import.ts'

/** It is read whole, so that nothing is written of a file that was cut off. */
const MAX_IMPORT = 128 * 1024 * 1024

const faults = z.array(z.object({ path: z.string(), message: z.string() }))
const count = z.number().int()
const ImportResult = z
  .object({
    dryRun: z.boolean(),
    places: z.array(
      z.object({
        siteId: z.string().nullable().openapi({ description: 'null: the account itself' }),
        name: z.string(),
        action: z.enum(['create', 'update', 'keep', 'refused']),
        added: count,
        replaced: count,
        same: count,
        faults,
        done: z.boolean().openapi({ description: 'all of it is written; false: nothing of it is' }),
      }),
    ),
    faults: faults.openapi({ description: 'why nothing of the file can be used' }),
    leftOut: z.array(z.object({ what: z.string(), why: z.string() })),
  })
  .openapi('ImportResult')

const flag = z.enum(['0', '1']).default('0')
const ndjson = { 'application/x-ndjson': { schema: z.string() } }

/** Whether a request brings the file of an account, which may be larger than other bodies. */
export function isImport(method: string, path: string): boolean {
  return method === 'POST' && /^\/api\/v1\/accounts\/[^/]+\/import$/.test(path)
}

/** Everything that an account owns, out and in. */
export function transferRoutes(deps: CloudDeps) {
  const tags = ['Transfer']
  const app = makeCloudRouter()
  const transfer = makeImport(deps)
  let imports = 0
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/export',
      tags,
      summary: 'Everything that the account owns, a JSON object a line',
      ...act(deps, 'account.export'),
      request: {
        params: accountParams,
        query: z.object({
          sealed: flag.openapi({ description: '1: with secrets as they are stored, for this account here alone' }),
        }),
      },
      responses: { 200: { description: 'File', content: ndjson }, 400: problems[400], ...pathProblems },
    }),
    (c) => {
      const { account } = c.req.valid('param')
      const lines = exportAccount(deps, account, { sealed: c.req.valid('query').sealed === '1', caller: callerOf(c) })
      const encoder = new TextEncoder()
      const stream = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const next = await lines.next()
          if (next.done === true) controller.close()
          else controller.enqueue(encoder.encode(next.value))
        },
        cancel: () => lines.return(undefined).then(() => undefined),
      })
      return new Response(stream, {
        headers: {
          'content-type': 'application/x-ndjson',
          'content-disposition': `attachment; filename="branchline-account.ndjson"`,
        },
      }) as never
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/import',
      tags,
      summary: 'Take such a file in; with dryRun=1 only say what would come of it',
      ...act(deps, 'account.import'),
      request: {
        params: accountParams,
        query: z.object({ dryRun: flag, replace: flag }),
        body: { required: true, content: ndjson },
      },
      responses: {
        200: json(ImportResult, 'What came of each site, or would'),
        413: { ...problems[400], description: 'The file is too large' },
        503: { ...problems[400], description: 'Another import is under way' },
        ...problems,
      },
    }),
    async (c) => {
      const { dryRun, replace } = c.req.valid('query')
      // One at a time: each is read into memory.
      if (imports > 0) return c.json(errorBody('busy', 'another import is under way; try again'), 503)
      imports++
      try {
        const text = await readText(c.req.raw)
        if (text === undefined) return c.json(errorBody('too-large', `more than ${MAX_IMPORT} bytes`), 413)
        const options = { dryRun: dryRun === '1', replace: replace === '1', caller: callerOf(c) }
        const result = await transfer.run(c.req.valid('param').account, text, options)
        return c.json(
          {
            ...result,
            places: result.places.map((place) => ({ ...place, faults: [...place.faults] })),
            faults: [...result.faults],
            leftOut: [...result.leftOut],
          },
          200,
        )
      } finally {
        imports--
      }
    },
  )
  return app
}

async function readText(request: Request): Promise<string | undefined> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request.body ?? []) {
    size += piece.length
    if (size > MAX_IMPORT) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
