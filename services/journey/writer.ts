import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Mac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Entry, Kept } from './fold.ts'
import { removeDevice, removeHappening, saveHappening, saveHead } from './store.ts'

const DELAY_MS = 800
// Rows of one transaction: some 20 ms, so that a flood never holds up an answer for longer.
const ROWS = 2_000
const NEXT_MS = 50
const RETRY_MS = 5_000

/** Writes journeys behind. All calls are cheap; the disk is touched by a timer. */
export interface Writer {
  keep(entry: Entry, kept: Kept): void
  drop(gone: readonly Kept[]): void
  forget(entry: Entry): void
  /** Writes everything and stops the timer. */
  close(): void
}

/** What waits is bounded by what the journal keeps: a happening that goes before it was written is never written. */
export function makeWriter(deps: {
  db: SqlDatabase
  log: Log
  counters: Counters
  /** The devices that already stand in the database. */
  stored: Iterable<Mac>
}): Writer {
  const { db, log, counters } = deps
  const written = new Set(deps.stored)
  const heads = new Map<Mac, Entry>()
  const fresh = new Map<number, { readonly mac: Mac; readonly kept: Kept }>()
  const goneIds = new Set<number>()
  const goneDevices = new Set<Mac>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  function schedule(delay: number): void {
    if (timer !== undefined || closed) return
    timer = setTimeout(() => {
      timer = undefined
      const done = flush(ROWS)
      if (!done) schedule(RETRY_MS)
      else if (heads.size + fresh.size + goneIds.size + goneDevices.size > 0) schedule(NEXT_MS)
    }, delay)
    timer.unref?.()
  }

  /** Writes at most `limit` rows in one transaction; false when the database refused, and all of it waits on. */
  function flush(limit: number): boolean {
    // Removals first: a device that was forgotten and came back must not lose what came after.
    const devices = firstOf(goneDevices, limit)
    const ids = firstOf(goneIds, limit - devices.length)
    const happenings = firstOf(fresh.values(), limit - devices.length - ids.length)
    const entries = firstOf(heads.values(), limit - devices.length - ids.length - happenings.length)
    try {
      db.write(() => {
        for (const mac of devices) removeDevice(db, mac)
        for (const id of ids) removeHappening(db, id)
        for (const { mac, kept } of happenings)
          saveHappening(db, { id: kept.id, repeat: kept.repeat, happening: kept.happening, mac })
        for (const entry of entries) saveHead(db, entry)
      })
    } catch (thrown) {
      counters.add('journey.write-failed')
      log.error('journeys could not be written', { error: messageOf(thrown) })
      return false
    }
    for (const mac of devices) {
      goneDevices.delete(mac)
      written.delete(mac)
    }
    for (const id of ids) goneIds.delete(id)
    for (const { mac, kept } of happenings) {
      fresh.delete(kept.id)
      written.add(mac)
    }
    for (const { mac } of entries) {
      heads.delete(mac)
      written.add(mac)
    }
    return true
  }

  return {
    keep(entry, kept) {
      heads.set(entry.mac, entry)
      fresh.set(kept.id, { mac: entry.mac, kept })
      schedule(DELAY_MS)
    },
    drop(gone) {
      for (const { id } of gone) if (!fresh.delete(id)) goneIds.add(id)
    },
    forget(entry) {
      heads.delete(entry.mac)
      for (const { id } of entry.list) fresh.delete(id)
      // In a flood most devices go before they were ever written: those cost the disk nothing.
      if (!written.has(entry.mac)) return
      goneDevices.add(entry.mac)
      schedule(DELAY_MS)
    },
    close() {
      closed = true
      clearTimeout(timer)
      if (heads.size + fresh.size + goneIds.size + goneDevices.size > 0) flush(Number.POSITIVE_INFINITY)
    },
  }
}

function firstOf<Item>(items: Iterable<Item>, most: number): readonly Item[] {
  const out: Item[] = []
  if (most <= 0) return out
  for (const item of items) {
    out.push(item)
    if (out.length >= most) break
  }
  return out
}
