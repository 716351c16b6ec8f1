import { type Mac, readMac } from '../core/mac.ts'
import { headerOf, type SipRequest } from './codec.ts'
import { parseNameAddress, parseUri } from './codec-header.ts'

export interface MacClaims {
  /** Named as a MAC: `MAC805ec0123456@`, `MAC%3a0004139E0000@`, `MAC=00304fa99948@`, `(MAC=000413b60680; SER=…)`. */
  readonly named: readonly Mac[]
  /** Twelve digits that may be a MAC or a serial number; they say something only when the network agrees. */
  readonly hinted: readonly Mac[]
}

const DIGITS = '([0-9a-f]{12}|[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5})(?![0-9a-f])'
// Yealink puts nothing between, Snom and Gigaset an escaped colon, Fanvil an equals sign. (References: phones/README.)
const NAMED = new RegExp(`(?<![0-9a-z])mac\\s*[:=]?\\s*"?${DIGITS}`, 'gi')
const BARE = new RegExp(`(?<![0-9a-z])${DIGITS}(?![0-9a-z])`, 'gi')

/** Every MAC that a request names in its Request-URI, To, From, Contact or User-Agent. */
export function findMacs(request: SipRequest): MacClaims {
  const addresses = ['to', 'from', 'contact'].map((name) => parseNameAddress(headerOf(request, name) ?? '').uri)
  const users = [request.uri, ...addresses].map((uri) => unescapeAscii(parseUri(uri)?.user ?? ''))
  const agent = headerOf(request, 'user-agent') ?? ''
  const texts = [...users, unescapeAscii(agent)]
  const named = collect(texts, NAMED)
  return { named, hinted: collect(texts, BARE).filter((mac) => !named.includes(mac)) }
}

function collect(texts: readonly string[], pattern: RegExp): Mac[] {
  const found = new Set<Mac>()
  for (const text of texts)
    for (const [, digits = ''] of text.slice(0, 1024).matchAll(pattern)) {
      const mac = readMac(digits)
      if (mac !== undefined) found.add(mac)
    }
  return [...found]
}

/** Decodes `%3a` and the like, once. */
function unescapeAscii(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
