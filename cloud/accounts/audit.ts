import type { Caller, CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import { newId } from '../tokens.ts'

export interface AuditNote {
  readonly accountId: string | null
  /** `site.create` … */
  readonly action: string
  /** `site:ID` … */
  readonly target: string
  /** What changed, without secrets. */
  readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[] | null>>
}

export interface AuditEntry {
  readonly id: string
  readonly at: number
  readonly actor: string
  readonly actorName: string
  readonly action: string
  readonly target: string
  readonly address: string
  readonly detail: unknown
}

/** Notes an act in the transaction that does it: neither is there without the other. */
export async function note(trx: Trx, now: number, caller: Caller, entry: AuditNote): Promise<void> {
  await trx
    .insertInto('audit')
    .values({
      id: newId(),
      at: now,
      account_id: entry.accountId,
      actor: caller.actor,
      actor_name: caller.name,
      action: entry.action,
      target: entry.target,
      address: caller.address,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute()
}

/** The newest entries of an account, before `before` when that is given. */
export async function listAudit(
  { database }: Pick<CloudContext, 'database'>,
  accountId: string,
  page: { readonly before?: string | undefined; readonly limit: number },
): Promise<readonly AuditEntry[]> {
  let query = database.db
    .selectFrom('audit')
    .select(['id', 'at', 'actor', 'actor_name', 'action', 'target', 'address', 'detail'])
    .where('account_id', '=', accountId)
  if (page.before !== undefined) query = query.where('id', '<', page.before)
  const rows = await query.orderBy('id', 'desc').limit(page.limit).execute()
  return rows.map(({ actor_name, detail, ...row }) => ({ ...row, actorName: actor_name, detail: JSON.parse(detail) }))
}
