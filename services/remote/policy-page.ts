import { fromLatin1, latin1 } from '../core/bytes.ts'
import type { PageRequest, Scheme } from './contract.ts'

// How a browser's request becomes one for the phone, and the phone's answer one for the browser. Both ends are hostile to
// one another and to us: what is not on a list does not pass.

export type Headers = readonly (readonly [name: string, value: string])[]

/** The phone as the box reaches it. */
export interface PhoneEnd {
  readonly scheme: Scheme
  /** `192.0.2.7` */
  readonly address: string
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** What pages of phones need of a request. `authorization` is the person's own answer to the phone's question. */
const REQUEST_HEADERS = new Set([
  'accept',
  'accept-language',
  'authorization',
  'content-type',
  'cookie',
  'if-modified-since',
  'if-none-match',
  'origin',
  'range',
  'referer',
  'user-agent',
  'x-csrf-token',
  'x-requested-with',
  'x-xsrf-token',
])

/** What browsers need of an answer. Headers that steer proxies (`x-accel-redirect`) or browsers' memory of a site stay behind. */
const ANSWER_HEADERS = new Set([
  'accept-ranges',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'location',
  'retry-after',
  'set-cookie',
  'www-authenticate',
  'x-csrf-token',
  'x-xsrf-token',
])

/** Cookies that only browsers and we may set. */
const OUR_COOKIE = /^(?:__host-|__secure-|branchline)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const UNPRINTABLE = /[\u0000-\u0008\u000a-\u001f\u007f]/

/** Why a request does not travel; undefined: it does. */
export function requestFault({ method, path }: Pick<PageRequest, 'method' | 'path'>): string | undefined {
  if (!METHODS.has(method)) return `the method ${JSON.stringify(method.slice(0, 20))} is not passed on`
  return /^\/[\x21-\x7e]*$/.test(path) && !path.includes('#') ? undefined : 'the path has characters that no path has'
}

/** The headers of a request that may travel, the same on both sides of the way. */
export function requestHeaders(headers: Headers): Headers {
  return headers.flatMap(([given, value]) => {
    const name = given.toLowerCase()
    if (!REQUEST_HEADERS.has(name) || UNPRINTABLE.test(value)) return []
    if (name !== 'cookie') return [[name, value] as const]
    const cookies = value.split(';').map((pair) => pair.trim())
    const kept = cookies.filter((pair) => pair !== '' && !OUR_COOKIE.test(pair))
    return kept.length === 0 ? [] : [[name, kept.join('; ')] as const]
  })
}

/** What the phone gets: it thinks that it is asked at its own address, as its checks of Origin and Referer demand. */
export function headersForPhone(headers: Headers, { scheme, address }: PhoneEnd): Headers {
  const own = `${scheme}://${address}`
  const passed = requestHeaders(headers).map(([name, value]) => {
    if (name === 'origin') return [name, own] as const
    if (name === 'referer') return [name, `${own}${/^https?:\/\/[^/]*(\/.*)?$/i.exec(value)?.[1] ?? '/'}`] as const
    return [name, value] as const
  })
  // Its text is looked into on the way back, so it must come as it is.
  return [...passed, ['host', address], ['accept-encoding', 'identity'], ['connection', 'close']]
}

/** Where a `Location` of the phone leads. */
export type Lead =
  | { readonly kind: 'here'; readonly path: string; readonly scheme?: Scheme }
  | { readonly kind: 'elsewhere'; readonly where: string }

/** A phone may lead to its own two ports; anything else would lead the person's browser into their own network. */
export function readLocation(location: string, { scheme, address }: PhoneEnd): Lead {
  const text = location.trim()
  const where = text.slice(0, 200)
  if (UNPRINTABLE.test(text) || text.includes('\t'))
    return { kind: 'elsewhere', where: 'somewhere that cannot be read' }
  // Browsers take a backslash for a slash there.
  const away = /^(?:([a-z][a-z0-9+.-]*):)?[/\\]{2}([^/\\?#]*)(.*)$/i.exec(text)
  if (away === null)
    return /^[a-z][a-z0-9+.-]*:/i.test(text) ? { kind: 'elsewhere', where } : { kind: 'here', path: text }
  const [, given = scheme, host = '', rest = ''] = away
  const to = given.toLowerCase()
  const port = /^(.*):(\d+)$/.exec(host)
  const usual = to === 'https' ? '443' : '80'
  if ((to !== 'http' && to !== 'https') || (port?.[1] ?? host) !== address || (port?.[2] ?? usual) !== usual)
    return { kind: 'elsewhere', where }
  const path = rest.startsWith('/') ? rest.replace(/^[/\\]+/, '/') : `/${rest.replace(/^\\+/, '')}`
  return { kind: 'here', path, ...(to !== scheme && { scheme: to }) }
}

/** A cookie of the phone as the browser may keep it: for this page's host alone. Undefined: not at all. */
export function cookieForBrowser(text: string): string | undefined {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim())
  const name = /^([!#$%&'*+.^_`|~\w-]{1,100})=[^;\s,]*$/.exec(pair)?.[1]
  if (name === undefined || OUR_COOKIE.test(name) || UNPRINTABLE.test(text)) return undefined
  const kept = attributes.filter((one) =>
    /^(?:path=\/[^;]*|max-age=-?\d{1,10}|expires=[\w ,:+-]{1,60}|httponly)$/i.test(one),
  )
  return [pair, ...kept, 'SameSite=Lax'].join('; ')
}

export type AnswerHead =
  | { readonly kind: 'pass'; readonly headers: Headers; readonly scheme?: Scheme }
  | { readonly kind: 'elsewhere'; readonly where: string }

/** The head of the phone's answer as it travels. With `scheme`, the phone wants to be spoken to by that one from now on. */
export function headFromPhone(headers: Headers, phone: PhoneEnd): AnswerHead {
  const passed: (readonly [string, string])[] = []
  let scheme: Scheme | undefined
  for (const [name, value] of answerHeaders(headers)) {
    if (name !== 'location') {
      passed.push([name, value])
      continue
    }
    const lead = readLocation(value, phone)
    if (lead.kind === 'elsewhere') return lead
    scheme = lead.scheme
    passed.push([name, lead.path])
  }
  return { kind: 'pass', headers: passed, ...(scheme !== undefined && { scheme }) }
}

/** The headers of an answer that may travel, the same on both sides of the way. */
export function answerHeaders(headers: Headers): Headers {
  return headers.flatMap(([given, value]) => {
    const name = given.toLowerCase()
    if (!ANSWER_HEADERS.has(name) || UNPRINTABLE.test(value)) return []
    if (name !== 'set-cookie') return [[name, value] as const]
    const cookie = cookieForBrowser(value)
    return cookie === undefined ? [] : [[name, cookie] as const]
  })
}

/** Whether a body may hold links that name the phone's own address. */
export function isText(headers: Headers): boolean {
  const of = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
  if (of('content-encoding') !== '' && of('content-encoding') !== 'identity') return false
  return /^(?:text\/|application\/(?:x-)?(?:javascript|json|xml|xhtml\+xml))/i.test(of('content-type'))
}

/** The text with every absolute link to the phone's own address made one to this page's host. Loses no other byte. */
export function withoutAddress(bytes: Uint8Array, address: string): Uint8Array {
  const own = address.replaceAll('.', '\\.')
  // In JSON and scripts the slashes may be escaped.
  const link = new RegExp(`https?:(?:\\\\?/){2}${own}(?::(?:80|443))?(?![\\w.:-])(\\\\?/)?`, 'gi')
  const text = latin1(bytes)
  const out = text.replace(link, (_all, slash: string | undefined) => slash ?? '/')
  return out === text ? bytes : fromLatin1(out)
}
