import { toHex } from '../core/bytes.ts'
import type { Counters } from '../core/counters.ts'
import { BranchlineError } from '../core/errors.ts'
import { formatIpv4, type Ipv4, networkOf, parseIpv4 } from '../core/ipv4.ts'
import type { Log } from '../core/log.ts'
import type { Endpoint, Lan, UdpSocket } from '../core/net.ts'
import { parseMessage, type SipHeader, type SipResponse, writeMessage } from './codec.ts'
import { authorize, type Challenge, chooseChallenge, type HashText } from './codec-digest.ts'
import { escapeUser } from './codec-header.ts'
import type { Notifier, NotifyOutcome, NotifyRequest } from './contract.ts'
import { addressTowards } from './policy.ts'
import { makeBranch, makeTag, type RandomBytes } from './random.ts'
import { makeClientTransactions } from './transaction.ts'

/** The caller gave up before the phone answered. */
export class NotifyAbortedError extends BranchlineError {
  override readonly name = 'NotifyAbortedError'
  readonly fault = 'operator'
}

export interface NotifierDeps {
  readonly lan: Lan
  readonly random: RandomBytes
  readonly hash: HashText
  readonly log: Log
  readonly counters: Counters
  readonly settings?: { readonly sourcePort?: number }
}

/** One dialog-less NOTIFY with its attempts: each has its own branch and a higher CSeq. */
interface Course {
  readonly request: NotifyRequest
  readonly local: Endpoint
  readonly callId: string
  readonly tag: string
}

interface Final {
  readonly response?: SipResponse
  readonly attempts: number
}

interface Credentials {
  readonly header: 'authorization' | 'proxy-authorization'
  readonly value: string
}

/** A phone gets the first answer, one for a stale nonce, and one for a proxy in between. */
const MAX_CHALLENGES = 3
const LOOPBACK = parseIpv4('127.0.0.1')

/** Sends NOTIFYs from one socket of its own, open while any is under way. */
export function makeNotifier(deps: NotifierDeps): Notifier & AsyncDisposable {
  const { lan, random, hash, log, counters } = deps
  const transactions = makeClientTransactions(counters)
  const life = new AbortController()
  let socket: UdpSocket | undefined
  let users = 0

  function receive(bytes: Uint8Array, from: Endpoint): void {
    try {
      const message = parseMessage(bytes)
      // Requests that a phone sends back here are none of ours to answer.
      const fits = message.kind === 'response' && transactions.take(message, from)
      counters.add(fits ? 'notify.responses' : 'notify.stray')
    } catch (thrown) {
      if (!(thrown instanceof BranchlineError)) throw thrown
      counters.add('notify.malformed')
      log.debug('notify: malformed packet', { from: formatIpv4(from.address), reason: thrown.message })
    }
  }

  function localAddress(to: Ipv4): Ipv4 {
    if (to >>> 24 === 127) return LOOPBACK
    const up = lan.interfaces().filter((candidate) => candidate.up)
    const near = up.filter(({ addresses }) =>
      addresses.some(({ address, prefix }) => networkOf(address, prefix) === networkOf(to, prefix)),
    )
    return addressTowards(
      to,
      (near.length > 0 ? near : up).flatMap(({ addresses }) => addresses),
    )
  }

  function exchange(
    course: Course,
    number: number,
    proof: Credentials | undefined,
    signal: AbortSignal,
  ): Promise<Final> {
    const branch = makeBranch(random)
    const bytes = compose(course, number, branch, proof)
    return new Promise((resolve, reject) => {
      const abort = () => {
        giveUp()
        reject(new NotifyAbortedError(`notify to ${formatIpv4(course.request.to.address)} given up`))
      }
      const giveUp = transactions.start({
        bytes,
        to: course.request.to,
        branch,
        cseq: { number, method: 'NOTIFY' },
        send: (again, to) => socket?.send(again, to),
        onEnd(response, attempts) {
          signal.removeEventListener('abort', abort)
          resolve(response === undefined ? { attempts } : { response, attempts })
        },
      })
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  async function run(course: Course, signal: AbortSignal): Promise<NotifyOutcome> {
    let proof: Credentials | undefined
    let attempts = 0
    const uses = new Map<string, number>()
    for (let round = 0; ; round++) {
      const final = await exchange(course, round + 1, proof, signal)
      attempts += final.attempts
      const { response } = final
      if (response === undefined) return { kind: 'silent', attempts }
      const { status } = response
      if (status < 300) return { kind: 'accepted', status, challenged: round > 0 }
      if (status !== 401 && status !== 407)
        return { kind: 'refused', status, reason: response.reason === '' ? `status ${status}` : response.reason }
      const next = answerChallenge(course, response, round, uses)
      if (typeof next === 'string') return { kind: 'refused', status, reason: next }
      proof = next
    }
  }

  /** The proof for the next attempt or, in plain words, why there is none. */
  function answerChallenge(
    course: Course,
    response: SipResponse,
    round: number,
    uses: Map<string, number>,
  ): Credentials | string {
    const { credentials } = course.request
    const proxy = response.status === 407
    const asks = proxy ? 'proxy-authenticate' : 'www-authenticate'
    const challenge = chooseChallenge(response.headers.filter(({ name }) => name === asks).map(({ value }) => value))
    if ('problem' in challenge) return challenge.problem
    if (credentials === undefined) return 'the phone asks for a password and there is none'
    // Asked again without `stale`, the phone does not take this password (RFC 7616 §3.3).
    const header = proxy ? 'proxy-authorization' : 'authorization'
    if (uses.has(header) && !challenge.stale) return 'the phone does not take the password'
    if (round >= MAX_CHALLENGES) return 'the phone asks for the password again and again'
    uses.set(header, 1)
    return { header, value: prove(course, challenge, credentials, uses) }
  }

  function prove(
    course: Course,
    challenge: Challenge,
    credentials: { readonly user: string; readonly secret: string },
    uses: Map<string, number>,
  ): string {
    const nonce = `nonce ${challenge.nonce}`
    const count = (uses.get(nonce) ?? 0) + 1
    uses.set(nonce, count)
    const cnonce = toHex(random(8))
    return authorize(
      { challenge, ...credentials, method: 'NOTIFY', uri: requestUri(course.request), cnonce, count },
      hash,
    )
  }

  return {
    async notify(request, given) {
      const signal = given === undefined ? life.signal : AbortSignal.any([life.signal, given])
      if (signal.aborted)
        throw new NotifyAbortedError(`notify to ${formatIpv4(request.to.address)} given up before it began`)
      socket ??= lan.openUdp({ port: deps.settings?.sourcePort ?? 0, onDatagram: receive })
      users += 1
      try {
        const local = { address: localAddress(request.to.address), port: socket.local.port }
        const callId = `${toHex(random(12))}@${formatIpv4(local.address)}`
        counters.add('notify.sent')
        const outcome = await run({ request, local, callId, tag: makeTag(random) }, signal)
        counters.add(`notify.${outcome.kind}`)
        return outcome
      } finally {
        users -= 1
        if (users === 0) {
          socket?.close()
          socket = undefined
        }
      }
    },
    async [Symbol.asyncDispose]() {
      life.abort()
      transactions.close()
    },
  }
}

/** The phone as the target: its user, when it has one, at the address that it is sent to. */
function requestUri({ user, to }: NotifyRequest): string {
  const host = `${formatIpv4(to.address)}:${to.port}`
  return user === '' ? `sip:${host}` : `sip:${escapeUser(user)}@${host}`
}

function compose(course: Course, number: number, branch: string, proof: Credentials | undefined): Uint8Array {
  const { request, local, callId, tag } = course
  const here = `${formatIpv4(local.address)}:${local.port}`
  const target = requestUri(request)
  const headers: SipHeader[] = [
    { name: 'via', value: `SIP/2.0/UDP ${here};branch=${branch};rport` },
    { name: 'max-forwards', value: '70' },
    { name: 'from', value: `<sip:branchline@${here}>;tag=${tag}` },
    { name: 'to', value: `<${target}>` },
    { name: 'call-id', value: callId },
    { name: 'cseq', value: `${number} NOTIFY` },
    { name: 'contact', value: `<sip:branchline@${here}>` },
    { name: 'event', value: request.event },
    // Nobody subscribed: phones take this state for a notification outside of a dialog.
    { name: 'subscription-state', value: 'terminated' },
  ]
  if (proof !== undefined) headers.push({ name: proof.header, value: proof.value })
  if (request.body !== undefined) headers.push({ name: 'content-type', value: request.contentType ?? 'text/plain' })
  const body = new TextEncoder().encode(request.body ?? '')
  return writeMessage({ kind: 'request', method: 'NOTIFY', uri: target, headers, body })
}
