import { createRoute, z } from '@hono/zod-openapi'
import { formatMac } from '../core/mac.ts'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import { DeviceView } from './schema.ts'
import * as wire from './schema-assist.ts'
import { deviceView } from './views.ts'

/** Setting up by hand, giving phones to people, and claims by PIN. */
export function assistRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { assist } = deps
  const status = (): wire.ClaimStatusView => {
    const { round, ...rest } = assist.claims.status()
    return { ...rest, ...(round && { round: { ...round } }), now: deps.clock.now() }
  }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/setup',
      tags: ['Devices'],
      summary: 'What to type in on this device or its web page, its URL, and a QR code of it',
      request: { params: macParams },
      responses: { 200: json(wire.SetupView, 'The instructions'), ...problems },
    }),
    (c) => {
      const { mac, login, ...setup } = assist.setup(c.req.valid('param').mac)
      const lists = {
        phone: [...setup.phone],
        web: [...setup.web],
        address: [...setup.address],
        findMac: [...setup.findMac],
        reset: [...setup.reset],
      }
      return c.json({ ...setup, ...lists, ...(login && { login: { ...login } }), mac: formatMac(mac) }, 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/new-devices/{mac}/assign',
      tags: ['Devices'],
      summary: 'Give a device that has no record to a person: it gets their name and their line',
      request: { params: macParams, body: body(wire.Assignee) },
      responses: { 201: json(DeviceView, 'The device'), ...problems },
    }),
    (c) => {
      const by = actorOf(c.req.raw, viaOf(c))
      const device = assist.assign(c.req.valid('param').mac, c.req.valid('json'), { by })
      return c.json(deviceView(device, deps.isSecret), 201, { etag: `"${device.rev}"` })
    },
  )

  app.openapi(
    read(
      '/people/waiting',
      'People',
      'People with a SIP account and no phone, by extension',
      z.object({ people: z.array(wire.WaitingPerson) }),
    ),
    (c) => c.json({ people: assist.waiting().map((person) => ({ ...person })) }, 200),
  )

  app.openapi(read('/claim', 'People', 'Whether phones may be claimed by PIN now', wire.ClaimStatusView), (c) =>
    c.json(status(), 200),
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/claim/open',
      tags: ['People'],
      summary: 'Open a round with a new PIN for everybody who has none of their own',
      request: { body: body(wire.OpenClaim) },
      responses: { 200: json(wire.ClaimStatusView, 'The round with its PIN'), ...problems },
    }),
    (c) => {
      assist.claims.open({ ...c.req.valid('json'), by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(status(), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/claim/close',
      tags: ['People'],
      summary: 'End the round: its PIN is worth nothing any more',
      responses: { 200: json(wire.ClaimStatusView, 'No round'), ...problems },
    }),
    (c) => {
      assist.claims.close({ by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(status(), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/claim/pins',
      tags: ['People'],
      summary: 'Give a person a PIN of their own, or take it away',
      request: { body: body(wire.PinInput) },
      responses: { 200: json(wire.PinView, 'The PIN, shown this once'), ...problems },
    }),
    (c) => {
      const { extension, pin } = c.req.valid('json')
      const made = assist.claims.setPin(extension, pin, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json({ extension, ...(made !== undefined && { pin: made }) }, 200)
    },
  )
  return app
}
