import { createRoute, z } from '@hono/zod-openapi'
import { body, json } from '../../services/admin/route.ts'
import {
  accountParams,
  act,
  callerOf,
  DONE,
  idParam,
  makeCloudRouter,
  ok,
  pathProblems,
  problems,
} from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import type { Channel } from './channels.ts'
import {
  ChannelEdit,
  ChannelInput,
  ChannelList,
  ChannelMade,
  ChannelSecret,
  ChannelView,
  DeliveryList,
  TestSent,
} from './schema.ts'

const channelParams = accountParams.extend({ channel: idParam('channel') })

const shown = (channel: Channel) => ({ ...channel, kinds: [...channel.kinds] })

/** Where alerts go: mail and webhooks, and what became of each. */
export function channelRoutes(deps: CloudDeps) {
  const { channels } = deps
  const tags = ['Alert channels']
  const app = makeCloudRouter()
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/alert-channels',
      tags,
      summary: 'Where alerts go',
      ...act(deps, 'channels.read'),
      request: { params: accountParams },
      responses: { 200: json(ChannelList, 'Channels'), ...pathProblems },
    }),
    async (c) => c.json({ channels: (await channels.list(c.req.valid('param').account)).map(shown) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/alert-channels',
      tags,
      summary: 'Add a channel; the secret of a webhook is told this once',
      ...act(deps, 'channels.manage'),
      request: { params: accountParams, body: body(ChannelInput) },
      responses: { 201: json(ChannelMade, 'Channel'), ...problems },
    }),
    async (c) => {
      const made = await channels.create(c.req.valid('param').account, c.req.valid('json'), callerOf(c))
      return c.json({ ...made, channel: shown(made.channel) }, 201)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/accounts/{account}/alert-channels/{channel}',
      tags,
      summary: 'Change a channel, or switch it on or off',
      ...act(deps, 'channels.manage'),
      request: { params: channelParams, body: body(ChannelEdit) },
      responses: { 200: json(ChannelView, 'Channel'), ...problems },
    }),
    async (c) => {
      const { account, channel } = c.req.valid('param')
      return c.json(shown(await channels.edit(account, channel, c.req.valid('json'), callerOf(c))), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/accounts/{account}/alert-channels/{channel}',
      tags,
      summary: 'Take a channel away',
      ...act(deps, 'channels.manage'),
      request: { params: channelParams },
      responses: { 200: json(ok, 'Removed'), ...pathProblems },
    }),
    async (c) => {
      const { account, channel } = c.req.valid('param')
      await channels.remove(account, channel, callerOf(c))
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/alert-channels/{channel}/secret',
      tags,
      summary: 'A new secret, told this once; the one before is void',
      ...act(deps, 'channels.manage'),
      request: { params: channelParams },
      responses: { 200: json(ChannelSecret, 'Secret'), 400: problems[400], ...pathProblems },
    }),
    async (c) => {
      const { account, channel } = c.req.valid('param')
      return c.json(await channels.renewSecret(account, channel, callerOf(c)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/alert-channels/{channel}/test',
      tags,
      summary: 'Send a test; its delivery says what became of it',
      ...act(deps, 'channels.manage'),
      request: { params: channelParams },
      responses: { 202: json(TestSent, 'On its way'), ...pathProblems },
    }),
    async (c) => {
      const { account, channel } = c.req.valid('param')
      return c.json(await channels.test(account, channel, callerOf(c)), 202)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/deliveries',
      tags,
      summary: 'What was sent, newest first: to whom, how often tried, what was answered',
      ...act(deps, 'channels.read'),
      request: {
        params: accountParams,
        query: z.object({
          channel: z.string().max(100).optional(),
          before: z.string().max(100).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
      },
      responses: { 200: json(DeliveryList, 'Deliveries'), 400: problems[400], ...pathProblems },
    }),
    async (c) =>
      c.json({ deliveries: [...(await channels.deliveries(c.req.valid('param').account, c.req.valid('query')))] }, 200),
  )
  return app
}
