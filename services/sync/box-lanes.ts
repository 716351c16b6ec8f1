import type { SqlDatabase } from '../core/sql.ts'
import type { JsonObject } from '../records/contract.ts'
import { readState, writeState } from './box-store.ts'
import type { Epoch, Status, SyncEvent, Transport } from './contract.ts'
import { sameEpoch } from './policy-inbox.ts'
import { decode, eventsAnswerSchema, LIMITS, statusAnswerSchema } from './schema.ts'

/** Events that were not sent; the oldest is dropped for a newer one past that. */
export const RING = 20_000

interface Entry {
  seq: number
  readonly kind: string
  readonly id: string
  readonly body: JsonObject | null
}

/** The first items whose JSON text fits into one message. */
function fitting<Item>(items: Iterable<Item>): Item[] {
  const fit: Item[] = []
  let room = LIMITS.message - 4_096
  for (const item of items) {
    room -= JSON.stringify(item).length + 1
    if ((room < 0 && fit.length > 0) || fit.length === LIMITS.lane) break
    fit.push(item)
  }
  return fit
}

/**
 * What is the case: kept in memory, the newest of each kind and id. After a start, in a new epoch, and when the cloud
 * forgot some of it, everything is sent again and the cloud drops what is not in it.
 */
export function makeStatusLane(transport: Pick<Transport, 'status'>, version: number) {
  const entries = new Map<string, Entry>()
  let nextSeq = 1
  let takenSeq = 0
  let epoch: Epoch | undefined
  /** A full report that the cloud has not all of: the number that it began with, and the next one to send. */
  let full: { readonly from: number; readonly next: number } | undefined

  function startOver(cloudSeq: number): void {
    nextSeq = Math.max(nextSeq, cloudSeq + 1)
    takenSeq = cloudSeq
    full = { from: nextSeq, next: nextSeq }
    for (const entry of entries.values()) entry.seq = nextSeq++
  }

  return {
    report(kind: string, id: string, body: JsonObject | null): void {
      const key = JSON.stringify([kind, id])
      entries.delete(key)
      entries.set(key, { seq: nextSeq++, kind, id, body })
    },
    /** `cloudSeq` is the highest number that the cloud has of this box. */
    async send(current: Epoch, cloudSeq: number): Promise<void> {
      if (!sameEpoch(epoch, current) || cloudSeq < takenSeq) {
        epoch = current
        startOver(cloudSeq)
      }
      for (;;) {
        const waiting = [...entries.values()].filter(({ seq }) => seq >= (full?.next ?? takenSeq + 1))
        waiting.sort((a, b) => a.seq - b.seq)
        const items: Status[] = fitting(waiting).map((entry) => ({ ...entry }))
        if (items.length === 0 && full === undefined) return
        const last = items.length === waiting.length
        const end = full !== undefined && last ? { voidBelow: full.from } : {}
        const request = { version, epoch: current, items, ...end }
        const answer = decode(statusAnswerSchema, 'status answer', await transport.status(request))
        if (answer.answer === 'refused') return
        if (!sameEpoch(epoch, current)) return
        const upTo = items.at(-1)?.seq ?? takenSeq
        takenSeq = Math.max(takenSeq, upTo)
        if (full !== undefined) full = last ? undefined : { ...full, next: upTo + 1 }
        for (const [key, entry] of entries) if (entry.body === null && entry.seq <= upTo) entries.delete(key)
        if (items.length === 0) return
      }
    },
  }
}

/** What happened: a ring in the database, sent in order and forgotten when the cloud has it. */
export function makeEventLane(db: SqlDatabase, transport: Pick<Transport, 'events'>, version: number) {
  return {
    /** Call inside a transaction. */
    append(events: readonly Omit<SyncEvent, 'seq'>[]): void {
      for (const { kind, at, body } of events)
        db.query('INSERT INTO sync_event (kind, at, body) VALUES (?, ?, ?)').run(
          kind,
          Math.floor(at),
          JSON.stringify(body),
        )
      const { changes } = db
        .query('DELETE FROM sync_event WHERE seq <= (SELECT max(seq) FROM sync_event) - ?')
        .run(RING)
      if (changes > 0) writeState(db, { dropped: readState(db).dropped + changes })
    },
    async send(): Promise<void> {
      for (;;) {
        const { epoch, dropped } = readState(db)
        const rows = db
          .query<{ seq: number; kind: string; at: number; body: string }>(
            'SELECT seq, kind, at, body FROM sync_event ORDER BY seq LIMIT ?',
          )
          .all(LIMITS.lane)
        const items = fitting(rows.map((row) => ({ ...row, body: JSON.parse(row.body) as JsonObject })))
        if (items.length === 0) return
        const request = { version, epoch, items, dropped }
        const answer = decode(eventsAnswerSchema, 'events answer', await transport.events(request))
        if (answer.answer === 'refused') return
        const upTo = items.at(-1)?.seq ?? 0
        if (answer.eventSeq < upTo) return
        db.write(() => db.query('DELETE FROM sync_event WHERE seq <= ?').run(upTo))
      }
    },
  }
}
