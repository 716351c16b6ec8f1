import type { BoxIdentity, FeedName } from '../../services/sync/contract.ts'
import { feedsOf } from '../../services/sync/policy-ownership.ts'
import { type EventStream, openStream } from './stream.ts'

/** Keeps proxies from closing a stream on which nothing happens. */
const COMMENT_MS = 25_000
/** A stream ends after this and a little more; the box opens another, with the token that it then has. */
const LIFE_MS = 15 * 60_000
/** While one stream of a box is on its way out, the next is there already. */
const STREAMS_OF_BOX = 2
/** A change that concerns many boxes is told to so many at a time, so that not all come at once. */
const AT_ONCE = 200
const PAUSE_MS = 100

interface Stream extends EventStream {
  readonly feeds: readonly FeedName[]
}

/** The streams that boxes keep open to this process. */
export interface Hub {
  /** The answer that stays open while `alive` says so; it is asked now and then. */
  open(box: BoxIdentity, alive: () => Promise<boolean>): Response
  poke(feeds: readonly FeedName[]): void
  /** Something is to be done at the box (services/remote). */
  jobs(boxId: string): void
  size(): number
  /** Ends all. */
  close(): void
}

export function makeHub(): Hub {
  const byFeed = new Map<FeedName, Set<Stream>>()
  const byBox = new Map<string, Set<Stream>>()
  let closed = false

  function join<Key>(map: Map<Key, Set<Stream>>, key: Key, stream: Stream): void {
    const set = map.get(key) ?? new Set()
    map.set(key, set.add(stream))
  }
  function part<Key>(map: Map<Key, Set<Stream>>, key: Key, stream: Stream): void {
    const set = map.get(key)
    set?.delete(stream)
    if (set?.size === 0) map.delete(key)
  }

  return {
    open({ boxId, orgId }, alive) {
      const feeds = feedsOf(boxId, orgId)
      const stream: Stream = Object.assign(
        openStream(() => {
          clearInterval(comment)
          clearTimeout(life)
          for (const feed of feeds) part(byFeed, feed, stream)
          part(byBox, boxId, stream)
        }),
        { feeds },
      )
      const comment = setInterval(() => {
        stream.send(': still here\n\n')
        void alive().then((still) => {
          if (!still) stream.end()
        })
      }, COMMENT_MS)
      // Apart from one another, so that not all come back at once.
      const life = setTimeout(() => stream.end(), LIFE_MS * (1 + Math.random() / 5))
      for (const feed of feeds) join(byFeed, feed, stream)
      join(byBox, boxId, stream)
      stream.send(': welcome\n\n')
      const mine = [...(byBox.get(boxId) ?? [])]
      for (const old of mine.slice(0, -STREAMS_OF_BOX)) old.end()
      if (closed) stream.end()
      return stream.response
    },

    poke(feeds) {
      const told = new Map<Stream, FeedName[]>()
      for (const feed of feeds)
        for (const stream of byFeed.get(feed) ?? []) told.set(stream, [...(told.get(stream) ?? []), feed])
      const messages = [...told].map(([stream, its]) => ({
        stream,
        text: `event: poke\ndata: ${JSON.stringify({ feeds: its })}\n\n`,
      }))
      const tellFrom = (from: number) => {
        for (const { stream, text: message } of messages.slice(from, from + AT_ONCE)) stream.send(message)
        const next = from + AT_ONCE
        if (next < messages.length) setTimeout(() => tellFrom(next), PAUSE_MS)
      }
      tellFrom(0)
    },

    jobs(boxId) {
      for (const stream of [...(byBox.get(boxId) ?? [])]) stream.send('event: jobs\ndata: {}\n\n')
    },

    size: () => [...byBox.values()].reduce((sum, streams) => sum + streams.size, 0),

    close() {
      closed = true
      for (const streams of [...byBox.values()]) for (const stream of [...streams]) stream.end()
    },
  }
}
