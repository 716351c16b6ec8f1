import { createRoute, z } from '@hono/zod-openapi'
import { NotFoundError } from '../core/errors.ts'
import type { Layer } from '../phones/contract.ts'
import { mayAlso } from './access.ts'
import type { AdminDeps } from './contract.ts'
import { bagOf, baseOf, cleaned } from './edit.ts'
import { actorOf } from './guard.ts'
import { optionsFor } from './hidden-options.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema.ts'
import { LayerPreview } from './schema-workbench.ts'
import { keepSecrets } from './secrets.ts'
import { alarmView, dhcpView, journeyView, layerView, leaseView, sightingView } from './views.ts'
import { trialView } from './views-layers.ts'

const Kind = z.enum(['site', 'vendor', 'group', 'model'])
const layerParams = z.object({ kind: Kind, id: z.string().min(1).max(200) })
type Kind = z.infer<typeof Kind>

/** What concerns the site: settings by layer, and what the box sees. */
export function siteRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const view = (kind: Kind, id: string, stored: { rev: number; layer: Layer }): wire.LayerView => ({
    kind,
    id,
    rev: stored.rev,
    ...layerView(stored.layer, deps.isSecret),
  })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/layers/{kind}',
      tags: ['Settings'],
      summary: 'All layers of a kind',
      request: { params: z.object({ kind: Kind }) },
      responses: { 200: json(z.object({ layers: z.array(wire.LayerView) }), 'The layers'), ...problems },
    }),
    (c) => {
      const { kind } = c.req.valid('param')
      const mayEdit = mayAlso(viaOf(c), 'site')
      const layers = deps.layers.list(kind).map((stored) => optionsFor(mayEdit, view(kind, stored.id, stored)))
      return c.json({ layers }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/layers/{kind}/{id}',
      tags: ['Settings'],
      summary: 'What one layer says; the site is `site/site`',
      request: { params: layerParams },
      responses: { 200: json(wire.LayerView, 'The layer; ETag is its revision'), ...problems },
    }),
    (c) => {
      const { kind, id } = c.req.valid('param')
      const stored = deps.layers.get(kind, id)
      if (!stored) throw new NotFoundError(`nothing is set for ${kind} ${JSON.stringify(id)}`)
      return c.json(optionsFor(mayAlso(viaOf(c), 'site'), view(kind, id, stored)), 200, { etag: `"${stored.rev}"` })
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/layers/{kind}/{id}',
      tags: ['Settings'],
      summary: 'Replace what a layer says. Secrets that are not mentioned stay',
      request: { params: layerParams, body: body(wire.LayerInput) },
      responses: { 200: json(wire.LayerView, 'Replaced'), ...problems },
    }),
    (c) => {
      const { kind, id } = c.req.valid('param')
      const given = bagOf(c.req.valid('json'))
      const { kind: _kind, id: _id, ...input } = cleaned(given)
      const current = deps.layers.get(kind, id)
      // Secrets were taken from the revision read here; a change in between must be a conflict.
      const base = { base: current?.rev ?? 0, ...baseOf(c.req.raw.headers, given) }
      const by = actorOf(c.req.raw, viaOf(c))
      const stored = deps.layers.put(kind, id, keepSecrets(input, current?.layer, deps.isSecret), { by, ...base })
      return c.json(view(kind, id, stored), 200, { etag: `"${stored.rev}"` })
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/layers/{kind}/{id}/preview',
      tags: ['Settings'],
      summary: 'What replacing a layer would change on which devices. Nothing is stored',
      request: { params: layerParams, body: body(wire.LayerInput) },
      responses: { 200: json(LayerPreview, 'Each device for which something is another'), ...problems },
    }),
    (c) => {
      const { kind, id } = c.req.valid('param')
      const { kind: _kind, id: _id, ...input } = cleaned(bagOf(c.req.valid('json')))
      const current = deps.layers.get(kind, id)?.layer
      const layer = deps.layers.draft(kind, id, keepSecrets(input, current, deps.isSecret))
      return c.json(trialView(deps.workbench.tryLayer(kind, id, layer), deps.isSecret), 200)
    },
  )

  const sightings = () =>
    deps.journeys.list().map((summary) => sightingView(summary, deps.devices.get(summary.mac) !== undefined))
  app.openapi(
    read(
      '/journeys',
      'Journeys',
      'Every device that was seen, and its verdict',
      z.object({ journeys: z.array(wire.Sighting) }),
    ),
    (c) => c.json({ journeys: sightings() }, 200),
  )
  app.openapi(
    read(
      '/new-devices',
      'Journeys',
      'Devices that were seen and have no record',
      z.object({ journeys: z.array(wire.Sighting) }),
    ),
    (c) => c.json({ journeys: sightings().filter((row) => !row.known) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/journeys/{mac}',
      tags: ['Journeys'],
      summary: 'What one device did, in order, in plain words',
      request: { params: macParams },
      responses: { 200: json(wire.JourneyView, 'The journey'), ...problems },
    }),
    (c) => {
      const { mac } = c.req.valid('param')
      const journey = deps.journeys.of(mac)
      if (!journey) throw new NotFoundError('this device was never seen here')
      return c.json(journeyView(journey, deps.journeys.verdictOf(mac), deps.tell), 200)
    },
  )

  app.openapi(read('/leases', 'Network', 'All leases', z.object({ leases: z.array(wire.LeaseView) })), (c) =>
    c.json({ leases: deps.leases.all().map(leaseView) }, 200),
  )
  app.openapi(read('/dhcp', 'Network', 'What DHCP does on each interface, and why', wire.DhcpView), (c) =>
    c.json(dhcpView(deps.dhcp.status()), 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/dhcp/interfaces/{name}',
      tags: ['Network'],
      summary: 'Switch DHCP on an interface; makes a network of its own subnet where there is none',
      request: { params: z.object({ name: z.string().min(1).max(15) }), body: body(wire.DhcpInterfaceInput) },
      responses: { 200: json(wire.DhcpView, 'What DHCP does now'), ...problems },
    }),
    (c) => {
      const { mode, besideForeignServer } = c.req.valid('json')
      const by = actorOf(c.req.raw, viaOf(c))
      deps.dhcp.setInterface(c.req.valid('param').name, { mode, besideForeignServer }, { by })
      return c.json(dhcpView(deps.dhcp.status()), 200)
    },
  )
  app.openapi(
    read('/alarms', 'Box', 'Alarms, one for each kind and subject', z.object({ alarms: z.array(wire.AlarmView) })),
    (c) => c.json({ alarms: deps.alarms.list().map(alarmView) }, 200),
  )
  app.openapi(
    read('/counters', 'Box', 'Counters by name', z.object({ counters: z.record(z.string(), z.number()) })),
    (c) => c.json({ counters: Object.fromEntries(deps.counters.all()) }, 200),
  )
  app.openapi(read('/about', 'Box', 'What this box is and where it listens', wire.AboutView), (c) => {
    const about = deps.about()
    return c.json(
      {
        version: about.version,
        mode: about.mode,
        startedAt: about.startedAt,
        now: deps.clock.now(),
        addresses: [...about.addresses],
        listeners: about.listeners.map((listener) => ({ ...listener })),
      },
      200,
    )
  })
  app.openapi(
    read('/health', 'Box', 'Whether the box works', z.object({ ok: z.boolean(), uptimeSeconds: z.number() })),
    (c) => {
      const seconds = Math.floor((deps.clock.now() - deps.about().startedAt) / 1000)
      return c.json({ ok: deps.health().ok, uptimeSeconds: seconds }, 200)
    },
  )
  return app
}
