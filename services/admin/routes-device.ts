import { createRoute, z } from '@hono/zod-openapi'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { Device } from '../phones/contract.ts'
import type { NotifyOutcome } from '../sip/contract.ts'
import { mayAlso, revealOrThrow } from './access.ts'
import type { AdminDeps } from './contract.ts'
import { bagOf, baseOf, deviceOrThrow, importResult, patched, replaced } from './edit.ts'
import { errorBody, InputError } from './errors.ts'
import { actorOf } from './guard.ts'
import { explainedFor, optionsFor } from './hidden-options.ts'
import { readJson } from './import-json.ts'
import { maskedFile } from './masked-file.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema.ts'
import { changeView, deviceRow, deviceView, explainView, filesView } from './views.ts'

const TROUBLE_FIRST = ['trouble', 'unknown-device', 'under-way', 'waiting', 'never-seen', 'configured']
const tags = ['Devices']

/** Devices: list, edit, import, and what each would get. */
export function deviceRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const view = (device: Device) => deviceView(device, deps.isSecret)
  const tag = (device: Device) => ({ etag: `"${device.rev}"` })
  app.openapi(
    read('/devices', 'Devices', 'All devices, trouble first', z.object({ devices: z.array(wire.DeviceRow) })),
    (c) => {
      const seen = new Map(deps.journeys.list().map((summary) => [summary.mac, summary]))
      const rows = deps.devices.list().map((device) => {
        const summary = seen.get(device.mac)
        const { verdict = deps.journeys.verdictOf(device.mac) } = summary ?? {}
        return deviceRow(device, summary, verdict, deps.workbench.held(device.mac) !== undefined)
      })
      const rank = (row: wire.DeviceRow) => TROUBLE_FIRST.indexOf(row.verdict.state)
      rows.sort(
        (a, b) => rank(a) - rank(b) || (a.name ?? a.mac).localeCompare(b.name ?? b.mac, 'en', { numeric: true }),
      )
      return c.json({ devices: rows }, 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/devices/import',
      tags,
      summary:
        'Import many devices from CSV or JSON: all or none. `dryRun=1` (the default) only says what would be done',
      request: {
        query: z.object({ dryRun: z.enum(['0', '1']).default('1') }),
        body: {
          required: true,
          content: {
            'text/csv': {
              schema: z.string().openapi({ example: 'mac,name,user,secret\n805ec0123456,Reception,101,…' }),
            },
          },
        },
      },
      responses: {
        200: json(wire.ImportResult, 'What was, or would be, done'),
        422: json(wire.ImportResult, 'Nothing was done: rows have faults'),
        ...problems,
      },
    }),
    async (c) => {
      const bytes = new Uint8Array(await c.req.arrayBuffer())
      const isJson = /json/i.test(c.req.header('content-type') ?? '')
      const { imports } = deps.moving
      const plan = imports.plan(isJson ? readJson(new TextDecoder().decode(bytes)) : imports.readDevices(bytes))
      const dry = c.req.valid('query').dryRun === '1'
      if (plan.faults.length > 0) return c.json(importResult(plan, false), dry ? 200 : 422)
      if (!dry) deps.devices.putMany(plan.items, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(importResult(plan, !dry), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}',
      tags,
      summary: 'One device, its secrets left out',
      request: { params: macParams },
      responses: { 200: json(wire.DeviceView, 'The device; ETag is its revision'), ...problems },
    }),
    (c) => {
      const device = deviceOrThrow(deps, c.req.valid('param').mac)
      return c.json(optionsFor(mayAlso(viaOf(c), 'devices'), view(device)), 200, tag(device))
    },
  )

  const store = (
    mac: Mac,
    request: Request,
    given: Record<string, unknown>,
    input: Record<string, unknown>,
    by: string,
  ) => {
    const base = baseOf(request.headers, given)
    const before = deps.devices.get(mac)
    // The input was made from what is stored now: an edit of another revision must not slip in between.
    if (base.base !== undefined && base.base !== (before?.rev ?? 0))
      throw new ConflictError(`${formatMac(mac)} is at revision ${before?.rev ?? 0}, not ${base.base}`)
    const device = deps.devices.put(mac, input, { by, ...(before ? { base: before.rev } : base) })
    return { device, created: before === undefined }
  }

  app.openapi(
    createRoute({
      method: 'put',
      path: '/devices/{mac}',
      tags,
      summary: 'Create or replace a device. Secrets that are not mentioned stay',
      request: { params: macParams, body: body(wire.DeviceInput) },
      responses: { 200: json(wire.DeviceView, 'Replaced'), 201: json(wire.DeviceView, 'Created'), ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      const given = bagOf(c.req.valid('json'))
      const { device, created } = store(mac, c.req.raw, given, replaced(deps, mac, given), actorOf(c.req.raw, viaOf(c)))
      return c.json(view(device), created ? 201 : 200, tag(device))
    },
  )

  app.openapi(
    createRoute({
      method: 'patch',
      path: '/devices/{mac}',
      tags,
      summary: 'Change some fields of a device (JSON merge patch, RFC 7396)',
      request: { params: macParams, body: body(wire.DeviceInput) },
      responses: { 200: json(wire.DeviceView, 'Changed'), ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      deviceOrThrow(deps, mac)
      const given = bagOf(c.req.valid('json'))
      const { device } = store(mac, c.req.raw, given, patched(deps, mac, given), actorOf(c.req.raw, viaOf(c)))
      return c.json(view(device), 200, tag(device))
    },
  )

  app.openapi(
    createRoute({
      method: 'delete',
      path: '/devices/{mac}',
      tags,
      summary: 'Remove a device',
      request: { params: macParams },
      responses: { 204: { description: 'Removed' }, ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      deviceOrThrow(deps, mac)
      deps.devices.remove(mac, { by: actorOf(c.req.raw, viaOf(c)), ...baseOf(c.req.raw.headers) })
      return c.body(null, 204)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/explain',
      tags,
      summary: 'Who it is, its effective settings and where each came from, its files',
      request: { params: macParams },
      responses: { 200: json(wire.ExplainView, 'The explanation'), ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      const it = explainView(deps.inspector.explain(mac), deps.journeys.verdictOf(mac), deps.isSecret)
      return c.json(explainedFor(mayAlso(viaOf(c), 'devices'), it), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/files',
      tags,
      summary: 'The files that this device asks for, in order',
      request: { params: macParams },
      responses: { 200: json(z.object({ files: z.array(wire.FileRow) }), 'The files'), ...problems },
    }),
    (c) => c.json({ files: filesView(deps.inspector.explain(c.req.valid('param').mac)) }, 200),
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/file',
      tags,
      summary: 'One file as the phone gets it, secrets masked. `reveal=1` (local socket, owner) the very bytes',
      request: {
        params: macParams,
        query: z.object({ name: z.string().max(255).optional(), reveal: z.enum(['0', '1']).default('0') }),
      },
      responses: { 200: json(wire.FilePreview, 'The preview, or the bytes'), ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      const { name, reveal } = c.req.valid('query')
      if (reveal === '1') revealOrThrow(deps, c.req.raw, viaOf(c), `${name ?? 'its file'} of ${formatMac(mac)}`)
      if (reveal === '0') return c.json(maskedFile(deps, mac, name), 200)
      const { file, bytes, contentType, hash } = deps.inspector.render(mac, name)
      const headers = {
        'content-type': contentType,
        etag: `"${hash}"`,
        'x-branchline-file': encodeURIComponent(file),
      }
      // A fresh copy: the response owns its bytes.
      return new Response(new Uint8Array(bytes), { headers }) as never
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/history',
      tags,
      summary: 'Who changed which fields when',
      request: { params: macParams },
      responses: { 200: json(z.object({ changes: z.array(wire.ChangeView) }), 'Newest last'), ...problems },
    }),
    (c) => c.json({ changes: deps.records.history('device', c.req.valid('param').mac).map(changeView) }, 200),
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/devices/{mac}/resync',
      tags,
      summary: 'Tell the phone to fetch its configuration again; `reboot=1`: by a restart',
      request: { params: macParams, query: z.object({ reboot: z.enum(['0', '1']).default('0') }) },
      responses: { 200: json(wire.ResyncResult, 'What the phone said'), ...problems },
    }),
    async (c) => {
      const { mac } = c.req.valid('param')
      deviceOrThrow(deps, mac)
      const reboot = c.req.valid('query').reboot === '1'
      return c.json(outcomeView(await deps.resync(mac, { by: actorOf(c.req.raw, viaOf(c)), reboot })), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/devices/{mac}/allow',
      tags,
      summary: 'Give the device its files with secrets again, which were held back because it looked like another one',
      request: { params: macParams },
      responses: { 204: { description: 'Allowed: its next delivery is the first again' }, ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      deviceOrThrow(deps, mac)
      deps.allow(mac, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.body(null, 204)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/new-devices/{mac}/adopt',
      tags,
      summary: 'Make a record for a device that was seen',
      request: { params: macParams, body: body(wire.DeviceInput) },
      responses: { 201: json(wire.DeviceView, 'Adopted'), ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      const journey = deps.journeys.of(mac)
      if (!journey) throw new NotFoundError(`${formatMac(mac)} was never seen here; add it as a device instead`)
      if (deps.devices.get(mac)) throw new ConflictError(`${formatMac(mac)} has a record already`)
      const given = bagOf(c.req.valid('json'))
      if (given.rev !== undefined && given.rev !== 0)
        throw new InputError('a new device has no revision yet', [{ path: 'rev', message: 'must be left out' }])
      const device = deps.devices.put(mac, replaced(deps, mac, given), { by: actorOf(c.req.raw, viaOf(c)), base: 0 })
      return c.json(view(device), 201, tag(device))
    },
  )

  app.all('/devices/:mac', (c) => c.json(errorBody('method', `${c.req.method} is not offered here`), 405))
  return app
}

function outcomeView(outcome: NotifyOutcome): { outcome: NotifyOutcome['kind']; text: string } {
  if (outcome.kind === 'accepted') return { outcome: outcome.kind, text: `the phone accepted it (${outcome.status})` }
  if (outcome.kind === 'refused')
    return { outcome: outcome.kind, text: `the phone refused: ${outcome.status} ${outcome.reason.slice(0, 100)}` }
  return { outcome: outcome.kind, text: `the phone did not answer ${outcome.attempts} attempts` }
}
