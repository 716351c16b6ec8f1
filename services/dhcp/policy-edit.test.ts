import { describe, expect, it } from 'vitest'
import { network, pool } from '../../test/support/dhcp-kit.ts'
import { parseCidr, parseIpv4 } from '../core/ipv4.ts'
import type { DhcpNetwork } from './contract.ts'
import { networkSchema, toDhcpNetwork } from './network-schema.ts'
import { networkText } from './network-text.ts'
import { type NetworkSurroundings, networkFaults, networkIdFrom } from './policy-edit.ts'

const PORTS = [{ name: 'eth0', addresses: [{ address: parseIpv4('192.0.2.1'), prefix: 24 }] }]
const OTHER = network({
  ...{ id: 'annex', interface: 'eth1', subnet: parseCidr('198.51.100.0/24') },
  pools: [pool('198.51.100.10', '198.51.100.20')],
})
const around = (more: Partial<NetworkSurroundings> = {}) => ({ others: [OTHER], ports: PORTS, ...more })

describe('a network beside the others and the box', () => {
  it.each<[string, Partial<DhcpNetwork>, Partial<NetworkSurroundings>, string[]]>([
    ['is good', {}, {}, []],
    ['is reached through a relay alone', { interface: undefined as never }, {}, []],
    [
      'has a subnet that another has a part of',
      { subnet: parseCidr('198.51.0.0/16'), pools: [] },
      {},
      ['subnet: 198.51.0.0/16 overlaps network annex (198.51.100.0/24)'],
    ],
    [
      'has a subnet within that of another, and a range of it',
      { subnet: parseCidr('198.51.100.0/28'), pools: [pool('198.51.100.12', '198.51.100.14')] },
      {},
      [
        'subnet: 198.51.100.0/28 overlaps network annex (198.51.100.0/24)',
        'pools.0: range overlaps 198.51.100.10-198.51.100.20 of network annex',
      ],
    ],
    ['is on no interface of the box', { interface: 'eth9' }, {}, ['interface: no interface eth9; there are eth0']],
    ['is on one of which nobody knows whether it is there', { interface: 'eth9' }, { ports: undefined }, []],
    [
      'would lease the box’s own address',
      { pools: [pool('192.0.2.100', '192.0.2.109'), pool('192.0.2.1', '192.0.2.9')] },
      {},
      ['pools.1: range holds 192.0.2.1, the box’s own address on eth0'],
    ],
    [
      'was so before, and nobody touched it',
      { interface: 'eth9', pools: [pool('192.0.2.1', '192.0.2.9')], subnet: parseCidr('198.51.100.0/24') },
      {
        others: [network({ id: 'twin', subnet: parseCidr('198.51.100.0/25'), pools: [] })],
        before: network({
          interface: 'eth9',
          pools: [pool('192.0.2.1', '192.0.2.9')],
          subnet: parseCidr('198.51.100.0/24'),
        }),
      },
      [],
    ],
  ])('%s', (_what, changes, more, faults) => {
    const found = networkFaults(network(changes), around(more))
    expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual(faults)
  })
})

describe('an id', () => {
  it.each([
    ['Büro Süd', [], 'buro-sud'],
    ['192.0.2.0/24', [], '192.0.2.0-24'],
    ['office', ['office', 'office-2'], 'office-3'],
    ['  //  ', [], 'network'],
    ['x'.repeat(100), [], 'x'.repeat(60)],
  ])('of %s', (name, taken, id) => {
    expect(networkIdFrom(name, new Set(taken))).toBe(id)
    expect(networkSchema.safeParse({ id, subnet: '192.0.2.0/24' }).success).toBe(true)
  })
})

describe('the text of a network', () => {
  it('is read as the network that it is the text of', () => {
    const it = network({
      reservations: [{ address: parseIpv4('192.0.2.20'), clientId: '0102' }],
      options: [{ code: 66, type: 'text', value: 'x', always: true }],
      domain: 'example.net',
    })
    expect(toDhcpNetwork(networkSchema.parse(networkText(it)))).toEqual(it)
  })
})
