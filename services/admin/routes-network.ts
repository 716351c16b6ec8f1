import { createRoute, z } from '@hono/zod-openapi'
import { formatMac } from '../core/mac.ts'
import type { AdminDeps } from './contract.ts'
import { baseOf } from './edit.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-network.ts'

/** The networks that addresses are leased of: their ranges and reservations. */
export function networkRoutes({ dhcp }: Pick<AdminDeps, 'dhcp'>): AdminRouter {
  const app = makeRouter()
  const view = (): wire.NetworksView => ({
    networks: dhcp.networks().map(({ pools, dns, ntp, reservations, ...network }) => ({
      ...network,
      ...{ pools: [...pools], dns: [...dns], ntp: [...ntp] },
      reservations: reservations.map(({ mac, ...rest }) => ({
        ...(mac !== undefined && { mac: formatMac(mac) }),
        ...rest,
      })),
    })),
    interfaces: dhcp.choices().map(({ addresses, ...choice }) => ({ ...choice, addresses: [...addresses] })),
  })

  app.openapi(
    read(
      '/dhcp/networks',
      'Network',
      'Networks with their ranges and reservations, and the interfaces that DHCP could be switched on',
      wire.NetworksView,
    ),
    (c) => c.json(view(), 200),
  )
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/dhcp/networks/{id}',
      tags: ['Network'],
      summary: 'Change some fields of a network; null takes one away. In force at once, or refused with every fault',
      request: { params: z.object({ id: z.string().min(1).max(64) }), body: body(wire.NetworkPatch) },
      responses: { 200: json(wire.NetworksView, 'The networks as they are now'), ...problems },
    }),
    (c) => {
      const by = actorOf(c.req.raw, viaOf(c))
      dhcp.setNetwork(c.req.valid('param').id, c.req.valid('json'), { by, ...baseOf(c.req.raw.headers) })
      return c.json(view(), 200)
    },
  )
  return app
}
