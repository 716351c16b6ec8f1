import { ErrorCode } from './codec.ts'
import type { RetryState } from './policy-retry.ts'
import { freshRetry, progressed, retried, waitOf } from './policy-retry.ts'

export interface ReceiveSetup {
  readonly blockSize: number
  readonly windowSize: number
  readonly timeoutMs: number | undefined
  readonly optionAck: boolean
  /** Octets at most. */
  readonly maxSize: number
}

export interface ReceiveState {
  /** Every block up to here has come, in order; the numbers here never roll over. */
  readonly received: number
  /** The last block that was acknowledged. */
  readonly acked: number
  readonly size: number
  /** The last, short block has come. */
  readonly ended: boolean
  /** A gap was already reported since the last block that fitted. */
  readonly gapReported: boolean
  readonly retry: RetryState
}

export type ReceiveEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'data'; readonly block: number; readonly length: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  | { readonly kind: 'nonsense' }

export type ReceiveDecision =
  /** Acknowledges the options again or for the first time; without options that is block 0. */
  | { readonly kind: 'open'; readonly waitMs: number }
  /** Keeps the block's bytes; `ack` is the block to acknowledge, when one is due. */
  | { readonly kind: 'keep'; readonly ack: number | undefined; readonly waitMs: number }
  /** Keeps the last block's bytes: store the whole, then acknowledge it. */
  | { readonly kind: 'finish'; readonly ack: number; readonly waitMs: number }
  | { readonly kind: 'ack'; readonly block: number; readonly waitMs: number }
  /** The peer had time to hear the last acknowledgment. */
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'broken'
      readonly reason: string
      readonly tell?: { readonly code: number; readonly text: string }
    }
  | { readonly kind: 'silence'; readonly reason: 'repeated-block' | 'gap-reported' | 'not-for-a-receiver' }

export interface ReceiveStep {
  readonly state: ReceiveState
  readonly decision: ReceiveDecision
}

const BEFORE: ReceiveState = {
  received: 0,
  acked: 0,
  size: 0,
  ended: false,
  gapReported: false,
  retry: freshRetry,
}

/** The receiver of a file as a pure state machine (RFC 1350 §2 and §6, RFC 7440 §4). */
export function receiveStep(setup: ReceiveSetup, before: ReceiveState | undefined, event: ReceiveEvent): ReceiveStep {
  const state = before ?? BEFORE
  const waitMs = waitOf(state.retry, setup.timeoutMs)
  switch (event.kind) {
    case 'start':
      return { state, decision: { kind: 'open', waitMs } }
    case 'data':
      return onData(setup, state, event.block, event.length)
    case 'timeout':
      return onTimeout(setup, state)
    case 'error':
      if (state.ended) return { state, decision: { kind: 'closed' } }
      return { state, decision: { kind: 'broken', reason: `the device ended it: error ${event.code} ${event.text}` } }
    case 'nonsense':
      return { state, decision: { kind: 'silence', reason: 'not-for-a-receiver' } }
  }
}

function onData(setup: ReceiveSetup, state: ReceiveState, wireBlock: number, length: number): ReceiveStep {
  const waitMs = waitOf(state.retry, setup.timeoutMs)
  const ahead = (wireBlock - state.received) & 0xffff
  if (ahead !== 1 || state.ended) return outOfOrder(state, ahead, waitMs)
  if (length > setup.blockSize)
    return {
      state,
      decision: broken(`block of ${length} bytes exceeds ${setup.blockSize}`, ErrorCode.illegalOperation),
    }
  const size = state.size + length
  if (size > setup.maxSize)
    return { state, decision: broken(`upload exceeds ${setup.maxSize} bytes`, ErrorCode.diskFull) }
  const received = state.received + 1
  const ended = length < setup.blockSize
  const due = ended || received - state.acked >= setup.windowSize
  const next: ReceiveState = {
    received,
    acked: due ? received : state.acked,
    size,
    ended,
    gapReported: false,
    retry: progressed(state.retry, undefined),
  }
  const wait = waitOf(next.retry, setup.timeoutMs)
  if (ended) return { state: next, decision: { kind: 'finish', ack: received, waitMs: wait } }
  return { state: next, decision: { kind: 'keep', ack: due ? received : undefined, waitMs: wait } }
}

function outOfOrder(state: ReceiveState, ahead: number, waitMs: number): ReceiveStep {
  // The last block again: our acknowledgment was lost. It is the sender who must not react to a duplicate of it.
  if (ahead === 0 && state.acked === state.received)
    return { state, decision: { kind: 'ack', block: state.received, waitMs } }
  // The upper half of the circle is behind us: repeats of older blocks.
  if (ahead === 0 || ahead > 0x8000 || state.ended)
    return { state, decision: { kind: 'silence', reason: 'repeated-block' } }
  if (state.gapReported) return { state, decision: { kind: 'silence', reason: 'gap-reported' } }
  return {
    state: { ...state, gapReported: true, acked: state.received },
    decision: { kind: 'ack', block: state.received, waitMs },
  }
}

function onTimeout(setup: ReceiveSetup, state: ReceiveState): ReceiveStep {
  if (state.ended) return { state, decision: { kind: 'closed' } }
  const retry = retried(state.retry, state.received > 0, setup.timeoutMs)
  if (retry === undefined)
    return { state, decision: broken(`no block after block ${state.received}`, ErrorCode.undefined) }
  const again: ReceiveState = { ...state, retry, gapReported: false, acked: state.received }
  const waitMs = waitOf(retry, setup.timeoutMs)
  if (state.received === 0) return { state: again, decision: { kind: 'open', waitMs } }
  return { state: again, decision: { kind: 'ack', block: state.received, waitMs } }
}

function broken(reason: string, code: number): ReceiveDecision {
  const text =
    code === ErrorCode.diskFull ? 'Disk full' : code === ErrorCode.undefined ? 'Timeout' : 'Illegal TFTP operation'
  return { kind: 'broken', reason, tell: { code, text } }
}
