/** Hands received things to whoever waits for them, one waiter at a time; what nobody waits for is kept, up to a bound. */
export interface Mailbox<Item> {
  put(item: Item): void
  /** The first item that passes, now or within `ms`; undefined when the time is over. */
  take(passes: (item: Item) => boolean, ms: number): Promise<Item | undefined>
}

const MOST_KEPT = 64

export function makeMailbox<Item>(): Mailbox<Item> {
  const kept: Item[] = []
  let waiting: { passes: (item: Item) => boolean; give: (item: Item) => void } | undefined
  return {
    put(item) {
      if (waiting?.passes(item) === true) {
        const { give } = waiting
        waiting = undefined
        give(item)
      } else if (kept.push(item) > MOST_KEPT) kept.shift()
    },
    take(passes, ms) {
      const at = kept.findIndex(passes)
      if (at >= 0) return Promise.resolve(kept.splice(at, 1)[0])
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting = undefined
          resolve(undefined)
        }, ms)
        // What is waited for comes through an open socket; without one there is nothing to stay for.
        timer.unref()
        waiting = {
          passes,
          give: (item) => {
            clearTimeout(timer)
            resolve(item)
          },
        }
      })
    },
  }
}
