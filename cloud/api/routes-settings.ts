import { createRoute, z } from '@hono/zod-openapi'
import { json } from '../../services/admin/route.ts'
import { SettingView, TemplateWordsView, VendorModels } from '../../services/admin/schema-workbench.ts'
import { printable } from '../../services/core/bytes.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { settingFacts } from '../../services/phones/setting-facts.ts'
import { modelsOf } from '../../services/phones/shape.ts'
import { templateWords } from '../../services/phones/template-words.ts'
import type { CloudDeps } from '../deps.ts'
import { type CloudRouter, makeCloudRouter, problems, signedIn } from './route.ts'

const refusals = { 401: problems[401] }

/** What can be said in settings and templates, and of which models: the same lists as at a box. */
export function settingsRoutes({ definitions }: Pick<CloudDeps, 'definitions'>): CloudRouter {
  const app = makeCloudRouter()
  const list = <Value>(value: Value) => (Array.isArray(value) ? [...value] : value) as Value
  const settings = settingFacts().map(({ words, builtIn, example, ...rest }) => ({
    ...rest,
    ...(words && { words: [...words] }),
    ...(builtIn !== undefined && { builtIn: list(builtIn) as string }),
    ...(example !== undefined && { example: list(example) as string }),
  }))
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/settings', tags: ['Settings'], summary: 'Every setting, by family' },
      ...signedIn('tokens'),
      responses: { 200: json(z.object({ settings: z.array(SettingView) }), 'Settings'), 401: problems[401] },
    }),
    (c) => c.json({ settings }, 200),
  )
  const models = modelsOf(definitions)
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/models', tags: ['Devices'], summary: 'The models that are described' },
      ...signedIn('tokens'),
      responses: { 200: json(z.object({ vendors: z.array(VendorModels) }), 'By vendor'), ...refusals },
    }),
    (c) => c.json({ vendors: models }, 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/template-words/{vendor}', tags: ['Templates'] },
      summary: 'What may be written in the templates of a vendor: variables, filters, tags',
      ...signedIn('tokens'),
      request: {
        params: z.object({
          vendor: z
            .string()
            .min(1)
            .max(100)
            .openapi({ param: { name: 'vendor', in: 'path' } }),
        }),
      },
      responses: { 200: json(TemplateWordsView, 'The words'), 404: problems[404], ...refusals },
    }),
    (c) => {
      const { vendor } = c.req.valid('param')
      const definition = definitions.get(vendor)
      if (definition === undefined) throw new NotFoundError(`no vendor is called ${printable(vendor)}`)
      return c.json(templateWords(definition), 200)
    },
  )
  return app
}
