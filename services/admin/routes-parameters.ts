import { createRoute } from '@hono/zod-openapi'
import { printable } from '../core/bytes.ts'
import type { TracedParameter } from '../phones/contract.ts'
import type { AdminDeps } from './contract.ts'
import { type AdminRouter, json, macParams, makeRouter, problems } from './route.ts'
import { ParametersView } from './schema-parameters.ts'

/** What a device's files set, and why. */
export function parameterRoutes(deps: Pick<AdminDeps, 'inspector'>): AdminRouter {
  const app = makeRouter()
  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/parameters',
      tags: ['Devices'],
      summary: 'Every parameter of each file that the device gets, back to its setting and layer; secrets left out',
      request: { params: macParams },
      responses: { 200: json(ParametersView, 'File by file, in the order in which they stand there'), ...problems },
    }),
    (c) => {
      const files = deps.inspector.parameters(c.req.valid('param').mac)
      return c.json({ files: files.map(({ file, parameters }) => ({ file, parameters: parameters.map(view) })) }, 200)
    },
  )
  return app
}

function view({ name, value, secret, from, template }: TracedParameter) {
  return {
    ...{ name: printable(name), secret, from: from.map((origin) => ({ ...origin, what: printable(origin.what) })) },
    ...(value !== undefined && { value: printable(value, 2000) }),
    ...(template && { template: `${template.file}:${template.line}` }),
  }
}
