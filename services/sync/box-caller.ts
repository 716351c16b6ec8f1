import { noAnswerReason, readAtMost, retryAfterMs } from '../core/dial-out.ts'
import { BranchlineError } from '../core/errors.ts'

const TIMEOUT_MS = 30_000
/** A page aims at 512 KB of text; one record alone may be larger, and other scripts take more bytes. */
const MAX_ANSWER = 4 * 1024 * 1024

/** The account could not be reached, or not understood. The message is for people at the box. */
export class UnansweredError extends BranchlineError {
  override readonly name = 'UnansweredError'
  readonly fault = 'peer'
  /** What the account asked to wait. */
  readonly retryAfterMs: number | undefined
  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs
  }
}

export interface BoxCallerOptions {
  /** Of the claim, e.g. `https://cloud.example/api`; paths are put behind it. */
  readonly apiBase: string
  /** A token of enrolment. What it throws is what the call throws. */
  readonly token: () => Promise<string>
  /** This one was refused: the next shall be another. */
  readonly refuse: (token: string) => void
  /** The box's clock, for the advice to set it. */
  readonly now: () => number
  readonly timeoutMs?: number
  /** Ends what is under way. */
  readonly signal: AbortSignal
}

export interface BoxAnswer {
  readonly status: number
  readonly headers: Headers
  /** Whoever wants none of it still reads or ends it. Breaks off when the signal is aborted. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Asks the account in the name of the box. */
export interface BoxCaller {
  /** The JSON of the answer, of any content. Throws `UnansweredError`. */
  post(path: string, body: object): Promise<unknown>
  /** An answer with its status, whatever that is. Throws `UnansweredError` when none begins. */
  get(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<BoxAnswer>
  /** The parts of an answer that may never end. Throws `UnansweredError` when it does not begin. */
  open(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}

/**
 * The way to the account's other routes over HTTPS. Proxies are taken from the environment and answers unpacked by the
 * runtime. Redirections are not followed: the token is for the account that gave it.
 */
export function makeBoxCaller(options: BoxCallerOptions): BoxCaller {
  const { now, timeoutMs = TIMEOUT_MS } = options
  const root = options.apiBase.replace(/\/+$/, '')

  async function send(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    let response: Response
    try {
      response = await fetch(root + path, { ...init, redirect: 'manual', signal })
    } catch (thrown) {
      throw new UnansweredError(noAnswerReason(thrown, now()), { cause: thrown })
    }
    if (response.status < 300 || response.status >= 400) return response
    await response.body?.cancel()
    throw new UnansweredError(`${root} answers with a redirection: configure the address that it leads to`)
  }

  /** Once more with another token when it is the token that is refused; asking for that one tells why. */
  async function authorized<Value>(
    attempt: (authorization: string) => Promise<Value | 'token-refused'>,
  ): Promise<Value> {
    for (let tries = 0; ; tries++) {
      const token = await options.token()
      const answer = await attempt(`Bearer ${token}`)
      if (answer !== 'token-refused') return answer
      options.refuse(token)
      if (tries > 0) throw new UnansweredError('the account refuses the token that it gave')
    }
  }

  function failure(status: number, headers: Headers): UnansweredError {
    const wait = retryAfterMs(headers.get('retry-after'), headers.get('date'))
    return new UnansweredError(`the account answered ${status}`, { retryAfterMs: wait })
  }

  return {
    post: (path, body) =>
      authorized(async (authorization) => {
        const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' }
        using limit = limited([options.signal], timeoutMs)
        const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) }, limit.signal)
        const { status } = response
        const answer = await readJson(response)
        // A refusal that the contract knows comes with a status of its own and is an answer like any other.
        if (isAnswer(answer) && status < 500 && status !== 401) return answer
        if (isTokenRefused(status)) return 'token-refused'
        throw failure(status, response.headers)
      }),

    get: (path, given, ends) =>
      authorized(async (authorization) => {
        const limit = limited([options.signal, ends], timeoutMs)
        try {
          const response = await send(path, { method: 'GET', headers: { ...given, authorization } }, limit.signal)
          // Content may be large: who reads it has a deadline of their own.
          limit.begun()
          const { status, headers, body } = response
          if (!isTokenRefused(status)) return { status, headers, body: endingWith(body ?? nothing(), limit) }
          await body?.cancel()
          limit[Symbol.dispose]()
          return 'token-refused'
        } catch (thrown) {
          limit[Symbol.dispose]()
          throw thrown
        }
      }),

    open: (path, given) =>
      authorized(async (authorization) => {
        const limit = limited([options.signal, given], timeoutMs)
        const headers = { authorization, accept: 'text/event-stream', 'cache-control': 'no-store' }
        try {
          const response = await send(path, { method: 'GET', headers }, limit.signal)
          // It may last as long as it likes from here on, until one of the two ends it.
          limit.begun()
          if (response.status === 200 && response.body !== null) return endingWith(response.body, limit)
          await response.body?.cancel()
          limit[Symbol.dispose]()
          if (isTokenRefused(response.status)) return 'token-refused'
          throw failure(response.status, response.headers)
        } catch (thrown) {
          limit[Symbol.dispose]()
          throw thrown
        }
      }),
  }
}

interface Limit extends Disposable {
  readonly signal: AbortSignal
  /** There is no deadline any more. */
  begun(): void
}

/**
 * A signal that one of the others or the deadline aborts. The box asks for months with one signal that outlives all
 * requests: what is hung on it for one of them is taken off again.
 */
function limited(others: readonly AbortSignal[], ms: number): Limit {
  const control = new AbortController()
  const abort = () => control.abort()
  const timer = setTimeout(() => control.abort(new DOMException('no answer in time', 'TimeoutError')), ms)
  for (const other of others) {
    if (other.aborted) abort()
    other.addEventListener('abort', abort, { once: true })
  }
  return {
    signal: control.signal,
    begun: () => clearTimeout(timer),
    [Symbol.dispose]() {
      clearTimeout(timer)
      for (const other of others) other.removeEventListener('abort', abort)
    },
  }
}

async function* endingWith(body: AsyncIterable<Uint8Array>, limit: Limit): AsyncGenerator<Uint8Array> {
  using _ = limit
  yield* body
}

function isAnswer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'answer' in value && typeof value.answer === 'string'
}

/** 410: the box was let go, which the next token tells. */
function isTokenRefused(status: number): boolean {
  return status === 401 || status === 403 || status === 410
}

async function readJson(response: Response): Promise<unknown> {
  let bytes: Uint8Array | undefined
  try {
    bytes = await readAtMost(response.body ?? nothing(), MAX_ANSWER)
  } catch (thrown) {
    throw new UnansweredError('the answer broke off', { cause: thrown })
  }
  if (bytes === undefined) throw new UnansweredError(`the answer has more than ${MAX_ANSWER} bytes`)
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
