import type { JsonObject } from '../records/contract.ts'
import type { FeedItem, FeedName, Page, PullAnswer, PullRequest } from './contract.ts'
import { sha256 } from './hash.ts'
import type { SyncChecks } from './policy-checks.ts'
import { continuable, readCursor, writeCursor } from './policy-cursor.ts'
import { inboxOf } from './policy-inbox.ts'
import { digestText } from './policy-value.ts'
import { LIMITS } from './schema.ts'
import type { FeedReader, FeedRecord, FeedStorage, PullFacts } from './storage.ts'

/** The digest of a feed as it stood at a number, so that it is made once and not at every poll. */
interface Known {
  readonly at: string
  readonly digest: string
}

/** Feeds whose digest is kept: those of a few thousand boxes. */
const KNOWN = 5_000

/** Answers pulls. `seal` makes of a stored body the one that this box can open. */
export function makeFeedServer(deps: {
  readonly storage: FeedStorage
  readonly checks: SyncChecks
  readonly onPulled?: (boxId: string, feed: FeedName, seq: number) => void
}): (
  boxId: string,
  request: Omit<PullRequest, 'version'>,
  seal: (body: JsonObject) => JsonObject,
) => Promise<PullAnswer> {
  const { storage, checks } = deps
  const known = new Map<FeedName, Known>()

  async function digestOf(reader: FeedReader, feed: FeedName, at: string): Promise<string> {
    const found = known.get(feed)
    if (found?.at === at) return found.digest
    const digest = sha256(digestText(await reader.revisions(feed)))
    known.delete(feed)
    known.set(feed, { at, digest })
    for (const oldest of known.keys()) {
      if (known.size <= KNOWN) break
      known.delete(oldest)
    }
    return digest
  }

  /** The answer to most pulls: nothing is new, and nothing but the counter had to be looked at. */
  function idle(cursor: string, feed: FeedName, { inbox: state, counter, generation }: PullFacts): Page | undefined {
    const position = readCursor(cursor)
    if (position?.feed !== feed || position.upTo !== undefined || position.gen !== counter.gen) return undefined
    if (position.seq !== counter.seq || position.claimed !== counter.seq) return undefined
    const found = known.get(feed)
    if (found?.at !== [generation, counter.gen, counter.seq].join('~')) return undefined
    const none = { items: [], more: false, snapshot: false, upToDate: true } as const
    return { answer: 'page', ...none, cursor, digest: found.digest, inbox: inboxOf(state) }
  }

  return async (boxId, { feed, cursor, limit }, seal) => {
    const facts = cursor === undefined ? undefined : await storage.peek((reader) => reader.pullFacts(boxId, feed))
    const page = cursor === undefined || facts === undefined ? undefined : idle(cursor, feed, facts)
    if (page !== undefined && facts !== undefined) {
      // Most boxes say by this very pull that they have all of it.
      deps.onPulled?.(boxId, feed, facts.counter.seq)
      return page
    }
    return storage.read(async (reader): Promise<PullAnswer> => {
      const { inbox: state, counter, generation } = await reader.pullFacts(boxId, feed)
      const position =
        cursor === undefined
          ? { feed, gen: counter.gen, seq: 0, claimed: counter.seq, upTo: counter.seq }
          : readCursor(cursor)
      if (position?.feed !== feed) return { answer: 'must_reset', reason: 'other-history' }
      const end = position.gen === counter.gen ? undefined : await reader.generationEnd(feed, position.gen)
      const verdict = cursor === undefined ? 'yes' : continuable(position, { ...counter, end }, checks)
      if (verdict !== 'yes') return { answer: 'must_reset', reason: verdict }

      const snapshot = position.upTo !== undefined
      // In the middle of a snapshot nothing of it is in force yet.
      if (!snapshot) deps.onPulled?.(boxId, feed, position.seq)
      const upTo = position.upTo ?? counter.seq
      const range = { after: position.seq, upTo, limit: limit + 1, living: snapshot }
      const records = range.after < upTo ? await reader.page(feed, range) : []
      const items = fitting(records.slice(0, limit), seal)
      const more = items.length < records.length
      const upToDate = !more && upTo === counter.seq
      const seq = more ? (records[items.length - 1]?.seq ?? position.seq) : upTo
      const next = { feed, gen: counter.gen, seq, claimed: counter.seq, ...(snapshot && more ? { upTo } : {}) }
      const at = [generation, counter.gen, counter.seq].join('~')
      const digest = upToDate ? { digest: await digestOf(reader, feed, at) } : {}
      return {
        answer: 'page',
        items,
        cursor: writeCursor(next),
        more,
        snapshot,
        upToDate,
        ...digest,
        inbox: inboxOf(state),
      }
    })
  }
}

/** As many records as a page may weigh, one at least. */
function fitting(records: readonly FeedRecord[], seal: (body: JsonObject) => JsonObject): readonly FeedItem[] {
  const items: FeedItem[] = []
  let room: number = LIMITS.message
  for (const { kind, id, rev, deleted, body } of records) {
    const item: FeedItem = deleted ? { kind, id, rev, deleted } : { kind, id, rev, body: seal(body) }
    room -= JSON.stringify(item).length
    if (room < 0 && items.length > 0) break
    items.push(item)
  }
  return items
}
