import type { EpochMs } from '../core/clock.ts'
import type { JsonObject } from '../records/contract.ts'
import type { FeedName } from './contract.ts'
import type { FeedCounter, FeedRecord, FeedWriter } from './storage.ts'

/** Writes to feeds in one transaction. Numbers are given under the counter's lock. */
export interface FeedPen {
  /** Locks the counters of all feeds that are to be written, always in the same order, so that no two wait in a ring. */
  lock(feeds: Iterable<FeedName>): Promise<void>
  /** Null removes. Writing what a removed record was brings it back. */
  put(feed: FeedName, key: { readonly kind: string; readonly id: string }, body: JsonObject | null): Promise<void>
  /** The counters as they are now have to be stored once, at the end; returns the feeds that were written. */
  close(): Promise<readonly FeedName[]>
}

export function makePen(writer: FeedWriter, by: string, now: EpochMs): FeedPen {
  const counters = new Map<FeedName, FeedCounter>()
  const written = new Set<FeedName>()

  async function next(feed: FeedName): Promise<number> {
    let counter = counters.get(feed) ?? (await writer.lockCounter(feed))
    const gen = await writer.generation()
    if (counter.gen !== gen) {
      await writer.putGenerationEnd(feed, counter.gen, counter.seq)
      counter = { ...counter, gen }
    }
    counter = { ...counter, seq: counter.seq + 1 }
    counters.set(feed, counter)
    written.add(feed)
    return counter.seq
  }

  return {
    async lock(feeds) {
      for (const feed of [...new Set(feeds)].sort()) counters.set(feed, await writer.lockCounter(feed))
    },
    async put(feed, { kind, id }, body) {
      const stands = await writer.record(feed, kind, id)
      if (body === null && (stands === undefined || stands.deleted)) return
      const record: FeedRecord = {
        ...{ kind, id, seq: await next(feed), rev: (stands?.rev ?? 0) + 1 },
        ...{ deleted: body === null, body: body ?? stands?.body ?? {}, updatedBy: by, updatedAt: now },
      }
      await writer.putRecord(feed, record)
    },
    async close() {
      for (const feed of written) {
        const counter = counters.get(feed)
        if (counter !== undefined) await writer.putCounter(feed, counter)
      }
      return [...written]
    },
  }
}
