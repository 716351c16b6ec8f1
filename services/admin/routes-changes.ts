import { createRoute, z } from '@hono/zod-openapi'
import { printable } from '../core/bytes.ts'
import { NotFoundError } from '../core/errors.ts'
import { type Change, type JsonObject, KINDS } from '../records/contract.ts'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, json, makeRouter, problems, viaOf } from './route.ts'
import { RecordChange } from './schema-changes.ts'
import { canUndo, fieldsOf, undone } from './undo.ts'

const tags = ['Activity']

/** Who changed what, over all records; and one change taken back. */
export function changeRoutes({ records, dhcp }: Pick<AdminDeps, 'records' | 'dhcp'>): AdminRouter {
  const app = makeRouter()

  app.openapi(
    createRoute({
      method: 'get',
      path: '/changes',
      tags,
      summary: 'Changes of records, newest first; `before` goes on from the last one',
      request: {
        query: z.object({
          limit: z.coerce.number().int().min(1).max(1000).default(100),
          before: z.coerce.number().int().min(1).optional(),
          kind: z.enum(KINDS).optional(),
          id: z.string().max(200).optional(),
          by: z.string().max(200).optional(),
        }),
      },
      responses: { 200: json(z.object({ changes: z.array(RecordChange) }), 'Newest first'), ...problems },
    }),
    (c) => {
      const { limit, before, kind, id, by } = c.req.valid('query')
      const wanted = {
        limit,
        ...(before !== undefined && { before }),
        ...(kind !== undefined && { kind }),
        ...(id !== undefined && { id }),
        ...(by !== undefined && { by }),
      }
      return c.json({ changes: records.recent(wanted).map(changeView) }, 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/changes/{seq}/undo',
      tags,
      summary: 'Take one change of settings or of a device back. Refused when the same was changed again since',
      request: { params: z.object({ seq: z.coerce.number().int().min(1) }) },
      responses: { 200: json(RecordChange, 'The change that does it'), ...problems },
    }),
    (c) => {
      const { seq } = c.req.valid('param')
      const [change] = records.recent({ limit: 1, before: seq + 1 })
      if (change?.seq !== seq) throw new NotFoundError(`no change ${seq}`)
      const { kind, id } = change
      const now = records.get(kind, id)
      const by = actorOf(c.req.raw, viaOf(c))
      const body = undone(change, now?.body)
      const options = { by, base: now?.rev ?? 0 }
      // The server must agree to a network before it counts: it refuses ranges that overlap by now.
      if (kind === 'network' && now !== undefined) dhcp.setNetwork(id, { ...without(now.body), ...body }, options)
      else if (kind === 'network') dhcp.addNetwork({ ...body, id }, options)
      else records.put(kind, id, body, options)
      const [made = change] = records.recent({ limit: 1, kind, id })
      return c.json(changeView(made), 200)
    },
  )
  return app
}

/** Takes every field away; what is given beside it stays. */
function without(body: JsonObject): Record<string, null> {
  return Object.fromEntries(Object.keys(body).map((name) => [name, null]))
}

function changeView(change: Change): RecordChange {
  const { seq, at, by, kind, id, before, after } = change
  const did = after === undefined ? 'removed' : before === undefined ? 'made' : 'edited'
  const { name } = after ?? before ?? {}
  const named = typeof name === 'string' && { name: printable(name) }
  return {
    seq,
    at,
    by,
    kind,
    id,
    ...named,
    did,
    fields: did === 'edited' ? fieldsOf(change) : [],
    canUndo: canUndo(change),
  }
}
