import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { renderSVG } from 'uqr'
import type { Principal } from '../accounts/contract.ts'
import type { AdminDeps } from './contract.ts'
import { ForbiddenError } from './errors.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, type Env, json, makeRouter, problems, read, viaOf } from './route.ts'
import { originOf, refusal } from './routes-sign-in.ts'
import { ErrorBody } from './schema.ts'
import * as wire from './schema-accounts.ts'

const tags = ['Your account']
const more = {
  401: { description: 'The password is not right', content: { 'application/json': { schema: ErrorBody } } },
  429: { description: 'Too many wrong tries', content: { 'application/json': { schema: ErrorBody } } },
  503: { description: 'Too many at once', content: { 'application/json': { schema: ErrorBody } } },
}

/** What people do with their own account: password, second factor, sessions, tokens. */
export function meRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { accounts } = deps

  /** Programs and the local socket have no account of their own to tend. */
  const sessionOf = (c: Context<Env>): Extract<Principal, { kind: 'session' }> => {
    const { who } = viaOf(c)
    if (who?.kind !== 'session') throw new ForbiddenError('this is for somebody who is signed in')
    return who
  }
  const fresh = (c: Context<Env>) => {
    const who = sessionOf(c)
    if (!accounts.isFresh(who)) throw new ForbiddenError('give your password again first (POST /api/v1/me/confirm)')
    return who
  }
  const byOf = (c: Context<Env>) => ({ by: actorOf(c.req.raw, viaOf(c)) })

  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/me/confirm', tags },
      summary: 'Give the password again, for what asks for it: secrets, second factor, accounts',
      request: { body: body(wire.ConfirmInput) },
      responses: { 200: json(wire.SignInState, 'Good for five minutes'), ...problems, ...more },
    }),
    async (c) => {
      const { session, account, role } = sessionOf(c)
      const outcome = await accounts.confirm(session, c.req.valid('json').password, originOf(c))
      if (outcome !== 'confirmed') return refusal(c, outcome, deps.clock.now())
      return c.json({ state: 'signed-in' as const, account, role, fresh: true }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: '/me/password', tags, summary: 'Change your password; your other sessions end' },
      request: { body: body(wire.OwnPassword) },
      responses: { 200: json(wire.SignInState, 'Changed'), ...problems, ...more },
    }),
    async (c) => {
      const { session, account, role } = sessionOf(c)
      const { old, password } = c.req.valid('json')
      const outcome = await accounts.confirm(session, old, originOf(c))
      if (outcome !== 'confirmed') return refusal(c, outcome, deps.clock.now())
      await accounts.changePassword(account, password, { ...byOf(c), keep: session })
      return c.json({ state: 'signed-in' as const, account, role, fresh: true }, 200)
    },
  )

  app.openapi(
    read('/me/sessions', 'Your account', 'Where you are signed in', z.object({ sessions: z.array(wire.SessionView) })),
    (c) => c.json({ sessions: accounts.sessions(sessionOf(c).account).map((it) => ({ ...it })) }, 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/me/sessions', tags, summary: 'Sign out everywhere but here' },
      responses: { 200: json(wire.Ended, 'How many ended'), ...problems },
    }),
    (c) => {
      const { account, session } = sessionOf(c)
      return c.json({ ended: accounts.endSessions(account, { ...byOf(c), keep: session }) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/me/sessions/{id}', tags, summary: 'Sign one browser out' },
      request: { params: z.object({ id: z.string().max(64) }) },
      responses: { 204: { description: 'Ended' }, ...problems },
    }),
    (c) => {
      accounts.endSession(sessionOf(c).account, c.req.valid('param').id, byOf(c))
      return c.body(null, 204)
    },
  )

  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/me/second-factor', tags },
      summary: 'A secret for an authenticator; it counts once a code of it is sent by PUT',
      responses: { 200: json(wire.FactorView, 'The secret'), ...problems },
    }),
    (c) => {
      const { secret, uri } = accounts.totpBegin(fresh(c).account)
      return c.json({ secret, uri, qr: renderSVG(uri) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: '/me/second-factor', tags, summary: 'Turn the second factor on' },
      request: { body: body(wire.CodeInput) },
      responses: { 200: json(wire.RecoveryView, 'On'), ...problems },
    }),
    (c) => c.json({ recoveryCodes: [...accounts.totpOn(fresh(c).account, c.req.valid('json').code, byOf(c))] }, 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/me/second-factor', tags, summary: 'Turn the second factor off' },
      responses: { 204: { description: 'Off' }, ...problems },
    }),
    (c) => {
      accounts.totpOff(fresh(c).account, byOf(c))
      return c.body(null, 204)
    },
  )

  app.openapi(
    read('/me/tokens', 'Your account', 'Your API tokens', z.object({ tokens: z.array(wire.TokenView) })),
    (c) =>
      c.json({ tokens: accounts.tokens(sessionOf(c).account).map((it) => ({ ...it, scopes: [...it.scopes] })) }, 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/me/tokens', tags, summary: 'Make an API token' },
      request: { body: body(wire.TokenInput) },
      responses: { 201: json(wire.MadeToken, 'With its secret, shown this once'), ...problems },
    }),
    (c) => {
      const { token, secret } = accounts.addToken({ ...c.req.valid('json'), account: fresh(c).account }, byOf(c))
      return c.json({ ...token, scopes: [...token.scopes], secret }, 201)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/me/tokens/{id}', tags, summary: 'End an API token' },
      request: { params: z.object({ id: z.string().max(64) }) },
      responses: { 204: { description: 'Ended' }, ...problems },
    }),
    (c) => {
      accounts.removeToken(c.req.valid('param').id, { ...byOf(c), account: sessionOf(c).account })
      return c.body(null, 204)
    },
  )
  return app
}
