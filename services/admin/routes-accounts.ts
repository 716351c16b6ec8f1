import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { demandFresh } from './access.ts'
import type { AdminDeps } from './contract.ts'
import { ForbiddenError } from './errors.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, type Env, json, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-accounts.ts'

const tags = ['Accounts']
const params = z.object({ name: z.string().max(64) })

/** Who may sign in. For owners who gave their password a moment ago, and for the local socket. */
export function accountRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { accounts } = deps

  /** Who makes or changes accounts can become anybody: an open browser alone must not do. */
  const changing = (c: Context<Env>) => {
    const via = viaOf(c)
    if (via.via !== 'socket' && via.who === undefined)
      throw new ForbiddenError('the first account is made at /api/v1/sign-in/first')
    demandFresh(deps, via)
    return { by: actorOf(c.req.raw, via) }
  }

  app.openapi(
    read('/accounts', 'Accounts', 'Who may sign in', z.object({ accounts: z.array(wire.AccountView) })),
    (c) => c.json({ accounts: accounts.list().map((it) => ({ ...it })) }, 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/accounts', tags, summary: 'Add an account' },
      request: { body: body(wire.AccountInput) },
      responses: { 201: json(wire.AccountView, 'The account'), ...problems },
    }),
    async (c) => c.json({ ...(await accounts.add(c.req.valid('json'), changing(c))) }, 201),
  )
  app.openapi(
    createRoute({
      ...{ method: 'patch', path: '/accounts/{name}', tags, summary: 'Change its role, or disable it' },
      request: { params, body: body(wire.AccountPatch) },
      responses: { 200: json(wire.AccountView, 'The account'), ...problems },
    }),
    (c) => {
      const { role, disabled } = c.req.valid('json')
      const change = { ...(role !== undefined && { role }), ...(disabled !== undefined && { disabled }) }
      return c.json({ ...accounts.change(c.req.valid('param').name, change, changing(c)) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/accounts/{name}', tags },
      summary: 'Remove an account with its sessions and tokens. `last=1` (local socket only): even if none is left',
      request: { params, query: z.object({ last: z.enum(['0', '1']).default('0') }) },
      responses: { 204: { description: 'Removed' }, ...problems },
    }),
    (c) => {
      const last = c.req.valid('query').last === '1'
      if (last && viaOf(c).via !== 'socket')
        throw new ForbiddenError('the last account goes over the local socket only')
      accounts.remove(c.req.valid('param').name, { ...changing(c), last })
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: '/accounts/{name}/password', tags },
      summary: 'Set a password without the old one; sessions, tokens and second factor of the account end',
      request: { params, body: body(wire.NewPassword) },
      responses: { 200: json(wire.AccountView, 'The account'), ...problems },
    }),
    async (c) => {
      const { password } = c.req.valid('json')
      return c.json({ ...(await accounts.reset(c.req.valid('param').name, password, changing(c))) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/accounts/{name}/sessions', tags, summary: 'Where it is signed in' },
      request: { params },
      responses: { 200: json(z.object({ sessions: z.array(wire.SessionView) }), 'Its sessions'), ...problems },
    }),
    (c) => {
      const { name } = accounts.get(c.req.valid('param').name)
      return c.json({ sessions: accounts.sessions(name).map((it) => ({ ...it })) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/accounts/{name}/sessions', tags, summary: 'End all of its sessions' },
      request: { params },
      responses: { 200: json(wire.Ended, 'How many ended'), ...problems },
    }),
    (c) => c.json({ ended: accounts.endSessions(c.req.valid('param').name, changing(c)) }, 200),
  )
  app.openapi(read('/tokens', 'Accounts', 'Every API token', z.object({ tokens: z.array(wire.TokenView) })), (c) =>
    c.json({ tokens: accounts.tokens().map((it) => ({ ...it, scopes: [...it.scopes] })) }, 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/tokens/{id}', tags, summary: 'End anybody’s API token' },
      request: { params: z.object({ id: z.string().max(64) }) },
      responses: { 204: { description: 'Ended' }, ...problems },
    }),
    (c) => {
      accounts.removeToken(c.req.valid('param').id, changing(c))
      return c.body(null, 204)
    },
  )
  app.openapi(
    read('/trust', 'Accounts', 'What proves the box to a browser, and a person to a new box', wire.TrustView),
    (c) => {
      const setupCode = accounts.setupCode()
      return c.json({ fingerprint: deps.fingerprint, ...(setupCode !== undefined && { setupCode }) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/account-events', tags, summary: 'Who came in, who was refused, who saw secrets' },
      request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }) },
      responses: { 200: json(z.object({ events: z.array(wire.AccountEventView) }), 'Newest first'), ...problems },
    }),
    (c) => c.json({ events: accounts.events(c.req.valid('query').limit).map((it) => ({ ...it })) }, 200),
  )
  return app
}
