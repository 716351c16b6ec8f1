import { describe, expect, it } from 'vitest'
import { makeTestTimers } from '../../test/support/timers.ts'
import { silentLog } from '../core/log.ts'
import { UnansweredError } from './box-caller.ts'
import { followStream } from './box-stream.ts'

/** A stream that a test writes to; `end` and the signal end it. */
function pipe(signal: AbortSignal) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(it) {
      controller = it
    },
  })
  signal.addEventListener('abort', () => controller?.error(new UnansweredError('aborted')), { once: true })
  return {
    body,
    write: (text: string) => controller?.enqueue(new TextEncoder().encode(text)),
    end: () => controller?.close(),
  }
}

function made() {
  const timers = makeTestTimers()
  const opened: number[] = []
  const heard: string[] = []
  const states: boolean[] = []
  const world: { fails: boolean; last?: ReturnType<typeof pipe> } = { fails: false }
  const stream = followStream({
    async open(signal) {
      opened.push(timers.monotonic())
      if (world.fails) throw new UnansweredError('cannot be reached')
      world.last = pipe(signal)
      return world.last.body
    },
    onEvent: ({ name, data }) => void heard.push(`${name} ${data}`),
    onChange: (open) => void states.push(open),
    monotonic: timers.monotonic,
    later: timers.later,
    random: () => 0.5,
    log: silentLog,
  })
  return { stream, timers, opened, heard, states, world }
}

describe('stream of the account', () => {
  it('is opened at once, and its events are told', async () => {
    const { stream, timers, heard, states, world } = made()
    await timers.advance(0)
    world.last?.write(': welcome\n\nevent: poke\ndata: {}\n')
    world.last?.write('\n')
    await timers.advance(0)
    expect([stream.isOpen, states, heard]).toEqual([true, [true], ['poke {}']])
    await stream[Symbol.asyncDispose]()
    expect([stream.isOpen, states]).toEqual([false, [true, false]])
  })

  it('is dead after 55 s of silence, and opened again', async () => {
    const { stream, timers, opened, states, world } = made()
    await timers.advance(0)
    for (let i = 0; i < 4; i++) {
      await timers.advance(25_000)
      world.last?.write(': still here\n\n')
      await timers.advance(0)
    }
    expect(states).toEqual([true])
    await timers.advance(54_999)
    expect(stream.isOpen).toBe(true)
    await timers.advance(1)
    expect(stream.isOpen).toBe(false)
    await timers.advance(5_500)
    expect([stream.isOpen, opened]).toEqual([true, [0, 160_500]])
    await stream[Symbol.asyncDispose]()
  })

  it('is opened again soon when it ends after a while, as the account lets each end', async () => {
    const { stream, timers, opened, world } = made()
    await timers.advance(0)
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        await timers.advance(25_000)
        world.last?.write(':\n')
        await timers.advance(0)
      }
      world.last?.end()
      await timers.advance(0)
      await timers.advance(5_500)
    }
    expect(opened).toEqual([0, 80_500, 161_000, 241_500])
    await stream[Symbol.asyncDispose]()
  })

  it('is asked for less and less often where there is none, until the account answers again', async () => {
    const { stream, timers, opened, world } = made()
    world.fails = true
    await timers.advance(0)
    world.last?.end()
    await timers.advance(0)
    await timers.advance(1_000_000)
    const gaps = opened.slice(1).map((at, i) => at - (opened[i] ?? 0))
    expect(gaps).toEqual([5_500, 35_000, 330_000, 330_000])
    world.fails = false
    stream.nudge()
    await timers.advance(0)
    expect([stream.isOpen, opened.at(-1)]).toEqual([true, 1_000_000])
    await stream[Symbol.asyncDispose]()
  })

  it('that speaks nonsense without end is closed', async () => {
    const { stream, timers, world } = made()
    await timers.advance(0)
    world.last?.write(`data: ${'x'.repeat(70_000)}`)
    await timers.advance(0)
    expect(stream.isOpen).toBe(false)
    await stream[Symbol.asyncDispose]()
  })
})
