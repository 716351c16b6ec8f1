import { sql } from 'kysely'
import type { CloudDatabase } from '../../cloud/database/open.ts'
import { makeFeedStorage } from '../../cloud/sync/feed-storage.ts'
import type { JsonObject } from '../../services/records/contract.ts'

/** A box of a site as the rows of one, that reports what a test says. */
export function makeReportingBox(database: CloudDatabase, boxId: string) {
  const storage = makeFeedStorage(database)
  const epoch = { n: 1, id: boxId }
  let seq = 0
  let eventSeq = 0
  return {
    boxId,
    async claim(account: string, site: string): Promise<void> {
      await sql`INSERT INTO box (id, account_id, site_id, state, identity_key, sealing_key, json)
        VALUES (${boxId}, ${account}, ${site}, 'active', ${boxId}, '', '{}')`.execute(database.db)
    },
    async release(): Promise<void> {
      await sql`UPDATE box SET state = 'released' WHERE id = ${boxId}`.execute(database.db)
    },
    async seen(at: number): Promise<void> {
      await sql`INSERT INTO box_seen (box_id, seen_at, address) VALUES (${boxId}, ${at}, '')
        ON CONFLICT (box_id) DO UPDATE SET seen_at = excluded.seen_at`.execute(database.db)
    },
    async status(kind: string, id: string, body: JsonObject | null, at: number): Promise<void> {
      await storage.write(async (writer) => {
        await writer.putStatuses(boxId, [{ seq: ++seq, kind, id, body }], at)
        await writer.putStatusProgress(boxId, { seq, voidBelow: 0 })
      })
    },
    async event(kind: string, body: JsonObject, at: number): Promise<void> {
      await storage.write((writer) => writer.putEvents(boxId, epoch, [{ seq: ++eventSeq, kind, at, body }], at))
    },
    async halt(halted: boolean): Promise<void> {
      await storage.write(async (writer) => {
        const state = await writer.lockInbox(boxId)
        await writer.putInbox(boxId, { ...state, halted })
      })
    },
  }
}

/** What a box says of a phone. */
export function phone(state: string, given: JsonObject = {}): JsonObject {
  return { vendor: 'yealink', model: 'T46U', firmware: '108.86.0.20', verdict: { state, text: state }, ...given }
}
