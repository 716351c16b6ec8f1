import { createRoute, z } from '@hono/zod-openapi'
import { printable } from '../core/bytes.ts'
import { NotFoundError } from '../core/errors.ts'
import { formatMac, readMac } from '../core/mac.ts'
import type { Job, JobRequest, Pending, Selection, When } from '../refetch/contract.ts'
import type { AdminDeps } from './contract.ts'
import { deviceOrThrow } from './edit.ts'
import { InputError } from './errors.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-refetch.ts'

const tags = ['Fetch again']
const idParams = z.object({ id: z.string().min(1).max(64) })

/** Making phones fetch again, one or many, now or later; and what would have to happen on which phone. */
export function refetchRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { refetch } = deps
  const nameOf = (mac: Job['items'][number]['mac']) => deps.devices.get(mac)?.name
  const view = (job: Job): wire.RefetchJob => ({
    ...rowOf(job),
    items: job.items.map(({ mac, state, outcome, text, askedAt, endedAt }) => {
      const name = nameOf(mac)
      return {
        ...{ mac: formatMac(mac), state, text: printable(text, 1_000) },
        ...(name !== undefined && { name }),
        ...(outcome !== undefined && { outcome }),
        ...(askedAt !== undefined && { askedAt }),
        ...(endedAt !== undefined && { endedAt }),
      }
    }),
  })
  const pending = (one: Pending): wire.PendingView => {
    const { mac, files, changed, way, ...rest } = one
    const name = nameOf(mac)
    return {
      ...rest,
      mac: formatMac(mac),
      files: files.map((file) => ({ ...file })),
      changed: [...changed],
      ...(name !== undefined && { name }),
      ...(way && { way: { ...way } }),
    }
  }

  app.openapi(
    createRoute({
      method: 'post',
      path: '/refetch',
      tags,
      summary:
        'Ask devices to fetch their configuration again: some, a group, a model or all; now, at a time or in a window',
      request: { body: body(wire.RefetchInput) },
      responses: { 202: json(wire.RefetchJob, 'The job; it is stored and goes on after a restart'), ...problems },
    }),
    (c) => {
      const request = requestOf(deps, c.req.valid('json'), actorOf(c.req.raw, viaOf(c)))
      return c.json(view(refetch.start(request)), 202)
    },
  )
  app.openapi(
    read('/refetch', 'Fetch again', 'Jobs, the newest first', z.object({ jobs: z.array(wire.RefetchJobRow) })),
    (c) => c.json({ jobs: refetch.jobs().map(rowOf) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/refetch/{id}',
      tags,
      summary: 'One job with the outcome of each device',
      request: { params: idParams },
      responses: { 200: json(wire.RefetchJob, 'The job'), ...problems },
    }),
    (c) => {
      const { id } = c.req.valid('param')
      const job = refetch.job(id)
      if (job === undefined) throw new NotFoundError(`no job ${JSON.stringify(id)}`)
      return c.json(view(job), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/refetch/{id}',
      tags,
      summary: 'Cancel a job: nobody more is asked',
      request: { params: idParams },
      responses: { 200: json(wire.RefetchJob, 'The job as it stands'), ...problems },
    }),
    (c) => c.json(view(refetch.cancel(c.req.valid('param').id, { by: actorOf(c.req.raw, viaOf(c)) })), 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/pending',
      tags,
      summary: 'What would have to happen on this device for it to have all that is set',
      request: { params: macParams },
      responses: {
        200: json(wire.PendingView, 'Files that changed, whether a restart is needed, the way'),
        ...problems,
      },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      deviceOrThrow(deps, mac)
      return c.json(pending(refetch.pending(mac)), 200)
    },
  )
  app.openapi(
    read(
      '/pending',
      'Fetch again',
      'The devices of the site that do not have all that is set',
      z.object({ devices: z.array(wire.PendingView) }),
    ),
    async (c) => {
      const rows: wire.PendingView[] = []
      for (const [i, { mac, enabled }] of deps.devices.list().entries()) {
        // Each makes a device's files anew: others get their turn in between.
        if (i % 20 === 19) await new Promise((done) => setTimeout(done, 0))
        const one = enabled ? refetch.pending(mac) : undefined
        if (one !== undefined && one.files.length > 0) rows.push(pending(one))
      }
      return c.json({ devices: rows }, 200)
    },
  )
  return app
}

function requestOf(deps: AdminDeps, input: wire.RefetchInput, by: string): JobRequest {
  const { reboot, limit, why, key } = input
  return {
    ...{ selection: selectionOf(input), when: whenOf(deps, input), reboot, limit, by },
    ...(why !== undefined && { why }),
    ...(key !== undefined && { key }),
  }
}

function selectionOf({ devices, group, model, all }: wire.RefetchInput): Selection {
  const given = [devices, group, model, all].filter((one) => one !== undefined)
  if (given.length !== 1) throw new InputError('say exactly one of devices, group, model and all')
  if (group !== undefined) return { kind: 'group', group }
  if (model !== undefined) return { kind: 'model', ...model }
  if (devices === undefined) return { kind: 'all' }
  const macs = devices.map((text, i) => {
    const mac = readMac(text)
    if (mac === undefined)
      throw new InputError('a device is named wrongly', [
        { path: `devices.${i}`, message: `${JSON.stringify(text.slice(0, 40))} is no MAC address` },
      ])
    return mac
  })
  return { kind: 'devices', macs }
}

function whenOf(deps: AdminDeps, { at, window }: wire.RefetchInput): When {
  if (at !== undefined && window !== undefined) throw new InputError('say either at or window')
  if (at !== undefined) return { kind: 'at', at }
  if (window === undefined) return { kind: 'now' }
  const { from, to, days } = window
  return { kind: 'window', from, to, zone: zoneOf(deps), ...(days && { days }) }
}

/** The site's time zone, as its phones have it. */
function zoneOf(deps: AdminDeps): string {
  const zone = deps.layers.get('site', 'site')?.layer.settings.timezone
  return typeof zone === 'string' ? zone : 'Etc/UTC'
}

function rowOf(job: Job): wire.RefetchJobRow {
  const counts: Record<string, number> = {}
  for (const { state, outcome } of job.items) {
    const name = outcome ?? state
    counts[name] = (counts[name] ?? 0) + 1
  }
  const { id, at, by, why, reboot, limit, state, opensAt, endedAt } = job
  return {
    ...{ id, at, by, reboot, limit, state, counts, what: whatOf(job.selection), when: whenText(job.when) },
    ...(why !== undefined && { why }),
    ...(opensAt !== undefined && { opensAt }),
    ...(endedAt !== undefined && { endedAt }),
  }
}

function whatOf(selection: Selection): string {
  if (selection.kind === 'all') return 'all devices'
  if (selection.kind === 'group') return `group ${printable(selection.group, 100)}`
  if (selection.kind === 'model') return `model ${printable(`${selection.vendor} ${selection.model}`, 100)}`
  const [first] = selection.macs
  if (first === undefined) return 'no device'
  return selection.macs.length === 1 ? formatMac(first) : `${selection.macs.length} devices`
}

function whenText(when: When): string {
  if (when.kind === 'now') return 'now'
  if (when.kind === 'at') return `from ${new Date(when.at).toISOString()}`
  const days = when.days === undefined ? '' : ` on ${when.days.join(', ')}`
  return `between ${when.from} and ${when.to}${days} (${when.zone})`
}
