import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { parseMac } from '../core/mac.ts'
import type { Via } from './contract.ts'
import { errorBody } from './errors.ts'
import { ErrorBody, MacText } from './schema.ts'

export type Env = { Bindings: Partial<Via> }
export type AdminRouter = OpenAPIHono<Env>

/** A router whose validation faults have the API's one error shape. */
export function makeRouter(): AdminRouter {
  return new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const faults = result.error.issues.map((issue) => ({
        path: issue.path.map(String).join('.'),
        message: issue.message,
      }))
      return c.json(errorBody('bad-input', `the ${result.target} is not as documented`, faults), 400)
    },
  })
}

/** How this request came in. Nobody said: the stricter way. */
export function viaOf(c: Context<Env>): Via {
  const { via, ...rest } = c.env ?? {}
  return { ...rest, via: via === 'socket' ? 'socket' : 'tcp' }
}

export const macParams = z.object({
  mac: MacText.transform((text, ctx) => {
    try {
      return parseMac(text)
    } catch {
      ctx.addIssue({ code: 'custom', message: 'is not the MAC address of a device' })
      return z.NEVER
    }
  }).openapi({ param: { name: 'mac', in: 'path' }, type: 'string', example: '80:5e:c0:12:34:56' }),
})

/** A documented error answer. */
export const problem = (description: string) => ({
  description,
  content: { 'application/json': { schema: ErrorBody } },
})
export const problems = {
  400: problem('What was sent cannot be used; `faults` names each fault by its path'),
  403: problem('Not allowed from here'),
  404: problem('There is no such thing'),
  409: problem('Changed since the revision in `rev`'),
  412: problem('Changed since the revision in If-Match'),
}

/** A documented JSON answer. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A documented JSON body. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** A GET of the API. */
export function read<Path extends string, Schema extends z.ZodType>(
  path: Path,
  tag: string,
  summary: string,
  schema: Schema,
) {
  return createRoute({ method: 'get', path, tags: [tag], summary, responses: { 200: json(schema, summary) } })
}
