import { messageOf } from '../core/errors.ts'
import { type EnrolmentTransport, type Message, NoAnswerError, type Reply } from './transport.ts'

const TIMEOUT_MS = 20_000
/** The largest answer has a few kilobytes. */
const MAX_ANSWER = 64 * 1024
/** An account that asks for more is asked again after this. */
const MOST_RETRY_AFTER_MS = 3_600_000

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
      const retryAfterMs = retryAfterOf(response.headers)
      const challenge = response.headers.get('branchline-challenge') ?? undefined
      const reply: Omit<Reply, 'body'> = {
        status: response.status,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
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
    throw new NoAnswerError(reasonOf(thrown, now()), { cause: thrown })
  }
}

/** In words of ours: the runtime's texts carry URLs and advice for programmers. */
function reasonOf(thrown: unknown, now: number): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED')
    return `the account's certificate is not valid at the time of this box (${new Date(now).toISOString().slice(0, 16)} UTC): if that is wrong, set its clock`
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return 'no answer in time'
  if (/^[A-Za-z_]{3,60}$/.test(code)) return `cannot be reached (${code})`
  return `cannot be reached: ${messageOf(thrown).slice(0, 200)}`
}

/** RFC 9110 §10.2.3: seconds, or a date, which is compared with the server's own so that no clock here matters. */
function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(ms) ? undefined : Math.min(MOST_RETRY_AFTER_MS, Math.max(0, ms))
}

async function readJson(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of response.body ?? []) {
      size += part.length
      if (size > MAX_ANSWER) throw new NoAnswerError(`the answer has more than ${MAX_ANSWER} bytes`)
      parts.push(part)
    }
  } catch (thrown) {
    if (thrown instanceof NoAnswerError) throw thrown
    throw new NoAnswerError('the answer broke off', { cause: thrown })
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
