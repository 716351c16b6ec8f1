import type { Health } from '../../services/admin/contract.ts'
import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { every as everyMs } from '../admin.ts'
import type { ServiceManager } from './service-manager.ts'

/** Between two looks when nobody watches. */
const UNWATCHED_MS = 30_000
const LONGEST_ANSWER_MS = 10_000

export interface WatchdogParts {
  readonly manager: ServiceManager
  readonly box: { readonly page: string | undefined; health(): Health }
  readonly log: Log
  readonly every: typeof everyMs
  /** For tests. */
  readonly ask?: (url: string) => Promise<void>
}

/**
 * Says that the box is well each time that it is found so: its database answers, its services listen, and its own page
 * is to be had. While it is not, nothing is said, and the service manager ends and starts it again.
 */
export function feedWatchdog({ manager, box, log, every, ask = askPage }: WatchdogParts): () => void {
  let told = ''
  const look = async () => {
    const problems = [...box.health().problems]
    if (problems.length === 0 && box.page !== undefined) {
      try {
        await ask(`${box.page}api/v1/health`)
      } catch (thrown) {
        problems.push(`the page does not answer: ${messageOf(thrown)}`)
      }
    }
    const text = problems.join('; ')
    if (text === '') manager.alive()
    else if (text !== told) log.error('the box is not well', { problems: text })
    told = text
  }
  const period = manager.watchdogMs === undefined ? UNWATCHED_MS : manager.watchdogMs / 3
  return every(period, () => void look())
}

async function askPage(url: string): Promise<void> {
  await (await fetch(url, { signal: AbortSignal.timeout(LONGEST_ANSWER_MS) })).arrayBuffer()
}
