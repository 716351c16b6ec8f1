import { type Log, silentLog } from '../core/log.ts'
import type { RecordWriter } from '../records/contract.ts'
import { alignment } from './box-align.ts'
import { applyPage, digestOf } from './box-apply.ts'
import { clearStaged, type Key } from './box-confirmed-store.ts'
import type { BoxSyncDeps } from './box-deps.ts'
import { ingest, passOwnChanges } from './box-ingest.ts'
import { hasReleasable, isResending } from './box-outbox-store.ts'
import { incoming } from './box-secrets.ts'
import { readFeed, readState, writeFeed } from './box-store.ts'
import type { FeedItem, FeedName, Page } from './contract.ts'
import type { SyncChecks } from './policy-checks.ts'
import { decode, pullAnswerSchema } from './schema.ts'

/** Items of a page: what is applied in one go, while no phone is served, takes some tens of milliseconds. */
const PAGE = 100
/** How often a page is asked for again because a secret in it cannot be opened; then it is applied without. */
const UNREADABLE_TRIES = 2

/** How a feed was left. `misaligned`: the cloud has gone back, and the outbox comes first. */
export type Pulled = { readonly end: 'up-to-date' | 'misaligned' | 'refused'; readonly items: number }

export interface Puller {
  /** Fetches a feed until nothing is newer. Throws when there is no answer. */
  pull(feed: FeedName): Promise<Pulled>
  /** The next pull starts a snapshot. What is there stays in force until it is complete. */
  reset(feed: FeedName): void
}

/** `event` is told what an operator should hear of. */
export function makePuller(
  deps: BoxSyncDeps & {
    readonly version: number
    readonly checks: SyncChecks
    /** Writes what is in force of these records. */
    readonly enforce: (writer: RecordWriter, keys: readonly Key[]) => void
  },
  feeds: readonly FeedName[],
  event: (kind: string, body: { readonly [name: string]: string | number }) => void,
): Puller {
  const { db, records, transport, checks, version } = deps
  const log: Log = deps.log ?? silentLog
  const unreadable = new Map<string, number>()

  /** What the next question is: a cursor, or none for a snapshot. */
  function cursorOf(feed: FeedName): string | undefined {
    const row = readFeed(db, feed)
    return row.staging ?? row.cursor ?? undefined
  }

  function reset(feed: FeedName): void {
    clearStaged(db, feed)
    writeFeed(db, feed, { cursor: null, staging: null })
  }

  /** The items with their secrets sealed by the box, or undefined when the page shall be asked for again. */
  function readable(page: Page, key: string): readonly FeedItem[] | undefined {
    let failed = 0
    const items = page.items.map((item) =>
      item.body === undefined ? item : { ...item, body: incoming(db, deps.secrets, item.body, () => void failed++) },
    )
    if (failed === 0) {
      unreadable.delete(key)
      return items
    }
    const tries = (unreadable.get(key) ?? 0) + 1
    if (tries < UNREADABLE_TRIES) {
      unreadable.set(key, tries)
      return undefined
    }
    unreadable.delete(key)
    event('sync.secret-unreadable', { secrets: failed })
    return items
  }

  /**
   * Whether the cloud knows all that we know to have told it. If not, its records are older than ours, and its page
   * would undo for a while what people did. Where it takes nothing from us, its page is the best there is.
   */
  function isAligned(page: Page): boolean {
    const { halted, upgrade } = readState(db)
    if (halted || upgrade || !checks.heartbeat) return true
    return alignment(db, page.inbox, checks).do === 'go-on' && !isResending(db)
  }

  /** A poll that brings nothing new writes nothing. */
  function isIdle(feed: FeedName, cursor: string | undefined, page: Page): boolean {
    if (page.items.length > 0 || page.snapshot || page.more || page.cursor !== cursor) return false
    if (cursorOf(feed) !== cursor || !isAligned(page) || hasReleasable(db, feed)) return false
    return !checks.digest || page.digest === undefined || page.digest === digestOf(db, feed)
  }

  /** Applies what came in answer to `cursor`; says how to go on. */
  function apply(feed: FeedName, cursor: string | undefined, page: Page): 'next' | 'again' | 'misaligned' {
    return records.transact((writer) => {
      // The question was overtaken, by a reset or by an answer that came twice.
      if (checks.stale && cursorOf(feed) !== cursor) return 'again'
      if (!isAligned(page)) return 'misaligned'
      const items = readable(page, `${feed} ${cursor ?? ''}`)
      if (items === undefined) return 'again'
      const changed = checks.ingest ? ingest(deps, feeds) : []
      const { keys, differs } = applyPage(db, feed, { ...page, items }, checks)
      deps.enforce(writer, [...changed, ...keys])
      passOwnChanges(deps)
      if (differs) event('sync.digest-differs', { feed })
      return differs ? 'again' : 'next'
    })
  }

  return {
    reset: (feed) => db.write(() => reset(feed)),
    async pull(feed) {
      let items = 0
      let again = 0
      for (;;) {
        const cursor = cursorOf(feed)
        const request = { version, feed, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }
        const answer = decode(pullAnswerSchema, 'pull answer', await transport.pull(request))
        if (answer.answer === 'refused') {
          log.warn('the cloud refuses a feed', { feed, code: answer.code })
          return { end: 'refused', items }
        }
        let next: ReturnType<typeof apply> = 'again'
        if (answer.answer === 'page') {
          next = isIdle(feed, cursor, answer) ? 'next' : apply(feed, cursor, answer)
          if (next === 'misaligned') return { end: 'misaligned', items }
          if (next === 'next') items += answer.items.length
          if (next === 'next' && !answer.more && answer.upToDate) return { end: 'up-to-date', items }
        } else {
          log.info('a feed is fetched whole', { feed, reason: answer.reason })
          db.write(() => {
            if (cursorOf(feed) === cursor) reset(feed)
          })
        }
        // A cloud that always sends the box back to the start shall not hold it for ever.
        again = next === 'again' ? again + 1 : 0
        if (again > 3) return { end: 'refused', items }
      }
    },
  }
}
