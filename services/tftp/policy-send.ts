import { ErrorCode } from './codec.ts'
import type { RetryState } from './policy-retry.ts'
import { freshRetry, progressed, retried, waitOf } from './policy-retry.ts'

/** What stays the same while a file is sent. */
export interface SendSetup {
  readonly windowSize: number
  readonly timeoutMs: number | undefined
  /** The last block's number; the block numbers here never roll over. */
  readonly lastBlock: number
  /** Options are acknowledged before the first block. */
  readonly optionAck: boolean
}

export interface SendState {
  /** The option acknowledgment is not confirmed yet. */
  readonly opening: boolean
  /** Every block up to here is confirmed. */
  readonly acked: number
  /** Blocks up to here were sent. */
  readonly sent: number
  readonly sentAt: number
  /** Something unconfirmed was sent twice: its round trip cannot be measured. */
  readonly repeated: boolean
  /** The peer confirmed anything at all, so its address is real. */
  readonly proven: boolean
  readonly retry: RetryState
}

export type SendEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  /** DATA or an option acknowledgment, which a reader never sends. */
  | { readonly kind: 'nonsense' }

export type SendDecision =
  | { readonly kind: 'option-ack'; readonly waitMs: number }
  | { readonly kind: 'data'; readonly from: number; readonly to: number; readonly waitMs: number }
  | { readonly kind: 'completed' }
  | {
      readonly kind: 'broken'
      readonly reason: string
      readonly tell?: { readonly code: number; readonly text: string }
    }
  | { readonly kind: 'silence'; readonly reason: 'duplicate-ack' | 'stale-ack' | 'not-for-a-sender' }

export interface SendStep {
  readonly state: SendState
  readonly decision: SendDecision
}

const BEFORE: SendState = {
  opening: true,
  acked: 0,
  sent: 0,
  sentAt: 0,
  repeated: false,
  proven: false,
  retry: freshRetry,
}

/**
 * The sender of a file as a pure state machine (RFC 1350 §2, RFC 7440 §4).
 * An acknowledgment that confirms nothing new never causes a packet: with the classic answer to it, one duplicate
 * would double every packet until the end (Sorcerer's Apprentice, RFC 1123 §4.2.3.1). Only the timer repeats.
 */
export function sendStep(setup: SendSetup, state: SendState | undefined, event: SendEvent, now: number): SendStep {
  const at = state ?? BEFORE
  switch (event.kind) {
    case 'start':
      return setup.optionAck
        ? openWith(setup, { ...BEFORE, sentAt: now })
        : window(setup, { ...BEFORE, opening: false }, now)
    case 'ack':
      return onAck(setup, at, event.block, now)
    case 'timeout':
      return onTimeout(setup, at, now)
    case 'error':
      return {
        state: at,
        decision: { kind: 'broken', reason: `the device ended it: error ${event.code} ${event.text}` },
      }
    case 'nonsense':
      return { state: at, decision: { kind: 'silence', reason: 'not-for-a-sender' } }
  }
}

function onAck(setup: SendSetup, state: SendState, wireBlock: number, now: number): SendStep {
  const measured = state.repeated ? undefined : now - state.sentAt
  if (state.opening) {
    if (wireBlock !== 0) return { state, decision: { kind: 'silence', reason: 'stale-ack' } }
    const opened = { ...state, opening: false, proven: true, retry: progressed(state.retry, measured) }
    return window(setup, opened, now)
  }
  // At most 65535 blocks are in flight, so the distance modulo 2^16 names one block.
  const ahead = (wireBlock - state.acked) & 0xffff
  if (ahead === 0) return { state, decision: { kind: 'silence', reason: 'duplicate-ack' } }
  const block = state.acked + ahead
  if (block > state.sent) return { state, decision: { kind: 'silence', reason: 'stale-ack' } }
  const confirmed = { ...state, acked: block, proven: true, retry: progressed(state.retry, measured) }
  if (block === setup.lastBlock) return { state: confirmed, decision: { kind: 'completed' } }
  return window(setup, confirmed, now)
}

function onTimeout(setup: SendSetup, state: SendState, now: number): SendStep {
  const retry = retried(state.retry, state.proven, setup.timeoutMs)
  if (retry === undefined) return { state, decision: giveUp(setup, state) }
  const again = { ...state, retry, sentAt: now, repeated: true }
  if (state.opening) return openWith(setup, again)
  const { decision } = window(setup, again, now)
  return { state: again, decision }
}

function giveUp(setup: SendSetup, state: SendState): SendDecision {
  const tell = { code: ErrorCode.undefined, text: 'Timeout' }
  if (!state.proven) return { kind: 'broken', reason: 'the device never acknowledged anything' }
  // A client need not wait around after its last acknowledgment (RFC 1350 §6), which may be the one that was lost.
  if (state.sent === setup.lastBlock && state.acked >= setup.lastBlock - setup.windowSize)
    return { kind: 'broken', reason: 'every block was sent, but the last acknowledgment never came', tell }
  return { kind: 'broken', reason: `no acknowledgment after block ${state.acked} of ${setup.lastBlock}`, tell }
}

function openWith(setup: SendSetup, state: SendState): SendStep {
  return { state, decision: { kind: 'option-ack', waitMs: waitOf(state.retry, setup.timeoutMs) } }
}

/** Sends the window that follows what is confirmed: after a gap, from the gap on (RFC 7440 §4). */
function window(setup: SendSetup, state: SendState, now: number): SendStep {
  const from = state.acked + 1
  const to = Math.min(setup.lastBlock, state.acked + setup.windowSize)
  // Blocks of this window that already left once cannot be told apart from their repeats.
  const repeated = from <= state.sent
  return {
    state: { ...state, sent: Math.max(to, state.sent), sentAt: now, repeated },
    decision: { kind: 'data', from, to, waitMs: waitOf(state.retry, setup.timeoutMs) },
  }
}
