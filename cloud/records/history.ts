import type { Kysely } from 'kysely'
import type { FeedRecord } from '../../services/sync/storage.ts'
import type { Tables } from '../database/tables.ts'

/** Entries of one record's history at most, the newest ones. */
const MOST = 200

interface Named {
  readonly kind: string
  readonly id: string
}

interface Where {
  readonly account: string
  readonly site?: string
}

export interface RecordChange {
  readonly at: number
  readonly by: string
  readonly action: string
  readonly fields: string[]
}

/** What the audit log calls a record. */
export function targetOf({ account, site }: Where, { kind, id }: Named): string {
  return `${site === undefined ? `account:${account}` : `site:${site}`}/${kind}/${id}`
}

/**
 * What people did with a record in the account, oldest first, and at the end what its branch did if that was last: of
 * the branch's own edits the account keeps the newest state alone, the box has them all.
 */
export async function historyOf(
  db: Kysely<Tables>,
  where: Where,
  key: Named,
  record: FeedRecord | undefined,
): Promise<RecordChange[]> {
  const rows = await db
    .selectFrom('audit')
    .select(['at', 'actor_name', 'actor', 'action', 'detail'])
    .where('account_id', '=', where.account)
    .where('target', '=', targetOf(where, key))
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
  const changes = rows.reverse().map(({ at, actor, actor_name, action, detail }) => {
    const { fields } = JSON.parse(detail) as { fields?: string[] }
    return { at, by: actor_name === '' ? actor : actor_name, action, fields: fields ?? [] }
  })
  const last = changes.at(-1)
  if (record?.updatedBy.startsWith('box:') && record.updatedAt >= (last?.at ?? 0))
    changes.push({ at: record.updatedAt, by: record.updatedBy, action: 'branch.edit', fields: [] })
  return changes
}
