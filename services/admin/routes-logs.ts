import { createRoute, z } from '@hono/zod-openapi'
import type { AdminDeps } from './contract.ts'
import { type AdminRouter, json, makeRouter, problems } from './route.ts'
import { LOG_LEVELS, LogsView } from './schema-logs.ts'

const query = z.object({
  after: z.coerce.number().int().min(0).default(0).openapi({ description: 'Lines that came after this number' }),
  level: z.enum(LOG_LEVELS).default('debug').openapi({ description: 'This level and worse' }),
  find: z.string().max(100).default('').openapi({ description: 'Lines with this in them, in any case' }),
})

/** The newest lines of the log. No secret that the box knew when a line was written is in it. */
export function logRoutes({ logs }: Pick<AdminDeps, 'logs'>): AdminRouter {
  const app = makeRouter()
  const found = ({ after, level, find }: z.infer<typeof query>) => {
    const wanted = LOG_LEVELS.indexOf(level)
    const part = find.toLowerCase()
    return logs
      .after(after)
      .filter(
        (it) => LOG_LEVELS.indexOf(it.level) >= wanted && (part === '' || textOf(it).toLowerCase().includes(part)),
      )
  }
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/logs', tags: ['Box'], summary: 'The newest lines of the log, oldest first' },
      request: { query },
      responses: { 200: json(LogsView, 'Lines, and the number to ask with next'), ...problems },
    }),
    (c) => {
      const last = logs.after(0).at(-1)?.seq ?? 0
      const lines = found(c.req.valid('query')).map((it) => ({ ...it, fields: { ...it.fields } }))
      return c.json({ lines, last }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/logs/text', tags: ['Box'], summary: 'The same as a text file' },
      request: { query },
      responses: {
        200: { description: 'One line an event', content: { 'text/plain': { schema: z.string() } } },
        ...problems,
      },
    }),
    (c) => {
      const lines = found(c.req.valid('query')).map((it) => `${textOf(it)}\n`)
      return c.text(lines.join(''), 200, { 'content-disposition': 'attachment; filename="branchline.log"' })
    },
  )
  return app
}

function textOf({ at, level, text, fields }: ReturnType<AdminDeps['logs']['after']>[number]): string {
  const values = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  return `${new Date(at).toISOString()} ${level.padEnd(5)} ${JSON.stringify(text).slice(1, -1)}${values.join('')}`
}
