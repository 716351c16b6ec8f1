import { NotFoundError, OperatorError } from '../../services/core/errors.ts'
import type { CloudContext } from '../context.ts'
import { hashToken, newId, newToken } from '../tokens.ts'
import { note } from './audit.ts'
import { checkSites, type Giver } from './members.ts'
import { mayGive, type Role, type TokenScope, tokenEndFault } from './policy.ts'
import type { Principal } from './standing.ts'

const USED_MS = 60_000

export interface TokenInput {
  readonly name: string
  readonly role: Role
  readonly sites: readonly string[]
  readonly scopes: readonly TokenScope[]
  readonly endsAt: number
}

export interface ApiToken extends Omit<TokenInput, 'scopes'> {
  readonly id: string
  readonly scopes: readonly string[]
  readonly createdBy: string
  readonly createdAt: number
  readonly usedAt: number | null
}

export type TokenHolder = Extract<Principal, { kind: 'token' }> & { readonly id: string; readonly name: string }
export type ApiTokens = ReturnType<typeof makeApiTokens>

export function makeApiTokens({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  return {
    async list(accountId: string): Promise<readonly ApiToken[]> {
      const rows = await database.db
        .selectFrom('api_token')
        .select(['id', 'name', 'role', 'sites', 'scopes', 'ends_at', 'created_by', 'created_at', 'used_at'])
        .where('account_id', '=', accountId)
        .orderBy('id')
        .execute()
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        role: row.role,
        sites: JSON.parse(row.sites),
        scopes: JSON.parse(row.scopes),
        endsAt: row.ends_at,
        createdBy: row.created_by,
        createdAt: row.created_at,
        usedAt: row.used_at,
      }))
    },

    /** The token itself is told this once; only its hash is kept. */
    async create(accountId: string, input: TokenInput, giver: Giver): Promise<{ id: string; token: string }> {
      const now = clock.now()
      const fault = tokenEndFault(input.endsAt, now)
      if (fault !== undefined) throw new OperatorError(fault)
      if (!mayGive(giver.role, input.role))
        throw new OperatorError('only an owner may make a token with the role owner')
      const token = newToken('bla')
      const id = newId()
      await database.transaction(async (trx) => {
        await checkSites(trx, accountId, input.role, input.sites)
        await trx
          .insertInto('api_token')
          .values({
            id,
            account_id: accountId,
            name: input.name,
            token_hash: hashToken(token),
            role: input.role,
            sites: JSON.stringify(input.sites),
            scopes: JSON.stringify(input.scopes),
            created_by: giver.caller.actor,
            created_at: now,
            ends_at: input.endsAt,
            used_at: null,
          })
          .execute()
        const detail = { name: input.name, role: input.role, scopes: input.scopes, endsAt: input.endsAt }
        await note(trx, now, giver.caller, { accountId, action: 'token.create', target: `token:${id}`, detail })
      })
      return { id, token }
    },

    async remove(accountId: string, id: string, giver: Giver): Promise<void> {
      await database.transaction(async (trx) => {
        const row = await trx
          .deleteFrom('api_token')
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returning('name')
          .executeTakeFirst()
        if (row === undefined) throw new NotFoundError('there is no such token')
        const detail = { name: row.name }
        await note(trx, clock.now(), giver.caller, { accountId, action: 'token.remove', target: `token:${id}`, detail })
      })
    },

    /** Whether it still lets in. */
    async isGood(id: string): Promise<boolean> {
      const row = await database.db.selectFrom('api_token').select('ends_at').where('id', '=', id).executeTakeFirst()
      return row !== undefined && row.ends_at > clock.now()
    },

    /** Who a token is; undefined: nobody, or not any more. */
    async holder(token: string): Promise<TokenHolder | undefined> {
      const now = clock.now()
      const row = await database.db
        .selectFrom('api_token')
        .select(['id', 'name', 'account_id', 'role', 'sites', 'scopes', 'ends_at', 'used_at'])
        .where('token_hash', '=', hashToken(token))
        .executeTakeFirst()
      if (row === undefined || row.ends_at <= now) return undefined
      if (row.used_at === null || now - row.used_at > USED_MS)
        await database.db.updateTable('api_token').set({ used_at: now }).where('id', '=', row.id).execute()
      return {
        kind: 'token',
        id: row.id,
        name: row.name,
        accountId: row.account_id,
        role: row.role,
        sites: JSON.parse(row.sites),
        scopes: JSON.parse(row.scopes),
      }
    },
  }
}
