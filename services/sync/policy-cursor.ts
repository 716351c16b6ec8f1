import type { Cursor, FeedName } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'

/** What a cursor says: how far a feed was read, and which history of it that relies on. */
export interface Position {
  readonly feed: FeedName
  /** Every record whose newest form has a number up to here was given. */
  readonly seq: number
  /** The counter of the feed when that was read. */
  readonly gen: string
  /**
   * A record that had changed again by then was left out, to come later under its newer number. So a cursor in the
   * middle of a feed relies on all that was written by then, and not only on what it has passed.
   */
  readonly claimed: number
  /** Within a snapshot: the number that it goes up to. */
  readonly upTo?: number
}

export function writeCursor({ feed, gen, seq, claimed, upTo }: Position): Cursor {
  return ['1', gen, seq, claimed, upTo ?? '', feed].join('~')
}

/** Undefined when the text is no cursor of ours. */
export function readCursor(text: Cursor): Position | undefined {
  const match = /^1~([^~]{0,64})~(\d{1,15})~(\d{1,15})~(\d{0,15})~(.{1,140})$/.exec(text)
  if (match === null) return undefined
  const [, gen = '', seq = '', claimed = '', upTo = '', feed = ''] = match
  const position = { feed: feed as FeedName, gen, seq: Number(seq), claimed: Number(claimed) }
  return { ...position, ...(upTo === '' ? {} : { upTo: Number(upTo) }) }
}

export interface History {
  readonly seq: number
  readonly gen: string
  readonly floor: number
  /** Where the cursor's generation ended, when it is not the newest; undefined: nobody knows of it. */
  readonly end: number | undefined
}

/** Whether a feed can be continued from a position. A snapshot knows of every removal up to its end. */
export function continuable(
  position: Position,
  history: History,
  checks: SyncChecks,
): 'yes' | 'other-history' | 'compacted' {
  const end = position.gen === history.gen ? history.seq : (history.end ?? -1)
  if (checks.generation && position.claimed > end) return 'other-history'
  if (checks.floor && (position.upTo ?? position.seq) < history.floor) return 'compacted'
  return 'yes'
}
