import { printable } from '../core/bytes.ts'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { MalformedPacketError, messageOf } from '../core/errors.ts'
import { contains, formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Alarms, Journal } from '../journey/contract.ts'
import { AdviceEncoder } from './advice.ts'
import { type DhcpMessage, decode, encode } from './codec.ts'
import { isDiscover } from './codec-peek.ts'
import type { DhcpAdvice, DhcpAdvisor, DhcpClientFacts } from './contract.ts'
import { DropReport } from './drop-report.ts'
import { LateJournal } from './late-journal.ts'
import { type Binding, LeaseTable } from './lease-table.ts'
import { NewClientLimiter } from './limiter.ts'
import { decide, typeOf } from './policy.ts'
import { setAside } from './policy-address.ts'
import type { Destination } from './policy-destination.ts'
import { readClient } from './policy-identity.ts'
import { networksFor, serverAddress } from './policy-network.ts'
import { PacketQueue, QUEUE_RULES } from './policy-queue.ts'
import type { OptionSet, Setup } from './policy-setup.ts'
import {
  type Client,
  type Decision,
  type Facts,
  type GuardRules,
  type Link,
  type Mutable,
  silence,
} from './policy-types.ts'
import { ProbeRoom } from './probe-room.ts'
import { reportAsked, reportDecision, type Seen } from './report.ts'
import { isDurable, type LeaseStore } from './store.ts'

/** A packet and the way back. `link` is read when it is decided, so that it is as the interface stands then. */
export interface Packet {
  readonly bytes: Uint8Array
  readonly from: Ipv4
  readonly port: EnginePort
  /** Probes made for it so far. */
  readonly probes?: number
}

/** What the engine needs of an interface. */
export interface EnginePort {
  link(): Link
  send(bytes: Uint8Array, destination: Destination): void
  /** A client named another server. */
  foreign(server: Ipv4): void
  /** This packet is our own search for other servers. */
  isOwnProbe(xid: number): boolean
}

export interface EngineDeps {
  readonly store: LeaseStore
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly journal: Journal
  readonly alarms: Alarms
  readonly advisor: DhcpAdvisor
  readonly guard: GuardRules
  readonly isClear: (address: Ipv4) => boolean
  readonly probe: (address: Ipv4, device: string) => void
}

interface Outcome {
  readonly packet: Packet
  readonly seen: Seen
  readonly advised: OptionSet
  readonly decision: Decision
}

const NOBODY: Client = { key: '', parameters: [] }

/** Decode, decide, commit, send: packets that arrive together are decided one after another and committed together. */
export class Engine {
  readonly #deps: EngineDeps
  readonly #advice: AdviceEncoder
  #leftToldAt = Number.NEGATIVE_INFINITY
  readonly #limiter: NewClientLimiter
  readonly #probeRoom = new ProbeRoom<Packet>()
  #setup: Setup
  #table: LeaseTable
  readonly #queue: PacketQueue<Packet>
  readonly #journal: LateJournal
  #scheduled = false

  constructor(deps: EngineDeps, setup: Setup, bindings: readonly Binding[]) {
    this.#deps = deps
    this.#setup = setup
    this.#table = new LeaseTable(setup, bindings, deps.clock.now())
    this.#advice = new AdviceEncoder(deps.log, deps.counters)
    this.#limiter = new NewClientLimiter(deps.guard)
    this.#journal = new LateJournal(deps.journal)
    const drops = new DropReport(deps)
    this.#queue = new PacketQueue(QUEUE_RULES, (reason, count) => drops.note(reason, count))
  }

  get table(): LeaseTable {
    return this.#table
  }

  rebuild(setup: Setup): void {
    this.#setup = setup
    this.#table.rebuild(setup, this.#deps.clock.now())
  }

  /** Takes a packet; it is decided on the next turn of the event loop with all that came until then. */
  take(packet: Packet): void {
    const now = this.#deps.clock.now()
    // One that comes back from a probe has waited already.
    if (packet.probes === undefined && isDiscover(packet.bytes)) this.#queue.ask(packet, now)
    else this.#queue.put(packet, now)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.drain()
      // In between the sockets are read.
      if (this.#queue.size > 0) this.#schedule()
    })
  }

  /** Decides one batch of what waits in the queue. */
  drain(): void {
    this.#work(this.#queue.take(this.#deps.clock.now()))
    // Within this turn: what a client does with its answer is told by other services, and must come after.
    this.#journal.flush()
  }

  #work(batch: readonly Packet[]): void {
    const now = this.#deps.clock.now()
    this.#table.expire(now)
    const offers: Outcome[] = []
    const outcomes: Outcome[] = []
    const undo: { readonly address: Ipv4; readonly before: Binding | undefined }[] = []
    const durable: Binding[] = []
    for (const packet of batch) {
      const outcome = this.#decide(packet, now)
      if (outcome === undefined) continue
      const { changes } = outcome.decision
      // An offer promises nothing that must be on disk: it leaves before the commit, and its client works meanwhile.
      // Under overload those who have an address come first.
      if (batch.length < QUEUE_RULES.batch && !changes.some(isDurable)) {
        for (const change of changes) this.#table.apply(change)
        offers.push(outcome)
        continue
      }
      outcomes.push(outcome)
      // Later packets of the batch must see what earlier ones were promised.
      for (const change of changes) {
        undo.push({ address: change.address, before: this.#table.apply(change) })
        if (isDurable(change)) durable.push(change)
      }
    }
    // One behind the other: each datagram alone would wake its receiver.
    for (const outcome of offers) this.#carryOut(outcome)
    if (!this.#commit(durable)) {
      for (const { address, before } of undo.reverse()) this.#table.restore(address, before)
      return
    }
    for (const outcome of outcomes) this.#carryOut(outcome)
  }

  #commit(durable: readonly Binding[]): boolean {
    if (durable.length === 0) return true
    try {
      this.#deps.store.append(durable)
      return true
    } catch (thrown) {
      // What is not on disk is not promised: nobody of this batch gets an answer, and clients ask again.
      this.#deps.counters.add('dhcp.commit-failed')
      this.#deps.log.error('dhcp leases cannot be stored', { count: durable.length, error: messageOf(thrown) })
      return false
    }
  }

  #decide(packet: Packet, now: EpochMs): Outcome | undefined {
    const { counters, log } = this.#deps
    try {
      const message = decode(packet.bytes)
      if (packet.port.isOwnProbe(message.xid)) return undefined
      counters.add('dhcp.received')
      return this.#judge(packet, message, now)
    } catch (thrown) {
      counters.add(thrown instanceof MalformedPacketError ? 'dhcp.malformed' : 'dhcp.failed')
      const fields = { from: formatIpv4(packet.from), error: printable(messageOf(thrown)) }
      if (thrown instanceof MalformedPacketError) log.debug('dhcp packet malformed', fields)
      else log.error('dhcp packet failed', fields)
      return undefined
    }
  }

  #judge(packet: Packet, message: DhcpMessage, now: EpochMs): Outcome {
    const link = packet.port.link()
    const client = readClient(message)
    const seen: Seen = { at: now, interface: link.name, client: client ?? NOBODY, type: typeOf(message) }
    if (client === undefined || message.op !== 1) {
      const reason = message.op === 1 ? 'no-identity' : 'not-a-request'
      return { packet, seen, advised: new Map(), decision: silence(reason) }
    }
    const advice = this.#advise(message, client, link)
    const facts: Facts = {
      now,
      setup: this.#setup,
      leases: this.#table,
      link,
      client,
      phone: advice.phone,
      advised: this.#advice.encode(advice.options),
      cleared: this.#deps.isClear,
      guard: this.#deps.guard,
      mayJoin: (network) => this.#limiter.mayJoin(network.id, now),
    }
    if (packet.probes === undefined) reportAsked(seen, this.#journal)
    const decision = decide(message, facts)
    if (decision.kind !== 'silence' && decision.newcomer) this.#limiter.joined(decision.network.id, now)
    return { packet, seen, advised: facts.advised, decision }
  }

  #advise(message: DhcpMessage, client: Client, link: Link): DhcpAdvice {
    const [network] = link.addresses.length > 1 ? networksFor(message, { setup: this.#setup, link }) : []
    const own = serverAddress(link, network)
    if (own === undefined) return { phone: false, options: NO_OPTIONS }
    const asking: Mutable<DhcpClientFacts> = { parameters: client.parameters, serverAddress: own }
    if (client.mac !== undefined) asking.mac = client.mac
    if (client.vendorClass !== undefined) asking.vendorClass = client.vendorClass
    if (client.userClass !== undefined) asking.userClass = client.userClass
    if (client.hostName !== undefined) asking.hostName = client.hostName
    return this.#deps.advisor.advise(asking)
  }

  #carryOut(outcome: Outcome): void {
    const { decision, packet, seen, advised } = outcome
    const { counters, alarms } = this.#deps
    if (decision.kind === 'probe') {
      this.#wait(packet, decision.address, seen.interface)
      return
    }
    if (decision.kind === 'reply') {
      const left: number[] = []
      packet.port.send(encode(decision.reply, decision.limit, left), decision.destination)
      if (left.length > 0) this.#reportLeft(left, seen)
    } else if (decision.reason === 'other-server' && decision.server !== undefined) {
      packet.port.foreign(decision.server)
    } else if (decision.reason === 'pool-exhausted' && decision.network !== undefined) {
      alarms.raise('pool-exhausted', decision.network.id, `network ${decision.network.id} has no free address left`)
    }
    reportDecision(seen, decision, advised, this.#journal, counters)
  }

  #reportLeft(left: readonly number[], seen: Seen): void {
    const { clock, counters, log } = this.#deps
    counters.add('dhcp.option-left-out', left.length)
    // A client decides how small its packets are and how often it asks: it must not fill the log. Once a minute.
    if (Math.abs(clock.now() - this.#leftToldAt) < 60_000) return
    this.#leftToldAt = clock.now()
    log.warn('dhcp options do not fit the packet', {
      options: left.join(' '),
      ...(seen.client.mac !== undefined && { mac: seen.client.mac }),
    })
  }

  #wait(packet: Packet, address: Ipv4, device: string): void {
    const entered = this.#probeRoom.enter(packet, address)
    if (entered === 'first') this.#deps.probe(address, device)
    else if (entered === 'refused') this.#deps.counters.add('dhcp.probe-given-up')
  }

  /** Takes in the result of a probe. `used` leaves out what the client that waits for it answered itself. */
  probed(address: Ipv4, device: string, used: boolean): void {
    const packet = this.#probeRoom.leave(address)
    if (used) this.#setAside(address, device)
    if (packet !== undefined) this.take(packet)
  }

  #setAside(address: Ipv4, device: string): void {
    const { clock, counters, log } = this.#deps
    const now = clock.now()
    const before = this.#table.at(address)
    // Its own client answers for a lease in use: that is as it should be.
    const found = this.#setup.networks.find(({ spec }) => contains(spec.subnet, address))
    if (found === undefined || (before?.state === 'active' && before.endsAt > now)) return
    const binding = setAside(found, address, device, now)
    this.#table.apply(binding)
    this.#commit([binding])
    counters.add('dhcp.conflict')
    log.warn('dhcp address is in use without a lease', { address: formatIpv4(address), interface: device })
  }
}

const NO_OPTIONS: DhcpAdvice['options'] = []
