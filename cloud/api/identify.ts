import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { errorBody } from '../../services/admin/errors.ts'
import type { CloudDeps } from '../deps.ts'
import { SESSION } from '../signin/policy-session.ts'
import type { Env, Who } from './route.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The cookie's name: browsers hold `__Host-` ones to HTTPS, this host and the root path. */
export function cookieName(deps: CloudDeps, what = 'session'): string {
  return deps.publicUrl.startsWith('https:') ? `__Host-branchline-${what}` : `branchline-${what}`
}

export function putCookie(c: Context, deps: CloudDeps, token: string, what = 'session'): void {
  setCookie(c, cookieName(deps, what), token, {
    path: '/',
    httpOnly: true,
    secure: deps.publicUrl.startsWith('https:'),
    // Lax, so that a link in a letter opens signed in; foreign pages' changes are refused below all the same.
    sameSite: 'Lax',
    maxAge: token === '' ? 0 : Math.floor((what === 'session' ? SESSION.lifeMs : 300_000) / 1000),
  })
}

/** Learns who asks, and turns away changes that another site's page sends with this one's cookie. */
export function identify(deps: CloudDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const bearer = /^Bearer (\S{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (bearer === undefined && !SAFE.has(c.req.method)) {
      const objection = foreign(c, deps)
      if (objection !== undefined) return c.json(errorBody('turned-away', objection), 403)
    }
    c.set('who', bearer === undefined ? await bySession(c, deps) : await byToken(deps, bearer))
    return next()
  }
}

function foreign(c: Context<Env>, deps: CloudDeps): string | undefined {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (origin !== undefined && origin !== deps.publicUrl) return 'requests from other sites are refused'
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'requests from other sites are refused'
  if (/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) return undefined
  return c.req.header('x-branchline') === undefined
    ? 'a change needs content-type application/json or the header x-branchline'
    : undefined
}

async function bySession(c: Context<Env>, deps: CloudDeps): Promise<Who | undefined> {
  const token = getCookie(c, cookieName(deps))
  if (token === undefined || token === '' || token.length > 200) return undefined
  const session = await deps.sessions.find(token)
  if (session === undefined) return undefined
  if (session.rotated !== undefined) putCookie(c, deps, session.rotated)
  return {
    principal: { kind: 'person', personId: session.personId },
    name: session.email,
    actor: `person:${session.personId}`,
    session,
  }
}

async function byToken(deps: CloudDeps, token: string): Promise<Who | undefined> {
  const holder = await deps.apiTokens.holder(token)
  return holder && { principal: holder, name: holder.name, actor: `token:${holder.id}` }
}
