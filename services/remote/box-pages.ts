import { concat } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { type PageAnswer, type PageRequest, REMOTE_PATHS, type RemoteTransport, type Scheme } from './contract.ts'
import { LIMITS } from './policy.ts'
import {
  type Headers,
  headersForPhone,
  headFromPhone,
  isText,
  type PhoneEnd,
  requestFault,
  withoutAddress,
} from './policy-page.ts'
import { pageAnswered, pageTakeAnswer, VERSION } from './schema.ts'

/** What a phone's web server said; its body is read as it is passed on. */
export interface PhonePageReply {
  readonly status: number
  readonly headers: Headers
  readonly body: AsyncIterable<Uint8Array>
}

/** Speaks to the web server of a phone, at its usual port alone. Follows nothing. Throws with a message for people. */
export interface PhoneWeb {
  send(
    to: PhoneEnd,
    call: { readonly method: string; readonly path: string; readonly headers: Headers; readonly body?: Uint8Array },
    signal: AbortSignal,
  ): Promise<PhonePageReply>
}

export interface PhonePageDeps {
  readonly transport: RemoteTransport
  readonly web: PhoneWeb
  /** The address that holds the phone's MAC at this moment, or why there is none. Asked before every request. */
  readonly address: () => Promise<{ readonly address: string } | { readonly reason: string }>
  readonly log: Log
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly after: (ms: number, work: () => void) => () => void
}

/** Two that ask: while one carries requests away, the next ones find the other. */
const TAKERS = 2
/** An account that cannot be reached so often in a row has forgotten the page. */
const MOST_FAILURES = 30
const RETRY_MS = 1_000
/** Text is looked into for links as a whole up to this; a longer one passes as it is. */
const TEXT_MOST = 2 * 1024 * 1024

/** Carries requests to the phone and its answers back until the page is closed. Never throws. */
export async function carryPage(page: string, scheme: Scheme, deps: PhonePageDeps): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, deps.signal])
  const state = { scheme }
  const working = new Set<Promise<void>>()

  async function taker(): Promise<void> {
    for (let failures = 0; !signal.aborted && failures < MOST_FAILURES; ) {
      try {
        const sent = await deps.transport.post(REMOTE_PATHS.pageTake(page), { version: VERSION }, signal)
        const taken = pageTakeAnswer.parse(sent)
        failures = 0
        if (taken.answer === 'closed') break
        for (const request of taken.requests) {
          const work = serve(request, page, state, { ...deps, signal }).finally(() => working.delete(work))
          working.add(work)
        }
      } catch (thrown) {
        if (signal.aborted) break
        failures++
        deps.log.debug('a phone’s page gets no word', { page, reason: messageOf(thrown) })
        await pause(RETRY_MS, deps, signal)
      }
    }
    stop.abort()
  }

  await Promise.all(Array.from({ length: TAKERS }, taker))
  await Promise.allSettled(working)
}

async function serve(
  request: PageRequest,
  page: string,
  state: { scheme: Scheme },
  deps: PhonePageDeps,
): Promise<void> {
  const say = async (part: Omit<PageAnswer, 'version' | 'request'>) => {
    const answer = { version: VERSION, request: request.id, ...part }
    return pageAnswered.parse(await deps.transport.post(REMOTE_PATHS.pageAnswer(page), answer, deps.signal)).answer
  }
  // Whatever the request opened ends with it, also what nobody reads to its end.
  const end = new AbortController()
  const signal = AbortSignal.any([deps.signal, end.signal])
  try {
    for await (const part of answerOf(request, state, { ...deps, signal })) if ((await say(part)) === 'gone') return
  } catch (thrown) {
    deps.log.debug('an answer of a phone’s page broke off', { page, reason: messageOf(thrown) })
  } finally {
    end.abort()
  }
}

type Part = Omit<PageAnswer, 'version' | 'request'>

async function* answerOf(request: PageRequest, state: { scheme: Scheme }, deps: PhonePageDeps): AsyncGenerator<Part> {
  const fault = requestFault(request)
  if (fault !== undefined) {
    yield plain(400, fault)
    return
  }
  const place = await deps.address()
  if ('reason' in place) {
    yield plain(502, place.reason)
    return
  }
  const phone: PhoneEnd = { scheme: state.scheme, address: place.address }
  const { method, path } = request
  const body = request.body === undefined ? {} : { body: new Uint8Array(Buffer.from(request.body, 'base64')) }
  let reply: PhonePageReply
  try {
    reply = await deps.web.send(
      phone,
      { method, path, headers: headersForPhone(request.headers, phone), ...body },
      deps.signal,
    )
  } catch (thrown) {
    yield plain(502, messageOf(thrown))
    return
  }
  const head = headFromPhone(reply.headers, phone)
  if (head.kind === 'elsewhere') {
    yield plain(502, `the phone leads away from itself: ${head.where}`)
    return
  }
  if (head.scheme !== undefined) state.scheme = head.scheme
  const first = { head: { status: reply.status, headers: [...head.headers] } }
  let pending: Part = { ...first, last: false }
  for await (const bytes of isText(head.headers) ? withoutLinks(reply.body, phone.address) : reply.body)
    for (let at = 0; at < bytes.length; at += LIMITS.pagePart) {
      yield pending
      pending = { body: Buffer.from(bytes.subarray(at, at + LIMITS.pagePart)).toString('base64'), last: false }
    }
  yield { ...pending, last: true }
}

async function* withoutLinks(body: AsyncIterable<Uint8Array>, address: string): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const bytes of body) {
    if (size > TEXT_MOST) {
      yield bytes
      continue
    }
    held.push(bytes)
    size += bytes.length
    if (size <= TEXT_MOST) continue
    yield concat(held)
    held = []
  }
  if (held.length > 0) yield withoutAddress(concat(held), address)
}

function plain(status: number, text: string): Part {
  return {
    head: { status, headers: [['content-type', 'text/plain; charset=utf-8']] },
    body: Buffer.from(`${text}\n`, 'utf8').toString('base64'),
    last: true,
  }
}

function pause(ms: number, { after }: PhonePageDeps, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stop()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const stop = after(ms, end)
    signal.addEventListener('abort', end)
  })
}
