import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { done, errorOf, RefusedError, refused } from './answers.ts'
import type { CloudEnrolment } from './cloud-deps.ts'
import type { ClaimAdmin } from './contract.ts'
import * as wire from './schema.ts'

/** 5,000 fingerprints with their quotes fit well. */
const MAX_BODY = 512 * 1024

export interface ClaimRoutesDeps {
  readonly enrolment: Pick<
    CloudEnrolment,
    'claim' | 'confirm' | 'deny' | 'release' | 'transfer' | 'revoke' | 'keep' | 'preload' | 'unpreload'
  >
  /** Who is signed in, by the cloud's own sessions; undefined: nobody. */
  readonly adminOf: (c: Context) => ClaimAdmin | undefined | Promise<ClaimAdmin | undefined>
}

const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    faults: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
})
const Offer = z.object({
  ...{ claimToken: z.string(), model: z.string(), boxVersion: z.string(), serial: z.string().optional() },
  seenFrom: z.enum(['same-public-address', 'elsewhere']),
  expiresIn: z.number(),
})
const Confirmed = z.object({ boxId: z.string(), orgId: z.string(), siteId: z.string() })
const Nothing = z.object({})
const boxParams = z.object({ id: z.string().min(1).max(64) })
const expectedParams = z.object({ org: z.string().min(1).max(64), fingerprint: z.string().regex(/^[0-9a-f]{64}$/) })

const problem = (description: string) => ({ description, content: { 'application/json': { schema: ErrorBody } } })
const problems = {
  400: problem('What was sent cannot be used'),
  401: problem('Nobody is signed in'),
  403: problem('Not allowed, or the wrong phrase'),
  404: problem('There is no such thing, or it is somebody else’s'),
  409: problem('Claimed already, or another person is claiming it'),
  410: problem('The code is void'),
  429: problem('Too many wrong codes; Retry-After says how long'),
}
const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})
const tags = ['Boxes']
/** As the cloud names them in its document. */
const security = [{ session: [] }, { token: [] }]

type Env = { Variables: { admin: ClaimAdmin } }

/** What people and programs call that have boxes: claim, release, move, lock out, expect. */
export function claimRoutes({ enrolment, adminOf }: ClaimRoutesDeps): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const faults = result.error.issues
        .slice(0, 20)
        .map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }))
      const { error } = errorOf('malformed', `the ${result.target} is not as documented`)
      return c.json({ error: { ...error, faults } }, 400)
    },
  })
  app.onError((thrown, c) => {
    if (thrown instanceof RefusedError) return refused(c, thrown.refusal)
    if (thrown instanceof HTTPException)
      return c.json(errorOf('malformed', thrown.message || 'the request cannot be read'), thrown.status)
    throw thrown
  })
  // Only on these paths: the cloud has other routes beside them.
  const signedIn: MiddlewareHandler<Env> = async (c, next) => {
    const admin = await adminOf(c)
    if (admin === undefined) return c.json(errorOf('unauthorized', 'sign in first'), 401)
    c.set('admin', admin)
    c.header('cache-control', 'no-store')
    return next()
  }
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => c.json(errorOf('too-large', `more than ${MAX_BODY} bytes`), 413),
  })
  // The limit first: who asks may depend on what is asked for, and then the body has been read.
  const middleware = [limit, signedIn]

  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/claims', tags, middleware, security, summary: 'Type the code that a box shows' },
      request: { body: body(wire.claimRequest) },
      responses: { 200: json(Offer, 'Which box that is; the phrase must come from the box'), ...problems },
    }),
    async (c) => {
      return c.json(done(await enrolment.claim(c.var.admin, c.req.valid('json').code)), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{
        method: 'post',
        path: '/v1/claims/confirm',
        tags,
        middleware,
        security,
        summary: 'Say the phrase, choose the site',
      },
      request: { body: body(wire.confirmRequest) },
      responses: { 200: json(Confirmed, 'The box is yours; it knows within seconds'), ...problems },
    }),
    async (c) => {
      return c.json(done(await enrolment.confirm(c.var.admin, c.req.valid('json'))), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{
        method: 'post',
        path: '/v1/claims/deny',
        tags,
        middleware,
        security,
        summary: 'Say that it is not your box',
      },
      request: { body: body(wire.denyRequest) },
      responses: { 200: json(Nothing, 'The code is void'), ...problems },
    }),
    async (c) => {
      return c.json(done(await enrolment.deny(c.var.admin, c.req.valid('json').claimToken)), 200)
    },
  )
  for (const [action, summary] of [
    ['release', 'Let a box go; it serves its phones as before until somebody there decides'],
    ['revoke', 'Lock a lost or stolen box out, at once and for good'],
  ] as const)
    app.openapi(
      createRoute({
        ...{ method: 'post', path: `/v1/boxes/{id}/${action}`, tags, middleware, security, summary },
        request: { params: boxParams },
        responses: { 200: json(Nothing, 'Done, or done before'), ...problems },
      }),
      async (c) => {
        return c.json(done(await enrolment[action](c.var.admin, c.req.valid('param').id)), 200)
      },
    )
  app.openapi(
    createRoute({
      ...{
        method: 'post',
        path: '/v1/boxes/{id}/transfer',
        tags,
        middleware,
        security,
        summary: 'Move a box to another site',
      },
      request: { params: boxParams, body: body(wire.transferRequest) },
      responses: { 200: json(Confirmed, 'Where it is now'), ...problems },
    }),
    async (c) => {
      return c.json(
        done(await enrolment.transfer(c.var.admin, c.req.valid('param').id, c.req.valid('json').siteId)),
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/boxes/{id}/keep', tags, middleware, security },
      summary: 'Choose which of two copies of a box is the right one',
      request: { params: boxParams, body: body(wire.keepRequest) },
      responses: { 200: json(Nothing, 'It is told to make new keys; the other copy is locked out'), ...problems },
    }),
    async (c) => {
      return c.json(done(await enrolment.keep(c.var.admin, c.req.valid('param').id, c.req.valid('json').bootId)), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/v1/expected-boxes', tags, middleware, security },
      summary: 'Name boxes by their fingerprints that shall be yours as soon as they are plugged in',
      request: { body: body(wire.preloadRequest) },
      responses: { 200: json(z.object({ added: z.number() }), 'So many were not expected before'), ...problems },
    }),
    async (c) => {
      const { siteId, fingerprints } = c.req.valid('json')
      return c.json(done(await enrolment.preload(c.var.admin, siteId, fingerprints)), 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/v1/expected-boxes/{org}/{fingerprint}', tags, middleware, security },
      summary: 'Expect a box no longer',
      request: { params: expectedParams },
      responses: { 200: json(Nothing, 'Removed'), ...problems },
    }),
    async (c) => {
      const { org, fingerprint } = c.req.valid('param')
      return c.json(done(await enrolment.unpreload(c.var.admin, org, fingerprint)), 200)
    },
  )
  return app
}
