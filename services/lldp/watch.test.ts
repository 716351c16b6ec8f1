import { describe, expect, it } from 'vitest'
import { makeCounters } from '../core/counters.ts'
import { OperatorError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import type { Announced, LinkNeighbour } from './contract.ts'
import { heard, inForce, MOST_NEIGHBOURS } from './policy.ts'
import { watchLinks } from './watch.ts'

const SECOND = 1000
const one = (key: string, more: Partial<Announced> = {}): Announced => ({
  ...{ protocol: 'lldp', key, ttl: 120, vlans: [], kind: 'other' },
  ...more,
})
const at = (interfaceName: string, moment = 0) => ({ interface: interfaceName, at: moment })

describe('who is known', () => {
  it('is the newest word of each port, until its time is over or it says goodbye', () => {
    let known: readonly LinkNeighbour[] = heard([], one('a', { name: 'old' }), at('eth0'))
    known = heard(known, one('a', { name: 'new' }), at('eth0', SECOND))
    known = heard(known, one('a'), at('eth1', SECOND))
    known = heard(known, one('b', { portVlan: 7 }), at('eth0', SECOND))
    expect(inForce(known, 2 * SECOND).map((it) => [it.key, it.interface, it.name])).toEqual([
      ['b', 'eth0', undefined],
      ['a', 'eth0', 'new'],
      ['a', 'eth1', undefined],
    ])
    expect(inForce(known, 121 * SECOND)).toEqual([])
    expect(heard(known, one('b', { ttl: 0 }), at('eth0')).map(({ key }) => key)).toEqual(['a', 'a'])
  })

  it('stays few, and a crowd does not drive the switch out', () => {
    let known = heard([], one('switch', { portVlan: 7 }), at('eth0'))
    for (let i = 0; i < 500; i++) known = heard(known, one(`host${i}`), at('eth0'))
    expect(known.length).toBe(MOST_NEIGHBOURS)
    known = heard(known, one('other switch', { portVlan: 8 }), at('eth0'))
    expect(known.length).toBe(MOST_NEIGHBOURS)
    expect(known.map(({ key }) => key)).toEqual(expect.arrayContaining(['switch', 'other switch']))
  })
})

describe('listening', () => {
  function setUp(broken: ReadonlySet<string> = new Set()) {
    const frames = new Map<string, Uint8Array[]>()
    const closed: string[] = []
    const lines: string[] = []
    let interfaces = ['eth0']
    let look = () => {}
    const counters = makeCounters()
    const watch = watchLinks({
      openLink(device) {
        if (broken.has(device)) throw new OperatorError('not permitted')
        return { receive: () => frames.get(device)?.shift(), close: () => void closed.push(device) }
      },
      interfaces: () => interfaces,
      clock: { now: () => 0 },
      ...{ counters, log: { ...silentLog, info: (text) => void lines.push(text) } },
      every(_, work) {
        look = work
        return () => {}
      },
    })
    return {
      ...{ watch, frames, closed, lines, counters },
      look: () => look(),
      plug: (...names: string[]) => {
        interfaces = names
      },
    }
  }
  // Chassis and port by local names, 120 s.
  const frame = Uint8Array.from([
    ...[0x01, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0, 1, 0x88, 0xcc],
    ...[2, 2, 7, 65, 4, 2, 7, 66, 6, 2, 0, 120, 0, 0],
  ])

  it('takes what came, counts what is broken, and follows the interfaces', () => {
    const { watch, frames, closed, counters, look, plug } = setUp()
    frames.set('eth0', [frame, frame.subarray(0, 20), frame.subarray(0, 5)])
    frames.set('eth1', [frame])
    look()
    expect(watch.neighbours()).toMatchObject([{ interface: 'eth0', port: 'B' }])
    expect([counters.get('lldp.heard'), counters.get('lldp.malformed')]).toEqual([1, 1])
    plug('eth1')
    look()
    expect(watch.neighbours()).toMatchObject([{ interface: 'eth1' }])
    watch[Symbol.dispose]()
    expect(closed).toEqual(['eth0', 'eth1'])
  })

  it('says once where it cannot listen, and goes on elsewhere', () => {
    const { lines, look, plug, frames, watch } = setUp(new Set(['eth0']))
    plug('eth0', 'eth1')
    frames.set('eth1', [frame])
    look()
    look()
    expect(lines).toEqual(['LLDP is not heard'])
    expect(watch.neighbours()).toHaveLength(1)
  })
})
