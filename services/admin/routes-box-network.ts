import { createRoute } from '@hono/zod-openapi'
import type { AddressSetting, BoxNetworkState } from '../box-network/contract.ts'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, makeRouter, problems, read, viaOf } from './route.ts'
import { BoxNetworkChange, BoxNetworkView } from './schema-box-network.ts'

const tags = ['Box']

/** The box's own address: what it is, another one on trial, and keeping that. */
export function boxNetworkRoutes({ boxNetwork }: Pick<AdminDeps, 'boxNetwork'>): AdminRouter {
  const app = makeRouter()
  app.openapi(read('/box-network', 'Box', 'How the box gets its own address', BoxNetworkView), (c) =>
    c.json(viewOf(boxNetwork.state()), 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/box-network',
      tags,
      summary:
        'Try another address of the box. Unless it is kept in time, the former one is taken back; so is it when the machine starts again',
      request: { body: body(BoxNetworkChange) },
      responses: { 202: json(BoxNetworkView, 'It is in force within seconds'), ...problems },
    }),
    async (c) => {
      const { seconds, address, gateway, dns, ntp, interface: only } = c.req.valid('json')
      const setting: AddressSetting = {
        ...(address !== undefined && { address }),
        ...(gateway !== undefined && { gateway }),
        ...{ dns, ntp },
        ...(only !== undefined && { interface: only }),
      }
      return c.json(viewOf(await boxNetwork.attempt(setting, { by: actorOf(c.req.raw, viaOf(c)), seconds })), 202)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/box-network/keep',
      tags,
      summary: 'Keep the address that is tried: whoever asks for this reaches the box by it',
      responses: { 200: json(BoxNetworkView, 'It is kept'), ...problems },
    }),
    async (c) => c.json(viewOf(await boxNetwork.keep({ by: actorOf(c.req.raw, viaOf(c)) })), 200),
  )
  return app
}

function viewOf({ setting, ...state }: BoxNetworkState): BoxNetworkView {
  return { ...state, setting: { ...setting, dns: [...setting.dns], ntp: [...setting.ntp] } }
}
