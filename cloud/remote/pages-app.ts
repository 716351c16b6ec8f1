import type { Counters } from '../../services/core/counters.ts'
import { LIMITS } from '../../services/remote/policy.ts'
import {
  headersForBrowser,
  isPageHost,
  labelOf,
  originFault,
  PAGE_HEADERS,
} from '../../services/remote/policy-origin.ts'
import { type Headers as HeaderList, requestFault, requestHeaders } from '../../services/remote/policy-page.ts'
import type { PageHub } from './hub.ts'
import type { PageOrigin, Pages } from './pages.ts'

const OPEN_PATH = '/.branchline/open'
const WELCOME =
  '<!doctype html><html lang="en"><title>Branchline</title><p><a href="/">To the phone’s page</a></p></html>'

export interface PagesAppDeps {
  readonly pages: Pick<Pages, 'redeem' | 'byCookie'>
  readonly hub: Pick<PageHub, 'ask'>
  readonly origin: PageOrigin
  readonly counters: Counters
}

export interface PagesApp {
  /** Whether a request is for a name under which phones' pages are; nothing of the account is answered there. */
  isFor(request: Request): boolean
  fetch(request: Request): Promise<Response>
}

/** Shows phones' own pages, each at a host of its own: another origin than the account's and than any other phone's. */
export function makePagesApp({ pages, hub, origin, counters }: PagesAppDeps): PagesApp {
  const secure = origin.scheme === 'https'
  // Browsers hold a `__Host-` cookie to this very host, so no page beside it can set one here.
  const cookieName = secure ? '__Host-branchline-page' : 'branchline-page'
  const hostOf = (request: Request) => request.headers.get('host') ?? ''

  async function open(host: string, ticket: string): Promise<Response> {
    const redeemed = await pages.redeem(host, ticket)
    if (redeemed === undefined) return plain(403, 'this link was used already, is too old, or its page is closed')
    counters.add('remote.page.opened')
    // No redirection: a browser tells of that as of the account's page, and only this page's own host may ask the phone.
    return answer(
      200,
      [
        ['content-type', 'text/html; charset=utf-8'],
        ['refresh', '0; url=/'],
        [
          'set-cookie',
          // Lax, not Strict: the person comes from the account, which is another site.
          `${cookieName}=${redeemed.cookie}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
        ],
        // What an earlier page left behind in this browser under this name.
        ['clear-site-data', '"cache", "storage"'],
        ...PAGE_HEADERS.filter(([name]) => name !== 'referrer-policy'),
        // The phone shall not see the ticket.
        ['referrer-policy', 'no-referrer'],
      ],
      WELCOME,
    )
  }

  async function show(request: Request, host: string, path: string): Promise<Response> {
    const cookie = cookieOf(request.headers.get('cookie'), cookieName)
    const page = cookie === undefined ? undefined : await pages.byCookie(host, cookie)
    if (page === undefined) return plain(403, 'this page is closed, or was not opened in this browser')
    const get = (name: string) => request.headers.get(name) ?? undefined
    const [site, from] = [get('sec-fetch-site'), get('origin')]
    const { method } = request
    const fault = originFault(
      {
        method,
        worker: get('service-worker') !== undefined,
        ...(site !== undefined && { site }),
        ...(from !== undefined && { origin: from }),
      },
      `${origin.scheme}://${host}`,
    )
    if (fault !== undefined) return plain(403, fault)
    const wrong = requestFault({ method, path })
    if (wrong !== undefined) return plain(400, wrong)
    if (path.length > LIMITS.path) return plain(414, 'the path is too long')
    const body = await readBody(request)
    if (body === undefined) return plain(413, `more than ${LIMITS.pageRequest} bytes`)
    counters.add('remote.page.requests')
    const reply = await hub.ask(
      page.id,
      {
        method,
        path,
        headers: requestHeaders([...request.headers]),
        ...(body.length > 0 && { body: body.toString('base64') }),
      },
      request.signal,
    )
    if (reply.kind === 'none') return plain(reply.status, reply.reason)
    const bare = method === 'HEAD' || [204, 205, 304].includes(reply.status)
    if (bare) await reply.body.cancel()
    return answer(reply.status, headersForBrowser(reply.headers), bare ? null : reply.body)
  }

  return {
    isFor: (request) => isPageHost(hostOf(request), origin.suffix),
    async fetch(request) {
      const host = hostOf(request).toLowerCase()
      if (labelOf(host, origin.suffix) === undefined) return plain(404, 'there is no such page')
      const { pathname, search, searchParams } = new URL(request.url)
      if (pathname === OPEN_PATH)
        return request.method === 'GET' ? open(host, searchParams.get('ticket') ?? '') : plain(405, 'only GET')
      return show(request, host, `${pathname}${search}`)
    },
  }
}

function plain(status: number, text: string): Response {
  return answer(status, [['content-type', 'text/plain; charset=utf-8'], ...PAGE_HEADERS], `${text}\n`)
}

function answer(status: number, headers: HeaderList, body: BodyInit | null): Response {
  const out = new Headers()
  for (const [name, value] of headers) out.append(name, value)
  return new Response(body, { status, headers: out })
}

function cookieOf(header: string | null, name: string): string | undefined {
  const found = (header ?? '').split(';').flatMap((pair) => {
    const [key, value = ''] = pair.trim().split('=')
    return key === name && /^[\w-]{1,100}$/.test(value) ? [value] : []
  })
  // Two of one name: somebody else set one of them.
  return found.length === 1 ? found[0] : undefined
}

/** Undefined: it is too large. */
async function readBody(request: Request): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.length
    if (size > LIMITS.pageRequest) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}
