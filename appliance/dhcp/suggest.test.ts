import { describe, expect, it } from 'vitest'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { networkSchema } from '../../services/dhcp/network-schema.ts'
import { readGateways, suggestNetwork } from './suggest.ts'

function lan(address: string, prefix: number) {
  return { name: 'eth0', up: true, addresses: [{ address: parseIpv4(address), prefix }] }
}
const nothing = { gateways: [], resolvers: [] }

describe('suggestNetwork', () => {
  it('takes the middle half of the interface’s own subnet and leaves out the box and the router', () => {
    const around = { gateways: [parseIpv4('192.0.2.1')], resolvers: [parseIpv4('127.0.0.53'), parseIpv4('192.0.2.1')] }
    expect(suggestNetwork(lan('192.0.2.100', 24), around)).toEqual({
      id: 'eth0',
      interface: 'eth0',
      subnet: '192.0.2.0/24',
      pools: ['192.0.2.65-192.0.2.99', '192.0.2.101-192.0.2.191'],
      router: '192.0.2.1',
      dns: ['192.0.2.1'],
    })
  })

  it.each([8, 16, 22, 24, 28, 29])('suggests for a /%i what the configuration accepts', (prefix) => {
    const suggested = suggestNetwork(lan('10.0.0.2', prefix), nothing)
    const read = networkSchema.parse(suggested)
    const size = read.pools.reduce((sum, pool) => sum + pool.to - pool.from + 1, 0)
    expect(size).toBeGreaterThan(0)
    expect(size).toBeLessThanOrEqual(1000)
  })

  it('suggests nothing where there is nothing to share', () => {
    expect(suggestNetwork(lan('192.0.2.1', 30), nothing)).toBeUndefined()
    expect(suggestNetwork({ name: 'eth0', up: true, addresses: [] }, nothing)).toBeUndefined()
  })

  it('does not take a router of another network', () => {
    const around = { gateways: [parseIpv4('198.51.100.1')], resolvers: [] }
    expect(suggestNetwork(lan('192.0.2.1', 24), around)).not.toHaveProperty('router')
  })
})

describe('readGateways', () => {
  it('reads the default route of /proc/net/route', () => {
    const table = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`
    expect(readGateways(table).map(formatIpv4)).toEqual(['192.0.2.1'])
  })
})
