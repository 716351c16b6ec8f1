import { createRoute, z } from '@hono/zod-openapi'
import { printable } from '../core/bytes.ts'
import { messageOf, NotFoundError } from '../core/errors.ts'
import { formatMac } from '../core/mac.ts'
import type { Device, Explanation, RenderedPreview } from '../phones/contract.ts'
import type { AdminDeps } from './contract.ts'
import { bagOf, deviceOrThrow, patched } from './edit.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import { DeviceInput, DeviceView } from './schema.ts'
import * as wire from './schema-workbench.ts'
import { maskSecrets, secretsOf } from './secrets.ts'
import { undone } from './undo.ts'
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
      const before = deviceOrThrow(deps, mac)
      const after = deps.devices.draft(mac, patched(deps, mac, bagOf(c.req.valid('json'))))
      return c.json(previewOf(deps, before, after), 200)
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
      const change = deps.records.history('device', mac).find((one) => one.seq === seq)
      if (!change) throw new NotFoundError(`no change ${seq} of ${formatMac(mac)}`)
      const now = deps.records.get('device', mac)
      const by = actorOf(c.req.raw, viaOf(c))
      deps.records.put('device', mac, undone(change, now?.body), { by, base: now?.rev ?? 0 })
      return c.json(deviceView(deviceOrThrow(deps, mac), deps.isSecret), 200)
    },
  )
  return app
}

function previewOf(deps: AdminDeps, before: Device, after: Device): wire.EditPreview {
  const trial = deps.inspector.try(after)
  const was = deps.inspector.try(before)
  const secrets = [...secretsIn(deps, before, was.explanation), ...secretsIn(deps, after, trial.explanation)]
  secrets.sort((a, b) => b.length - a.length)
  const text = (file: RenderedPreview | undefined) =>
    file === undefined ? undefined : maskSecrets(new TextDecoder().decode(file.bytes), secrets)
  const names = new Set([...was.explanation.files, ...trial.explanation.files].map(({ name }) => name))
  const files = [...names].flatMap((name) => {
    const one = made(() => was.render(name))
    const two = made(() => trial.render(name))
    if (one.file === undefined && two.file === undefined) return []
    const [from, to] = [text(one.file), text(two.file)]
    return {
      ...{ name, changed: one.file?.hash !== two.file?.hash },
      ...(from !== undefined && { before: from }),
      ...(to !== undefined && { after: to }),
      ...(two.problem !== undefined && { problem: printable(two.problem, 500) }),
    }
  })
  const warnings = trial.explanation.warnings.map((warning) => printable(warning, 500))
  const old = new Set(was.explanation.warnings.map((warning) => printable(warning, 500)))
  return { files, warnings, added: warnings.filter((warning) => !old.has(warning)) }
}

function made(render: () => RenderedPreview): { readonly file?: RenderedPreview; readonly problem?: string } {
  try {
    return { file: render() }
  } catch (thrown) {
    return { problem: messageOf(thrown) }
  }
}

function secretsIn(deps: AdminDeps, device: Device, { effective }: Explanation): readonly string[] {
  const plain = <Value>(bag: Readonly<Record<string, { readonly value: Value }>>) =>
    Object.fromEntries(Object.entries(bag).map(([name, { value }]) => [name, value]))
  return secretsOf(device, plain(effective.settings), plain(effective.extra), deps.isSecret)
}
