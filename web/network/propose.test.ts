import { describe, expect, it } from 'vitest'
import type { NetworkView } from '../../services/admin/schema-network.ts'
import { changesOf } from './changes-of.ts'
import { freeSubnet, poolsFor, propose, subnetOf, typedPools } from './propose.ts'

const PORTS = [
  { name: 'eth0', addresses: ['192.0.2.1/24'] },
  { name: 'eth1', addresses: ['10.20.0.5/16'] },
]

describe('a proposal', () => {
  it('is the own subnet of an interface that has no network yet', () => {
    expect(propose([], PORTS)).toEqual({
      ...{ subnet: '192.0.2.0/24', interface: 'eth0', router: '', dns: [] },
      pools: ['192.0.2.65-192.0.2.191'],
    })
    const there = [{ subnet: '192.0.2.0/25', dns: ['192.0.2.1'] }]
    expect(propose(there, PORTS)).toMatchObject({ subnet: '10.20.0.0/16', interface: 'eth1', dns: ['192.0.2.1'] })
  })

  it('is the next free /24 where every interface has one, for devices behind a relay', () => {
    const there = [
      { subnet: '192.0.2.0/24', dns: [] },
      { subnet: '10.20.0.0/16', dns: [] },
    ]
    expect(propose(there, PORTS)).toEqual({
      ...{ subnet: '10.21.0.0/24', interface: undefined, router: '10.21.0.1', dns: [] },
      pools: ['10.21.0.65-10.21.0.191'],
    })
  })

  it.each<[readonly string[], string]>([
    [[], '192.168.10.0/24'],
    [['192.0.2.0/24'], '192.168.10.0/24'],
    [['192.168.1.0/24', '192.168.2.0/23'], '192.168.4.0/24'],
    [['192.168.1.7/26'], '192.168.2.0/24'],
    [['10.0.0.0/8'], '192.168.10.0/24'],
    [['192.168.0.0/16'], ''],
  ])('beside %j is %s', (taken, free) => {
    expect(freeSubnet(taken)).toBe(free)
  })

  it.each<[string, readonly string[], readonly string[]]>([
    ['192.0.2.0/24', ['192.0.2.100', '192.0.2.101', '192.0.2.3'], ['192.0.2.65-192.0.2.99', '192.0.2.102-192.0.2.191']],
    ['10.0.0.0/8', [], ['10.64.0.1-10.64.3.232']],
    ['192.0.2.0/30', [], ['192.0.2.1-192.0.2.2']],
    ['192.0.2.0/32', [], []],
    ['nonsense', [], []],
  ])('leases the middle of %s without what is taken', (subnet, taken, pools) => {
    expect(poolsFor(subnet, taken)).toEqual(pools)
  })
})

describe('what is typed', () => {
  it('is a subnet with or without bits of a host', () => {
    expect(subnetOf(' 192.0.2.77/24 ')).toMatchObject({ prefix: 24, last: subnetOf('192.0.2.0/24')?.last })
    for (const text of ['192.0.2.0', '192.0.2.256/24', '192.0.2.0/31', '192.0.2.0/7', ''])
      expect(subnetOf(text)).toBeUndefined()
  })

  it('is drawn as far as it is ranges', () => {
    const text = '192.0.2.1-192.0.2.9\n192.0.2.1-\n192.0.2.50, 192.0.2.9-192.0.2.1'
    expect(typedPools(text)).toEqual(['192.0.2.1-192.0.2.9', '192.0.2.50'])
  })
})

describe('a change in words', () => {
  const before: NetworkView = {
    ...{ id: 'lan', rev: 1, fixed: false, subnet: '192.0.2.0/24', pools: ['192.0.2.10-192.0.2.20'], dns: [], ntp: [] },
    ...{ lease: 3600, router: '192.0.2.1', reservations: [{ mac: '00:00:5e:00:53:01', address: '192.0.2.30' }] },
    options: [
      { code: 66, type: 'text', value: 'a' },
      { code: 43, type: 'hex', value: '00' },
    ],
  }

  it('names what becomes another, and nothing else', () => {
    const same = { pools: before.pools, router: '192.0.2.1', domain: null, dns: [], ntp: [], lease: 3600 }
    expect(changesOf(before, same)).toEqual([])
    expect(changesOf(before, { ...same, pools: [], router: null, lease: 5400 })).toEqual([
      'Ranges of addresses: 192.0.2.10-192.0.2.20 → none',
      'Router: 192.0.2.1 → none',
      'A lease lasts: 1 hours → 5400 seconds',
    ])
  })

  it('says of options and reservations which come and go, never what they say', () => {
    const options = [
      { code: 66, type: 'text', value: 'hush' },
      { code: 160, type: 'text', value: 'hush' },
    ]
    const reservations = [{ mac: '00:00:5e:00:53:02', address: '192.0.2.31' }]
    expect(changesOf(before, { options, reservations })).toEqual([
      '192.0.2.31 is kept for 00:00:5e:00:53:02.',
      '192.0.2.30 is kept for 00:00:5e:00:53:01 no longer.',
      'Option 66 says something else.',
      'Option 43 is told no longer.',
      'Option 160 is told from now on.',
    ])
  })
})
