import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { BranchlineError, messageOf } from '../core/errors.ts'
import { formatIpv4, networkOf } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Endpoint, Lan } from '../core/net.ts'
import type { Leases } from '../dhcp/contract.ts'
import type { Journal, Step } from '../journey/contract.ts'
import type { PnpAdvisor } from '../phones/contract.ts'
import { isKeepAlive, parseMessage, type SipMessage, type SipRequest, writeMessage } from './codec.ts'
import { type Listener, type ListenerStatus, makeListeners } from './listeners.ts'
import { decidePnp, type PnpAsker, type PnpDecision, publicUrl, transactionKey } from './policy.ts'
import { makeRateLimit, type RateSettings } from './policy-rate.ts'
import { makeBranch, makeTag, type RandomBytes } from './random.ts'
import { makeRecent } from './recent.ts'
import { makeClientTransactions, TIMER_F } from './transaction.ts'

export interface PnpSettings extends RateSettings {
  /** 5060, unless the box runs as an ordinary user or under test. */
  readonly port: number
  /** Only these interfaces; absent: every one. */
  readonly interfaces?: readonly string[]
  /** The longest subscription granted, in seconds. */
  readonly maxExpires: number
}

export const defaultPnpSettings: PnpSettings = {
  port: 5060,
  perDeviceMs: 5_000,
  perSecond: 20,
  // Every phone of a large site asks in the second in which power comes back.
  burst: 2_000,
  maxExpires: 86_400,
}

export interface PnpResponderDeps {
  readonly lan: Lan
  readonly leases: Leases
  readonly advisor: PnpAdvisor
  readonly journal: Journal
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  readonly counters: Counters
  readonly settings?: Partial<PnpSettings>
}

export interface PnpResponder extends AsyncDisposable {
  start(): void
  status(): readonly ListenerStatus[]
}

const PROBE_MS = 300
const MAX_PROBES = 2_048
/** RFC 3261 §17.2.2 Timer J: how long a retransmission gets the same answer again. */
const TIMER_J = TIMER_F
/** The journey tells the same refusal of the same device once in this time. */
const QUIET_MS = 5_000

/** Answers phones that ask the multicast group for their provisioning URL. Silent until `start`. */
export function makePnpResponder(deps: PnpResponderDeps): PnpResponder {
  const { lan, leases, clock, random, log, counters } = deps
  const settings: PnpSettings = { ...defaultPnpSettings, ...deps.settings }
  const rate = makeRateLimit(settings)
  const transactions = makeClientTransactions(counters)
  const answered = makeRecent<Uint8Array>(TIMER_J)
  const told = makeRecent<true>(QUIET_MS)
  const probing = new Set<string>()
  const listeners = makeListeners({
    lan,
    log,
    port: settings.port,
    ...(settings.interfaces === undefined ? {} : { interfaces: settings.interfaces }),
    onDatagram: receive,
  })

  function receive(name: string, bytes: Uint8Array, from: Endpoint): void {
    if (isKeepAlive(bytes)) {
      counters.add('pnp.keep-alive')
      return
    }
    try {
      take(name, parseMessage(bytes), from)
    } catch (thrown) {
      // A message that is legal, but too long to be echoed, is the peer's fault too.
      if (!(thrown instanceof BranchlineError)) throw thrown
      counters.add('pnp.malformed')
      log.debug('pnp: malformed packet', { from: formatIpv4(from.address), reason: thrown.message })
    }
  }

  function take(name: string, message: SipMessage, from: Endpoint): void {
    if (message.kind === 'request') consider(name, message, from, false)
    else counters.add(transactions.take(message, from) ? 'pnp.responses' : 'pnp.stray-responses')
  }

  function consider(name: string, request: SipRequest, from: Endpoint, probed: boolean): void {
    const listener = listeners.get(name)
    if (listener === undefined) return
    const key = `${name} ${transactionKey(request, from)}`
    const again = answered.get(key, clock.now())
    if (again !== undefined) {
      counters.add('pnp.repeated')
      listener.socket.send(again, from)
      return
    }
    const decision = decide(listener, request, from, probed)
    if (decision.kind === 'probe') {
      probe(key, listener, request, from)
      return
    }
    tellAsked(listener, decision, key, from)
    if (decision.kind === 'answer') answer(key, listener, decision, from)
    else staySilent(listener, decision, from)
  }

  function staySilent(listener: Listener, decision: PnpDecision & { kind: 'silence' }, from: Endpoint): void {
    counters.add(`pnp.silent.${decision.reason}`)
    log.debug('pnp: silent', { from: formatIpv4(from.address), reason: decision.text })
    if (decision.asker !== undefined && isNews(`${decision.asker.mac ?? from.address} ${decision.reason}`))
      record(listener, decision.asker, from, { kind: 'pnp.ignored', reason: decision.text })
  }

  function decide(listener: Listener, request: SipRequest, source: Endpoint, probed: boolean): PnpDecision {
    const now = clock.now()
    const leased = leases.byAddress(source.address)?.mac
    // Beyond a router the neighbour table cannot speak of the source.
    const near = listener.addresses.some(
      ({ address, prefix }) => networkOf(address, prefix) === networkOf(source.address, prefix),
    )
    const neighbour = near ? lan.neighbour(source.address) : undefined
    return decidePnp(request, {
      source,
      probed,
      local: listener.addresses,
      port: settings.port,
      tag: makeTag(random),
      branch: makeBranch(random),
      maxExpires: settings.maxExpires,
      ...(leased === undefined ? {} : { leased }),
      ...(neighbour === undefined ? {} : { neighbour }),
      advise: (evidence, local) => deps.advisor.urlFor(evidence, local),
      admit: (mac) => rate.admit(mac, now),
    })
  }

  function probe(key: string, listener: Listener, request: SipRequest, from: Endpoint): void {
    if (probing.has(key)) return
    if (probing.size >= MAX_PROBES) {
      counters.add('pnp.probes-full')
      return
    }
    probing.add(key)
    counters.add('pnp.probed')
    // Four bytes of keep-alive make the kernel ask for the source itself, so that its table knows the answer.
    listener.socket.send(Uint8Array.of(13, 10, 13, 10), from)
    lan
      .inUse([from.address], listener.name, PROBE_MS)
      .then(() => consider(listener.name, request, from, true))
      .catch((thrown) => log.warn('pnp: probe failed', { reason: messageOf(thrown) }))
      .finally(() => probing.delete(key))
  }

  function answer(key: string, listener: Listener, decision: PnpDecision & { kind: 'answer' }, from: Endpoint): void {
    const { ok, notify, asker, url } = decision
    const body = new Uint8Array()
    const response = writeMessage({ kind: 'response', status: 200, reason: 'OK', headers: ok.headers, body })
    const bytes = writeMessage({
      kind: 'request',
      method: 'NOTIFY',
      uri: notify.uri,
      headers: notify.headers,
      body: new TextEncoder().encode(url),
    })
    answered.set(key, response, clock.now())
    listener.socket.send(response, from)
    transactions.start({
      bytes,
      to: from,
      branch: decision.notify.branch,
      cseq: decision.notify.cseq,
      // The interface may have got a new socket meanwhile.
      send: (again, to) => listeners.get(listener.name)?.socket.send(again, to),
      onEnd(final) {
        // RFC 3261 §8.1.3.1: a timeout counts as 408.
        const status = final?.status ?? 408
        counters.add(status < 300 ? 'pnp.confirmed' : 'pnp.unconfirmed')
        record(listener, asker, from, { kind: 'pnp.confirmed', status })
      },
    })
    counters.add('pnp.answered')
    record(listener, asker, from, { kind: 'pnp.answered', url: publicUrl(url) })
  }

  function tellAsked(
    listener: Listener,
    decision: Exclude<PnpDecision, { kind: 'probe' }>,
    key: string,
    from: Endpoint,
  ) {
    const { asker } = decision
    if (asker === undefined || !isNews(key)) return
    const { vendor, model, version } = asker.pnp
    record(listener, asker, from, {
      kind: 'pnp.asked',
      macFrom: asker.macFrom,
      ...(vendor === undefined ? {} : { vendor }),
      ...(model === undefined ? {} : { model }),
      ...(version === undefined ? {} : { firmware: version }),
    })
  }

  function record(listener: Listener, asker: PnpAsker, from: Endpoint, step: Step): void {
    const mac = asker.mac === undefined ? {} : { mac: asker.mac }
    deps.journal.record({ at: clock.now(), ...mac, address: from.address, interface: listener.name, step })
  }

  function isNews(subject: string): boolean {
    const now = clock.now()
    if (told.get(subject, now) !== undefined) return false
    told.set(subject, true, now)
    return true
  }

  return {
    start: () => listeners.follow(),
    status: () => listeners.status(),
    async [Symbol.asyncDispose]() {
      transactions.close()
      listeners.close()
    },
  }
}
