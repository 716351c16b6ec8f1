import type { Standing } from '../accounts/policy.ts'
import { type EventStream, openStream } from '../sync/stream.ts'
import { type AccountChanges, type Change, heardBy } from './policy-changes.ts'

/** A page takes two missed ones for a lost connection, whatever its browser believes. */
const BEAT_MS = 15_000
/** After so long, and up to as much again, a browser opens a stream anew that broke. */
const RETRY_MS = 3_000
/** Streams of one session or token: as many as pages that somebody looks at, and no more. */
const OF_ONE = 6
const OF_ALL = 4_000

/** A page, or a program, that follows an account. */
export interface Follower {
  readonly account: string
  /** The session or the token by which it came. */
  readonly holder: string
  readonly standing: Standing
  /** What it may see by now; undefined: its session ended, or it may see nothing any more. */
  readonly renew: () => Promise<Standing | undefined>
}

interface Listener extends EventStream {
  standing: Standing
  readonly account: string
  readonly holder: string
  /** Ends it when who opened it may not see it any more. */
  look(): void
}

/** The streams that pages keep open to this process. */
export interface PageHub {
  /** The answer that stays open; undefined: too many are. */
  open(follower: Follower): Response | undefined
  send(all: readonly AccountChanges[]): void
  size(): number
  /** Ends all. */
  close(): void
}

export function makePageHub(): PageHub {
  const listeners = new Set<Listener>()
  let closed = false

  function tell(listener: Listener, changes: readonly Change[]): void {
    const heard = heardBy(listener.standing, changes)
    if (heard.length > 0) listener.send(frame('changed', { changes: heard }))
  }

  return {
    open({ account, holder, standing, renew }) {
      const mine = [...listeners].filter((one) => one.holder === holder)
      if (mine.length >= OF_ONE || listeners.size >= OF_ALL || closed) return undefined
      const stream = openStream(() => {
        clearInterval(beat)
        listeners.delete(listener)
      })
      const listener: Listener = {
        ...{ ...stream, account, holder, standing },
        look: () =>
          void renew().then(
            (now) => {
              if (now === undefined) stream.end()
              else listener.standing = now
            },
            // While the database is away nobody is sent away: nothing is told then either.
            () => undefined,
          ),
      }
      const beat = setInterval(() => {
        stream.send(frame('beat', {}))
        listener.look()
      }, BEAT_MS)
      listeners.add(listener)
      // Pages whose stream breaks with this process do not all come back in the same moment.
      stream.send(`retry: ${Math.round(RETRY_MS * (1 + Math.random()))}\n${frame('hello', {})}`)
      return stream.response
    },

    send(all) {
      const changed = new Map(all.map(({ account, changes }) => [account, changes]))
      for (const listener of [...listeners]) {
        const changes = changed.get(listener.account)
        if (changes === undefined) continue
        tell(listener, changes)
        // Somebody's role may be another.
        if (changes.some(({ what }) => what.includes('people'))) listener.look()
      }
    },

    size: () => listeners.size,

    close() {
      closed = true
      for (const listener of [...listeners]) listener.end()
    },
  }
}

function frame(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
