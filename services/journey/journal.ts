import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { messageOf } from '../core/errors.ts'
import { ANY, BROADCAST, type Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Mac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Happening, Journal, Journey, Journeys } from './contract.ts'
import { clip, type Entry, fold, KEEP_KNOWN, KEEP_UNKNOWN, sketchOf } from './fold.ts'
import { allHappenings, allHeads, lastHappeningId } from './store.ts'
import { makeUnclaimed } from './unclaimed.ts'
import { isByDevice, verdictOf } from './verdict.ts'
import { makeWriter } from './writer.ts'

/** Unknown devices kept, and happenings kept of all of them together: what a flood of invented MACs may take. */
const MAX_UNKNOWN = 5_000
const MAX_UNKNOWN_HAPPENINGS = 50_000
// When it is too much, more than needed goes at once: taking the first of a map over and over is slow, because the
// runtime passes over the places of all that were taken before.
const ROOM = 0.95

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
 * The journal of the box: bounded in memory, written behind to the tables `journey` and `happening` at most a second
 * later, loaded from them when made. Dispose it to write the rest. `record` never throws.
 */
export function makeJournal(options: JournalOptions): Journal & Journeys & AsyncDisposable {
  const { db, clock, log, counters, isKnown, holderOf } = options
  const known = new Map<Mac, Entry>()
  // In order of the last happening, so that the least recently seen one stands first.
  const unknown = new Map<Mac, Entry>()
  const listeners = new Set<(happening: Happening) => void>()
  const unclaimed = makeUnclaimed()
  const heads = allHeads(db)
  const writer = makeWriter({ db, log, counters, stored: heads.map(({ mac }) => mac) })
  let unknownHappenings = 0
  let lastId = lastHappeningId(db)
  load()

  function load(): void {
    for (const head of heads) (isKnown(head.mac) ? known : unknown).set(head.mac, { ...head, list: [] })
    for (const { id, mac, repeat, happening } of allHappenings(db))
      find(mac)?.list.push({ id, happening, repeat, sketch: sketchOf(happening) })
    for (const entry of unknown.values()) unknownHappenings += entry.list.length
    shrink()
  }

  function find(mac: Mac): Entry | undefined {
    return known.get(mac) ?? unknown.get(mac)
  }

  /** The entry of a device, in the right map; an unknown one stands last there. */
  function touch(mac: Mac, at: number): Entry {
    const entry = find(mac) ?? { mac, firstSeen: at, lastSeen: at, list: [] }
    const wasUnknown = unknown.delete(mac)
    if (isKnown(mac)) {
      known.set(mac, entry)
      if (wasUnknown) unknownHappenings -= entry.list.length
    } else {
      known.delete(mac)
      unknown.set(mac, entry)
      if (!wasUnknown) unknownHappenings += entry.list.length
    }
    return entry
  }

  function shrink(): void {
    if (unknown.size <= MAX_UNKNOWN && unknownHappenings <= MAX_UNKNOWN_HAPPENINGS) return
    for (const [mac, entry] of unknown) {
      if (unknown.size <= MAX_UNKNOWN * ROOM && unknownHappenings <= MAX_UNKNOWN_HAPPENINGS * ROOM) return
      unknown.delete(mac)
      unknownHappenings -= entry.list.length
      if (isKnown(mac)) known.set(mac, entry)
      else {
        writer.forget(entry)
        counters.add('journey.forgotten')
      }
    }
  }

  function add(mac: Mac, given: Happening): void {
    const happening: Happening = given.mac === mac ? given : { ...given, mac }
    const entry = touch(mac, happening.at)
    const isUnknown = unknown.has(mac)
    const before = entry.list.length
    learn(entry, happening)
    lastId += 1
    const gone = fold(entry.list, happening, lastId, isUnknown ? KEEP_UNKNOWN : KEEP_KNOWN)
    const newest = entry.list.at(-1)
    if (newest !== undefined) writer.keep(entry, newest)
    writer.drop(gone)
    if (isUnknown) {
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
      const all = [...known.values(), ...unknown.values()].sort((a, b) => b.lastSeen - a.lastSeen)
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
function learn(entry: Entry, { at, address, interface: link, step }: Happening): void {
  if (isByDevice(step)) entry.lastSeen = at
  if (link !== undefined) entry.interface = link
  if (step.kind === 'dhcp.answered' && step.leased !== undefined && step.message !== 'offer')
    entry.address = step.leased
  else if (step.kind === 'dhcp.released' || step.kind === 'dhcp.declined') delete entry.address
  else if (address !== undefined && address !== ANY && address !== BROADCAST) entry.address = address
  if (step.kind !== 'identified') return
  if (entry.vendor !== step.vendor) {
    delete entry.model
    delete entry.firmware
  }
  entry.vendor = step.vendor
  if (step.model !== undefined) entry.model = step.model
  if (step.firmware !== undefined) entry.firmware = step.firmware
}

function journeyOf(entry: Entry): Journey {
  const { list, ...head } = entry
  return { ...head, happenings: list.map(({ happening }) => happening) }
}
