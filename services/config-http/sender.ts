import { concat } from '../core/bytes.ts'
import { messageOf } from '../core/errors.ts'
import type { Blobs } from '../phones/contract.ts'
import type { Piece } from './policy.ts'
import { pieceLength } from './policy.ts'

/** The sending half of a socket. */
export interface Wire {
  /** Hands bytes to the system and says how many it took. */
  write(bytes: Uint8Array): number
  /** Says that nothing more comes; what the system took is still delivered. */
  shutdown(): void
  /** Ends the connection now. */
  terminate(): void
}

/**
 * What became of one answer. `completed` means: the system took every byte, and after that the peer sent its next
 * request, or closed in order, or a full second went by without a reset. That is as far as a server can know without
 * asking the system for unacknowledged bytes: a cable pulled in that second is counted as completed.
 */
export type Outcome =
  | { readonly kind: 'completed'; readonly takenAt: number }
  | { readonly kind: 'broken'; readonly reason: string }

export interface SendEvents {
  /** The system took the last byte. */
  readonly onTaken: () => void
  readonly onOutcome: (outcome: Outcome) => void
}

/** So many bytes of a blob are read at once. */
const BLOCK = 262_144
/** Head and body go out in one write, and on a quiet network in one segment train, up to this size. */
const JOINED = 65_536
/** The first tick may follow the last byte at once; the second is at least a second later. */
const QUIET_TICKS = 2

interface Unconfirmed {
  readonly takenAt: number
  readonly onOutcome: (outcome: Outcome) => void
  ticks: number
}

/** Sends answers one after the other, as fast as the peer takes them, and finds out whether they arrived. */
export function makeSender(wire: Wire, blobs: Blobs) {
  let queue: Piece[] = []
  let block: Uint8Array = new Uint8Array(0)
  let owed: Uint8Array = new Uint8Array(0)
  let current: SendEvents | undefined
  let total = 0
  let taken = 0
  let reading = false
  let gone = false
  /** Every block of a file is read into it: a block is all written before the next is read. */
  let buffer: Uint8Array | undefined
  let unconfirmed: Unconfirmed[] = []

  function fail(reason: string) {
    const events = current
    current = undefined
    buffer = undefined
    queue = []
    events?.onOutcome({ kind: 'broken', reason: `${reason} after ${taken} of ${total} bytes` })
  }

  function payOwed() {
    if (owed.length > 0) owed = owed.subarray(Math.max(0, wire.write(owed)))
  }

  function pump() {
    while (!gone && current !== undefined && !reading) {
      if (block.length > 0) {
        const count = Math.max(0, wire.write(block))
        taken += count
        block = block.subarray(count)
        if (block.length > 0) return
      }
      const next = queue.shift()
      if (next === undefined) return finish(current)
      if (next instanceof Uint8Array) block = next
      else void read(next)
    }
  }

  async function read(piece: Exclude<Piece, Uint8Array>) {
    reading = true
    const length = Math.min(BLOCK, piece.to - piece.from)
    buffer ??= new Uint8Array(BLOCK)
    const bytes = await blobs.read(piece.hash, piece.from, length, buffer).catch((thrown: unknown) => messageOf(thrown))
    reading = false
    if (gone || current === undefined) return
    if (bytes === undefined || typeof bytes === 'string' || bytes.length === 0) {
      fail(`stored file cannot be read${typeof bytes === 'string' ? ` (${bytes})` : ''}`)
      // The length was promised already: only a broken connection tells the peer that this is not all.
      gone = true
      wire.terminate()
      return
    }
    block = bytes.length > length ? bytes.subarray(0, length) : bytes
    const from = piece.from + block.length
    if (from < piece.to) queue.unshift({ ...piece, from })
    pump()
  }

  function finish(events: SendEvents) {
    current = undefined
    buffer = undefined
    unconfirmed.push({ takenAt: performance.now(), onOutcome: events.onOutcome, ticks: QUIET_TICKS })
    events.onTaken()
  }

  function confirm(which: (entry: Unconfirmed) => boolean) {
    const done = unconfirmed.filter(which)
    if (done.length === 0) return
    unconfirmed = unconfirmed.filter((entry) => !done.includes(entry))
    for (const entry of done) entry.onOutcome({ kind: 'completed', takenAt: entry.takenAt })
  }

  return {
    /** Sends `100 Continue`; what the system does not take goes out before anything else. */
    interim(bytes: Uint8Array) {
      owed = concat([owed, bytes])
      payOwed()
    },
    send(head: Uint8Array, pieces: readonly Piece[], events: SendEvents) {
      const [first, ...rest] = pieces
      const joined = first instanceof Uint8Array && first.length <= JOINED
      const start = owed.length > 0 ? concat([owed, head]) : head
      owed = owed.subarray(owed.length)
      block = joined ? concat([start, first]) : start
      queue = joined ? rest : [...pieces]
      total = start.length + pieces.reduce((sum, piece) => sum + pieceLength(piece), 0)
      taken = 0
      current = events
      pump()
    },
    /** The peer takes more. False when nothing was under way. */
    drain(): boolean {
      const busy = current !== undefined
      payOwed()
      pump()
      return busy
    },
    /** The peer sent something, or closed in order: what it got before, it has. */
    heard: () => confirm(() => true),
    tick: () => confirm((entry) => --entry.ticks <= 0),
    /** The peer took nothing for too long. */
    stalled: () => fail('peer took nothing more'),
    closed(byError: boolean) {
      gone = true
      fail('peer went away')
      if (!byError) return confirm(() => true)
      const lost = unconfirmed
      unconfirmed = []
      for (const entry of lost) entry.onOutcome({ kind: 'broken', reason: 'peer reset the connection' })
    },
  }
}
