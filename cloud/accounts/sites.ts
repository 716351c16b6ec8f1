import { ConflictError, NotFoundError } from '../../services/core/errors.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { SiteTable } from '../database/tables-account.ts'
import { newId } from '../tokens.ts'
import { note } from './audit.ts'
import { type Standing, seesSite } from './policy.ts'

export interface SiteInput {
  readonly name: string
  readonly timeZone: string
  readonly note: string
}

export interface Site extends SiteInput {
  readonly id: string
  readonly rev: number
  readonly createdAt: number
}

const COLUMNS = ['id', 'name', 'time_zone', 'note', 'rev', 'created_at'] as const

function view({ time_zone, created_at, ...row }: Pick<SiteTable, (typeof COLUMNS)[number]>): Site {
  return { ...row, timeZone: time_zone, createdAt: created_at }
}

export type Sites = ReturnType<typeof makeSites>

export function makeSites({ database, clock }: Pick<CloudContext, 'database' | 'clock'>) {
  const unknown = () => new NotFoundError('there is no such site')
  return {
    async list(accountId: string, standing: Standing): Promise<readonly Site[]> {
      const rows = await database.db
        .selectFrom('site')
        .select(COLUMNS)
        .where('account_id', '=', accountId)
        .orderBy('name')
        .orderBy('id')
        .execute()
      return rows.filter((row) => seesSite(standing, row.id)).map(view)
    },

    async get(accountId: string, id: string, standing: Standing): Promise<Site> {
      const row = await database.db
        .selectFrom('site')
        .select(COLUMNS)
        .where('account_id', '=', accountId)
        .where('id', '=', id)
        .executeTakeFirst()
      if (row === undefined || !seesSite(standing, id)) throw unknown()
      return view(row)
    },

    async create(accountId: string, input: SiteInput, caller: Caller): Promise<Site> {
      return database.transaction(async (trx) => {
        const now = clock.now()
        const row = {
          id: newId(),
          name: input.name,
          time_zone: input.timeZone,
          note: input.note,
          rev: 1,
          created_at: now,
        }
        await trx
          .insertInto('site')
          .values({ ...row, account_id: accountId })
          .execute()
        const detail = { name: input.name }
        await note(trx, now, caller, { accountId, action: 'site.create', target: `site:${row.id}`, detail })
        return view(row)
      })
    },

    async edit(
      accountId: string,
      id: string,
      change: Partial<SiteInput> & { readonly rev: number },
      { standing, caller }: { readonly standing: Standing; readonly caller: Caller },
    ): Promise<Site> {
      if (!seesSite(standing, id)) throw unknown()
      return database.transaction(async (trx) => {
        const row = await trx
          .updateTable('site')
          .set((eb) => ({
            rev: eb('rev', '+', 1),
            ...(change.name === undefined ? {} : { name: change.name }),
            ...(change.timeZone === undefined ? {} : { time_zone: change.timeZone }),
            ...(change.note === undefined ? {} : { note: change.note }),
          }))
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returning(COLUMNS)
          .executeTakeFirst()
        if (row === undefined) throw unknown()
        // Thrown inside of the transaction, so the row stays as it was.
        if (row.rev !== change.rev + 1) throw new ConflictError(`the site changed since revision ${change.rev}`)
        const { rev: _, ...detail } = change
        await note(trx, clock.now(), caller, { accountId, action: 'site.edit', target: `site:${id}`, detail })
        return view(row)
      })
    },

    async remove(accountId: string, id: string, caller: Caller): Promise<void> {
      await database.transaction(async (trx) => {
        const box = await trx
          .selectFrom('box')
          .select('id')
          .where('account_id', '=', accountId)
          .where('site_id', '=', id)
          .where('state', '=', 'active')
          .executeTakeFirst()
        if (box !== undefined) throw new ConflictError(`the site has box ${box.id}: release it or move it first`)
        const row = await trx
          .deleteFrom('site')
          .where('account_id', '=', accountId)
          .where('id', '=', id)
          .returning('name')
          .executeTakeFirst()
        if (row === undefined) throw unknown()
        const detail = { name: row.name }
        await note(trx, clock.now(), caller, { accountId, action: 'site.remove', target: `site:${id}`, detail })
      })
    },
  }
}
