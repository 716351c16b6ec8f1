import type { Cursor, FeedName } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'

/** What a cursor says: how far a feed was read, in which generation. */
export interface Position {
  readonly feed: FeedName
  readonly gen: string
  readonly seq: number
  /** Within a snapshot: the number that it goes up to. */
  readonly upTo?: number
}

export function writeCursor({ feed, gen, seq, upTo }: Position): Cursor {
  return ['1', gen, seq, upTo ?? '', feed].join('~')
}

/** Undefined when the text is no cursor of ours. */
export function readCursor(text: Cursor): Position | undefined {
  const match = /^1~([^~]{0,64})~(\d{1,15})~(\d{0,15})~(.{1,140})$/.exec(text)
  if (match === null) return undefined
  const [, gen = '', seq = '', upTo = '', feed = ''] = match
  return { feed: feed as FeedName, gen, seq: Number(seq), ...(upTo === '' ? {} : { upTo: Number(upTo) }) }
}

export interface History {
  readonly seq: number
  readonly gen: string
  readonly floor: number
  /** Where the cursor's generation ended, when it is not the newest; undefined: nobody knows of it. */
  readonly end: number | undefined
}

/** Whether a feed can be continued from a position. A snapshot claims everything up to its end. */
export function continuable(
  position: Position,
  history: History,
  checks: SyncChecks,
): 'yes' | 'other-history' | 'compacted' {
  const claimed = position.upTo ?? position.seq
  const end = position.gen === history.gen ? history.seq : (history.end ?? -1)
  if (checks.generation && claimed > end) return 'other-history'
  if (checks.floor && claimed < history.floor) return 'compacted'
  return 'yes'
}
