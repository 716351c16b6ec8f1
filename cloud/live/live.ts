import { type AccountChanges, type Change, Gathered } from './policy-changes.ts'

/** What is told within this time goes together. */
const FIRST_MS = 100
/** However much changes, pages hear of it no more often. */
const EVERY_MS = 1_000

/** Where it is said that something of an account is another one now. */
export interface Live extends Disposable {
  tell(account: string, change: Change): void
}

/**
 * Gathers what changes, so that thousands of boxes that sync cost the streams of pages one short message a second: each thing
 * is said once, and of many sites it is only said that there are many.
 */
export function makeLive(send: (all: readonly AccountChanges[]) => void): Live {
  const gathered = new Gathered()
  let sentAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined

  function flush(): void {
    timer = undefined
    sentAt = performance.now()
    send(gathered.take())
  }
  return {
    tell(account, change) {
      gathered.add(account, change)
      timer ??= setTimeout(flush, Math.max(FIRST_MS, sentAt + EVERY_MS - performance.now()))
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
    },
  }
}
