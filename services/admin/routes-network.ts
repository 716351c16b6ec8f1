import { createRoute, z } from '@hono/zod-openapi'
import { printable } from '../core/bytes.ts'
import { formatIpv4 } from '../core/ipv4.ts'
import { formatMac, parseMac } from '../core/mac.ts'
import type { AdminDeps } from './contract.ts'
import { baseOf } from './edit.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-network.ts'

/** The networks that addresses are leased of: their ranges and reservations. */
export function networkRoutes({ dhcp }: Pick<AdminDeps, 'dhcp'>): AdminRouter {
  const app = makeRouter()
  const listening = new Map<string, ReturnType<typeof dhcp.listen>>()
  const view = (): wire.NetworksView => ({
    networks: dhcp.networks().map(({ pools, dns, ntp, reservations, options, ...network }) => ({
      ...network,
      ...{ pools: [...pools], dns: [...dns], ntp: [...ntp], options: options.map((option) => ({ ...option })) },
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
      method: 'post',
      path: '/dhcp/interfaces/{name}/listen',
      tags: ['Network'],
      summary: 'Ask once who else leases addresses on an interface. Takes some seconds and changes nothing',
      request: { params: z.object({ name: z.string().min(1).max(15) }) },
      responses: { 200: json(wire.HeardView, 'Who answered'), ...problems },
    }),
    async (c) => {
      const { name } = c.req.valid('param')
      // Two at once would be in each other's way: the port is held while one listens.
      const round = listening.get(name) ?? dhcp.listen(name).finally(() => listening.delete(name))
      listening.set(name, round)
      const servers = await round
      return c.json(
        {
          servers: servers.map(({ server, mac, offered }) => ({
            server: formatIpv4(server),
            ...(mac !== undefined && { mac: formatMac(mac) }),
            ...(offered !== undefined && { offered: formatIpv4(offered) }),
          })),
        },
        200,
      )
    },
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
  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices/{mac}/dhcp',
      tags: ['Network'],
      summary: 'The DHCP options that a device is told, or would be: from what it asked for when it last came',
      request: {
        params: macParams,
        query: z.object({ network: z.string().min(1).max(64).optional() }),
      },
      responses: { 200: json(wire.ToldView, 'In the order of the packet'), ...problems },
    }),
    (c) => {
      const { vendorClass, asked, options, ...told } = dhcp.told(
        parseMac(c.req.valid('param').mac),
        c.req.valid('query').network,
      )
      return c.json(
        {
          ...told,
          ...(vendorClass !== undefined && { vendorClass: printable(vendorClass) }),
          ...(asked && { asked: [...asked] }),
          options: options.map((option) => ({ ...option })),
        },
        200,
      )
    },
  )
  return app
}
