import type { PageAnswer, PageRequest } from '../../services/remote/contract.ts'
import { LIMITS } from '../../services/remote/policy.ts'
import type { Headers } from '../../services/remote/policy-page.ts'

/** Why a browser gets no answer of the phone. */
export interface NoReply {
  readonly kind: 'none'
  readonly status: 502 | 503 | 504
  readonly reason: string
}

export interface PageReply {
  readonly kind: 'reply'
  readonly status: number
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array>
}

interface Waiting {
  readonly request: PageRequest
  readonly page: string
  /** Undefined once the head came. */
  settle: ((reply: PageReply | NoReply) => void) | undefined
  body: ReadableStreamDefaultController<Uint8Array> | undefined
  size: number
  /** Ends it when the next thing does not happen in time. */
  timer: ReturnType<typeof setTimeout> | undefined
}

interface Page {
  readonly queue: Waiting[]
  readonly takers: (() => void)[]
}

export type PageHub = ReturnType<typeof makePageHub>

/** Of one page: requests that wait for the box, or for the phone's answer. */
const MOST_WAITING = 32
/** How long a request waits for the box to fetch it, and then for the head of the phone's answer. */
const FETCH_MS = 15_000
const ANSWER_MS = 30_000
/** A browser that does not read keeps no more than this waiting here. */
const MOST_UNREAD = 4 * 1024 * 1024

/**
 * Where browsers' requests and boxes' answers meet, in the memory of one process: nothing of a phone's page is ever
 * stored. What belongs to one page is never seen by another.
 */
export function makePageHub(options: { readonly fetchMs?: number; readonly answerMs?: number } = {}) {
  const { fetchMs = FETCH_MS, answerMs = ANSWER_MS } = options
  const pages = new Map<string, Page>()
  const open = new Map<string, Waiting>()
  let count = 0

  function pageOf(id: string): Page {
    const page = pages.get(id) ?? { queue: [], takers: [] }
    pages.set(id, page)
    return page
  }

  function tidy(id: string): void {
    const page = pages.get(id)
    if (page !== undefined && page.queue.length === 0 && page.takers.length === 0) pages.delete(id)
  }

  function arm(one: Waiting, ms: number, reply: NoReply): void {
    clearTimeout(one.timer)
    one.timer = setTimeout(() => drop(one, reply), ms)
  }

  function forget(one: Waiting): void {
    clearTimeout(one.timer)
    open.delete(one.request.id)
  }

  function drop(one: Waiting, reply: NoReply): void {
    forget(one)
    const page = pages.get(one.page)
    const at = page?.queue.indexOf(one) ?? -1
    if (at >= 0) page?.queue.splice(at, 1)
    tidy(one.page)
    one.settle?.(reply)
    one.settle = undefined
    try {
      one.body?.error(new DOMException(reply.reason, 'AbortError'))
    } catch {
      // It had ended.
    }
  }

  return {
    /** Sends a request on its way and resolves with the head of the phone's answer. Never throws. */
    ask(id: string, request: Omit<PageRequest, 'id'>, signal?: AbortSignal): Promise<PageReply | NoReply> {
      const waiting = [...open.values()].filter((one) => one.page === id)
      if (waiting.length >= MOST_WAITING)
        return Promise.resolve({ kind: 'none', status: 503, reason: 'too many requests wait for this phone' })
      const { promise, resolve } = Promise.withResolvers<PageReply | NoReply>()
      const one: Waiting = {
        ...{ request: { ...request, id: `${++count}-${crypto.randomUUID()}` }, page: id },
        ...{ settle: resolve, body: undefined, size: 0, timer: undefined },
      }
      signal?.addEventListener('abort', () => drop(one, { kind: 'none', status: 502, reason: 'the browser went away' }))
      arm(one, fetchMs, { kind: 'none', status: 503, reason: 'the box at the branch does not answer' })
      const page = pageOf(id)
      page.queue.push(one)
      open.set(one.request.id, one)
      page.takers.shift()?.()
      return promise
    },

    /** The requests that wait, or after `ms` none. */
    async take(id: string, ms: number, signal?: AbortSignal): Promise<readonly PageRequest[]> {
      const page = pageOf(id)
      if (page.queue.length === 0)
        await new Promise<void>((resolve) => {
          const end = () => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', end)
            const at = page.takers.indexOf(end)
            if (at >= 0) page.takers.splice(at, 1)
            resolve()
          }
          const timer = setTimeout(end, ms)
          signal?.addEventListener('abort', end)
          page.takers.push(end)
        })
      const taken: PageRequest[] = []
      let size = 0
      for (let next = page.queue[0]; next !== undefined; next = page.queue[0]) {
        size += next.request.body?.length ?? 0
        if (taken.length >= LIMITS.pageRequests || (taken.length > 0 && size > LIMITS.pageRequest)) break
        page.queue.shift()
        taken.push(next.request)
        arm(next, answerMs, { kind: 'none', status: 504, reason: 'the phone took too long' })
      }
      // Somebody else asks already: what is left is for them.
      if (page.queue.length > 0) page.takers.shift()?.()
      tidy(id)
      return taken
    },

    /** Takes a part of the phone's answer, from the box that carries the page. */
    answer(id: string, part: PageAnswer): 'taken' | 'gone' {
      const one = open.get(part.request)
      if (one === undefined || one.page !== id) return 'gone'
      if ((one.body === undefined) !== (part.head !== undefined)) {
        drop(one, { kind: 'none', status: 502, reason: 'the box answered out of order' })
        return 'gone'
      }
      if (part.head !== undefined) begin(one, part.head)
      const bytes = part.body === undefined ? undefined : new Uint8Array(Buffer.from(part.body, 'base64'))
      one.size += bytes?.length ?? 0
      if (one.size > LIMITS.pageAnswer || (one.body?.desiredSize ?? 0) < -MOST_UNREAD) {
        drop(one, { kind: 'none', status: 502, reason: 'the phone’s answer is too large' })
        return 'gone'
      }
      try {
        if (bytes !== undefined && bytes.length > 0) one.body?.enqueue(bytes)
        if (part.last) one.body?.close()
      } catch {
        forget(one)
        return 'gone'
      }
      if (part.last) forget(one)
      else arm(one, answerMs, { kind: 'none', status: 504, reason: 'the phone’s answer broke off' })
      return 'taken'
    },

    /** Ends all that is open: the program stops. */
    end(): void {
      for (const id of [...pages.keys(), ...[...open.values()].map(({ page }) => page)]) this.close(id)
    },

    /** Ends all that a page has open. */
    close(id: string): void {
      for (const one of [...open.values()].filter((it) => it.page === id))
        drop(one, { kind: 'none', status: 503, reason: 'the page was closed' })
      for (const end of pages.get(id)?.takers.splice(0) ?? []) end()
      pages.delete(id)
    },
  }

  function begin(one: Waiting, { status, headers }: NonNullable<PageAnswer['head']>): void {
    const body = new ReadableStream<Uint8Array>(
      {
        start(controller) {
          one.body = controller
        },
        cancel() {
          forget(one)
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
    )
    one.settle?.({ kind: 'reply', status, headers, body })
    one.settle = undefined
  }
}
