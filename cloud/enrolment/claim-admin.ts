import type { Context } from 'hono'
import { ForbiddenError } from '../../services/admin/errors.ts'
import { isBag } from '../../services/core/merge-patch.ts'
import type { ClaimAdmin } from '../../services/enrolment/contract.ts'
import { type Action, decide, type Standing } from '../accounts/policy.ts'
import { type Principal, standingOf } from '../accounts/standing.ts'
import { addressOf, type Env, type Who } from '../api/route.ts'
import type { CloudDatabase } from '../database/open.ts'

/** What a route of `services/enrolment/routes-claims.ts` does, as the cloud's policy calls it. */
function actionOf(path: string): Action {
  if (/\/v1\/claims(?:\/|$)/.test(path)) return 'boxes.claim'
  return /\/v1\/expected-boxes(?:\/|$)/.test(path) ? 'boxes.expect' : 'boxes.release'
}

/**
 * Who claims, releases or expects boxes, with the accounts in which their role lets them. Only accounts that the request
 * is about are asked for, since a provider has thousands below it. Undefined: nobody is signed in. Throws
 * `ForbiddenError` when their role lets them nowhere.
 */
export async function claimAdmin(c: Context<Env>, { db }: CloudDatabase): Promise<ClaimAdmin | undefined> {
  const who = c.var.who
  if (who === undefined) return undefined
  const action = actionOf(c.req.path)
  const allowed = new Map<string, Standing>()
  let reason = 'no account lets you do this'
  for (const account of await concerned(c, db)) await ask(account)
  // So that a thing of others is answered like one that is not there, and not by what one may do elsewhere.
  if (allowed.size === 0)
    for (const account of await own(db, who)) {
      await ask(account)
      if (allowed.size > 0) break
    }
  if (allowed.size === 0) throw new ForbiddenError(reason)

  async function ask(account: string): Promise<void> {
    const standing = await standingOf(db, (who as Who).principal, account)
    if (standing === undefined) return
    const permission = decide(standing, action)
    if (permission.allowed) allowed.set(account, standing)
    else reason = permission.reason
  }
  const limited = [...allowed].flatMap(([account, { sites }]) => (sites === undefined ? [] : [[account, sites]]))
  return {
    ...{ id: who.actor, address: addressOf(c), organisations: [...allowed.keys()] },
    ...(limited.length > 0 && { sites: Object.fromEntries(limited) }),
  }
}

/** The accounts of the box, site and account that a request names. */
async function concerned(c: Context<Env>, db: CloudDatabase['db']): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const { id, org } = c.req.param() as { id?: string; org?: string }
  if (org !== undefined) found.add(org)
  if (id !== undefined) {
    const box = await db.selectFrom('box').select('account_id').where('id', '=', id).executeTakeFirst()
    if (box !== undefined) found.add(box.account_id)
  }
  const siteId = await siteOf(c)
  if (siteId !== undefined) {
    const site = await db.selectFrom('site').select('account_id').where('id', '=', siteId).executeTakeFirst()
    if (site !== undefined) found.add(site.account_id)
  }
  return found
}

async function siteOf(c: Context<Env>): Promise<string | undefined> {
  if (c.req.method !== 'POST') return undefined
  try {
    const body: unknown = await c.req.json()
    return isBag(body) && typeof body.siteId === 'string' ? body.siteId : undefined
  } catch {
    // What is wrong with it is told by the route.
    return undefined
  }
}

async function own(db: CloudDatabase['db'], { principal }: { principal: Principal }): Promise<readonly string[]> {
  if (principal.kind === 'token') return [principal.accountId]
  const rows = await db.selectFrom('member').select('account_id').where('person_id', '=', principal.personId).execute()
  return rows.map((row) => row.account_id)
}
