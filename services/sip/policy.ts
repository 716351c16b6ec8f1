import { printable } from '../core/bytes.ts'
import { ANY, broadcastOf, formatIpv4, type Ipv4, networkOf } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { Endpoint, InterfaceAddress } from '../core/net.ts'
import type { Evidence, Holder, PnpClaim } from '../phones/contract.ts'
import { type CSeq, headerOf, type SipHeader, type SipRequest } from './codec.ts'
import { parseNameAddress, parseTokenWithParameters, parseUri, parseVia, splitOutside } from './codec-header.ts'
import { findMacs } from './policy-mac.ts'
import type { RateAnswer } from './policy-rate.ts'

export interface PnpFacts {
  readonly source: Endpoint
  /** The addresses of the interface that heard it; never empty. */
  readonly local: readonly InterfaceAddress[]
  readonly port: number
  readonly leased?: Mac
  readonly neighbour?: Mac
  /** The link was asked who holds the source, so that an absent neighbour is final. */
  readonly probed: boolean
  /** Fresh random hexadecimal for the tag and the branch. */
  readonly tag: string
  readonly branch: string
  /** The longest subscription granted, in seconds. */
  readonly maxExpires: number
  /** What the device's vendor accepts; asked only once the source is proven. */
  advise(evidence: Evidence, local: Ipv4): { readonly url: string } | undefined
  /** Counts this answer against the caps. */
  admit(mac: Mac): RateAnswer
}

/** Who asks, as far as it is known. `mac` is proven when `macFrom` is given. */
export interface PnpAsker {
  readonly mac?: Mac
  readonly pnp: PnpClaim
  readonly macFrom: 'message' | 'lease' | 'neighbour' | 'nowhere'
}

export type PnpSilence =
  | 'not-subscribe'
  | 'not-ua-profile'
  | 'unusable-source'
  | 'source-unknown'
  | 'source-mismatch'
  | 'neighbour-mismatch'
  | 'too-soon'
  | 'too-many'
  | 'no-url'
  | 'bad-url'

export type PnpDecision =
  | {
      readonly kind: 'answer'
      readonly asker: PnpAsker
      readonly url: string
      readonly ok: { readonly headers: readonly SipHeader[] }
      readonly notify: {
        readonly uri: string
        readonly headers: readonly SipHeader[]
        readonly branch: string
        readonly cseq: CSeq
      }
    }
  /** Ask the link who holds the source, then decide again with `probed`. */
  | { readonly kind: 'probe' }
  | { readonly kind: 'silence'; readonly reason: PnpSilence; readonly text: string; readonly asker?: PnpAsker }

const MAX_CSEQ = 2 ** 31 - 1

/**
 * Decides about one request on the PnP port. Only SUBSCRIBE for `ua-profile` is answered, and only to a source that
 * holds the MAC in the request by our lease or by the neighbour table. Everything else is silence, unicast OPTIONS
 * too: this is no registrar, and a socket on a group cannot tell multicast, where answers are forbidden, from unicast.
 *
 * A source that neither lease nor neighbour table knows is asked for by ARP first. If nobody on the link holds it, the
 * packet is forged or comes through a router from a phone that we did not lease to: nothing proves whose URL that is.
 */
export function decidePnp(request: SipRequest, facts: PnpFacts): PnpDecision {
  if (request.method !== 'SUBSCRIBE') return silence('not-subscribe', `${request.method} is not answered here`)
  const event = parseTokenWithParameters(headerOf(request, 'event') ?? '')
  if (event.token !== 'ua-profile')
    return silence('not-ua-profile', `event ${JSON.stringify(printable(event.token, 40))} is not ua-profile`)
  const { source } = facts
  if (!isUsable(source, facts)) return silence('unusable-source', `${formatIpv4(source.address)} cannot be answered`)

  const pnp = readClaim(event.parameters)
  const claims = findMacs(request)
  const holder = holderOf(facts)
  if (holder === undefined) {
    const near = facts.local.some(({ address, prefix }) => sameNetwork(address, source.address, prefix))
    if (near && !facts.probed) return { kind: 'probe' }
    const [mac] = claims.named
    const asker: PnpAsker = {
      pnp,
      macFrom: mac === undefined ? 'nowhere' : 'message',
      ...(mac === undefined ? {} : { mac }),
    }
    const text = `nothing tells who holds ${formatIpv4(source.address)}: no lease of ours, no neighbour entry`
    return silence('source-unknown', text, asker)
  }
  const { mac } = holder
  const spoken = claims.named.length > 0 || claims.hinted.includes(mac)
  const asker: PnpAsker = { mac, pnp, macFrom: spoken ? 'message' : holder.by }
  if (facts.leased !== undefined && facts.neighbour !== undefined && facts.leased !== facts.neighbour)
    return silence('neighbour-mismatch', `leased to ${facts.leased}, but ${facts.neighbour} holds the address`, asker)
  const other = claims.named.find((claimed) => claimed !== mac)
  if (other !== undefined)
    return silence('source-mismatch', `asked in the name of ${other}, but the address is held by ${mac}`, asker)

  const agent = headerOf(request, 'user-agent')
  const local = addressTowards(source.address, facts.local)
  const advice = facts.advise({ mac, pnp, ...(agent === undefined ? {} : { sipUserAgent: printable(agent) }) }, local)
  if (advice === undefined) return silence('no-url', 'no url for this device', asker)
  if (!/^[\x21-\x7e]{1,1024}$/.test(advice.url)) return silence('bad-url', 'the url holds what no url may hold', asker)
  const admitted = facts.admit(mac)
  if (admitted === 'device') return silence('too-soon', 'answered this device just before', asker)
  if (admitted === 'overall') return silence('too-many', 'too many answers at once', asker)
  return { kind: 'answer', asker, url: advice.url, ...compose(request, facts, local) }
}

/** Names a request, so that its retransmissions are known (RFC 3261 §17.2.3), also those of RFC 2543 clients. */
export function transactionKey(request: SipRequest, source: Endpoint): string {
  const via = topVia(request)
  const branch = parseVia(via)?.parameters.get('branch') ?? ''
  const own = branch.toLowerCase().startsWith('z9hg4bk')
    ? branch
    : `${via} ${headerOf(request, 'call-id')} ${headerOf(request, 'from')} ${request.cseq.number} ${request.uri}`
  return `${source.address} ${source.port} ${request.method} ${own}`
}

/** The address to speak from and to name in URLs: the one in the source's network, else the interface's first. */
export function addressTowards(peer: Ipv4, local: readonly InterfaceAddress[]): Ipv4 {
  const near = local.find(({ address, prefix }) => sameNetwork(address, peer, prefix))
  return near?.address ?? local[0]?.address ?? ANY
}

/** A URL without user, password and query, for the journey. */
export function publicUrl(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '?…')
}

/** The top Via, which may share its line with others. */
export function topVia(message: { readonly headers: readonly SipHeader[] }): string {
  return splitOutside(headerOf(message, 'via') ?? '', ',')[0] ?? ''
}

/** The 200 and the NOTIFY of the same dialog (RFC 6665 §4.2.1, RFC 3261 §8.2.6, §12.2.1). */
function compose(request: SipRequest, facts: PnpFacts, local: Ipv4) {
  const get = (name: string) => headerOf(request, name) ?? ''
  const to = get('to')
  // A SUBSCRIBE that refreshes has our tag already, perhaps from before a restart: it is answered like a first one.
  const tagged = parseNameAddress(to).parameters.has('tag') ? to : `${to};tag=${facts.tag}`
  const asked = /^\d{1,10}$/.test(get('expires')) ? Number(get('expires')) : 0
  const expires = Math.min(asked, facts.maxExpires)
  const contact = `<sip:${formatIpv4(local)}:${facts.port}>`
  const ok: SipHeader[] = [
    ...answeredVias(request, facts.source),
    { name: 'from', value: get('from') },
    { name: 'to', value: tagged },
    { name: 'call-id', value: get('call-id') },
    { name: 'cseq', value: get('cseq') },
    { name: 'contact', value: contact },
    { name: 'expires', value: String(expires) },
  ]
  // Rises with the SUBSCRIBEs of the dialog, so that it needs no memory (RFC 3261 §12.2.1.1: it must rise).
  const cseq = Math.min(request.cseq.number + 1, MAX_CSEQ)
  const state = expires > 0 ? `active;expires=${expires}` : 'terminated;reason=timeout'
  const notify: SipHeader[] = [
    { name: 'via', value: `SIP/2.0/UDP ${formatIpv4(local)}:${facts.port};branch=${facts.branch};rport` },
    { name: 'max-forwards', value: '70' },
    { name: 'from', value: tagged },
    { name: 'to', value: get('from') },
    { name: 'call-id', value: get('call-id') },
    { name: 'cseq', value: `${cseq} NOTIFY` },
    { name: 'contact', value: contact },
    { name: 'event', value: get('event') },
    { name: 'subscription-state', value: state },
    { name: 'content-type', value: 'application/url' },
  ]
  const numbered = { number: cseq, method: 'NOTIFY' }
  return {
    ok: { headers: ok },
    notify: { uri: remoteTarget(request), headers: notify, branch: facts.branch, cseq: numbered },
  }
}

/** Every Via as it came, the top one with what RFC 3261 §18.2.1 and RFC 3581 §4 add. */
function answeredVias(request: SipRequest, source: Endpoint): SipHeader[] {
  const values = request.headers.filter(({ name }) => name === 'via').flatMap(({ value }) => splitOutside(value, ','))
  const [top = '', ...rest] = values
  const parts = splitOutside(top, ';').filter((part) => !/^(received|rport)\s*(=|$)/i.test(part))
  const wanted = parseVia(top)?.parameters.has('rport') ?? false
  parts.push(`received=${formatIpv4(source.address)}`)
  if (wanted) parts.push(`rport=${source.port}`)
  return [parts.join(';'), ...rest].map((value) => ({ name: 'via', value }))
}

/** The phone's own address as it named it: the Contact, else the From. It says nothing about where packets go. */
function remoteTarget(request: SipRequest): string {
  const contact = splitOutside(headerOf(request, 'contact') ?? '', ',')[0] ?? ''
  const uris = [contact, headerOf(request, 'from') ?? ''].map((text) => parseNameAddress(text).uri)
  return uris.find((uri) => parseUri(uri) !== undefined && /^[\x21-\x7e]+$/.test(uri)) ?? 'sip:phone@invalid'
}

function holderOf(facts: PnpFacts): Holder | undefined {
  if (facts.leased !== undefined) return { mac: facts.leased, by: 'lease' }
  return facts.neighbour === undefined ? undefined : { mac: facts.neighbour, by: 'neighbour' }
}

function readClaim(parameters: ReadonlyMap<string, string>): PnpClaim {
  const read = (name: string) => {
    const value = parameters.get(name)
    return value === undefined || value === '' ? {} : { [name]: printable(value, 80) }
  }
  return { ...read('vendor'), ...read('model'), ...read('version') }
}

/** Unicast, not ours, with a port: what a datagram may be sent back to. */
function isUsable(source: Endpoint, facts: PnpFacts): boolean {
  const { address, port } = source
  if (port === 0 || address >>> 24 === 0 || address >>> 28 >= 14) return false
  return !facts.local.some((own) => {
    const broadcast = own.prefix < 31 && address === broadcastOf(own.address, own.prefix)
    return broadcast || (own.address === address && port === facts.port)
  })
}

function sameNetwork(a: Ipv4, b: Ipv4, prefix: number): boolean {
  return networkOf(a, prefix) === networkOf(b, prefix)
}

function silence(reason: PnpSilence, text: string, asker?: PnpAsker): PnpDecision {
  return { kind: 'silence', reason, text, ...(asker === undefined ? {} : { asker }) }
}
