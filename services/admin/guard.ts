import type { Via } from './contract.ts'

/** Why a request is turned away before any route sees it. */
export interface Objection {
  readonly status: 403 | 415 | 421
  readonly message: string
}

const NAMES = ['127.0.0.1', 'localhost', '[::1]']
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Types that a foreign page cannot send without asking first (a CORS preflight, which is never granted). */
const ASKING_TYPES = /^(application\/(json|merge-patch\+json)|text\/(csv|vcard))\s*(;|$)/i

/**
 * A web page of somebody else in the same browser reaches the page's port too, so the name that it used (DNS rebinding)
 * and where it comes from (CSRF) are checked, before anybody asks who is signed in. The local socket is guarded by its file
 * mode.
 */
export function objectionTo(request: Request, via: Via): Objection | undefined {
  if (via.via === 'socket') return undefined
  const host = (request.headers.get('host') ?? new URL(request.url).host).toLowerCase()
  const scheme = via.secure ? 'https' : 'http'
  const allowed = (via.hosts ?? NAMES).flatMap((name) => {
    if (via.port === undefined) return [name]
    return via.port === (via.secure ? 443 : 80) ? [name, `${name}:${via.port}`] : [`${name}:${via.port}`]
  })
  if (!allowed.includes(host)) {
    const names = via.hosts === undefined ? 'by its loopback name only' : 'by its own addresses and names only'
    return { status: 421, message: `this page is served ${via.hosts === undefined ? 'to this machine ' : ''}${names}` }
  }
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const foreign =
    (origin !== null && origin !== `${scheme}://${host}`) ||
    (site !== null && site !== 'same-origin' && site !== 'none')
  const toApi = !isPage(new URL(request.url).pathname)
  if (foreign && (toApi || !SAFE.has(request.method)))
    return { status: 403, message: 'requests from other sites are refused' }
  if (SAFE.has(request.method)) return undefined
  if (ASKING_TYPES.test(request.headers.get('content-type') ?? '') || request.headers.has('x-branchline'))
    return undefined
  return { status: 415, message: 'a change needs content-type application/json or the header x-branchline' }
}

/** Whether a path belongs to the page's own files rather than to the API. */
export function isPage(path: string): boolean {
  return !path.startsWith('/api/') && path !== '/api' && path !== '/metrics'
}

/** Sent with every answer. Styles and scripts come from files of our own only; nothing may frame the page. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  // The camera reads labels; nothing else of the device is the page's business.
  'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()',
}

/** Who did it, for the audit log. Only the local socket may name a user, since only its owner can open it. */
export function actorOf(request: Request, via: Via): string {
  if (via.who?.kind === 'session') return `account:${via.who.account}`
  if (via.who?.kind === 'token') return `token:${via.who.account}/${via.who.label}`
  if (via.via !== 'socket') return 'page:local'
  const named = request.headers.get('x-branchline-by') ?? ''
  return /^[a-z]+:[\w.@-]{1,64}$/i.test(named) ? named : 'cli:local'
}
