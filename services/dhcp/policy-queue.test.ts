import { describe, expect, it } from 'vitest'
import { type ClientPacket, clientBytes } from '../../test/support/dhcp-kit.ts'
import { isDiscover } from './codec-peek.ts'
import { type Dropped, PacketQueue, type QueueRules } from './policy-queue.ts'

const RULES: QueueRules = { batch: 4, shareOfAsking: 0.25, mostAsking: 6, mostPrompt: 5, longestWaitMs: 100 }
const [WIRE, OTHER_WIRE] = [{}, {}]

interface Named {
  readonly name: string
  readonly bytes: Uint8Array
  readonly port: object
}

class Desk {
  readonly dropped: string[] = []
  readonly queue = new PacketQueue<Named>(RULES, (reason: Dropped, count) => this.dropped.push(`${count} ${reason}`))

  /** `d1` is a DISCOVER of transaction 1, `r1` a REQUEST. */
  take(names: string, at = 0, more: ClientPacket & { readonly port?: object } = {}): this {
    for (const name of names.split(' ')) {
      const type = name.startsWith('d') ? 'discover' : 'request'
      const bytes = clientBytes({ type, xid: Number(name.slice(1)), ...more })
      const packet = { name, bytes, port: more.port ?? WIRE }
      if (isDiscover(bytes)) this.queue.ask(packet, at)
      else this.queue.put(packet, at)
    }
    return this
  }

  batch(at = 0): string {
    return this.queue
      .take(at)
      .map(({ name }) => name)
      .join(' ')
  }
}

describe('the order of packets', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    ['nothing', 'd1', ['d1', ''], []],
    ['what fits a batch, as it came', 'd1 d2 d3 d4', ['d1 d2 d3 d4', ''], []],
    ['requests before discovers', 'd1 r2 d3 r4', ['r2 r4 d1 d3'], []],
    ['the newest discovers first', 'd1 d2 d3 d4 d5 d6', ['d3 d4 d5 d6', 'd1 d2', ''], []],
    ['a share for discovers', 'd1 d2 r3 r4 r5 r6', ['r3 r4 r5 d2', 'r6 d1', ''], []],
    ['no share for nobody', 'r1 r2 r3 r4 r5', ['r1 r2 r3 r4', 'r5'], []],
    ['discovers over the bound: the oldest goes', 'd1 d2 d3 d4 d5 d6 d7 d8', ['d5 d6 d7 d8', 'd3 d4'], full(2)],
    ['others over the bound: the newest goes', 'r1 r2 r3 r4 r5 r6', ['r1 r2 r3 r4', 'r5'], full(1)],
    ['a repeat in the place of the first', 'd1 d2 d1', ['d2 d1', ''], ['1 repeat']],
    ['a repeat of what was taken already', 'd1', ['d1', ''], []],
    ['repeated requests, each for itself', 'r1 r1', ['r1 r1'], []],
  ])('%s', (_what, packets, batches, dropped) => {
    const desk = new Desk().take(packets)
    expect(batches.map(() => desk.batch())).toEqual(batches)
    expect(desk.dropped).toEqual(dropped)
    desk.take('d1')
    expect([desk.queue.size > 0, desk.batch().endsWith('d1')]).toEqual([true, true])
  })

  it('takes none for a repeat that another client, relay or wire sent', () => {
    const desk = new Desk().take('d1').take('d1', 0, { mac: '00:00:5e:00:53:02' })
    desk.take('d1', 0, { giaddr: '192.0.2.254' }).take('d1', 0, { port: OTHER_WIRE })
    expect(desk.batch()).toBe('d1 d1 d1 d1')
    expect(desk.dropped).toEqual([])
  })
})

describe('waiting', () => {
  it('ends where the client has asked again already, in either line', () => {
    const desk = new Desk().take('d1 r2', 0).take('d3 r4', 50)
    expect(desk.batch(101)).toBe('r4 d3')
    expect(desk.dropped).toEqual(['2 too-late'])
    expect(desk.take('d5 r6', 200).batch(300)).toBe('r6 d5')
  })

  it('counts from the repeat, which came later', () => {
    const desk = new Desk().take('d1', 0).take('d1', 60)
    expect(desk.batch(150)).toBe('d1')
  })

  it('leaves nothing behind', () => {
    const desk = new Desk().take('d1 d2 r3', 0)
    expect([desk.queue.size, desk.batch(500), desk.queue.size]).toEqual([3, '', 0])
    expect(desk.take('d1', 500).batch(500)).toBe('d1')
  })
})

describe('a flood', () => {
  it('of discovers always leaves the newest to be answered', () => {
    const desk = new Desk()
    for (let i = 1; i <= 1000; i++) {
      desk.take(`d${i}`, i)
      if (i % 20 === 0) expect(desk.batch(i)).toBe(`d${i - 3} d${i - 2} d${i - 1} d${i}`)
    }
    expect(desk.queue.size).toBeLessThanOrEqual(RULES.mostAsking)
  })
})

describe('a discover', () => {
  it.each<[string, Uint8Array, boolean]>([
    ['as clients send it', clientBytes({ type: 'discover' }), true],
    ['with its type behind others', withOptions(0, 12, 1, 65, 53, 1, 1, 255), true],
    ['is no request', clientBytes({ type: 'request' }), false],
    ['is no bootp packet', clientBytes({}), false],
    ['has its type before the end', withOptions(255, 53, 1, 1), false],
    ['has a type of one byte', withOptions(53, 2, 1, 1, 255), false],
  ])('%s', (_what, bytes, expected) => {
    expect(isDiscover(bytes)).toBe(expected)
  })

  it('is not read from any part of itself that leaves out the type', () => {
    const whole = withOptions(12, 1, 65, 53, 1, 1)
    for (let length = 0; length < whole.length; length++) expect(isDiscover(whole.subarray(0, length))).toBe(false)
    expect(isDiscover(whole)).toBe(true)
  })
})

function full(count: number): string[] {
  return Array.from({ length: count }, () => '1 queue-full')
}

function withOptions(...options: readonly number[]): Uint8Array {
  return Uint8Array.from([...clientBytes({}).subarray(0, 240), ...options])
}
