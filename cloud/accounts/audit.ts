import { sql } from 'kysely'
import type { Caller, CloudContext } from '../context.ts'
import type { Trx } from '../database/open.ts'
import { searchPatterns } from '../fleet/policy-search.ts'
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

/** What an entry is found by; a bar, which no search holds, keeps its parts apart. */
const SAID = sql<string>`lower(actor_name || '|' || actor || '|' || action || '|' || target || '|' || address || '|' || detail)`

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

export interface AuditQuery {
  /** Entries older than the one with this id. */
  readonly before?: string | undefined
  readonly limit: number
  /** Words that all have to be found in who did it, what, to which thing, from where, or in what changed. */
  readonly find?: string | undefined
  /** What was done to this site or in it. */
  readonly site?: string | undefined
  /** From this moment on, and up to this one. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** The newest entries of an account that fit, newest first. */
export async function listAudit(
  { database }: Pick<CloudContext, 'database'>,
  accountId: string,
  page: AuditQuery,
): Promise<readonly AuditEntry[]> {
  let query = database.db
    .selectFrom('audit')
    .select(['id', 'at', 'actor', 'actor_name', 'action', 'target', 'address', 'detail'])
    .where('account_id', '=', accountId)
  if (page.before !== undefined) query = query.where('id', '<', page.before)
  if (page.from !== undefined) query = query.where('at', '>=', page.from)
  if (page.to !== undefined) query = query.where('at', '<=', page.to)
  const { site } = page
  if (site !== undefined)
    query = query.where((eb) => eb.or([eb('target', '=', `site:${site}`), eb('target', 'like', `site:${site}/%`)]))
  for (const pattern of searchPatterns(page.find ?? ''))
    query = query.where(sql<boolean>`${SAID} LIKE ${pattern} ESCAPE '\\'`)
  const rows = await query.orderBy('id', 'desc').limit(page.limit).execute()
  return rows.map(({ actor_name, detail, ...row }) => ({ ...row, actorName: actor_name, detail: JSON.parse(detail) }))
}
