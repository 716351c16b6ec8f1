import { createRoute, z } from '@hono/zod-openapi'
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import type { Context } from 'hono'
import { renderSVG } from 'uqr'
import { ForbiddenError } from '../../services/admin/errors.ts'
import { body, json } from '../../services/admin/route.ts'
import type { CloudDeps } from '../deps.ts'
import { SESSION } from '../signin/policy-session.ts'
import { callerOf, DONE, type Env, idParam, makeCloudRouter, ok, problems, sessionOf, signedIn } from './route.ts'
import {
  Ceremony,
  Ended,
  Factor,
  Me,
  PasskeyInput,
  PasskeyList,
  PasswordChange,
  PasswordInput,
  RecoveryCodes,
  SessionList,
  TotpBegun,
} from './schema.ts'

const answers = { 400: problems[400], 401: problems[401], 403: problems[403], 429: problems[429] }
const byId = z.object({ id: idParam('id') })

/** What a person does about itself: sessions, password, second factor, passkeys. */
export function meRoutes(deps: CloudDeps) {
  const { people, sessions, totp, passkeys } = deps
  const tags = ['Me']
  const app = makeCloudRouter()

  /** A session that was left open must not be enough to lock its owner out. */
  function freshSession(c: Context<Env>) {
    const session = sessionOf(c)
    if (deps.clock.now() - session.provenAt > SESSION.proofMs)
      throw new ForbiddenError('say your password again first (POST /api/v1/me/prove), or sign in again')
    return session
  }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/me',
      tags,
      summary: 'Who is signed in',
      ...signedIn(),
      responses: { 200: json(Me, 'Me'), ...answers },
    }),
    async (c) => c.json(await people.get(sessionOf(c).personId), 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/prove',
      tags,
      summary: 'Say the password again, for what asks for a fresh proof',
      ...signedIn(),
      request: { body: body(PasswordInput) },
      responses: { 200: json(ok, 'Proven'), ...answers },
    }),
    async (c) => {
      const session = sessionOf(c)
      await people.confirm(session.personId, c.req.valid('json').password)
      await sessions.prove(session.id)
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/password',
      tags,
      summary: 'Change the password; every other session ends',
      ...signedIn(),
      request: { body: body(PasswordChange) },
      responses: { 200: json(ok, 'Changed'), ...answers },
    }),
    async (c) => {
      const session = sessionOf(c)
      const { current, password } = c.req.valid('json')
      await people.confirm(session.personId, current)
      await people.setPassword(session.personId, password, callerOf(c))
      await sessions.endOthers(session.personId, session.id)
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/me/sessions',
      tags,
      summary: 'Where this person is signed in',
      ...signedIn(),
      responses: { 200: json(SessionList, 'Sessions'), ...answers },
    }),
    async (c) => {
      const session = sessionOf(c)
      const list = await sessions.list(session.personId)
      return c.json({ sessions: list.map((one) => ({ ...one, current: one.id === session.id })) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/me/sessions/{id}',
      tags,
      summary: 'End a session',
      ...signedIn(),
      request: { params: byId },
      responses: { 200: json(ok, 'Ended'), ...answers, 404: problems[404] },
    }),
    async (c) => {
      await sessions.end(sessionOf(c).personId, c.req.valid('param').id)
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/me/sessions',
      tags,
      summary: 'End every other session',
      ...signedIn(),
      responses: { 200: json(Ended, 'How many ended'), ...answers },
    }),
    async (c) => {
      const session = sessionOf(c)
      return c.json({ ended: await sessions.endOthers(session.personId, session.id) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/totp/begin',
      tags,
      summary: 'A new secret for an authenticator',
      ...signedIn(),
      responses: { 200: json(TotpBegun, 'Secret'), ...answers },
    }),
    async (c) => {
      const { personId, email } = freshSession(c)
      const begun = await totp.begin(personId, email)
      return c.json({ ...begun, qr: renderSVG(begun.uri) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/totp',
      tags,
      summary: 'Switch the second factor on by its first code; the recovery codes are told this once',
      ...signedIn(),
      request: { body: body(Factor) },
      responses: { 200: json(RecoveryCodes, 'On'), ...answers },
    }),
    async (c) => {
      const session = freshSession(c)
      const codes = await totp.confirm(session.personId, c.req.valid('json'), callerOf(c))
      await sessions.endOthers(session.personId, session.id)
      return c.json({ recoveryCodes: [...codes] }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/me/totp',
      tags,
      summary: 'Switch the second factor off',
      ...signedIn(),
      responses: { 200: json(ok, 'Off'), ...answers },
    }),
    async (c) => {
      await totp.remove(freshSession(c).personId, callerOf(c))
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/me/passkeys',
      tags,
      summary: 'Passkeys',
      ...signedIn(),
      responses: { 200: json(PasskeyList, 'Passkeys'), ...answers },
    }),
    async (c) => c.json({ passkeys: [...(await passkeys.list(sessionOf(c).personId))] }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/passkeys/begin',
      tags,
      summary: 'What the browser needs to make a passkey',
      ...signedIn(),
      responses: { 200: json(Ceremony, 'Options'), ...answers },
    }),
    async (c) => {
      const { personId, email } = freshSession(c)
      const { ticket, options } = await passkeys.beginRegister({ id: personId, email })
      return c.json({ ticket, options }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/passkeys',
      tags,
      summary: 'Keep a passkey that the browser made',
      ...signedIn(),
      request: { body: body(PasskeyInput) },
      responses: { 200: json(ok, 'Kept'), ...answers },
    }),
    async (c) => {
      const { ticket, name, response } = c.req.valid('json')
      const given = { ticket, name, response: response as unknown as RegistrationResponseJSON }
      await passkeys.register(freshSession(c).personId, given, callerOf(c))
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/me/passkeys/{id}',
      tags,
      summary: 'Forget a passkey',
      ...signedIn(),
      request: {
        params: z.object({
          id: z
            .string()
            .min(1)
            .max(2000)
            .openapi({ param: { name: 'id', in: 'path' } }),
        }),
      },
      responses: { 200: json(ok, 'Forgotten'), ...answers, 404: problems[404] },
    }),
    async (c) => {
      await passkeys.remove(freshSession(c).personId, c.req.valid('param').id, callerOf(c))
      return c.json(DONE, 200)
    },
  )
  return app
}
