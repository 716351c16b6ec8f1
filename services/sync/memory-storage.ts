import type { EpochMs } from '../core/clock.ts'
import type { Epoch, SyncEvent } from './contract.ts'
import { EMPTY_INBOX, type InboxState } from './policy-inbox.ts'
import {
  type FeedCounter,
  type FeedRecord,
  type FeedStorage,
  type FeedWriter,
  NEW_FEED,
  type Reported,
  type StatusProgress,
  type StoredMutation,
  type SyncConflict,
} from './storage.ts'

/** Everything that is stored, as plain data: `structuredClone` of it is a backup. */
export interface MemoryData {
  generation: string
  readonly counters: Map<string, FeedCounter>
  readonly ends: Map<string, number>
  readonly records: Map<string, Map<string, FeedRecord>>
  readonly inboxes: Map<string, InboxState>
  readonly mutations: Map<string, StoredMutation & { readonly boxId: string }>
  /** Box, epoch and number → mutation id. */
  readonly sent: Map<string, string>
  readonly conflicts: Map<string, SyncConflict>
  readonly progress: Map<string, StatusProgress>
  readonly status: Map<string, Reported & { readonly boxId: string }>
  readonly events: Map<string, SyncEvent & { readonly boxId: string; readonly storedAt: EpochMs }>
}

export function emptyMemory(): MemoryData {
  return {
    generation: '',
    counters: new Map(),
    ends: new Map(),
    records: new Map(),
    inboxes: new Map(),
    mutations: new Map(),
    sent: new Map(),
    conflicts: new Map(),
    progress: new Map(),
    status: new Map(),
    events: new Map(),
  }
}

const keyOf = (...parts: readonly (string | number)[]) => JSON.stringify(parts)
const sentKey = (boxId: string, epoch: Epoch, seq: number) => keyOf(boxId, epoch.n, epoch.id, seq)
const order = (a: { kind: string; id: string }, b: { kind: string; id: string }) =>
  keyOf(a.kind, a.id) < keyOf(b.kind, b.id) ? -1 : 1

/** Storage in memory: for tests and for demonstrations. One transaction after the other; what throws is taken back. */
export function makeMemoryStorage(data: MemoryData = emptyMemory()): FeedStorage {
  let last: Promise<unknown> = Promise.resolve()

  function inTurn<Result>(work: (writer: FeedWriter) => Promise<Result>): Promise<Result> {
    const undo: (() => void)[] = []
    const turn = last.then(async () => {
      try {
        return await work(makeWriter(data, undo))
      } catch (thrown) {
        for (const back of undo.reverse()) back()
        throw thrown
      }
    })
    last = turn.catch(() => undefined)
    return turn
  }

  return { read: inTurn, peek: inTurn, write: inTurn }
}

function makeWriter(data: MemoryData, undo: (() => void)[]): FeedWriter {
  function put<Value>(map: Map<string, Value>, key: string, value: Value): void {
    const [had, old] = [map.has(key), map.get(key)]
    undo.push(() => void (had ? map.set(key, old as Value) : map.delete(key)))
    map.set(key, value)
  }
  function drop<Value>(map: Map<string, Value>, key: string): void {
    const old = map.get(key)
    if (old === undefined) return
    undo.push(() => void map.set(key, old))
    map.delete(key)
  }
  function dropWhere<Value>(map: Map<string, Value>, gone: (value: Value) => boolean): Value[] {
    const found = [...map].filter(([, value]) => gone(value))
    for (const [key] of found) drop(map, key)
    return found.map(([, value]) => value)
  }
  function recordsOf(feed: string): Map<string, FeedRecord> {
    const map = data.records.get(feed) ?? new Map<string, FeedRecord>()
    data.records.set(feed, map)
    return map
  }
  const counter = async (feed: string) => data.counters.get(feed) ?? NEW_FEED
  const inbox = async (boxId: string) => data.inboxes.get(boxId) ?? EMPTY_INBOX
  const all = <Value extends { boxId: string }>(map: Map<string, Value>, boxId: string) =>
    [...map.values()].filter((value) => value.boxId === boxId)

  return {
    pullFacts: async (boxId, feed) => ({
      inbox: await inbox(boxId),
      counter: await counter(feed),
      generation: data.generation,
    }),
    counter,
    lockCounter: counter,
    inbox,
    lockInbox: inbox,
    generation: async () => data.generation,
    generationEnd: async (feed, gen) => data.ends.get(keyOf(feed, gen)),
    page: async (feed, { after, upTo, limit, living }) =>
      [...recordsOf(feed).values()]
        .filter(({ seq, deleted }) => seq > after && seq <= upTo && !(living && deleted))
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit),
    record: async (feed, kind, id) => recordsOf(feed).get(keyOf(kind, id)),
    revisions: async (feed) => [...recordsOf(feed).values()].filter(({ deleted }) => !deleted),
    mutation: async (boxId, mutationId) => {
      const found = data.mutations.get(keyOf(boxId, mutationId))
      if (found === undefined) return undefined
      const { boxId: _, ...mutation } = found
      return mutation
    },
    mutationAt: async (boxId, epoch, seq) => data.sent.get(sentKey(boxId, epoch, seq)),
    statusProgress: async (boxId) => data.progress.get(boxId) ?? { seq: 0, voidBelow: 0 },
    reported: async (boxId) =>
      all(data.status, boxId)
        .sort(order)
        .map(({ boxId: _, ...reported }) => reported),
    events: async (boxId, limit) =>
      all(data.events, boxId)
        .slice(-limit)
        .map(({ boxId: _, storedAt: __, ...event }) => event),
    conflict: async (boxId, mutationId) => data.conflicts.get(keyOf(boxId, mutationId)),
    conflicts: async (of) =>
      [...data.conflicts.values()]
        .filter((conflict) => ('boxId' in of ? conflict.boxId === of.boxId : conflict.feed === of.feed))
        .sort((a, b) => a.at - b.at || (a.mutationId < b.mutationId ? -1 : 1))
        .slice(0, 1_000),

    async startGeneration(gen) {
      const old = data.generation
      undo.push(() => {
        data.generation = old
      })
      data.generation = gen
    },
    putCounter: async (feed, value) => put(data.counters, feed, value),
    putGenerationEnd: async (feed, gen, seq) => put(data.ends, keyOf(feed, gen), seq),
    putRecord: async (feed, record) => put(recordsOf(feed), keyOf(record.kind, record.id), record),
    putInbox: async (boxId, state) => put(data.inboxes, boxId, state),
    async putMutation(boxId, mutation) {
      const key = keyOf(boxId, mutation.mutationId)
      const old = data.mutations.get(key)
      if (old !== undefined) drop(data.sent, sentKey(boxId, old.epoch, old.seq))
      put(data.mutations, key, { ...mutation, boxId })
      put(data.sent, sentKey(boxId, mutation.epoch, mutation.seq), mutation.mutationId)
    },
    putConflict: async (conflict) => put(data.conflicts, keyOf(conflict.boxId, conflict.mutationId), conflict),
    async putStatuses(boxId, items, at) {
      for (const { kind, id, seq, body } of items) {
        const key = keyOf(boxId, kind, id)
        if ((data.status.get(key)?.seq ?? 0) > seq) continue
        if (body === null) drop(data.status, key)
        else put(data.status, key, { boxId, kind, id, seq, body, at })
      }
    },
    putStatusProgress: async (boxId, progress) => put(data.progress, boxId, progress),
    dropStatusBelow: async (boxId, seq) => void dropWhere(data.status, (row) => row.boxId === boxId && row.seq < seq),
    async putEvents(boxId, epoch, events, storedAt) {
      for (const event of events) {
        const key = sentKey(boxId, epoch, event.seq)
        if (!data.events.has(key)) put(data.events, key, { ...event, boxId, storedAt })
      }
    },
    forgetTombstones: async (feed, before) =>
      dropWhere(recordsOf(feed), ({ deleted, updatedAt }) => deleted && updatedAt < before).reduce(
        (most, { seq }) => Math.max(most, seq),
        0,
      ),
    async forgetMutations(before, keep) {
      const seen = new Map<string, number>()
      const old = new Set<object>()
      for (const mutation of [...data.mutations.values()].sort((a, b) => b.at - a.at)) {
        const rank = (seen.get(mutation.boxId) ?? 0) + 1
        seen.set(mutation.boxId, rank)
        if (rank > keep && mutation.at < before) old.add(mutation)
      }
      for (const { boxId, epoch, seq } of dropWhere(data.mutations, (mutation) => old.has(mutation)))
        drop(data.sent, sentKey(boxId, epoch, seq))
    },
    forgetConflicts: async (now) => void dropWhere(data.conflicts, ({ until }) => until !== undefined && until <= now),
    forgetEvents: async (before) => void dropWhere(data.events, ({ storedAt }) => storedAt < before),
  }
}
