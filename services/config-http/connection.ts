import { concat, printable } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { MalformedPacketError, messageOf } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Endpoint } from '../core/net.ts'
import type { Journal } from '../journey/contract.ts'
import type { Answer, Blobs, FileRequest, Provisioner } from '../phones/contract.ts'
import type { Field, RequestHead } from './codec.ts'
import { blankLead, decodeHead, encodeHead, framingOf, headEnd, httpDate, keepsAlive, MAX_HEAD } from './codec.ts'
import type { BodyReader } from './codec-body.ts'
import { makeBodyReader } from './codec-body.ts'
import { type CleanPath, cleanPath } from './codec-path.ts'
import type { PublicFile, Reply } from './policy.ts'
import { BUSY, decide, decidePublic, NOT_FOUND, TOO_LARGE } from './policy.ts'
import type { Outcome, Wire } from './sender.ts'
import { makeSender } from './sender.ts'

/** Where a connection stands, as its listener knows it. */
export interface Place {
  readonly scheme: 'http' | 'https'
  readonly from: Endpoint
  readonly interface: string
  readonly localAddress: Ipv4
}

/** Limits of one connection; times are counted in ticks of a second. */
export interface ConnectionLimits {
  /** A head must be complete so long after its first byte, however slowly it trickles. */
  readonly headTicks: number
  /** So long an open connection may wait for its next request. */
  readonly idleTicks: number
  readonly bodyTicks: number
  /** So long the peer may take no byte of an answer. */
  readonly stallTicks: number
  readonly uploadBytes: number
  /** Missing and refused are answered so many milliseconds after the request. */
  readonly refusalDelayMs: number
}

/** What all connections of a server share. */
export interface ConnectionDeps {
  readonly provisioner: Provisioner
  readonly blobs: Blobs
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly limits: ConnectionLimits
  /** By lower-case name without a leading slash. */
  readonly publicFiles: ReadonlyMap<string, PublicFile>
  readonly nonce: () => string
  /** A place for the body of one upload, or false when too many are under way. */
  readonly uploads: { take(): boolean; free(): void }
  /** Whether one more refused name may go into the journal this second. */
  readonly mayJournal: () => boolean
}

/** One connection, told what its socket saw. */
export interface Connection {
  onData(bytes: Uint8Array): void
  onDrain(): void
  /** The peer sent all it will send. */
  onEnd(): void
  /** The socket is gone; with an error when it was not orderly. */
  onClose(error?: Error): void
  /** Once a second. */
  onTick(): void
  /** The server stops. */
  abort(): void
}

/** More than this waiting behind an answer under way is no phone. */
const MAX_WAITING = 65_536
const MAX_REQUESTS = 1_000

type CleanedPath = Extract<CleanPath, { kind: 'path' }>
type State = 'head' | 'body' | 'answering' | 'ending' | 'closed'
const EMPTY = new Uint8Array(0)

/** Reads requests from one connection and answers them, one after the other. */
export function makeConnection(wire: Wire, place: Place, deps: ConnectionDeps): Connection {
  const { limits, counters, journal, clock } = deps
  const sender = makeSender(wire, deps.blobs)
  let state: State = 'head'
  let waiting: Uint8Array = EMPTY
  let ticks = limits.idleTicks
  let requests = 0
  let peerEnded = false
  let head: RequestHead | undefined
  let reader: BodyReader | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let advancing = false

  function drop(counter: string, reason: string) {
    if (state === 'closed') return
    counters.add(counter)
    deps.log.debug('http connection dropped', { reason, scheme: place.scheme })
    wire.terminate()
    onClose()
  }

  function onClose(error?: Error) {
    if (state === 'closed') return
    state = 'closed'
    if (timer !== undefined) clearTimeout(timer)
    freeUpload()
    waiting = EMPTY
    sender.closed(error !== undefined)
  }

  function freeUpload() {
    if (reader !== undefined) deps.uploads.free()
    reader = undefined
  }

  /** Takes what waits as far as it goes; never called from inside itself, so that pipelined requests cost no stack. */
  function advance() {
    if (advancing) return
    advancing = true
    try {
      let moved = true
      while (moved && (state === 'head' || state === 'body')) moved = state === 'head' ? takeHead() : takeBody()
    } catch (thrown) {
      if (!(thrown instanceof MalformedPacketError)) throw thrown
      drop('http.malformed', thrown.message)
    } finally {
      advancing = false
    }
    if (state === 'head' && peerEnded) {
      wire.terminate()
      onClose()
    }
  }

  function takeHead(): boolean {
    const lead = blankLead(waiting)
    if (lead > 0) waiting = waiting.subarray(lead)
    if (waiting.length === 0) return false
    const end = headEnd(waiting.length > MAX_HEAD ? waiting.subarray(0, MAX_HEAD) : waiting)
    if (end < 0) {
      if (waiting.length >= MAX_HEAD) throw new MalformedPacketError(`head over ${MAX_HEAD} bytes`)
      return false
    }
    head = decodeHead(waiting.subarray(0, end))
    waiting = waiting.subarray(end)
    requests++
    counters.add('http.requests')
    const framing = framingOf(head)
    if (framing.kind === 'none') {
      answer(head, EMPTY)
      return true
    }
    if (!deps.uploads.take()) {
      send(head, BUSY, { close: true })
      return true
    }
    reader = makeBodyReader(framing, limits.uploadBytes)
    state = 'body'
    ticks = limits.bodyTicks
    const expects = head.fields.get('expect')?.toLowerCase() === '100-continue' && head.minor === 1
    if (expects && !reader.tooLong) sender.interim(encodeHead(100, []))
    return true
  }

  function takeBody(): boolean {
    if (head === undefined || reader === undefined) return false
    waiting = waiting.subarray(reader.push(waiting))
    if (reader.tooLong) {
      freeUpload()
      counters.add('http.too-large')
      send(head, TOO_LARGE, { close: true })
      return true
    }
    if (!reader.done) return false
    const body = reader.body()
    freeUpload()
    answer(head, body)
    return true
  }

  function answer(request: RequestHead, body: Uint8Array) {
    const startedAt = performance.now()
    const method = METHODS[request.method]
    const cleaned = cleanPath(request.target)
    if (cleaned.kind === 'refused') {
      counters.add('http.refused-name')
      const file = printable(request.target, 80)
      if (deps.mayJournal()) record({ kind: 'file.refused', protocol: place.scheme, file, reason: cleaned.reason })
      return send(request, NOT_FOUND, { startedAt })
    }
    const open = deps.publicFiles.get(cleaned.path.toLowerCase())
    if (open !== undefined) return send(request, decidePublic(request, open), { startedAt })
    if (method === undefined) {
      counters.add('http.refused-method')
      return send(request, NOT_FOUND, { startedAt })
    }
    const given = ask(request, method, cleaned, body)
    const decision = given === undefined ? NOT_FOUND : decide(request, given, deps.nonce())
    if (decision.kind === 'silence') return drop('http.silence', decision.reason)
    send(request, decision, { startedAt, ...(given === undefined ? {} : { given }) })
  }

  function ask(request: RequestHead, method: FileRequest['method'], { path, query }: CleanedPath, body: Uint8Array) {
    const userAgent = request.fields.get('user-agent')
    const authorization = request.fields.get('authorization')
    try {
      return deps.provisioner.answer({
        at: clock.now(),
        protocol: place.scheme,
        method,
        path,
        ...(query === undefined ? {} : { query }),
        from: place.from,
        interface: place.interface,
        localAddress: place.localAddress,
        ...(query === undefined ? {} : { query }),
        ...(userAgent === undefined ? {} : { userAgent }),
        ...(authorization === undefined ? {} : { authorization }),
        ...(method === 'put' ? { body } : {}),
      })
    } catch (thrown) {
      counters.add('http.failed')
      deps.log.error('http answer failed', { error: messageOf(thrown) })
      return undefined
    }
  }

  interface Sending {
    readonly close?: boolean
    readonly startedAt?: number
    readonly given?: Answer
  }

  function send(request: RequestHead, reply: Reply, sending: Sending) {
    state = 'answering'
    const startedAt = sending.startedAt ?? performance.now()
    const stays = !sending.close && keepsAlive(request) && requests < MAX_REQUESTS && !peerEnded
    const go = () => {
      timer = undefined
      ticks = limits.stallTicks
      const fields: Field[] = [['Date', httpDate(clock.now())], ...reply.fields]
      // A 304 describes the content that it leaves out, so a length of 0 would be false (RFC 9110 §8.6).
      if (reply.status !== 304) fields.push(['Content-Length', String(reply.length)])
      fields.push(['Connection', stays ? 'keep-alive' : 'close'])
      counters.add(`http.status.${reply.status}`)
      sender.send(encodeHead(reply.status, fields), reply.pieces, {
        onTaken: () => afterAnswer(stays),
        onOutcome: (outcome) => report(outcome, reply, sending.given, startedAt),
      })
    }
    const wait = reply.delayed ? limits.refusalDelayMs - (performance.now() - startedAt) : 0
    if (wait > 0) timer = setTimeout(go, wait)
    else go()
  }

  function afterAnswer(stays: boolean) {
    if (state === 'closed') return
    if (stays) {
      state = 'head'
      ticks = limits.idleTicks
      advance()
      return
    }
    // The peer reads to the end before the socket goes: closing at once on unread input would be a reset,
    // which can destroy an answer on its way (RFC 9112 §9.6).
    state = 'ending'
    ticks = limits.headTicks
    waiting = EMPTY
    wire.shutdown()
    if (peerEnded) onEnd()
  }

  function report(outcome: Outcome, reply: Reply, given: Answer | undefined, startedAt: number) {
    if (given?.kind !== 'content' && given?.kind !== 'blob') return
    const common = { protocol: place.scheme, file: given.file }
    if (outcome.kind === 'broken') {
      counters.add('http.broken')
      record({ kind: 'file.broken', ...common, reason: outcome.reason }, given)
      return
    }
    counters.add('http.bytes', reply.length)
    if (!reply.completes) return
    const own = given.kind === 'content' && given.own
    const ms = Math.round(outcome.takenAt - startedAt)
    record({ kind: 'file.completed', ...common, size: reply.length, ms, own }, given)
  }

  function record(step: Parameters<Journal['record']>[0]['step'], given?: Answer) {
    const mac = given?.mac === undefined ? {} : { mac: given.mac }
    journal.record({ at: clock.now(), ...mac, address: place.from.address, interface: place.interface, step })
  }

  function onEnd() {
    peerEnded = true
    sender.heard()
    if (state === 'ending' || state === 'body') {
      wire.terminate()
      onClose()
    } else advance()
  }

  return {
    onData(bytes) {
      if (state === 'closed') return
      sender.heard()
      if (state === 'ending') return
      if (state === 'head' && waiting.length === 0) ticks = limits.headTicks
      waiting = waiting.length === 0 ? bytes : concat([waiting, bytes])
      advance()
      if (state === 'answering' && waiting.length > MAX_WAITING) drop('http.flooded', 'requests behind an answer')
    },
    onDrain() {
      if (state === 'closed') return
      if (sender.drain() && state === 'answering') ticks = limits.stallTicks
    },
    onEnd,
    onClose,
    onTick() {
      sender.tick()
      if (state === 'closed' || timer !== undefined || --ticks > 0) return
      if (state === 'answering') sender.stalled()
      const idle = state === 'ending' || (state === 'head' && waiting.length === 0)
      drop(idle ? 'http.idle' : 'http.timeout', `${state} took too long`)
    },
    abort: () => drop('http.aborted', 'server stops'),
  }
}

const METHODS: Readonly<Record<string, FileRequest['method']>> = { GET: 'get', HEAD: 'head', PUT: 'put', POST: 'put' }
