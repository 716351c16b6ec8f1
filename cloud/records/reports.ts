import { type Kysely, sql } from 'kysely'
import type { z } from 'zod'
import { isBag } from '../../services/core/merge-patch.ts'
import { isSecretName } from '../../services/phones/secret-name.ts'
import type { Json, JsonObject } from '../../services/records/contract.ts'
import { isSecret, pick } from '../../services/sync/policy-value.ts'
import type { SyncConflict } from '../../services/sync/storage.ts'
import type { Tables } from '../database/tables.ts'

/** What a box reported of one thing; no `status`: what it said cannot be read. */
export interface Report<Status> {
  readonly id: string
  readonly at: number
  readonly status?: Status
}

/** What a box reported of a kind, by the schema of it. A body that does not fit is unknown, never fatal. */
export async function reportsOf<Status>(
  db: Kysely<Tables>,
  boxId: string,
  kind: string,
  { schema, unreadable }: { readonly schema: z.ZodType<Status>; readonly unreadable: () => void },
): Promise<Report<Status>[]> {
  const { rows } = await sql<{ id: string; body: string; at: number }>`SELECT id, body, at FROM reported
    WHERE box_id = ${boxId} AND kind = ${kind}`.execute(db)
  return rows
    .map(({ id, body, at }) => {
      const read = schema.safeParse(JSON.parse(body))
      if (!read.success) unreadable()
      return { id, at, ...(read.success && { status: read.data }) }
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** A value that people see: what is secret only says that it is set; DHCP options too, but to those who may change them. */
export function masked(value: Json | undefined, open: boolean): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => masked(item, open))
  if (!isBag(value)) return value
  if (isSecret(value as JsonObject)) return { set: true }
  const hidden = !open && typeof value.code === 'number' && typeof value.type === 'string'
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, inner]) => {
      const secret = (isSecretName(name) && typeof inner === 'string') || (hidden && name === 'value')
      return [name, secret ? { set: true } : masked(inner, open)]
    }),
  )
}

/**
 * The two values of a conflict, side by side. `stands`: the record as it is now; undefined: there is none. `open`: it is
 * for somebody who may change such a record.
 */
export function conflictView(conflict: SyncConflict, stands: JsonObject | undefined, open: boolean) {
  const { mutationId, feed, kind, id, group, fields, side, value, alert, by, at, until, resolvedBy } = conflict
  const now = stands === undefined ? null : fields.length === 0 ? stands : pick(stands, fields)
  return {
    ...{ id: mutationId, kind, record: id, group, fields: [...fields], side, alert, by, at },
    shared: feed.startsWith('org:'),
    other: masked(value, open),
    stands: masked(now, open),
    ...(until !== undefined && { until }),
    ...(resolvedBy !== undefined && { resolvedBy }),
  }
}
