import type { TftpPacket } from './codec.ts'
import { ErrorCode, encode } from './codec.ts'
import { makeNetasciiDecoder } from './codec-netascii.ts'
import type { Terms } from './policy.ts'
import type { ReceiveDecision, ReceiveEvent, ReceiveSetup, ReceiveState } from './policy-receive.ts'
import { receiveStep } from './policy-receive.ts'
import type { Line } from './ports.ts'
import type { Outcome, Transfer } from './transfer.ts'

export interface ReceivingDependencies {
  readonly terms: Terms
  readonly netascii: boolean
  /** Octets at most. */
  readonly maxSize: number
  readonly monotonic: () => number
  readonly onSilence: (reason: string) => void
  /** Stores the whole upload before its last block is acknowledged; a text says why it was not taken. */
  readonly store: (body: Uint8Array) => { readonly refused: string } | undefined
  readonly onEnd: (outcome: Outcome) => void
}

export interface Receiving extends Transfer {
  receive(packet: TftpPacket): void
  start(line: Line): void
}

/** Runs `receiveStep` for one upload: keeps the bytes, acknowledges, stores. */
export function makeReceiving(deps: ReceivingDependencies): Receiving {
  const { terms, monotonic } = deps
  const setup: ReceiveSetup = {
    blockSize: terms.blockSize,
    windowSize: terms.windowSize,
    timeoutMs: terms.timeoutMs,
    optionAck: terms.acknowledged.length > 0,
    maxSize: deps.maxSize,
  }
  const decoder = deps.netascii ? makeNetasciiDecoder() : undefined
  const body = makeGrowingBytes()
  const startedAt = monotonic()
  let state: ReceiveState | undefined
  let line: Line | undefined
  let deadline = Number.POSITIVE_INFINITY
  let outcome: Outcome | undefined

  function end(): void {
    deadline = Number.POSITIVE_INFINITY
    line?.close()
    line = undefined
    deps.onEnd(outcome ?? { kind: 'broken', reason: 'nothing was received' })
  }

  function acknowledge(block: number): void {
    line?.send(encode({ kind: 'ack', block: block & 0xffff }))
  }

  function handle(event: ReceiveEvent, bytes?: Uint8Array): void {
    if (line === undefined) return
    const step = receiveStep(setup, state, event)
    state = step.state
    act(step.decision, bytes ?? new Uint8Array(0))
  }

  function act(decision: ReceiveDecision, bytes: Uint8Array): void {
    if ('waitMs' in decision) deadline = monotonic() + decision.waitMs
    switch (decision.kind) {
      case 'open':
        if (setup.optionAck) line?.send(encode({ kind: 'option-ack', options: terms.acknowledged }))
        else acknowledge(0)
        return
      case 'keep':
        body.push(decoder?.push(bytes) ?? bytes)
        if (decision.ack !== undefined) acknowledge(decision.ack)
        return
      case 'finish':
        finish(decision.ack, bytes)
        return
      case 'ack':
        acknowledge(decision.block)
        return
      case 'closed':
        end()
        return
      case 'broken':
        if (decision.tell !== undefined) line?.send(encode({ kind: 'error', ...decision.tell }))
        outcome = { kind: 'broken', reason: decision.reason }
        end()
        return
      case 'silence':
        deps.onSilence(decision.reason)
        return
    }
  }

  /** Keeps the line open afterwards: the last acknowledgment may be lost and asked for again (RFC 1350 §6). */
  function finish(lastBlock: number, bytes: Uint8Array): void {
    body.push(decoder?.push(bytes) ?? bytes)
    if (decoder !== undefined) body.push(decoder.end())
    const refusal = deps.store(body.take())
    if (refusal === undefined) {
      outcome = { kind: 'completed', size: state?.size ?? 0, ms: Math.round(monotonic() - startedAt) }
      acknowledge(lastBlock)
      return
    }
    line?.send(encode({ kind: 'error', code: ErrorCode.accessViolation, text: 'Access violation' }))
    outcome = { kind: 'broken', reason: refusal.refused }
    end()
  }

  return {
    get deadline() {
      return deadline
    },
    start(opened) {
      line = opened
      handle({ kind: 'start' })
    },
    receive(packet) {
      if (packet.kind === 'data')
        handle({ kind: 'data', block: packet.block, length: packet.bytes.length }, packet.bytes)
      else if (packet.kind === 'error') handle({ kind: 'error', code: packet.code, text: packet.text })
      else handle({ kind: 'nonsense' })
    },
    wake: () => handle({ kind: 'timeout' }),
    abandon(reason) {
      outcome ??= { kind: 'broken', reason }
      end()
    },
  }
}

/** Bytes that come piece by piece, however small the pieces. */
function makeGrowingBytes(): { push(bytes: Uint8Array): void; take(): Uint8Array } {
  let bytes = new Uint8Array(4096)
  let length = 0
  return {
    push(more) {
      if (length + more.length > bytes.length) {
        const larger = new Uint8Array(Math.max(bytes.length * 2, length + more.length))
        larger.set(bytes.subarray(0, length))
        bytes = larger
      }
      bytes.set(more, length)
      length += more.length
    },
    take() {
      const all = bytes.slice(0, length)
      bytes = new Uint8Array(0)
      length = 0
      return all
    },
  }
}
