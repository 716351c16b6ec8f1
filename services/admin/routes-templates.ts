import { createRoute, z } from '@hono/zod-openapi'
import { NotFoundError } from '../core/errors.ts'
import { readSpelledMac } from '../core/spelled-mac.ts'
import type { VendorView } from '../templates/contract.ts'
import type { AdminDeps } from './contract.ts'
import { baseOf } from './edit.ts'
import { ForbiddenError, InputError } from './errors.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-templates.ts'

const tags = ['Templates']
const vendor = z
  .string()
  .max(100)
  .openapi({ param: { name: 'vendor', in: 'path' }, example: 'yealink' })
const file = z
  .string()
  .max(100)
  .openapi({ param: { name: 'file', in: 'path' }, example: 'settings.liquid' })
const params = z.object({ vendor, file })
const seq = z.coerce
  .number()
  .int()
  .min(1)
  .openapi({ param: { name: 'seq', in: 'path' } })

/** Vendors' descriptions and templates: what is used, own texts, their versions, and what they would change. */
export function templateRoutes(deps: Pick<AdminDeps, 'templates'>): AdminRouter {
  const app = makeRouter()
  const { templates } = deps

  app.openapi(
    read(
      '/templates',
      'Templates',
      'Every vendor and whose texts are used',
      z.object({ vendors: z.array(wire.VendorRow) }),
    ),
    (c) => c.json({ vendors: templates.list().map(vendorRow) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/templates/{vendor}/{file}',
      tags,
      summary: 'One text, what stands beneath it, and the difference',
      request: { params },
      responses: { 200: json(wire.TemplateText, 'The text'), ...problems },
    }),
    (c) => {
      const given = c.req.valid('param')
      const text = templates.get(given.vendor, given.file)
      if (text.own !== undefined) c.header('etag', `"${text.own.rev}"`)
      return c.json(text, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/templates/{vendor}/{file}',
      tags,
      summary: 'Put an own text in the place of the shipped one; in use at once, or refused with every fault',
      request: { params, body: body(wire.TextInput) },
      responses: { 200: json(wire.VendorRow, 'The vendor'), ...problems },
    }),
    (c) => {
      const given = c.req.valid('param')
      const { text, rev } = c.req.valid('json')
      const base = baseOf(c.req.raw.headers, rev === undefined ? {} : { rev })
      const options = { by: actorOf(c.req.raw, viaOf(c)), ...base }
      return c.json(vendorRow(templates.change(given.vendor, { [given.file]: text }, options)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/templates/{vendor}',
      tags,
      summary: 'Several own texts of a vendor at once, all or none: for those that only fit together, or a new vendor',
      request: { params: z.object({ vendor }), body: body(wire.FilesInput) },
      responses: { 200: json(wire.VendorRow, 'The vendor'), ...problems },
    }),
    (c) => {
      const by = actorOf(c.req.raw, viaOf(c))
      return c.json(vendorRow(templates.change(c.req.valid('param').vendor, c.req.valid('json').files, { by })), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/templates/{vendor}/{file}',
      tags,
      summary: 'Take an own text away: what stands beneath it is used again',
      request: { params },
      responses: { 200: json(wire.VendorRow, 'The vendor'), ...problems },
    }),
    (c) => {
      const given = c.req.valid('param')
      const options = { by: actorOf(c.req.raw, viaOf(c)), ...baseOf(c.req.raw.headers) }
      return c.json(vendorRow(templates.change(given.vendor, { [given.file]: null }, options)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/templates/{vendor}/{file}/versions',
      tags,
      summary: 'What an operator made of this text, newest last',
      request: { params },
      responses: { 200: json(z.object({ versions: z.array(wire.VersionRow) }), 'The versions'), ...problems },
    }),
    (c) => {
      const given = c.req.valid('param')
      return c.json({ versions: [...templates.versions(given.vendor, given.file)] }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/templates/{vendor}/{file}/versions/{seq}',
      tags,
      summary: 'The text of one version',
      request: { params: params.extend({ seq }) },
      responses: { 200: json(z.object({ text: z.string() }), 'The text'), ...problems },
    }),
    (c) => {
      const given = c.req.valid('param')
      const text = templates.textOf(given.vendor, given.file, given.seq)
      if (text === undefined) throw new NotFoundError(`with version ${given.seq} the own text was taken away`)
      return c.json({ text }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/templates/{vendor}/{file}/restore',
      tags,
      summary: 'Use the text of an earlier version again, as a new version',
      request: { params, body: body(wire.RestoreInput) },
      responses: { 200: json(wire.VendorRow, 'The vendor'), ...problems },
    }),
    (c) => {
      const given = c.req.valid('param')
      const text = templates.textOf(given.vendor, given.file, c.req.valid('json').seq) ?? null
      const by = actorOf(c.req.raw, viaOf(c))
      return c.json(vendorRow(templates.change(given.vendor, { [given.file]: text }, { by })), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/templates/check',
      tags,
      summary: 'What is wrong with texts, each fault with line and column; nothing is stored',
      request: { body: body(wire.CheckInput) },
      responses: { 200: json(wire.CheckView, 'Faults, and what is surely not meant'), ...problems },
    }),
    (c) => {
      const given = c.req.valid('json')
      const { faults, notes } = templates.check(given.vendor, given.files)
      return c.json({ faults: faults.map((fault) => ({ ...fault })), notes: notes.map((note) => ({ ...note })) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/templates/preview',
      tags,
      summary: 'A file of any phone as it would be with these texts. `reveal=1` (local socket only) shows secrets',
      request: { query: z.object({ reveal: z.enum(['0', '1']).default('0') }), body: body(wire.PreviewInput) },
      responses: { 200: json(wire.PreviewView, 'The file, and what changes in it'), ...problems },
    }),
    (c) => {
      const given = c.req.valid('json')
      const reveal = c.req.valid('query').reveal === '1'
      if (reveal && viaOf(c).via !== 'socket') throw new ForbiddenError('secrets are shown over the local socket only')
      const read = readSpelledMac(given.mac)
      if ('fault' in read) throw new InputError(read.fault, [{ path: 'mac', message: read.fault }])
      const { bytes, diff, ...made } = templates.preview(read.mac, {
        ...{ vendor: given.vendor, edits: given.files, reveal },
        ...(given.file !== undefined && { file: given.file }),
        ...(given.protocol !== undefined && { protocol: given.protocol }),
      })
      const text = new TextDecoder().decode(bytes)
      const { file: name, contentType, hash, changed } = made
      const view = { file: name, contentType, hash, changed, size: bytes.length, text, masked: !reveal }
      return c.json({ ...view, ...(diff !== undefined && { diff }) }, 200)
    },
  )
  return app
}

function vendorRow({ id, title, files, setAside }: VendorView): wire.VendorRow {
  return {
    ...{ id, title, files: files.map((one) => ({ ...one })) },
    ...(setAside && {
      setAside: { origins: [...setAside.origins], faults: setAside.faults.map((fault) => ({ ...fault })) },
    }),
  }
}
