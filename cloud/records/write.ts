import { ConflictError } from '../../services/core/errors.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { makePen } from '../../services/sync/cloud-feed.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { FeedRecord } from '../../services/sync/storage.ts'
import { type AuditNote, note } from '../accounts/audit.ts'
import type { Boxes } from '../boxes.ts'
import type { Caller, CloudContext } from '../context.ts'
import { makeFeedWriter } from '../sync/feed-storage.ts'

export interface RecordEdit {
  readonly feed: FeedName
  readonly kind: string
  readonly id: string
  /** Undefined takes the record away. */
  readonly body: JsonObject | undefined
  /** What the edit was made from; another one now throws `ConflictError`. */
  readonly before: FeedRecord | undefined
}

interface Deps extends Pick<CloudContext, 'database' | 'clock'> {
  readonly boxes: Pick<Boxes, 'ready' | 'fanOut'>
}

/** Puts edits of one request into feeds, all or none, with their entries in the audit log; then tells the boxes. */
export async function writeRecords(
  { boxes, database, clock }: Deps,
  edits: readonly RecordEdit[],
  { caller, audit }: { readonly caller: Caller; readonly audit: readonly AuditNote[] },
): Promise<void> {
  await boxes.ready()
  const now = clock.now()
  const feeds = await database.transaction(async (trx) => {
    const writer = makeFeedWriter(trx)
    const pen = makePen(writer, caller.actor, now)
    await pen.lock(edits.map(({ feed }) => feed))
    for (const { feed, kind, id, body, before } of edits) {
      const stands = await writer.record(feed, kind, id)
      const rev = stands === undefined || stands.deleted ? 0 : stands.rev
      if (rev !== (before?.rev ?? 0))
        throw new ConflictError(`${kind} ${id} is at revision ${rev}, the edit was based on ${before?.rev ?? 0}`)
      await pen.put(feed, { kind, id }, body ?? null)
    }
    for (const entry of audit) await note(trx, now, caller, entry)
    return pen.close()
  })
  boxes.fanOut.tell({ feeds })
}

/** The names of the fields that differ: values may be secrets. */
export function changedFields(before: JsonObject | undefined, after: JsonObject | undefined): readonly string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...names].filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name])).sort()
}
