import type { Kysely } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { type Role, roleBelow, type Standing } from './policy.ts'

/** Provider, reseller, customer; one more than there are. */
const DEEPEST = 4

/** Who asks: a person with a session, or a program with a token of one account. */
export type Principal =
  | { readonly kind: 'person'; readonly personId: string }
  | {
      readonly kind: 'token'
      readonly accountId: string
      readonly role: Role
      readonly sites: readonly string[]
      readonly scopes: readonly string[]
    }

/** What somebody is in an account, by the account itself or by one above it; undefined: a stranger. */
export async function standingOf(
  db: Kysely<Tables>,
  principal: Principal,
  accountId: string,
): Promise<Standing | undefined> {
  const chain = await chainOf(db, accountId)
  // Of a closed account, and of all below it, only those above know.
  const closed = chain.findLastIndex((account) => account.disabled_at !== null)
  for (const [depth, account] of chain.entries()) {
    if (depth <= closed) continue
    const own = await standingIn(db, principal, account.id)
    if (own === undefined) continue
    if (depth === 0) return own
    const role = roleBelow(own.role)
    if (role !== undefined) return own.scopes === undefined ? { role } : { role, scopes: own.scopes }
  }
  return undefined
}

/** The account and those above it, itself first; empty when there is none. */
async function chainOf(db: Kysely<Tables>, accountId: string) {
  const chain: { id: string; parent_id: string | null; disabled_at: number | null }[] = []
  let next: string | null = accountId
  while (next !== null && chain.length < DEEPEST) {
    const account: (typeof chain)[number] | undefined = await db
      .selectFrom('account')
      .select(['id', 'parent_id', 'disabled_at'])
      .where('id', '=', next)
      .executeTakeFirst()
    if (account === undefined) break
    chain.push(account)
    next = account.parent_id
  }
  return chain
}

async function standingIn(db: Kysely<Tables>, principal: Principal, accountId: string): Promise<Standing | undefined> {
  if (principal.kind === 'token') {
    if (principal.accountId !== accountId) return undefined
    return limited(principal.role, principal.sites, principal.scopes)
  }
  const member = await db
    .selectFrom('member')
    .select('role')
    .where('account_id', '=', accountId)
    .where('person_id', '=', principal.personId)
    .executeTakeFirst()
  if (member === undefined) return undefined
  if (member.role !== 'installer') return { role: member.role }
  const sites = await db
    .selectFrom('member_site')
    .select('site_id')
    .where('account_id', '=', accountId)
    .where('person_id', '=', principal.personId)
    .execute()
  return { role: 'installer', sites: sites.map((site) => site.site_id) }
}

function limited(role: Role, sites: readonly string[], scopes: readonly string[]): Standing {
  return role === 'installer' ? { role, sites, scopes } : { role, scopes }
}
