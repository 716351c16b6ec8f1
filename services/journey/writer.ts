import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Entry, Kept } from './fold.ts'
import { lastPieceId, removePiece, savePiece } from './store.ts'

// From the start of one round to the start of the next: what happens to a device meanwhile is written once.
const ROUND_MS = 800
// So many devices in one round are a flood, or a site that starts: the same devices have more news soon.
const BUSY_DEVICES = 500
const BUSY_ROUND_MS = 1_600
// Of one transaction, before its commit: a flood never holds up an answer for longer.
const SLICE_MS = 4
const NEXT_MS = 20
const RETRY_MS = 5_000
/** Happenings of one row: the last row of a device is written anew until it is full. */
const ROW_HAPPENINGS = 16

/** Writes journeys behind. All calls are cheap; the disk is touched by a timer. */
export interface Writer {
  keep(entry: Entry): void
  forget(entry: Entry): void
  /** Writes everything and stops the timer. */
  close(): void
}

/** What waits is bounded by what the journal keeps: a device that is forgotten before it was written is never written. */
export function makeWriter(deps: { db: SqlDatabase; log: Log; counters: Counters }): Writer {
  const { db, log, counters } = deps
  /** Devices with news for the next round. */
  const news = new Set<Entry>()
  /** The devices of this round, and how many of them are done. */
  let round: readonly Entry[] = []
  let done = 0
  let nextRoundAt = 0
  /** Rows of forgotten devices: taken by new devices, the rest is removed at the end of a round. */
  const free: number[] = []
  let lastId = lastPieceId(db)
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  function schedule(delay: number): void {
    if (timer !== undefined || closed) return
    timer = setTimeout(run, delay)
    timer.unref?.()
  }

  function run(): void {
    timer = undefined
    if (done === round.length) startRound()
    if (!writeSlice(SLICE_MS)) schedule(RETRY_MS)
    else if (done < round.length || free.length > 0) schedule(NEXT_MS)
    else if (news.size > 0) schedule(Math.max(NEXT_MS, nextRoundAt - performance.now()))
  }

  function startRound(): void {
    round = [...news]
    news.clear()
    done = 0
    nextRoundAt = performance.now() + (round.length > BUSY_DEVICES ? BUSY_ROUND_MS : ROUND_MS)
  }

  /** Writes for `ms` in one transaction; false when the database refused, and all of it waits on. */
  function writeSlice(ms: number): boolean {
    if (done === round.length && free.length === 0) return true
    const end = performance.now() + ms
    const slice = new Slice(db, free, lastId)
    let next = done
    try {
      db.write(() => {
        for (; next < round.length && performance.now() < end; next++) {
          const entry = round[next]
          if (entry?.waits) slice.save(entry)
        }
        if (next === round.length) while (slice.hasFree() && performance.now() < end) removePiece(db, slice.takeFree())
      })
    } catch (thrown) {
      counters.add('journey.write-failed')
      log.error('journeys could not be written', { error: messageOf(thrown) })
      return false
    }
    done = next
    if (done === round.length) {
      round = []
      done = 0
    }
    lastId = slice.lastId
    free.length = slice.free
    slice.confirm()
    return true
  }

  return {
    keep(entry) {
      if (entry.waits) return
      entry.waits = true
      news.add(entry)
      schedule(ROUND_MS)
    },
    forget(entry) {
      // In a flood most devices go before they were ever written: those cost the disk nothing.
      if (entry.waits) news.delete(entry)
      entry.waits = false
      let last = 0
      for (const { row } of entry.list) {
        if (row !== last && row !== 0 && !entry.stale.includes(row)) free.push(row)
        last = row
      }
      free.push(...entry.stale)
      if (free.length > 0) schedule(ROUND_MS)
    },
    close() {
      closed = true
      clearTimeout(timer)
      do {
        if (done === round.length) startRound()
      } while (writeSlice(Number.POSITIVE_INFINITY) && news.size > 0)
    },
  }
}

/** What one transaction does. Nothing in memory changes before it is committed. */
class Slice {
  readonly #db: SqlDatabase
  readonly #free: readonly number[]
  readonly #saved: { readonly entry: Entry; readonly from: number; readonly rows: readonly number[] }[] = []
  /** How many of the free rows are left. */
  free: number
  lastId: number

  constructor(db: SqlDatabase, free: readonly number[], lastId: number) {
    this.#db = db
    this.#free = free
    this.free = free.length
    this.lastId = lastId
  }

  hasFree(): boolean {
    return this.free > 0
  }

  takeFree(): number {
    this.free -= 1
    return this.#free[this.free] ?? 0
  }

  /** Writes what no row holds yet, together with the happenings of the last row while that has room. */
  save(entry: Entry): void {
    const { mac, head, list, stale } = entry
    const fresh = startOfRow(list, list.length, 0)
    const last = list[fresh - 1]?.row ?? 0
    const start = startOfRow(list, fresh, last)
    const joins = last !== 0 && list.length - start <= ROW_HAPPENINGS
    const from = joins ? start : fresh
    const rows: number[] = []
    for (let at = from; at < list.length; at += ROW_HAPPENINGS) {
      // A row of a forgotten device may stand before rows of others, but not before an own one.
      const isFirst = last === 0 && rows.length === 0 && stale.length === 0
      const id = joins ? last : isFirst && this.hasFree() ? this.takeFree() : ++this.lastId
      rows.push(id)
      savePiece(this.#db, { row: id, mac, head, list: list.slice(at, at + ROW_HAPPENINGS) })
    }
    for (const id of stale) {
      if (joins && id === last) continue
      const left = list.filter(({ row }) => row === id)
      if (left.length === 0) removePiece(this.#db, id)
      else savePiece(this.#db, { row: id, mac, head, list: left })
    }
    this.#saved.push({ entry, from, rows })
  }

  /** Notes down what is on disk now. */
  confirm(): void {
    for (const { entry, from, rows } of this.#saved) {
      for (let at = from; at < entry.list.length; at++) {
        const kept = entry.list[at]
        if (kept !== undefined) kept.row = rows[Math.floor((at - from) / ROW_HAPPENINGS)] ?? 0
      }
      if (entry.stale.length > 0) entry.stale = []
      entry.waits = false
    }
  }
}

/** Where the happenings of `row` begin that end before `end`. */
function startOfRow(list: readonly Kept[], end: number, row: number): number {
  let start = end
  while (start > 0 && list[start - 1]?.row === row) start--
  return start
}
