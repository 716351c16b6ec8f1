import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Accounts, Principal } from '../accounts/contract.ts'
import type { AdminDeps, Via } from './contract.ts'
import { errorBody, ForbiddenError } from './errors.ts'
import { actorOf } from './guard.ts'
import { type Action, type Asker, accessOf, mayDo } from './policy-access.ts'
import { type Env, viaOf } from './route.ts'

/** RFC 6265bis §4.1.3.2: a browser takes a `__Host-` cookie over TLS only, for this host alone. */
const cookieName = (via: Via) => (via.secure ? '__Host-branchline' : 'branchline')
/** The longest cookie or token that is looked at. */
const LONGEST_SECRET = 200

/** Finds out who asks and lets nobody pass who may not. Routes behind it see who it is in their `Via`. */
export function guardAccess(deps: Pick<AdminDeps, 'accounts' | 'counters'>): MiddlewareHandler<Env> {
  const { accounts, counters } = deps
  return async function checkAccess(c, next) {
    const via = viaOf(c)
    const who = via.via === 'socket' ? undefined : whoOf(accounts, c, via)
    const access = accessOf(askerOf(accounts, via, who), c.req.method, c.req.path)
    if (access === 'allowed') {
      if (who) c.env = { ...c.env, who }
      return next()
    }
    counters.add(`admin.${access}`)
    if (access === 'unknown') return c.json(errorBody('not-found', 'there is nothing at this path'), 404)
    if (access === 'forbidden') return c.json(errorBody('forbidden', 'your role does not allow this'), 403)
    return c.json(errorBody('sign-in', 'sign in first'), 401)
  }
}

function askerOf(accounts: Accounts, via: Via, who: Principal | undefined): Asker {
  if (via.via === 'socket') return { kind: 'socket' }
  if (who !== undefined) return named(who)
  return { kind: !via.lan && !accounts.exist() ? 'open' : 'nobody' }
}

function named(who: Principal): Asker {
  return who.kind === 'session'
    ? { kind: 'account', role: who.role }
    : { kind: 'token', role: who.role, scopes: who.scopes }
}

/** Whether who asks, and was let pass, may do such things too. */
export function mayAlso({ via, who }: Via, action: Action): boolean {
  if (via === 'socket') return mayDo({ kind: 'socket' }, action)
  // Nobody is let pass without a name but where everything is open.
  if (who === undefined) return mayDo({ kind: 'open' }, action)
  return mayDo(named(who), action)
}

/** A program names its token; a cookie beside it does not count. */
function whoOf(accounts: Accounts, c: Context<Env>, via: Via): Principal | undefined {
  const authorization = c.req.header('authorization')
  if (authorization !== undefined) {
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    return secret === undefined || secret.length > LONGEST_SECRET ? undefined : accounts.byToken(secret)
  }
  const secret = cookieOf(c, via)
  return secret === undefined ? undefined : accounts.bySession(secret)
}

/** What the browser was given at sign-in. */
export function cookieOf(c: Context<Env>, via: Via): string | undefined {
  const secret = getCookie(c, cookieName(via))
  return secret === undefined || secret === '' || secret.length > LONGEST_SECRET ? undefined : secret
}

/** Gives the browser its cookie, or takes it away. It lives as long as the browser is open; the box ends it sooner. */
export function giveCookie(c: Context<Env>, via: Via, secret: string | undefined): void {
  const flags = { path: '/', httpOnly: true, sameSite: 'Strict', secure: via.secure === true } as const
  setCookie(c, cookieName(via), secret ?? '', secret === undefined ? { ...flags, maxAge: 0 } : flags)
}

/**
 * Secrets are shown over the local socket, and to an owner who gave the password a moment ago; each time is written down
 * first. Throws `ForbiddenError`.
 */
export function revealOrThrow(deps: Pick<AdminDeps, 'accounts'>, request: Request, via: Via, what: string): void {
  const { who } = via
  if (via.via !== 'socket') {
    if (who?.kind !== 'session' || who.role !== 'owner')
      throw new ForbiddenError('secrets are shown over the local socket and to owners only')
    if (!deps.accounts.isFresh(who))
      throw new ForbiddenError('give your password again first (POST /api/v1/me/confirm)')
  }
  const address = via.address === undefined ? {} : { address: via.address }
  deps.accounts.secretShown(what, { by: actorOf(request, via), ...address })
}

/** Throws `ForbiddenError` when a person is signed in who has not given the password a moment ago. */
export function demandFresh({ accounts }: Pick<AdminDeps, 'accounts'>, { who }: Via): void {
  if (who && !accounts.isFresh(who))
    throw new ForbiddenError('give your password again first (POST /api/v1/me/confirm)')
}

/** Whether what an open stream was allowed by still holds. */
export function stillAllowed(deps: Pick<AdminDeps, 'accounts'>, c: Context<Env>): () => boolean {
  const via = viaOf(c)
  const { method, path } = c.req
  return () => {
    const who = via.via === 'socket' ? undefined : whoOf(deps.accounts, c, via)
    return accessOf(askerOf(deps.accounts, via, who), method, path) === 'allowed'
  }
}
