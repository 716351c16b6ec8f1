import { latin1 } from '../core/bytes.ts'
import { messageOf } from '../core/errors.ts'
import { formatIpv4 } from '../core/ipv4.ts'
import type { Endpoint } from '../core/net.ts'
import type { Step } from '../journey/contract.ts'
import type { Answer } from '../phones/contract.ts'
import { type BlobCache, makeBlobCache } from './blob-cache.ts'
import type { TftpRequest } from './codec.ts'
import { ErrorCode, encode } from './codec.ts'
import { type Listener, makeListeners } from './listeners.ts'
import type { Terms } from './policy.ts'
import { announcedSize, decideMode, negotiate } from './policy.ts'
import { decodeCounted, makePortPool, peerKey } from './ports.ts'
import { makeReceiving } from './receiving.ts'
import { makeRefusals } from './refusals.ts'
import { makeSending } from './sending.ts'
import type { TftpDependencies, TftpServer } from './settings.ts'
import { type Source, sourceOfBlob, sourceOfBlobAsNetascii, sourceOfBytes } from './source.ts'
import type { Outcome, Transfer } from './transfer.ts'
import { makeTransfers } from './transfers.ts'

interface Asked {
  readonly key: string
  readonly listener: Listener
  readonly from: Endpoint
  readonly request: TftpRequest
}

const TICK_MS = 50
/** One text for missing and refused: the network must not learn the difference. */
const NOT_FOUND = { code: ErrorCode.notFound, text: 'File not found' }
const NOT_WRITABLE = { code: ErrorCode.accessViolation, text: 'Access violation' }

export function makeTftpServer(deps: TftpDependencies): TftpServer {
  const { settings, counters, log, journal, clock, provisioner } = deps
  const monotonic = deps.monotonic ?? (() => performance.now())
  const limits = { maxBlockSize: settings.maxBlockSize ?? 1468, maxWindowSize: settings.maxWindowSize ?? 16 }
  const maxUploadSize = settings.maxUploadSize ?? 1024 * 1024
  const transfers = makeTransfers({
    maxTransfers: settings.maxTransfers ?? 512,
    maxPerSource: settings.maxPerSource ?? 16,
  })
  const refusals = makeRefusals()
  const cache: BlobCache = makeBlobCache(deps.blobs)
  const listeners = makeListeners({
    lan: deps.lan,
    log,
    port: settings.port,
    devices: settings.devices,
    makePool: (device, address) => makePortPool({ lan: deps.lan, counters, log, monotonic }, device, address),
    onRequest,
    onGone: (listener) => transfers.abandon('the interface or its address went away', listener),
  })
  const every = deps.every ?? everyInterval
  let stopTicking: (() => void) | undefined

  function onRequest(listener: Listener, bytes: Uint8Array, from: Endpoint): void {
    const request = readRequest(bytes)
    if (request === undefined) return
    const key = `${listener.device} ${listener.local.address} ${peerKey(from)} ${latin1(bytes)}`
    const known = transfers.has(key) ? { kind: 'duplicate' as const } : refusals.look(key, monotonic())
    if (known.kind === 'duplicate') {
      counters.add('tftp.duplicate-request')
      return
    }
    if (known.kind === 'again') {
      listener.pool.tell(from, known.packet)
      return
    }
    counters.add('tftp.requests')
    const asked: Asked = { key, listener, from, request }
    const writes = request.kind === 'write'
    if (transfers.hasRoom(from.address, writes)) {
      begin(asked)
      return
    }
    const waits = transfers.wait({ key, source: from.address, writes, since: monotonic(), begin: () => begin(asked) })
    counters.add(waits ? 'tftp.waited' : 'tftp.turned-away')
  }

  function readRequest(bytes: Uint8Array): TftpRequest | undefined {
    const packet = decodeCounted(bytes, counters, log)
    if (packet === undefined || packet.kind === 'read' || packet.kind === 'write') return packet
    counters.add('tftp.not-a-request')
    return undefined
  }

  function begin(asked: Asked): void {
    const mode = decideMode(asked.request)
    if (mode.kind === 'refuse') {
      refuse(asked, mode)
      return
    }
    if (asked.request.kind === 'write') beginWrite(asked, mode.netascii)
    else beginRead(asked, mode.netascii)
  }

  function beginRead(asked: Asked, netascii: boolean): void {
    const answer = ask(asked)
    switch (answer.kind) {
      case 'content':
        send(asked, answer, sourceOfBytes(answer.bytes, netascii))
        return
      case 'blob':
        if (netascii) void sendConverted(asked, answer)
        else send(asked, answer, sourceOfBlob(answer.blob, cache))
        return
      case 'silence':
        counters.add('tftp.silence')
        return
      default:
        // A redirect or a challenge cannot be said in TFTP: the file is not to be had this way.
        refuse(asked, NOT_FOUND)
        return
    }
  }

  function ask(asked: Asked, body?: Uint8Array): Answer {
    return provisioner.answer({
      at: clock.now(),
      protocol: 'tftp',
      method: asked.request.kind === 'write' ? 'put' : 'get',
      path: asked.request.file,
      from: asked.from,
      interface: asked.listener.device,
      localAddress: asked.listener.local.address,
      ...(body === undefined ? {} : { body }),
    })
  }

  async function sendConverted(asked: Asked, answer: Extract<Answer, { kind: 'blob' }>): Promise<void> {
    let abandoned = false
    const abandon = () => {
      abandoned = true
    }
    run(asked, { deadline: Number.POSITIVE_INFINITY, wake() {}, abandon })
    try {
      const source = await sourceOfBlobAsNetascii(answer.blob, cache)
      if (abandoned) transfers.remove(asked.key)
      else send(asked, answer, source)
    } catch (error) {
      transfers.remove(asked.key)
      refuse(asked, NOT_FOUND)
      record(asked, answer, { kind: 'file.broken', protocol: 'tftp', file: answer.file, reason: messageOf(error) })
    }
  }

  function send(asked: Asked, answer: Extract<Answer, { kind: 'content' | 'blob' }>, source: Source): void {
    const terms = negotiate(asked.request.options, limits, source.size)
    const own = answer.kind === 'content' && answer.own
    const sending = makeSending({
      source,
      terms,
      monotonic,
      onSilence: (reason) => counters.add(`tftp.${reason}`),
      onEnd: (outcome) => ended(asked, answer, own, outcome),
    })
    const line = asked.listener.pool.open(asked.from, sending.receive)
    if (line === undefined) {
      transfers.remove(asked.key)
      counters.add('tftp.turned-away')
      return
    }
    run(asked, sending)
    sending.start(line)
  }

  function beginWrite(asked: Asked, netascii: boolean): void {
    // Asked first without a body: whether this upload would be taken at all.
    const answer = ask(asked)
    if (answer.kind === 'silence') {
      counters.add('tftp.silence')
      return
    }
    if (answer.kind !== 'stored') {
      refuse(asked, NOT_WRITABLE)
      return
    }
    if ((announcedSize(asked.request.options) ?? 0) > maxUploadSize) {
      refuse(asked, { code: ErrorCode.diskFull, text: 'Disk full' })
      return
    }
    const terms: Terms = negotiate(asked.request.options, limits, undefined)
    const receiving = makeReceiving({
      terms,
      netascii,
      maxSize: maxUploadSize,
      monotonic,
      onSilence: (reason) => counters.add(`tftp.${reason}`),
      store(body) {
        const stored = ask(asked, body)
        return stored.kind === 'stored' ? undefined : { refused: stored.reason }
      },
      onEnd: (outcome) => ended(asked, answer, false, outcome),
    })
    const line = asked.listener.pool.open(asked.from, receiving.receive)
    if (line === undefined) {
      counters.add('tftp.turned-away')
      return
    }
    run(asked, receiving)
    receiving.start(line)
  }

  function run(asked: Asked, transfer: Transfer): void {
    const { key, listener, from, request } = asked
    transfers.add({ key, source: from.address, listener, writes: request.kind === 'write', transfer })
    // Runs only while there is something to wake: an idle box sleeps.
    stopTicking ??= every(TICK_MS, tick)
  }

  function tick(): void {
    transfers.tick(monotonic())
    if (transfers.size > 0) return
    stopTicking?.()
    stopTicking = undefined
  }

  function ended(asked: Asked, answer: Answer, own: boolean, outcome: Outcome): void {
    transfers.remove(asked.key)
    counters.add(`tftp.${outcome.kind}`)
    const common = { protocol: 'tftp', file: answer.file } as const
    if (outcome.kind === 'completed')
      record(asked, answer, { kind: 'file.completed', ...common, size: outcome.size, ms: outcome.ms, own })
    else record(asked, answer, { kind: 'file.broken', ...common, reason: outcome.reason })
  }

  function record(asked: Asked, answer: Answer, step: Step): void {
    journal.record({
      at: clock.now(),
      ...(answer.mac === undefined ? {} : { mac: answer.mac }),
      address: asked.from.address,
      interface: asked.listener.device,
      step,
    })
  }

  function refuse(asked: Asked, error: { readonly code: number; readonly text: string }): void {
    const packet = encode({ kind: 'error', code: error.code, text: error.text })
    asked.listener.pool.tell(asked.from, packet)
    refusals.keep(asked.key, packet, monotonic())
    counters.add('tftp.refused')
    log.debug('tftp request refused', { from: formatIpv4(asked.from.address), code: error.code })
  }

  async function stop(): Promise<void> {
    stopTicking?.()
    stopTicking = undefined
    transfers.abandon('the server stops')
    listeners.stop()
  }

  return {
    async start() {
      listeners.start()
    },
    stop,
    [Symbol.asyncDispose]: stop,
    listening: () => listeners.list().map(({ device, local }) => ({ device, local })),
    get active() {
      return transfers.size
    },
  }
}

function everyInterval(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}
