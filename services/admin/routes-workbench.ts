import { createRoute, z } from '@hono/zod-openapi'
import { printable } from '../core/bytes.ts'
import { NotFoundError } from '../core/errors.ts'
import type { AdminDeps } from './contract.ts'
import { bagOf, deviceOrThrow } from './edit.ts'
import { editPreview } from './edit-preview.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import { DeviceInput, DeviceView } from './schema.ts'
import * as wire from './schema-workbench.ts'
import { undoDevice } from './undo.ts'
import { deviceView } from './views.ts'

const tags = ['Devices']

/** What an editor of a device needs: its shape, the settings there are, what an edit would change, and undo. */
export function workbenchRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { workbench } = deps

  app.openapi(
    read('/settings', 'Settings', 'Every setting, by family', z.object({ settings: z.array(wire.SettingView) })),
    (c) => {
      const list = <Value>(value: Value) => (Array.isArray(value) ? [...value] : value) as Value
      const settings = workbench.settings().map(({ words, builtIn, example, ...rest }) => ({
        ...rest,
        ...(words && { words: [...words] }),
        ...(builtIn !== undefined && { builtIn: list(builtIn) as string }),
        ...(example !== undefined && { example: list(example) as string }),
      }))
      return c.json({ settings }, 200)
    },
  )
  app.openapi(
    read('/models', 'Devices', 'The models that are described', z.object({ vendors: z.array(wire.VendorModels) })),
    (c) => c.json({ vendors: workbench.models().map((it) => ({ ...it, models: [...it.models] })) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/shape',
      tags,
      summary: 'How many lines and keys this device has, and which modules it takes',
      request: { params: macParams },
      responses: { 200: json(wire.ShapeView, 'Its shape'), ...problems },
    }),
    (c) => {
      const { keys, expansion, places, ...rest } = workbench.shapeOf(c.req.valid('param').mac)
      return c.json({ ...rest, keys: [...keys], expansion: [...expansion], places: [...places] }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/devices/{mac}/preview',
      tags,
      summary: 'What a merge patch would change in the files of this device. Nothing is stored',
      request: { params: macParams, body: body(DeviceInput) },
      responses: { 200: json(wire.EditPreview, 'Each file before and after'), ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      return c.json(editPreview(deps, mac, bagOf(c.req.valid('json'))), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/template-words/{vendor}',
      tags: ['Templates'],
      summary: 'What may be written in the templates of a vendor: variables, filters, tags',
      request: { params: z.object({ vendor: z.string().min(1).max(100) }) },
      responses: { 200: json(wire.TemplateWordsView, 'The words'), ...problems },
    }),
    (c) => {
      const { vendor } = c.req.valid('param')
      const words = workbench.templateWords(vendor)
      if (words === undefined) throw new NotFoundError(`no vendor is called ${printable(vendor)}`)
      return c.json({ variables: [...words.variables], filters: [...words.filters], tags: [...words.tags] }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/devices/{mac}/history/{seq}/undo',
      tags,
      summary: 'Take one change back. Refused when what it changed was changed again since',
      request: { params: macParams.extend({ seq: z.coerce.number().int().min(0) }) },
      responses: { 200: json(DeviceView, 'The device as it is now'), ...problems },
    }),
    (c) => {
      const { mac, seq } = c.req.valid('param')
      undoDevice(deps, mac, seq, actorOf(c.req.raw, viaOf(c)))
      return c.json(deviceView(deviceOrThrow(deps, mac), deps.isSecret), 200)
    },
  )
  return app
}
