import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import { ANY, BROADCAST, type Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Mac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Happening, Journal, Journey, Journeys } from './contract.ts'
import { clip, type Entry, fold, type Head, happeningOf, KEEP_KNOWN, KEEP_UNKNOWN, makeEntry } from './fold.ts'
import { allPieces } from './store.ts'
import { makeUnclaimed } from './unclaimed.ts'
import { isByDevice, verdictOf } from './verdict.ts'
import { makeWriter } from './writer.ts'

/** Unknown devices kept, and happenings kept of all of them together: what a flood of invented MACs may take. */
const MAX_UNKNOWN = 5_000
const MAX_UNKNOWN_HAPPENINGS = 50_000
// When it is too much, more than needed goes at once: taking the first of a map over and over is slow, because the
// runtime passes over the places of all that were taken before.
const ROOM = 0.95
/** A device that was put last stays in its place for so many happenings: an order that is nearly right costs less. */
const STAYS = 500

export interface JournalOptions {
  readonly db: SqlDatabase
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  /** Whether a person gave this device to the box. Asked for each happening: must be quick and must not throw. */
  readonly isKnown: (mac: Mac) => boolean
  /** Who holds an address, by lease or neighbour table; asked for each happening without MAC. */
  readonly holderOf: (address: Ipv4) => Mac | undefined
}

/**
 * The journal of the box: bounded in memory, written behind to the table `story` at most a second later
 * (two when hundreds of devices have news at once), loaded from it when made. Dispose it to write the rest. `record` never throws.
 */
export function makeJournal(options: JournalOptions): Journal & Journeys & AsyncDisposable {
  const { db, clock, log, counters, isKnown, holderOf } = options
  const known = new Map<Mac, Entry>()
  // Nearly in order of the last happening: the least recently seen ones stand first.
  const unknown = new Map<Mac, Entry>()
  const listeners = new Set<(happening: Happening) => void>()
  const unclaimed = makeUnclaimed()
  const writer = makeWriter({ db, log, counters })
  let unknownHappenings = 0
  /** How many happenings were added since the start. */
  let added = 0
  load()

  function load(): void {
    const entries = new Map<Mac, Entry>()
    for (const { row, mac, head, list } of allPieces(db)) {
      const before = entries.get(mac)
      const entry = makeEntry(mac, head, isKnown(mac))
      entry.list.push(...(before?.list ?? []), ...list)
      // A row with nothing that this release understands goes when the device is written next: its head would win.
      entry.stale = [...(before?.stale ?? []), ...(list.length === 0 ? [row] : [])]
      entries.set(mac, entry)
    }
    for (const entry of [...entries.values()].sort((a, b) => a.head.lastSeen - b.head.lastSeen)) {
      if (!entry.isKnown) unknownHappenings += entry.list.length
      ;(entry.isKnown ? known : unknown).set(entry.mac, entry)
    }
    shrink()
  }

  function find(mac: Mac): Entry | undefined {
    return known.get(mac) ?? unknown.get(mac)
  }

  /** The entry of a device, in the right map; an unknown one stands among the last there. */
  function touch(mac: Mac, at: number): Entry {
    const knows = isKnown(mac)
    const entry =
      (knows ? known : unknown).get(mac) ?? find(mac) ?? makeEntry(mac, { firstSeen: at, lastSeen: at }, knows)
    if (knows) {
      if (unknown.delete(mac)) unknownHappenings -= entry.list.length
      known.set(mac, entry)
    } else if (entry.isKnown || entry.movedAt === 0 || added - entry.movedAt > STAYS) {
      if (!unknown.delete(mac)) unknownHappenings += entry.list.length
      known.delete(mac)
      unknown.set(mac, entry)
      entry.movedAt = added
    }
    entry.isKnown = knows
    return entry
  }

  function shrink(): void {
    if (unknown.size <= MAX_UNKNOWN && unknownHappenings <= MAX_UNKNOWN_HAPPENINGS) return
    for (const [mac, entry] of unknown) {
      if (unknown.size <= MAX_UNKNOWN * ROOM && unknownHappenings <= MAX_UNKNOWN_HAPPENINGS * ROOM) return
      unknown.delete(mac)
      unknownHappenings -= entry.list.length
      if (isKnown(mac)) {
        entry.isKnown = true
        known.set(mac, entry)
      } else {
        writer.forget(entry)
        counters.add('journey.forgotten')
      }
    }
  }

  function add(mac: Mac, given: Happening): void {
    const happening: Happening = given.mac === mac ? given : { ...given, mac }
    added += 1
    const entry = touch(mac, happening.at)
    const before = entry.list.length
    learn(entry.head, happening)
    fold(entry, happening, entry.isKnown ? KEEP_KNOWN : KEEP_UNKNOWN)
    writer.keep(entry)
    if (!entry.isKnown) {
      unknownHappenings += entry.list.length - before
      shrink()
    }
    tell(happening)
  }

  function tell(happening: Happening): void {
    for (const listener of listeners) {
      try {
        listener(happening)
      } catch (thrown) {
        counters.add('journey.listener-failed')
        log.error('a listener to happenings failed', { kind: happening.step.kind, error: messageOf(thrown) })
      }
    }
  }

  function take(given: Happening): void {
    const happening = clip(given)
    const { address } = happening
    const mac = happening.mac ?? (address === undefined ? undefined : holderOf(address))
    if (mac === undefined) {
      counters.add('journey.unclaimed')
      if (address !== undefined) unclaimed.put(address, happening)
      tell(happening)
      return
    }
    if (address !== undefined) for (const earlier of unclaimed.take(address, happening.at)) add(mac, earlier)
    add(mac, happening)
  }

  return {
    record(happening) {
      try {
        take(happening)
      } catch (thrown) {
        counters.add('journey.record-failed')
        log.error('a happening could not be recorded', { kind: happening.step.kind, error: messageOf(thrown) })
      }
    },
    of(mac) {
      const entry = find(mac)
      return entry === undefined ? undefined : journeyOf(entry)
    },
    verdictOf(mac) {
      const entry = find(mac)
      return verdictOf(entry === undefined ? undefined : journeyOf(entry), isKnown(mac), clock.now())
    },
    list() {
      const now = clock.now()
      const all = [...known.values(), ...unknown.values()].sort((a, b) => b.head.lastSeen - a.head.lastSeen)
      return all.map((entry) => {
        const journey = journeyOf(entry)
        const { happenings: _, ...summary } = journey
        return { ...summary, verdict: verdictOf(journey, isKnown(entry.mac), now) }
      })
    },
    onHappening(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async [Symbol.asyncDispose]() {
      writer.close()
    },
  }
}

/** What a happening teaches about its device beside itself. */
function learn(head: Head, { at, address, interface: link, step }: Happening): void {
  if (isByDevice(step)) head.lastSeen = at
  if (link !== undefined) head.interface = link
  if (step.kind === 'dhcp.answered' && step.leased !== undefined && step.message !== 'offer') head.address = step.leased
  else if (step.kind === 'dhcp.released' || step.kind === 'dhcp.declined') delete head.address
  else if (address !== undefined && address !== ANY && address !== BROADCAST) head.address = address
  if (step.kind !== 'identified') return
  if (head.vendor !== step.vendor) {
    delete head.model
    delete head.firmware
    delete head.hardware
  }
  head.vendor = step.vendor
  if (step.model !== undefined) head.model = step.model
  if (step.firmware !== undefined) head.firmware = step.firmware
  if (step.hardware !== undefined) head.hardware = step.hardware
}

function journeyOf({ mac, head, list }: Entry): Journey {
  return { mac, ...head, happenings: list.map(happeningOf) }
}
