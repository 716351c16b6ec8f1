import type { Clock } from '../core/clock.ts'
import { ConflictError, InvariantError, messageOf, NotFoundError, OperatorError } from '../core/errors.ts'
import { type Log, silentLog } from '../core/log.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type {
  Change,
  JsonObject,
  RecordKind,
  RecordLog,
  Records,
  RecordWriter,
  StoredRecord,
  WriteOptions,
} from './contract.ts'
import { bodyText, checkId, checkOptions, MAX_ITEMS, readBody, sameJson } from './policy.ts'
import {
  allRecords,
  append,
  changesOf,
  changesPast,
  current,
  newestMutationId,
  newestSeq,
  recentChanges,
} from './store.ts'

/** Changes of one record that `history` returns at most, the newest ones. */
const HISTORY = 500

interface Made {
  /** What stands now; undefined when the record was removed. */
  readonly record?: StoredRecord
  /** Undefined when the write changed nothing. */
  readonly change?: Change
}

interface OpenBatch {
  readonly made: Made[]
  failed?: { readonly reason: unknown }
}

/**
 * The store of records over the tables `record` and `change`. Reads come from memory: the process that makes this
 * must be the only one that writes those tables. `newId` gives a mutation id (see `makeUlids`).
 *
 * A write that would change nothing returns the record as it stands: no revision, no change, no call to listeners.
 * A record that was removed and made again goes on counting its revisions, so that an old `base` never fits by chance.
 * Throws `OperatorError` for an id or body that cannot be stored, `ConflictError`, `NotFoundError`.
 */
export function makeRecords(deps: {
  db: SqlDatabase
  clock: Clock
  newId: () => string
  log?: Log
}): Records & RecordLog {
  const { db, clock, newId, log = silentLog } = deps
  const cache = new Map<RecordKind, Map<string, StoredRecord>>()
  const lists = new Map<RecordKind, readonly StoredRecord[]>()
  const listeners = new Set<(change: Change) => void>()
  const queue: Change[] = []
  let delivering = false
  let open: OpenBatch | undefined
  for (const record of allRecords(db)) ofKind(record.kind).set(record.id, Object.freeze(record))

  function ofKind(kind: RecordKind): Map<string, StoredRecord> {
    let map = cache.get(kind)
    if (map === undefined) {
      map = new Map()
      cache.set(kind, map)
    }
    return map
  }

  /** Inside the transaction: checks the base, writes, and says what came of it. `text` null removes. */
  function change(kind: RecordKind, id: string, text: string | null, options: WriteOptions): Made {
    const stored = current(db, kind, id)
    const before = stored?.text ?? null
    const now = before === null ? 0 : (stored?.rev ?? 0)
    if (text === null && before === null) throw new NotFoundError(`no ${kind} ${id}`)
    if (options.base !== undefined && options.base !== now)
      throw new ConflictError(`${kind} ${id} is at revision ${now}, the edit was based on ${options.base}`)
    const after = text === null ? undefined : readBody(text)
    const old = before === null ? undefined : readBody(before)
    const standing = ofKind(kind).get(id)
    if (after !== undefined && old !== undefined && standing?.rev === now && sameJson(old, after))
      return { record: standing }
    const rev = (stored?.rev ?? 0) + 1
    const made = { mutationId: newId(), kind, id, by: options.by, at: clock.now() }
    const seq = append(db, { ...made, rev, before, after: text })
    return {
      change: Object.freeze({
        seq,
        ...made,
        ...(old === undefined ? {} : { before: old }),
        ...(after === undefined ? {} : { after }),
      }),
      ...(after === undefined
        ? {}
        : { record: Object.freeze({ kind, id, rev, body: after, updatedBy: made.by, updatedAt: made.at }) }),
    }
  }

  /** After the commit: memory first, then the listeners, so that a listener reads what it is told of. */
  function settle(all: readonly Made[]): void {
    for (const { record, change } of all) {
      if (change === undefined) continue
      if (record === undefined) ofKind(change.kind).delete(change.id)
      else ofKind(change.kind).set(change.id, record)
      lists.delete(change.kind)
      queue.push(change)
    }
    deliver()
  }

  /** A listener may write again: its changes wait their turn, so that everybody hears all changes in one order. */
  function deliver(): void {
    if (delivering) return
    delivering = true
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      for (const listener of [...listeners]) {
        try {
          listener(next)
        } catch (thrown) {
          log.error('a listener to record changes failed', { kind: next.kind, id: next.id, error: messageOf(thrown) })
        }
      }
    }
    delivering = false
  }

  /** One transaction for `work`, or the one that a batch has begun. */
  function commit(work: () => readonly Made[]): readonly Made[] {
    if (open === undefined) {
      const made = db.write(work)
      settle(made)
      return made
    }
    try {
      const made = work()
      open.made.push(...made)
      return made
    } catch (reason) {
      // A part of it may be written already: nothing of this transaction may stay.
      open.failed ??= { reason }
      throw reason
    }
  }

  function batch<Result>(work: () => Result): Result {
    if (open !== undefined) throw new InvariantError('a batch of record writes inside another one')
    const mine: OpenBatch = { made: [] }
    open = mine
    let result: Result
    try {
      result = db.write(() => {
        const done = work()
        if (mine.failed !== undefined) throw mine.failed.reason
        return done
      })
    } finally {
      open = undefined
    }
    settle(mine.made)
    return result
  }

  function putAll(
    items: readonly { kind: RecordKind; id: string; body: JsonObject }[],
    options: WriteOptions,
  ): readonly StoredRecord[] {
    checkOptions(options)
    if (items.length > MAX_ITEMS) throw new OperatorError(`${items.length} records at once, at most ${MAX_ITEMS}`)
    const texts = items.map(({ kind, id, body }) => {
      checkId(kind, id)
      return { kind, id, text: bodyText(kind, id, body) }
    })
    // One commit for all; the second write of a record in one batch must see the first.
    const made = commit(() => texts.map(({ kind, id, text }) => change(kind, id, text, options)))
    return made.flatMap(({ record }) => (record === undefined ? [] : [record]))
  }

  function writer(made: Made[]): RecordWriter {
    const text = (kind: RecordKind, id: string) => current(db, kind, id)?.text ?? null
    return {
      get(kind, id) {
        const stored = text(kind, id)
        return stored === null ? undefined : readBody(stored)
      },
      put(kind, id, body, by) {
        checkId(kind, id)
        made.push(change(kind, id, bodyText(kind, id, body), { by }))
      },
      remove(kind, id, by) {
        if (text(kind, id) !== null) made.push(change(kind, id, null, { by }))
      },
    }
  }

  return {
    get: (kind, id) => cache.get(kind)?.get(id),
    list(kind) {
      let list = lists.get(kind)
      if (list === undefined) {
        const all = [...(cache.get(kind)?.values() ?? [])]
        list = Object.freeze(all.sort((a, b) => (a.id < b.id ? -1 : 1)))
        lists.set(kind, list)
      }
      return list
    },
    put(kind, id, body, options) {
      const [record] = putAll([{ kind, id, body }], options)
      if (record === undefined) throw new NotFoundError(`no ${kind} ${id}`)
      return record
    },
    putMany: putAll,
    remove(kind, id, options) {
      checkId(kind, id)
      checkOptions(options)
      commit(() => [change(kind, id, null, options)])
    },
    batch,
    history: (kind, id) => changesOf(db, kind, id, HISTORY),
    recent: (wanted) => recentChanges(db, wanted),
    transact(work) {
      const made: Made[] = []
      const result = db.write(() => work(writer(made)))
      settle(made)
      return result
    },
    changesAfter: (seq, limit) => changesPast(db, seq, limit),
    lastSeq: () => newestSeq(db),
    lastMutationId: (kind, id) => newestMutationId(db, kind, id),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
