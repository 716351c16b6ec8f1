import { describe, expect, it } from 'vitest'
import type { SendDecision, SendEvent, SendSetup, SendState } from './policy-send.ts'
import { sendStep } from './policy-send.ts'

const plain: SendSetup = { windowSize: 1, timeoutMs: undefined, lastBlock: 3, optionAck: false }
const ack = (block: number): SendEvent => ({ kind: 'ack', block })
const timeout: SendEvent = { kind: 'timeout' }

/** Plays events, 10 ms apart, and returns what was decided, in short. */
function play(setup: SendSetup, events: readonly SendEvent[], from?: SendState): string[] {
  let state = from
  return [...(from === undefined ? [{ kind: 'start' } as const] : []), ...events].map((event, i) => {
    const step = sendStep(setup, state, event, i * 10)
    state = step.state
    return short(step.decision)
  })
}

function short(decision: SendDecision): string {
  if (decision.kind === 'data') return `data ${decision.from}-${decision.to} wait ${decision.waitMs}`
  if (decision.kind === 'option-ack') return `oack wait ${decision.waitMs}`
  if (decision.kind === 'silence' || decision.kind === 'broken') return `${decision.kind}: ${decision.reason}`
  return decision.kind
}

describe('sending in lock step', () => {
  it('sends block after block', () => {
    expect(play(plain, [ack(1), ack(2), ack(3)])).toEqual([
      'data 1-1 wait 1000',
      'data 2-2 wait 200',
      'data 3-3 wait 200',
      'completed',
    ])
  })

  it('says nothing to duplicate, old, future and foolish packets', () => {
    expect(play(plain, [ack(1), ack(1), ack(1), ack(0), ack(3), ack(40_000), { kind: 'nonsense' }, ack(2)])).toEqual([
      'data 1-1 wait 1000',
      'data 2-2 wait 200',
      'silence: duplicate-ack',
      'silence: duplicate-ack',
      'silence: stale-ack',
      'silence: stale-ack',
      'silence: stale-ack',
      'silence: not-for-a-sender',
      'data 3-3 wait 200',
    ])
  })

  it('acknowledges options first and sends them again until they are confirmed', () => {
    expect(play({ ...plain, optionAck: true }, [ack(1), timeout, ack(0), ack(1)])).toEqual([
      'oack wait 1000',
      'silence: stale-ack',
      'oack wait 2000',
      'data 1-1 wait 1000',
      'data 2-2 wait 200',
    ])
  })

  it('gives up early on a peer that never answered, without a packet more', () => {
    const decided = play(plain, [timeout, timeout, timeout, timeout])
    expect(decided).toEqual([
      'data 1-1 wait 1000',
      'data 1-1 wait 2000',
      'data 1-1 wait 4000',
      'data 1-1 wait 8000',
      'broken: the device never acknowledged anything',
    ])
    const last = sendStep(plain, undefined, { kind: 'start' }, 0)
    const tired = { ...last.state, retry: { roundTrip: undefined, retries: 3 } }
    expect(sendStep(plain, tired, timeout, 1).decision).not.toHaveProperty('tell')
  })

  it('waits longer and longer for one that did, then tells it', () => {
    const decided = play(plain, [ack(1), ...Array<SendEvent>(8).fill(timeout)])
    expect(decided.map((one) => Number(/wait (\d+)/.exec(one)?.[1] ?? 0))).toEqual([
      1000, 200, 400, 800, 1600, 3200, 6400, 8000, 8000, 0,
    ])
    expect(decided.at(-1)).toBe('broken: no acknowledgment after block 1 of 3')
  })

  it('tells when only the last acknowledgment is missing', () => {
    const decided = play(plain, [ack(1), ack(2), ...Array<SendEvent>(8).fill(timeout)])
    expect(decided.at(-1)).toBe('broken: every block was sent, but the last acknowledgment never came')
  })

  it('keeps to the timeout that the client asked for, but not for ever', () => {
    expect(play({ ...plain, timeoutMs: 5000 }, [ack(1), timeout])).toEqual([
      'data 1-1 wait 5000',
      'data 2-2 wait 5000',
      'data 2-2 wait 5000',
    ])
    expect(play({ ...plain, timeoutMs: 255_000 }, [timeout, timeout])).toEqual([
      'data 1-1 wait 255000',
      'data 1-1 wait 255000',
      'broken: the device never acknowledged anything',
    ])
  })

  it('ends when the client says error', () => {
    expect(play(plain, [{ kind: 'error', code: 3, text: 'flash full' }]).at(-1)).toBe(
      'broken: the device ended it: error 3 flash full',
    )
  })

  it('does not take the round trip of a repeated block for a measurement', () => {
    let step = sendStep(plain, undefined, { kind: 'start' }, 0)
    step = sendStep(plain, step.state, timeout, 1000)
    step = sendStep(plain, step.state, ack(1), 1001)
    expect(step.state.retry.roundTrip).toBeUndefined()
    expect(step.decision).toMatchObject({ kind: 'data', from: 2, waitMs: 1000 })
  })
})

describe('sending in windows', () => {
  const wide: SendSetup = { windowSize: 4, timeoutMs: undefined, lastBlock: 10, optionAck: false }

  it('sends the next window when the whole is confirmed, and goes back to a gap', () => {
    expect(play(wide, [ack(4), ack(5), ack(4), ack(9), ack(10)])).toEqual([
      'data 1-4 wait 1000',
      'data 5-8 wait 200',
      'data 6-9 wait 200',
      'silence: stale-ack',
      'data 10-10 wait 200',
      'completed',
    ])
  })

  it('never answers the repeated acknowledgment of the window before', () => {
    expect(play(wide, [ack(4), ack(4), ack(4)]).slice(2)).toEqual(['silence: duplicate-ack', 'silence: duplicate-ack'])
  })

  it('starts block numbers again at 0 after 65535', () => {
    const long: SendSetup = { ...wide, lastBlock: 70_000 }
    const before = {
      ...sendStep(long, undefined, { kind: 'start' }, 0).state,
      acked: 65_533,
      sent: 65_537,
      proven: true,
    }
    expect(play(long, [ack(65_535)], before)).toEqual(['data 65536-65539 wait 200'])
    expect(play(long, [ack(0)], before)).toEqual(['data 65537-65540 wait 200'])
    expect(play(long, [ack(1), ack(0), ack(5)], before)).toEqual([
      'data 65538-65541 wait 200',
      'silence: stale-ack',
      'data 65542-65545 wait 200',
    ])
  })
})
