import { answerHeaders, type Headers } from './policy-page.ts'

// What the account adds where it shows a phone's page: the page's host is its own origin, and nothing may get out of it.

/** What a browser says of where a request comes from (Fetch Metadata, and Origin in older ones). */
export interface From {
  readonly method: string
  readonly site?: string
  readonly origin?: string
  /** A script that would go on working after the page is closed. */
  readonly worker: boolean
}

/**
 * Why a browser's request is not passed on to the phone. Another phone's page has a host beside this one (`same-site`),
 * so nothing but this page itself and the person's own hand may ask.
 */
export function originFault({ method, site, origin, worker }: From, own: string): string | undefined {
  if (worker) return 'a phone’s page may leave no service worker behind'
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'another page asked for this'
  if (origin !== undefined && origin !== own) return 'another page asked for this'
  // A browser that says nothing of either: only what changes nothing.
  if (site === undefined && origin === undefined && method !== 'GET' && method !== 'HEAD')
    return 'the browser does not say which page asks'
  return undefined
}

/** The page speaks to its own host alone, is shown in no frame of others, and is kept nowhere. */
const POLICY =
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'; base-uri 'self'; " +
  "frame-ancestors 'self'; worker-src 'none'; object-src 'none'"

/** The headers that a browser gets of a phone's answer. */
export function headersForBrowser(headers: Headers): Headers {
  return [...answerHeaders(headers), ...PAGE_HEADERS]
}

export const PAGE_HEADERS: Headers = [
  ['content-security-policy', POLICY],
  ['cache-control', 'no-store'],
  // Phones look at Referer; others shall not.
  ['referrer-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['x-robots-tag', 'noindex'],
]

/** A label of the wildcard name: 100 bits that nobody guesses, in what a host name may hold. */
const LABEL = /^p[0-9a-f]{25}$/

/** The label of a page's host under `suffix` (`.pages.example.net`, with a port where one belongs). */
export function labelOf(host: string, suffix: string): string | undefined {
  const name = host.toLowerCase()
  if (!name.endsWith(suffix)) return undefined
  const label = name.slice(0, -suffix.length)
  return LABEL.test(label) ? label : undefined
}

/** Whether a host is one for phones' pages at all: nothing else is ever answered there. */
export function isPageHost(host: string, suffix: string): boolean {
  return host.toLowerCase().endsWith(suffix)
}
