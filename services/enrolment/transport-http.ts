import { noAnswerReason, readAtMost, retryAfterMs } from '../core/dial-out.ts'
import { type EnrolmentTransport, type Message, NoAnswerError, type Reply } from './transport.ts'

const TIMEOUT_MS = 20_000
/** The largest answer has a few kilobytes. */
const MAX_ANSWER = 64 * 1024

export interface HttpTransportOptions {
  /** Where the account's API begins, e.g. `https://cloud.example`; the paths of messages are put behind it. */
  readonly url: string
  /** The box's clock, for the advice to set it. */
  readonly now: () => number
  readonly timeoutMs?: number
  /** Ends what is under way. */
  readonly signal?: AbortSignal
}

/**
 * The way to the account over HTTPS. Proxies are taken from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) by
 * the runtime. Redirections are not followed: a signed message is for the account that was configured.
 */
export function makeHttpTransport({
  url,
  now,
  timeoutMs = TIMEOUT_MS,
  signal: stop,
}: HttpTransportOptions): EnrolmentTransport {
  const root = url.replace(/\/+$/, '')
  return {
    async send(message) {
      const timeout = AbortSignal.timeout(timeoutMs)
      const signal = stop === undefined ? timeout : AbortSignal.any([stop, timeout])
      const response = await ask(root, message, signal, now)
      const wait = retryAfterMs(response.headers.get('retry-after'), response.headers.get('date'))
      const challenge = response.headers.get('branchline-challenge') ?? undefined
      const reply: Omit<Reply, 'body'> = {
        status: response.status,
        ...(wait !== undefined && { retryAfterMs: wait }),
        ...(challenge !== undefined && { challenge }),
      }
      if (response.status >= 300 && response.status < 400)
        throw new NoAnswerError(`${root} answers with a redirection: configure the address that it leads to`)
      return { ...reply, body: await readJson(response) }
    },
  }
}

async function ask(root: string, message: Message, signal: AbortSignal, now: () => number): Promise<Response> {
  const { method, path, headers, body } = message
  try {
    return await fetch(root + path, {
      ...{ method, headers, redirect: 'manual', signal },
      ...(body !== undefined && { body }),
    })
  } catch (thrown) {
    throw new NoAnswerError(noAnswerReason(thrown, now()), { cause: thrown })
  }
}

async function readJson(response: Response): Promise<unknown> {
  let bytes: Uint8Array | undefined
  try {
    bytes = await readAtMost(response.body ?? nothing(), MAX_ANSWER)
  } catch (thrown) {
    throw new NoAnswerError('the answer broke off', { cause: thrown })
  }
  if (bytes === undefined) throw new NoAnswerError(`the answer has more than ${MAX_ANSWER} bytes`)
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
