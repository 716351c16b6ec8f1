import { createRoute, z } from '@hono/zod-openapi'
import { printable } from '../core/bytes.ts'
import { NotFoundError } from '../core/errors.ts'
import { formatIpv4 } from '../core/ipv4.ts'
import { formatMac, parseMac } from '../core/mac.ts'
import { mayAlso } from './access.ts'
import type { AdminDeps, Via } from './contract.ts'
import { baseOf } from './edit.ts'
import { actorOf } from './guard.ts'
import { withoutValue } from './hidden-options.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-network.ts'

/** The networks that addresses are leased of: their ranges and reservations. */
export function networkRoutes({ dhcp, leases, devices }: Pick<AdminDeps, 'dhcp' | 'leases' | 'devices'>): AdminRouter {
  const app = makeRouter()
  const listening = new Map<string, ReturnType<typeof dhcp.listen>>()
  const view = (via: Via): wire.NetworksView => {
    const shown = mayAlso(via, 'site') ? (option: wire.OptionView) => ({ ...option }) : withoutValue
    return {
      networks: dhcp.networks().map(({ pools, dns, ntp, reservations, options, ...network }) => ({
        ...network,
        ...{ pools: [...pools], dns: [...dns], ntp: [...ntp], options: options.map(shown) },
        reservations: reservations.map((one) => ({ ...one })),
      })),
      interfaces: dhcp.choices().map(({ addresses, ...choice }) => ({ ...choice, addresses: [...addresses] })),
    }
  }
  const idParams = z.object({ id: z.string().min(1).max(64) })

  app.openapi(
    read(
      '/dhcp/networks',
      'Network',
      'Networks with their ranges and reservations, and the interfaces that DHCP could be switched on',
      wire.NetworksView,
    ),
    (c) => c.json(view(viaOf(c)), 200),
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
      method: 'post',
      path: '/dhcp/networks',
      tags: ['Network'],
      summary: 'Add a network. In force at once, or refused with every fault',
      request: { body: body(wire.NetworkInput) },
      responses: {
        201: json(wire.NetworksView, 'The networks as they are now; Location names the new one'),
        ...problems,
      },
    }),
    (c) => {
      const via = viaOf(c)
      const id = dhcp.addNetwork(c.req.valid('json'), { by: actorOf(c.req.raw, via) })
      return c.json(view(via), 201, { location: `/api/v1/dhcp/networks/${encodeURIComponent(id)}` })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/dhcp/networks/{id}/removal',
      tags: ['Network'],
      summary: 'Whom it would concern if this network were removed',
      request: { params: idParams },
      responses: { 200: json(wire.RemovalView, 'Who holds an address of it now'), ...problems },
    }),
    (c) => {
      const { id } = c.req.valid('param')
      const all = dhcp.networks()
      const network = all.find((one) => one.id === id)
      if (network === undefined) throw new NotFoundError(`no network ${id}`)
      const held = leases.all().filter((lease) => lease.network === id && lease.state === 'active')
      const last = all.every((one) => one === network || one.interface !== network.interface)
      return c.json(
        {
          leases: held.length,
          phones: held.filter(({ mac }) => mac !== undefined && devices.get(mac) !== undefined).length,
          reservations: network.reservations.length,
          ...(network.interface !== undefined && last && { interface: network.interface }),
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/dhcp/networks/{id}',
      tags: ['Network'],
      summary: 'Remove a network. Who has an address of it keeps it until its time is over; none is renewed',
      request: { params: idParams },
      responses: { 200: json(wire.NetworksView, 'The networks as they are now'), ...problems },
    }),
    (c) => {
      const via = viaOf(c)
      dhcp.removeNetwork(c.req.valid('param').id, { by: actorOf(c.req.raw, via), ...baseOf(c.req.raw.headers) })
      return c.json(view(via), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/dhcp/networks/{id}',
      tags: ['Network'],
      summary: 'Change some fields of a network; null takes one away. In force at once, or refused with every fault',
      request: { params: idParams, body: body(wire.NetworkPatch) },
      responses: { 200: json(wire.NetworksView, 'The networks as they are now'), ...problems },
    }),
    (c) => {
      const by = actorOf(c.req.raw, viaOf(c))
      dhcp.setNetwork(c.req.valid('param').id, c.req.valid('json'), { by, ...baseOf(c.req.raw.headers) })
      return c.json(view(viaOf(c)), 200)
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
          options: options.map(({ text, plain, ...option }) => {
            const shown = plain || mayAlso(viaOf(c), option.from === 'network' ? 'site' : 'devices')
            return { ...option, ...(shown && { text }) }
          }),
        },
        200,
      )
    },
  )
  return app
}
