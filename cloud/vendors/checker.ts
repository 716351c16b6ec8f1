import { Worker } from 'node:worker_threads'
import { InvariantError, messageOf, OperatorError } from '../../services/core/errors.ts'
import type { Source, TemplateCheck } from '../../services/templates/contract.ts'
import { TooManyError } from '../signin/limits.ts'
import type { CheckOrder } from './check-worker.ts'

/** The worst text that was found takes two seconds; a machine that does other work may need longer. */
const DEADLINE_MS = 20_000
/** Of one account; of all accounts. */
const MOST_WAITING = { account: 3, all: 20 } as const
const RETRY_MS = 5_000

export interface TextChecker {
  /** What is wrong with one vendor's texts as they would stand. Throws `OperatorError` when they do not come to an end. */
  check(account: string, vendor: string, files: ReadonlyMap<string, Source>): Promise<TemplateCheck>
}

/**
 * Compiles texts of accounts, one after the other, each in a thread that ends with it. Nobody else's request waits, and
 * nothing of one account is left for the next.
 */
export function makeTextChecker(deadlineMs = DEADLINE_MS): TextChecker {
  const waiting = new Map<string, number>()
  let all = 0
  let last: Promise<unknown> = Promise.resolve()
  return {
    async check(account, vendor, files) {
      const mine = waiting.get(account) ?? 0
      if (mine >= MOST_WAITING.account || all >= MOST_WAITING.all) throw new TooManyError(RETRY_MS)
      waiting.set(account, mine + 1)
      all++
      const turn = last.then(() => run({ vendor, files }, deadlineMs))
      last = turn.catch(() => undefined)
      try {
        return await turn
      } finally {
        all--
        const left = (waiting.get(account) ?? 1) - 1
        if (left === 0) waiting.delete(account)
        else waiting.set(account, left)
      }
    },
  }
}

async function run(order: CheckOrder, deadlineMs: number): Promise<TemplateCheck> {
  const worker = new Worker(new URL('./check-worker.ts', import.meta.url))
  const done = Promise.withResolvers<TemplateCheck>()
  const late = setTimeout(
    () => done.reject(new OperatorError(`checking ${order.vendor} did not come to an end: make its texts simpler`)),
    deadlineMs,
  )
  worker.on('message', (check: TemplateCheck) => done.resolve(check))
  worker.on('error', (thrown: unknown) =>
    done.reject(new InvariantError(`checking ${order.vendor} failed: ${messageOf(thrown)}`)),
  )
  worker.postMessage(order)
  try {
    return await done.promise
  } finally {
    clearTimeout(late)
    await worker.terminate()
  }
}
