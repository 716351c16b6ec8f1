import { messageOf } from '../core/errors.ts'
import type { TftpPacket } from './codec.ts'
import { ErrorCode, encode } from './codec.ts'
import type { Terms } from './policy.ts'
import type { SendDecision, SendEvent, SendSetup, SendState } from './policy-send.ts'
import { sendStep } from './policy-send.ts'
import type { Line } from './ports.ts'
import type { Source } from './source.ts'
import type { Outcome, Transfer } from './transfer.ts'

export interface SendingDependencies {
  readonly source: Source
  readonly terms: Terms
  readonly monotonic: () => number
  /** Counts, by reason, what was passed over in silence. */
  readonly onSilence: (reason: string) => void
  readonly onEnd: (outcome: Outcome) => void
}

export interface Sending extends Transfer {
  receive(packet: TftpPacket): void
  /** Sends the first packet. */
  start(line: Line): void
}

/** Runs `sendStep` for one file: reads blocks, sends packets, keeps the deadline. */
export function makeSending(deps: SendingDependencies): Sending {
  const { source, terms, monotonic } = deps
  const setup: SendSetup = {
    windowSize: terms.windowSize,
    timeoutMs: terms.timeoutMs,
    // A file that fills its last block exactly is closed by an empty one (RFC 1350 §6).
    lastBlock: Math.floor(source.size / terms.blockSize) + 1,
    optionAck: terms.acknowledged.length > 0,
  }
  let state: SendState | undefined
  let line: Line | undefined
  let deadline = Number.POSITIVE_INFINITY
  let loading = false
  // One for all blocks: fifty phones that fetch firmware would leave gigabytes of garbage behind.
  const buffer = new Uint8Array(4 + terms.blockSize)
  buffer[1] = 3
  const content = buffer.subarray(4)
  const startedAt = monotonic()

  function end(outcome: Outcome): void {
    deadline = Number.POSITIVE_INFINITY
    line?.close()
    line = undefined
    deps.onEnd(outcome)
  }

  function handle(event: SendEvent): void {
    if (line === undefined) return
    // While blocks are read from disk nothing is in flight that could be acknowledged: what comes is a repeat.
    if (loading && event.kind !== 'error') return
    const step = sendStep(setup, state, event, monotonic())
    state = step.state
    act(step.decision)
  }

  function act(decision: SendDecision): void {
    switch (decision.kind) {
      case 'option-ack':
        line?.send(encode({ kind: 'option-ack', options: terms.acknowledged }))
        deadline = monotonic() + decision.waitMs
        return
      case 'data':
        sendBlocks(decision.from, decision.to, decision.waitMs)
        return
      case 'completed':
        end({ kind: 'completed', size: source.size, ms: Math.round(monotonic() - startedAt) })
        return
      case 'broken':
        if (decision.tell !== undefined) line?.send(encode({ kind: 'error', ...decision.tell }))
        end({ kind: 'broken', reason: decision.reason })
        return
      case 'silence':
        deps.onSilence(decision.reason)
        return
    }
  }

  function sendBlocks(from: number, to: number, waitMs: number): void {
    for (let block = from; block <= to; block++) {
      const packet = packetOf(block)
      if (packet === undefined) {
        deadline = Number.POSITIVE_INFINITY
        loading = true
        void loadThenSend(block, to, waitMs)
        return
      }
      line?.send(packet)
    }
    deadline = monotonic() + waitMs
  }

  /** The DATA packet of a block, good until the next is asked for; undefined when its octets must be loaded first. */
  function packetOf(block: number): Uint8Array | undefined {
    const offset = (block - 1) * terms.blockSize
    const length = Math.min(terms.blockSize, source.size - offset)
    buffer[2] = (block >>> 8) & 255
    buffer[3] = block & 255
    if (length === terms.blockSize) return source.read(offset, content) ? buffer : undefined
    return source.read(offset, content.subarray(0, length)) ? buffer.subarray(0, 4 + length) : undefined
  }

  async function loadThenSend(from: number, to: number, waitMs: number): Promise<void> {
    try {
      await source.load((from - 1) * terms.blockSize, Math.min(source.size, to * terms.blockSize))
    } catch (error) {
      if (line === undefined) return
      line.send(encode({ kind: 'error', code: ErrorCode.undefined, text: 'Read error' }))
      end({ kind: 'broken', reason: messageOf(error) })
      return
    } finally {
      loading = false
    }
    if (line !== undefined) sendBlocks(from, to, waitMs)
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
      if (packet.kind === 'ack') handle({ kind: 'ack', block: packet.block })
      else if (packet.kind === 'error') handle({ kind: 'error', code: packet.code, text: packet.text })
      else handle({ kind: 'nonsense' })
    },
    wake: () => handle({ kind: 'timeout' }),
    abandon: (reason) => end({ kind: 'broken', reason }),
  }
}
