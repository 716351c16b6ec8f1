import { createRoute, z } from '@hono/zod-openapi'
import { json } from '../../services/admin/route.ts'
import { SettingView } from '../../services/admin/schema-workbench.ts'
import { settingFacts } from '../../services/phones/setting-facts.ts'
import { type CloudRouter, makeCloudRouter, problems, signedIn } from './route.ts'

/** What can be said in the settings of a device or a layer: the same list as at a box. */
export function settingsRoutes(): CloudRouter {
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
  return app
}
