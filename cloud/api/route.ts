import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { errorBody, ForbiddenError } from '../../services/admin/errors.ts'
import { ErrorBody } from '../../services/admin/schema.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { type Action, decide, type Standing } from '../accounts/policy.ts'
import { type Principal, standingOf } from '../accounts/standing.ts'
import type { Caller } from '../context.ts'
import type { CloudDeps } from '../deps.ts'
import type { Session } from '../signin/sessions.ts'

/** Who asks, as the request proved it. */
export interface Who {
  readonly principal: Principal
  readonly name: string
  readonly actor: string
  /** Only a person has one. */
  readonly session?: Session
}

export interface Env {
  Bindings: {
    /** The client's address, past the proxies that are trusted. */
    readonly address?: string
  }
  Variables: { who: Who | undefined; standing: Standing }
}
export type CloudRouter = OpenAPIHono<Env>

/** A router whose validation faults have the API's one error shape. */
export function makeCloudRouter(): CloudRouter {
  return new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const faults = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
      return c.json(errorBody('bad-input', `the ${result.target} is not as documented`, faults), 400)
    },
  })
}

export function addressOf(c: Context<Env>): string {
  return c.env?.address ?? 'unknown'
}

export function callerOf(c: Context<Env>): Caller {
  const who = c.var.who
  return { actor: who?.actor ?? 'nobody', name: who?.name ?? '', address: addressOf(c) }
}

export function whoOf(c: Context<Env>): Who {
  if (c.var.who === undefined) throw new ForbiddenError('sign in first')
  return c.var.who
}

export function sessionOf(c: Context<Env>): Session {
  const session = c.var.who?.session
  if (session === undefined) throw new ForbiddenError('only a person who is signed in may do this')
  return session
}

const unauthorized = (c: Context) => c.json(errorBody('unauthorized', 'sign in first'), 401)

/** Lets somebody in who may do this in the account of the path. An account of others is one that does not exist. */
export function act(deps: CloudDeps, action: Action) {
  const guard: MiddlewareHandler<Env> = async (c, next) => {
    const who = c.var.who
    if (who === undefined) return unauthorized(c)
    const standing = await standingOf(deps.database.db, who.principal, c.req.param('account') ?? '')
    if (standing === undefined) throw new NotFoundError('there is no such account')
    const permission = decide(standing, action)
    if (!permission.allowed) throw new ForbiddenError(permission.reason)
    c.set('standing', standing)
    return next()
  }
  return { middleware: guard, 'x-action': action, security: SECURITY }
}

/** Lets in a person who is signed in, or with `anyone` a token too. */
export function signedIn(also?: 'tokens') {
  const guard: MiddlewareHandler<Env> = async (c, next) => {
    if (c.var.who === undefined) return unauthorized(c)
    if (also === undefined) sessionOf(c)
    return next()
  }
  return { middleware: guard, 'x-action': also === undefined ? 'person' : 'anyone', security: SECURITY }
}

/** Of a route that everybody may call. */
export const PUBLIC = { 'x-action': 'public', security: [] }

const SECURITY = [{ session: [] }, { token: [] }]

const problem = (description: string) => ({ description, content: { 'application/json': { schema: ErrorBody } } })
export const problems = {
  400: problem('What was sent cannot be used; `faults` names each fault by its path'),
  401: problem('Nobody is signed in, or the credentials are wrong'),
  403: problem('Not allowed'),
  404: problem('There is no such thing, or it is somebody else’s'),
  409: problem('Changed since the revision in `rev`'),
  429: problem('Too many tries; retry-after says when'),
}

/** What can be wrong where nothing is sent but a path. */
export const pathProblems = { 401: problems[401], 403: problems[403], 404: problems[404] }

export const accountParams = z.object({ account: idParam('account') })

/** An id in a path. */
export function idParam(name: string) {
  return z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name, in: 'path' }, example: '0199a1c2-7b7e-7c33-9d0e-0a5c3f0f1a2b' })
}

export const ok = z.object({ ok: z.literal(true) }).openapi('Done')
export const DONE = { ok: true } as const
