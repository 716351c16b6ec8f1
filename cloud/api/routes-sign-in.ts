import { createRoute, z } from '@hono/zod-openapi'
import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { body, json } from '../../services/admin/route.ts'
import { clientNetwork } from '../../services/core/client-network.ts'
import type { CloudDeps } from '../deps.ts'
import { hashPassword } from '../signin/passwords.ts'
import { LIMITS } from '../signin/policy-limits.ts'
import { cookieName, putCookie } from './identify.ts'
import {
  addressOf,
  callerOf,
  DONE,
  type Env,
  idParam,
  makeCloudRouter,
  ok,
  PUBLIC,
  problems,
  sessionOf,
  signedIn,
} from './route.ts'
import {
  Accept,
  Ceremony,
  Factor,
  PasskeySignIn,
  PasswordSignIn,
  Providers,
  SignedIn,
  Welcome,
  WelcomeInput,
} from './schema.ts'

/** Signing in and out, and taking an invitation. */
export function signInRoutes(deps: CloudDeps) {
  const { people, passkeys, invitations, limiter, oidc } = deps
  const tags = ['Sign-in']
  const app = makeCloudRouter()
  const answers = { 400: problems[400], 401: problems[401], 429: problems[429] }
  const perAddress = (c: Context<Env>) =>
    limiter.take([[`signin:address:${clientNetwork(addressOf(c))}`, LIMITS.address]])

  async function openSession(c: Context<Env>, personId: string): Promise<void> {
    // The session that was there before ends, whoever's it was.
    const before = c.var.who?.session
    if (before !== undefined) await deps.sessions.end(before.personId, before.id)
    const agent = c.req.header('user-agent') ?? ''
    putCookie(c, deps, await deps.sessions.start(personId, { address: addressOf(c), agent }))
    deps.counters.add('signin.done')
  }
  async function start(c: Context<Env>, personId: string) {
    await openSession(c, personId)
    return c.json({ next: 'done' as const }, 200)
  }

  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in',
      tags,
      summary: 'Sign in by password',
      ...PUBLIC,
      request: { body: body(PasswordSignIn) },
      responses: { 200: json(SignedIn, 'Signed in, or what comes next'), ...answers },
    }),
    async (c) => {
      const result = await people.byPassword(c.req.valid('json'), addressOf(c))
      if (result.kind === 'done') return start(c, result.personId)
      return c.json({ next: 'second-factor' as const, ticket: result.ticket }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/second-factor',
      tags,
      summary: 'The code of the authenticator, or a recovery code',
      ...PUBLIC,
      request: { body: body(Factor) },
      responses: { 200: json(SignedIn, 'Signed in'), ...answers },
    }),
    async (c) => {
      await perAddress(c)
      return start(c, await people.bySecondFactor(c.req.valid('json'), addressOf(c)))
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/passkey/begin',
      tags,
      summary: 'What the browser needs to ask for a passkey',
      ...PUBLIC,
      responses: { 200: json(Ceremony, 'Options'), 429: problems[429] },
    }),
    async (c) => {
      await perAddress(c)
      const { ticket, options } = await passkeys.beginSignIn()
      return c.json({ ticket, options }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-in/passkey',
      tags,
      summary: 'Sign in by passkey',
      ...PUBLIC,
      request: { body: body(PasskeySignIn) },
      responses: { 200: json(SignedIn, 'Signed in'), ...answers },
    }),
    async (c) => {
      await perAddress(c)
      const { ticket, response } = c.req.valid('json')
      return start(c, await passkeys.signIn({ ticket, response: response as unknown as AuthenticationResponseJSON }))
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/sign-in/providers',
      tags,
      summary: 'The OpenID providers by which people sign in',
      ...PUBLIC,
      responses: { 200: json(Providers, 'Providers') },
    }),
    (c) => c.json({ providers: oidc.list() }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/sign-in/oidc/{provider}/begin',
      tags,
      summary: 'Go to an OpenID provider',
      ...PUBLIC,
      request: { params: z.object({ provider: idParam('provider') }) },
      responses: { 302: { description: 'To the provider' }, 404: problems[404], 429: problems[429] },
    }),
    async (c) => {
      await perAddress(c)
      const { url, ticket } = await oidc.begin(c.req.valid('param').provider)
      putCookie(c, deps, ticket, 'oidc')
      return c.redirect(url, 302)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/sign-in/oidc/{provider}/callback',
      tags,
      summary: 'Back from an OpenID provider',
      ...PUBLIC,
      request: { params: z.object({ provider: idParam('provider') }) },
      responses: { 302: { description: 'Signed in' }, 401: problems[401], 404: problems[404], 429: problems[429] },
    }),
    async (c) => {
      await perAddress(c)
      const ticket = getCookie(c, cookieName(deps, 'oidc')) ?? ''
      putCookie(c, deps, '', 'oidc')
      const personId = await oidc.finish(c.req.valid('param').provider, ticket, new URL(c.req.url).search)
      await openSession(c, personId)
      return c.redirect('/', 302)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/sign-out',
      tags,
      summary: 'End this session',
      ...signedIn(),
      responses: { 200: json(ok, 'Signed out'), 401: problems[401], 403: problems[403] },
    }),
    async (c) => {
      const session = sessionOf(c)
      await deps.sessions.end(session.personId, session.id)
      putCookie(c, deps, '')
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/invitations/look',
      tags,
      summary: 'What an invitation is for',
      ...PUBLIC,
      request: { body: body(WelcomeInput) },
      responses: { 200: json(Welcome, 'Invitation'), 400: problems[400], 404: problems[404], 429: problems[429] },
    }),
    async (c) => {
      await perAddress(c)
      return c.json(await invitations.look(c.req.valid('json').token), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/invitations/accept',
      tags,
      summary: 'Become a person of the account, signed in',
      ...PUBLIC,
      request: { body: body(Accept) },
      responses: { 200: json(SignedIn, 'Signed in'), 400: problems[400], 404: problems[404], 429: problems[429] },
    }),
    async (c) => {
      await perAddress(c)
      const { password, ...given } = c.req.valid('json')
      const { email } = await invitations.look(given.token)
      const passwordHash = await hashPassword(password, [email ?? given.email ?? '', given.name])
      return start(c, await invitations.accept({ ...given, passwordHash }, addressOf(c)))
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/invitations/join',
      tags,
      summary: 'Take an invitation as the person who is signed in',
      ...signedIn(),
      request: { body: body(WelcomeInput) },
      responses: {
        200: json(ok, 'Joined'),
        400: problems[400],
        401: problems[401],
        403: problems[403],
        404: problems[404],
      },
    }),
    async (c) => {
      const { personId, email } = sessionOf(c)
      await invitations.acceptAs(c.req.valid('json').token, { id: personId, email }, callerOf(c))
      return c.json(DONE, 200)
    },
  )
  return app
}
