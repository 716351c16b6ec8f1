import type { Selectable } from 'kysely'
import { ConflictError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import type { AccountTable } from '../database/tables-account.ts'
import { newId } from '../tokens.ts'
import { note } from './audit.ts'
import type { Role } from './policy.ts'

export interface Account {
  readonly id: string
  readonly name: string
  readonly kind: AccountTable['kind']
  readonly rev: number
  readonly createdAt: number
  readonly closed: boolean
  /** Who claims a box from behind the box's own public address need not type its three words. */
  readonly phraseMayBeLeftOut: boolean
}

export interface AccountChange {
  readonly name?: string | undefined
  readonly phraseMayBeLeftOut?: boolean | undefined
  readonly rev: number
}

const COLUMNS = ['id', 'name', 'kind', 'rev', 'created_at', 'disabled_at', 'phrase_optional'] as const

function view(row: Pick<Selectable<AccountTable>, (typeof COLUMNS)[number]>): Account {
  const { created_at, disabled_at, phrase_optional, ...rest } = row
  const phraseMayBeLeftOut = phrase_optional === 1
  return { ...rest, createdAt: created_at, closed: disabled_at !== null, phraseMayBeLeftOut }
}

export type Accounts = ReturnType<typeof makeAccounts>

export function makeAccounts({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  return {
    async get(id: string): Promise<Account> {
      const row = await database.db.selectFrom('account').select(COLUMNS).where('id', '=', id).executeTakeFirst()
      if (row === undefined) throw new NotFoundError('there is no such account')
      return view(row)
    },

    /** The accounts that a person is a member of. */
    async ofPerson(personId: string): Promise<readonly (Account & { role: Role })[]> {
      const rows = await database.db
        .selectFrom('member')
        .innerJoin('account', 'account.id', 'member.account_id')
        .select([
          'account.id',
          'account.name',
          'account.kind',
          'account.rev',
          'account.created_at',
          'account.disabled_at',
          'account.phrase_optional',
          'member.role',
        ])
        .where('member.person_id', '=', personId)
        .orderBy('account.name')
        .execute()
      return rows.map(({ role, ...row }) => ({ ...view(row), role }))
    },

    async edit(id: string, { rev, name, phraseMayBeLeftOut }: AccountChange, caller: Caller): Promise<Account> {
      const columns = {
        ...(name !== undefined && { name }),
        ...(phraseMayBeLeftOut !== undefined && { phrase_optional: phraseMayBeLeftOut ? 1 : 0 }),
      }
      const detail = {
        ...(name !== undefined && { name }),
        ...(phraseMayBeLeftOut !== undefined && { phraseMayBeLeftOut }),
      }
      return database.transaction(async (trx) => {
        const row = await trx
          .updateTable('account')
          .set((eb) => ({ ...columns, rev: eb('rev', '+', 1) }))
          .where('id', '=', id)
          .where('rev', '=', rev)
          .returning(COLUMNS)
          .executeTakeFirst()
        if (row === undefined) throw new ConflictError(`the account changed since revision ${rev}`)
        await note(trx, clock.now(), caller, entry(id, 'account.edit', `account:${id}`, detail))
        return view(row)
      })
    },

    async customers(id: string): Promise<readonly Account[]> {
      const rows = await database.db
        .selectFrom('account')
        .select(COLUMNS)
        .where('parent_id', '=', id)
        .orderBy('name')
        .orderBy('id')
        .execute()
      return rows.map(view)
    },

    async createCustomer(
      parentId: string,
      given: { readonly name: string; readonly kind: 'reseller' | 'customer' },
      caller: Caller,
    ): Promise<Account> {
      return database.transaction(async (trx) => {
        const parent = await lockAccount(trx, parentId)
        if (parent.kind === 'customer') throw new OperatorError('a customer has no customers of its own')
        if (parent.kind === 'reseller' && given.kind === 'reseller')
          throw new OperatorError('a reseller has customers, not resellers')
        const account = {
          id: newId(),
          ...given,
          parent_id: parentId,
          rev: 1,
          created_at: clock.now(),
          disabled_at: null,
          phrase_optional: 0,
        }
        await trx.insertInto('account').values(account).execute()
        const detail = { name: given.name, kind: given.kind }
        // In both logs: the one above keeps it, the new one begins with it.
        for (const where of [parentId, account.id])
          await note(trx, clock.now(), caller, entry(where, 'account.create', `account:${account.id}`, detail))
        return view(account)
      })
    },

    /** Closed: nobody of it gets in, nothing is lost. */
    async setClosed(parentId: string, id: string, closed: boolean, caller: Caller): Promise<Account> {
      return database.transaction(async (trx) => {
        const row = await trx
          .updateTable('account')
          .set((eb) => ({ disabled_at: closed ? clock.now() : null, rev: eb('rev', '+', 1) }))
          .where('id', '=', id)
          .where('parent_id', '=', parentId)
          .returning(COLUMNS)
          .executeTakeFirst()
        if (row === undefined) throw new NotFoundError('there is no such account')
        const action = closed ? 'account.close' : 'account.reopen'
        for (const where of [parentId, id]) await note(trx, clock.now(), caller, entry(where, action, `account:${id}`))
        return view(row)
      })
    },
  }
}

/** Holds an account against all that decides by its members, e.g. whether one is the last owner. */
export async function lockAccount(trx: Trx, id: string): Promise<Pick<AccountTable, 'id' | 'kind' | 'name'>> {
  const row = await trx
    .updateTable('account')
    .set((eb) => ({ rev: eb('rev', '+', 0) }))
    .where('id', '=', id)
    .returning(['id', 'kind', 'name'])
    .executeTakeFirst()
  if (row === undefined) throw new NotFoundError('there is no such account')
  return row
}

function entry(accountId: string, action: string, target: string, detail: Record<string, string | boolean> = {}) {
  return { accountId, action, target, detail }
}
