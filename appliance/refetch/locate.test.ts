import { expect, it } from 'vitest'
import { type Ipv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { type Mac, parseMac } from '../../services/core/mac.ts'
import type { Lease } from '../../services/dhcp/contract.ts'
import type { Journey } from '../../services/journey/contract.ts'
import { type LocateDeps, locate } from './locate.ts'

const MAC = parseMac('00:00:5e:00:53:01')
const OTHER = parseMac('00:00:5e:00:53:02')
const ADDRESS = parseIpv4('192.0.2.51')
const FAR = parseIpv4('198.51.100.9')

interface Given {
  readonly leased?: Ipv4
  readonly leasedTo?: Mac
  readonly seenAt?: Ipv4
  readonly holder?: Mac
  /** What the link says once it was asked. */
  readonly afterProbe?: Mac
}

function site({ leased, leasedTo, seenAt, holder, afterProbe }: Given) {
  let probed = 0
  const deps: LocateDeps = {
    leases: {
      byMac: (mac) => (mac === MAC && leased !== undefined ? ({ address: leased, mac } as Lease) : undefined),
      byAddress: (address) => (address === leased ? ({ address, mac: leasedTo ?? MAC } as Lease) : undefined),
    },
    journeys: { of: () => (seenAt === undefined ? undefined : ({ address: seenAt } as Journey)) },
    lan: {
      interfaces: () => [{ name: 'eth0', up: true, addresses: [{ address: parseIpv4('192.0.2.1'), prefix: 24 }] }],
      neighbour: () => (probed > 0 ? afterProbe : holder),
      openUdp: () => ({ local: { address: ADDRESS, port: 1 }, send: () => void probed++, close() {} }),
      inUse: async () => new Set(),
    },
  }
  return { deps, probes: () => probed }
}

it.each<[string, Given, object, number]>([
  ['nobody saw it', {}, { kind: 'unknown' }, 0],
  ['our lease proves it', { leased: ADDRESS }, { kind: 'held', address: ADDRESS }, 0],
  ['the link proves it', { seenAt: ADDRESS, holder: MAC }, { kind: 'held', address: ADDRESS }, 0],
  ['the link proves it when asked', { seenAt: ADDRESS, afterProbe: MAC }, { kind: 'held', address: ADDRESS }, 1],
  ['the link says another', { seenAt: ADDRESS, holder: OTHER }, { kind: 'shared', address: ADDRESS, holder: OTHER }, 0],
  [
    'the link says another when asked',
    { seenAt: ADDRESS, afterProbe: OTHER },
    { kind: 'shared', address: ADDRESS, holder: OTHER },
    1,
  ],
  ['lease and link differ', { leased: ADDRESS, holder: OTHER }, { kind: 'shared', address: ADDRESS, holder: OTHER }, 0],
  ['nobody answers the link', { seenAt: ADDRESS }, { kind: 'unproven', address: ADDRESS }, 1],
  ['it is beyond a router', { seenAt: FAR }, { kind: 'unproven', address: FAR }, 0],
])('%s', async (_, given, place, probes) => {
  const it = site(given)
  expect(await locate(it.deps, MAC)).toEqual(place)
  expect(it.probes()).toBe(probes)
})
