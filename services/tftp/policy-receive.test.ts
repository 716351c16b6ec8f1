import { describe, expect, it } from 'vitest'
import type { ReceiveDecision, ReceiveEvent, ReceiveSetup, ReceiveState } from './policy-receive.ts'
import { receiveStep } from './policy-receive.ts'

const plain: ReceiveSetup = { blockSize: 8, windowSize: 1, timeoutMs: undefined, optionAck: false, maxSize: 40 }
const data = (block: number, length = 8): ReceiveEvent => ({ kind: 'data', block, length })
const timeout: ReceiveEvent = { kind: 'timeout' }

function play(setup: ReceiveSetup, events: readonly ReceiveEvent[]): string[] {
  let state: ReceiveState | undefined
  return [{ kind: 'start' } as const, ...events].map((event) => {
    const step = receiveStep(setup, state, event)
    state = step.state
    return short(step.decision)
  })
}

function short(decision: ReceiveDecision): string {
  switch (decision.kind) {
    case 'keep':
      return decision.ack === undefined ? 'keep' : `keep ack ${decision.ack}`
    case 'finish':
      return `finish ack ${decision.ack}`
    case 'ack':
      return `ack ${decision.block}`
    case 'broken':
      return `broken ${decision.tell?.code}: ${decision.reason}`
    case 'silence':
      return `silence: ${decision.reason}`
    default:
      return decision.kind
  }
}

describe('receiving', () => {
  it('keeps block after block; the short one is the last', () => {
    expect(play(plain, [data(1), data(2), data(3, 0), timeout])).toEqual([
      'open',
      'keep ack 1',
      'keep ack 2',
      'finish ack 3',
      'closed',
    ])
  })

  it('acknowledges a repeated block again, and the last one too', () => {
    expect(play(plain, [data(1), data(1), data(2, 3), data(2, 3), data(1)])).toEqual([
      'open',
      'keep ack 1',
      'ack 1',
      'finish ack 2',
      'ack 2',
      'silence: repeated-block',
    ])
  })

  it('in windows acknowledges the last of each, and a gap once', () => {
    const wide = { ...plain, windowSize: 3, maxSize: 100 }
    expect(play(wide, [data(1), data(2), data(3), data(5), data(6), data(4), data(5), data(6, 1)])).toEqual([
      'open',
      'keep',
      'keep',
      'keep ack 3',
      'ack 3',
      'silence: gap-reported',
      'keep',
      'keep',
      'finish ack 6',
    ])
  })

  it('asks again after a timeout, and gives up', () => {
    expect(play(plain, [timeout, timeout, timeout, timeout])).toEqual([
      'open',
      'open',
      'open',
      'open',
      'broken 0: no block after block 0',
    ])
    expect(play(plain, [data(1), timeout]).at(-1)).toBe('ack 1')
  })

  it.each([
    [
      'an upload too large',
      [data(1), data(2), data(3), data(4), data(5), data(6, 1)],
      'broken 3: upload exceeds 40 bytes',
    ],
    ['a block too large', [data(1, 9)], 'broken 4: block of 9 bytes exceeds 8'],
    [
      'an error',
      [{ kind: 'error', code: 0, text: 'bye' } as const],
      'broken undefined: the device ended it: error 0 bye',
    ],
    ['an error after the end', [data(1, 0), { kind: 'error', code: 0, text: 'bye' } as const], 'closed'],
    ['an acknowledgment', [{ kind: 'nonsense' } as const], 'silence: not-for-a-receiver'],
  ])('%s', (_name, events, last) => {
    expect(play(plain, events).at(-1)).toBe(last)
  })
})
