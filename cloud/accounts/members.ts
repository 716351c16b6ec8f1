import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import { lockAccount } from './accounts.ts'
import { note } from './audit.ts'
import { mayGive, type Role } from './policy.ts'

export interface Member {
  readonly personId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly sites: readonly string[]
  readonly since: number
}

export interface Giver {
  readonly role: Role
  readonly caller: Caller
}

export type Members = ReturnType<typeof makeMembers>

export function makeMembers({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  async function held(trx: Trx, accountId: string, personId: string): Promise<Role> {
    await lockAccount(trx, accountId)
    const row = await trx
      .selectFrom('member')
      .select('role')
      .where('account_id', '=', accountId)
      .where('person_id', '=', personId)
      .executeTakeFirst()
    if (row === undefined) throw new NotFoundError('there is no such person')
    return row.role
  }
  async function keepAnOwner(trx: Trx, accountId: string, personId: string): Promise<void> {
    const other = await trx
      .selectFrom('member')
      .select('person_id')
      .where('account_id', '=', accountId)
      .where('role', '=', 'owner')
      .where('person_id', '<>', personId)
      .executeTakeFirst()
    if (other === undefined) throw new OperatorError('the last owner must stay: make another person owner first')
  }

  return {
    async list(accountId: string): Promise<readonly Member[]> {
      const rows = await database.db
        .selectFrom('member')
        .innerJoin('person', 'person.id', 'member.person_id')
        .select(['person.id', 'person.email', 'person.name', 'member.role', 'member.created_at'])
        .where('member.account_id', '=', accountId)
        .orderBy('person.email')
        .execute()
      const sites = await database.db
        .selectFrom('member_site')
        .select(['person_id', 'site_id'])
        .where('account_id', '=', accountId)
        .execute()
      return rows.map((row) => ({
        personId: row.id,
        email: row.email,
        name: row.name,
        role: row.role,
        sites: sites.filter((site) => site.person_id === row.id).map((site) => site.site_id),
        since: row.created_at,
      }))
    },

    async change(
      accountId: string,
      personId: string,
      next: { readonly role: Role; readonly sites: readonly string[] },
      giver: Giver,
    ): Promise<void> {
      await database.transaction(async (trx) => {
        const before = await held(trx, accountId, personId)
        checkGiver(giver.role, before, next.role)
        if (before === 'owner' && next.role !== 'owner') await keepAnOwner(trx, accountId, personId)
        await trx
          .updateTable('member')
          .set({ role: next.role })
          .where('account_id', '=', accountId)
          .where('person_id', '=', personId)
          .execute()
        await putSites(trx, accountId, personId, next)
        const detail = { before, role: next.role, sites: next.sites }
        await note(trx, clock.now(), giver.caller, {
          accountId,
          action: 'person.edit',
          target: `person:${personId}`,
          detail,
        })
      })
    },

    async remove(accountId: string, personId: string, giver: Giver): Promise<void> {
      await database.transaction(async (trx) => {
        const before = await held(trx, accountId, personId)
        checkGiver(giver.role, before, before)
        if (before === 'owner') await keepAnOwner(trx, accountId, personId)
        await trx.deleteFrom('member').where('account_id', '=', accountId).where('person_id', '=', personId).execute()
        const detail = { role: before }
        await note(trx, clock.now(), giver.caller, {
          accountId,
          action: 'person.remove',
          target: `person:${personId}`,
          detail,
        })
      })
    },
  }
}

/** Makes a person a member, or says that it is one already. */
export async function addMember(
  trx: Trx,
  accountId: string,
  personId: string,
  given: { readonly role: Role; readonly sites: readonly string[]; readonly now: number },
): Promise<void> {
  await lockAccount(trx, accountId)
  const row = { account_id: accountId, person_id: personId, role: given.role, created_at: given.now }
  const added = await trx
    .insertInto('member')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (added.numInsertedOrUpdatedRows === 0n) throw new OperatorError('this person is a member of the account already')
  await putSites(trx, accountId, personId, given)
}

/** The named sites must be the account's own, else `OperatorError`; one that is gone is passed over by nobody. */
export async function checkSites(trx: Trx, accountId: string, role: Role, sites: readonly string[]): Promise<void> {
  if (role !== 'installer') {
    if (sites.length > 0) throw new OperatorError(`only an installer is given sites, a ${role} sees every one`)
    return
  }
  if (sites.length === 0) throw new OperatorError('an installer needs at least one site')
  const known = await trx
    .selectFrom('site')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', 'in', sites)
    .execute()
  if (known.length !== new Set(sites).size) throw new OperatorError('one of the sites is not of this account')
}

function checkGiver(giver: Role, before: Role, next: Role): void {
  if (!mayGive(giver, before) || !mayGive(giver, next))
    throw new OperatorError('only an owner may make or change an owner')
}

async function putSites(
  trx: Trx,
  accountId: string,
  personId: string,
  { role, sites }: { readonly role: Role; readonly sites: readonly string[] },
): Promise<void> {
  await checkSites(trx, accountId, role, sites)
  await trx.deleteFrom('member_site').where('account_id', '=', accountId).where('person_id', '=', personId).execute()
  const rows = [...new Set(sites)].map((site_id) => ({ account_id: accountId, person_id: personId, site_id }))
  if (rows.length > 0) await trx.insertInto('member_site').values(rows).execute()
}
