import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Origin, SignIn } from '../accounts/contract.ts'
import { cookieOf, giveCookie } from './access.ts'
import type { AdminDeps } from './contract.ts'
import { errorBody, ForbiddenError } from './errors.ts'
import { type AdminRouter, body, type Env, json, makeRouter, problem, problems, viaOf } from './route.ts'
import * as wire from './schema-accounts.ts'

/** What somebody who is not signed in may send at most. */
const MAX_BODY = 4096
const tags = ['Sign-in']
const answers = {
  200: json(wire.SignInState, 'Signed in; the cookie is in the answer'),
  ...problems,
  401: problem('Refused. `needs-code`: the password is right and the second factor is due'),
  429: problem('Too many wrong tries; Retry-After says how long to wait'),
  503: problem('Too many at once; nothing was tried'),
}

/** Signing in and out, and the first account. They are for everybody, so they take little and say less. */
export function signInRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { accounts } = deps
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => c.json(errorBody('too-large', `more than ${MAX_BODY} bytes`), 413),
  })
  app.use('/sign-in/*', limit)
  app.use('/sign-out', limit)

  const state = (c: Context<Env>): wire.SignInState => {
    const via = viaOf(c)
    if (via.via === 'socket') return { state: 'open' }
    if (via.who?.kind === 'session')
      return { state: 'signed-in', account: via.who.account, role: via.who.role, fresh: accounts.isFresh(via.who) }
    if (via.who) return { state: 'signed-in', account: via.who.account, role: via.who.role }
    if (accounts.exist()) return { state: 'signed-out' }
    return via.lan ? { state: 'first', needsSetupCode: true } : { state: 'open' }
  }

  /** The same answer for every way not to be let in. */
  const answer = (c: Context<Env>, outcome: SignIn) => {
    if (outcome.kind === 'in') {
      giveCookie(c, viaOf(c), outcome.secret)
      const { name: account, role } = outcome.account
      return c.json({ state: 'signed-in' as const, account, role, fresh: true }, 200)
    }
    return refusal(c, outcome, deps.clock.now())
  }

  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/sign-in', tags, summary: 'Whether this browser is signed in' },
      responses: { 200: json(wire.SignInState, 'Where it stands') },
    }),
    (c) => c.json(state(c), 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/sign-in', tags, summary: 'Sign in' },
      request: { body: body(wire.SignInInput) },
      responses: answers,
    }),
    async (c) => {
      const { name, password, code } = c.req.valid('json')
      const given = { name, password, ...(code !== undefined && { code }) }
      const outcome = await accounts.signIn(given, originOf(c))
      const old = cookieOf(c, viaOf(c))
      // A browser has one session: the one before would only be left lying about.
      if (outcome.kind === 'in' && old !== undefined) accounts.signOut(old, originOf(c))
      return answer(c, outcome)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/sign-in/first', tags },
      summary: 'Make the first account, an owner; over the LAN with the setup code that the box printed',
      request: { body: body(wire.FirstInput) },
      responses: answers,
    }),
    async (c) => {
      const { name, password, setupCode } = c.req.valid('json')
      const via = viaOf(c)
      if (via.via === 'socket') throw new ForbiddenError('over the local socket: POST /api/v1/accounts')
      const input = { name, password, ...(setupCode !== undefined && { setupCode }) }
      return answer(c, await accounts.addFirst(input, originOf(c), { needsCode: via.lan === true }))
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/sign-out', tags, summary: 'Sign this browser out' },
      responses: { 200: json(wire.SignInState, 'Signed out') },
    }),
    (c) => {
      const via = viaOf(c)
      const secret = cookieOf(c, via)
      if (secret !== undefined) accounts.signOut(secret, originOf(c))
      giveCookie(c, via, undefined)
      return c.json({ state: accounts.exist() ? ('signed-out' as const) : ('open' as const) }, 200)
    },
  )
  return app
}

/** The answer for somebody who is not let in. Says as little as it can. */
export function refusal(c: Context<Env>, outcome: Exclude<SignIn, { kind: 'in' }>, now: number) {
  if (outcome.kind === 'code') return c.json(errorBody('needs-code', 'the code of your authenticator is needed'), 401)
  if (outcome.kind === 'refused') return c.json(errorBody('refused', 'that is not right'), 401)
  if (outcome.kind === 'busy') {
    c.header('retry-after', '2')
    return c.json(errorBody('busy', 'too many sign in at once; try again'), 503)
  }
  const seconds = Math.max(1, Math.ceil((outcome.until - now) / 1000))
  c.header('retry-after', String(seconds))
  return c.json(errorBody('held', `too many wrong tries; wait ${seconds} s`), 429)
}

export function originOf(c: Context<Env>): Origin {
  return { address: viaOf(c).address ?? 'unknown', agent: c.req.header('user-agent') ?? '' }
}
