import { beforeEach, describe, expect, it } from 'vitest'
import { type ClientPacket, clientMessage, hex, network, pool } from '../../test/support/dhcp-kit.ts'
import { toHex } from '../core/bytes.ts'
import { formatIpv4, type Ipv4, parseCidr, parseIpv4 } from '../core/ipv4.ts'
import { parseMac } from '../core/mac.ts'
import type { DhcpNetwork, OfferedOption } from './contract.ts'
import { LeaseTable } from './lease-table.ts'
import { decide } from './policy.ts'
import { readClient } from './policy-identity.ts'
import { compileSetup, readyOptions } from './policy-setup.ts'
import { DEFAULT_GUARD, type Decision, type Facts } from './policy-types.ts'

const START = 1_767_225_600_000
const OURS = new Set([parseIpv4('192.0.2.1'), parseIpv4('198.51.100.1')])
const ME = '00:00:5e:00:53:01'
const OTHER = '00:00:5e:00:53:02'

/** One server without sockets: decides and makes the changes at once. */
class Desk {
  now = START
  phonesOnly = false
  keptOff = false
  phone = false
  cleared = true
  mayJoin = true
  addresses = [{ address: parseIpv4('192.0.2.1'), prefix: 24 }]
  advised: readonly OfferedOption[] = []
  readonly setup
  readonly table

  constructor(networks: readonly DhcpNetwork[]) {
    this.setup = compileSetup({ networks }, OURS)
    this.table = new LeaseTable(this.setup, [], START)
  }

  ask(packet: ClientPacket): Decision {
    const message = clientMessage(packet)
    const client = readClient(message)
    if (client === undefined) throw new TypeError('the test packet has no client')
    this.table.expire(this.now)
    const facts: Facts = {
      now: this.now,
      setup: this.setup,
      leases: this.table,
      link: { name: 'eth0', phonesOnly: this.phonesOnly, keptOff: this.keptOff, addresses: this.addresses },
      client,
      phone: this.phone,
      advised: readyOptions(this.advised),
      cleared: () => this.cleared,
      guard: DEFAULT_GUARD,
      mayJoin: () => this.mayJoin,
    }
    const decision = decide(message, facts)
    for (const change of decision.changes) this.table.apply(change)
    return decision
  }

  /** The outcome in a few words: `offer 192.0.2.100`, `nak`, `silence: not-a-phone`, `probe 192.0.2.100`. */
  says(packet: ClientPacket): string {
    const decision = this.ask(packet)
    if (decision.kind === 'silence') return `silence: ${decision.reason}`
    if (decision.kind === 'probe') return `probe ${formatIpv4(decision.address)}`
    const { yiaddr } = decision.reply
    return yiaddr === 0 ? decision.type : `${decision.type} ${formatIpv4(yiaddr)}`
  }

  /** Leases an address from DISCOVER to ACK. */
  lease(mac: string, more: ClientPacket = {}): string {
    const offer = this.says({ type: 'discover', mac, ...more }).replace('offer ', '')
    this.says({ type: 'request', mac, server: '192.0.2.1', wants: offer, ...more })
    return offer
  }
}

let desk: Desk
beforeEach(() => {
  desk = new Desk([network()])
})

const OTHER_SERVER = '192.0.2.250'

describe('a row per outcome', () => {
  it.each<[string, ClientPacket, string]>([
    ['discover', { type: 'discover' }, 'offer 192.0.2.100'],
    ['discover with a wish', { type: 'discover', wants: '192.0.2.105' }, 'offer 192.0.2.105'],
    ['discover with a foreign wish', { type: 'discover', wants: '198.51.100.7' }, 'offer 192.0.2.100'],
    ['discover with a wish outside of the pool', { type: 'discover', wants: '192.0.2.50' }, 'offer 192.0.2.100'],
    ['selecting us', { type: 'request', server: '192.0.2.1', wants: '192.0.2.103' }, 'ack 192.0.2.103'],
    ['selecting us for an address of no pool', { type: 'request', server: '192.0.2.1', wants: '192.0.2.9' }, 'nak'],
    ['selecting us for another network', { type: 'request', server: '192.0.2.1', wants: '10.0.0.9' }, 'nak'],
    ['selecting us for nothing', { type: 'request', server: '192.0.2.1' }, 'silence: incomplete-request'],
    ['selecting another', { type: 'request', server: OTHER_SERVER, wants: '192.0.2.103' }, 'silence: other-server'],
    ['init-reboot', { type: 'request', wants: '192.0.2.104' }, 'ack 192.0.2.104'],
    ['init-reboot on the wrong network', { type: 'request', wants: '10.1.2.3' }, 'nak'],
    ['init-reboot outside of the pool', { type: 'request', wants: '192.0.2.9' }, 'nak'],
    ['a request for nothing', { type: 'request' }, 'silence: incomplete-request'],
    ['renewing what another server gave', { type: 'request', ciaddr: '192.0.2.104' }, 'ack 192.0.2.104'],
    ['renewing on the wrong network', { type: 'request', ciaddr: '10.1.2.3' }, 'nak'],
    ['release of what it has not', { type: 'release', ciaddr: '192.0.2.100' }, 'silence: not-its-address'],
    ['decline of what it has not', { type: 'decline', wants: '192.0.2.100' }, 'silence: not-its-address'],
    ['inform', { type: 'inform', ciaddr: '192.0.2.77' }, 'inform-ack'],
    ['inform from nowhere', { type: 'inform' }, 'silence: incomplete-request'],
    ['inform from elsewhere', { type: 'inform', ciaddr: '10.1.2.3' }, 'silence: no-network'],
    ['bootp', {}, 'silence: bootp-not-reserved'],
    ['an offer', { type: 'offer' }, 'silence: not-for-servers'],
    ['seventeen hops', { type: 'discover', hops: 17 }, 'silence: too-many-hops'],
    ['an unknown relay', { type: 'discover', giaddr: '203.0.113.1' }, 'silence: no-network'],
  ])('%s', (_what, packet, outcome) => {
    expect(desk.says(packet)).toBe(outcome)
  })

  it.each<[string, ClientPacket, string]>([
    ['init-reboot of an unknown client', { type: 'request', wants: '192.0.2.104' }, 'silence: unknown-client'],
    ['init-reboot outside of the pool', { type: 'request', wants: '192.0.2.9' }, 'silence: unknown-client'],
    ['init-reboot on the wrong network', { type: 'request', wants: '10.1.2.3' }, 'silence: wrong-network'],
    ['renewing of an unknown client', { type: 'request', ciaddr: '192.0.2.104' }, 'silence: unknown-client'],
    ['selecting us for what we do not give', { type: 'request', server: '192.0.2.1', wants: '192.0.2.9' }, 'nak'],
  ])('not authoritative: %s', (_what, packet, outcome) => {
    desk = new Desk([network({ authoritative: false })])
    expect(desk.says(packet)).toBe(outcome)
  })

  it('not authoritative: a client that is known is told when its address is wrong', () => {
    desk = new Desk([network({ authoritative: false })])
    desk.lease(ME)
    expect(desk.says({ type: 'request', wants: '192.0.2.104' })).toBe('nak')
    expect(desk.says({ type: 'request', wants: '192.0.2.100' })).toBe('ack 192.0.2.100')
  })

  it('says nothing without an address or a network on the link', () => {
    desk.addresses = []
    expect(desk.says({ type: 'discover' })).toBe('silence: no-address')
    desk = new Desk([network({ interface: 'eth1' })])
    expect(desk.says({ type: 'discover' })).toBe('silence: no-network')
  })
})

describe('the same address again', () => {
  it('offers a lease that runs without shortening it', () => {
    const address = desk.lease(ME)
    const before = desk.table.at(parseIpv4(address))
    desk.now += 60_000
    expect(desk.says({ type: 'discover' })).toBe(`offer ${address}`)
    expect(desk.table.at(parseIpv4(address))).toBe(before)
  })

  it.each(['expiry', 'release'])('after %s, though others came', (how) => {
    const address = desk.lease(ME)
    if (how === 'release') desk.says({ type: 'release', ciaddr: address, server: '192.0.2.1' })
    else desk.now += 3_600_000
    desk.lease(OTHER)
    expect(desk.lease(ME)).toBe(address)
  })

  it('to the boot loader without and the firmware with a client identifier that repeats the MAC', () => {
    const address = desk.lease(ME)
    expect(desk.says({ type: 'discover', clientId: '0100005e005301' })).toBe(`offer ${address}`)
    expect(desk.says({ type: 'discover', clientId: 'ff01020304' })).not.toBe(`offer ${address}`)
  })

  it('tells clients apart by identifier even with one MAC', () => {
    expect(desk.lease(ME, { clientId: '00aabb' })).not.toBe(desk.lease(ME, { clientId: '00aacc' }))
  })
})

describe('a pool that fills up', () => {
  const macs = Array.from({ length: 12 }, (_, i) => `00:00:5e:00:53:${(0x20 + i).toString(16)}`)
  beforeEach(() => {
    desk.phone = true
  })

  it('gives each address once, then none, then the lease that ended first', () => {
    const given = macs.slice(0, 10).map((mac) => {
      desk.now += 1000
      return desk.lease(mac)
    })
    expect(new Set(given).size).toBe(10)
    expect(desk.says({ type: 'discover', mac: macs[10] ?? '' })).toBe('silence: pool-exhausted')
    desk.now = START + 3_600_000 + 2_500
    expect(desk.lease(macs[10] ?? '')).toBe(given[0])
    expect(desk.lease(macs[11] ?? '')).toBe(given[1])
    expect(desk.says({ type: 'discover', mac: macs[0] ?? '' })).toBe('silence: pool-exhausted')
  })

  it('takes a lapsed offer before an ended lease', () => {
    const [first, second, third, ...rest] = macs
    const ended = desk.lease(first ?? '')
    desk.says({ type: 'release', mac: first ?? '', ciaddr: ended })
    const offered = desk.says({ type: 'discover', mac: second ?? '' })
    for (const mac of rest.slice(0, 8)) desk.lease(mac)
    desk.now += 61_000
    expect(desk.says({ type: 'discover', mac: third ?? '' })).toBe(offered)
  })

  it('frees an offer at once when the client chooses another server', () => {
    const offered = desk.says({ type: 'discover' }).replace('offer ', '')
    desk.says({ type: 'request', server: OTHER_SERVER, wants: '192.0.2.33' })
    expect(desk.says({ type: 'discover', mac: OTHER, wants: offered })).toBe(`offer ${offered}`)
  })

  it('sets a declined address aside for an hour', () => {
    const address = desk.lease(ME)
    expect(desk.says({ type: 'decline', wants: address, server: '192.0.2.1' })).toBe('silence: declined')
    expect(desk.says({ type: 'discover', wants: address })).not.toBe(`offer ${address}`)
    desk.now += 3_600_001
    expect(desk.says({ type: 'discover', mac: OTHER, wants: address })).toBe(`offer ${address}`)
  })

  it('never gives the router, the edges of the subnet or this box', () => {
    desk = new Desk([
      network({
        subnet: parseCidr('192.0.2.0/29'),
        pools: [pool('192.0.2.0', '192.0.2.7')],
        router: parseIpv4('192.0.2.2'),
      }),
    ])
    desk.phone = true
    const given = macs.slice(0, 4).map((mac) => desk.lease(mac))
    expect(given).toEqual(['192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6'])
    expect(desk.says({ type: 'discover', mac: macs[5] ?? '' })).toBe('silence: pool-exhausted')
  })
})

describe('strangers', () => {
  const stranger = (i: number) =>
    ({ type: 'discover', mac: `00:00:5e:00:54:${i.toString(16).padStart(2, '0')}` }) as const

  it('leave the last quarter of a pool to phones, reservations and known clients', () => {
    const said = Array.from({ length: 9 }, (_, i) => desk.says(stranger(i)))
    expect(said.filter((text) => text.startsWith('offer'))).toHaveLength(8)
    expect(said.at(-1)).toBe('silence: kept-for-phones')
    expect(desk.says({ type: 'request', mac: '00:00:5e:00:54:99', wants: '192.0.2.109' })).toBe(
      'silence: kept-for-phones',
    )
    expect(desk.says(stranger(3))).toBe(said[3])
    desk.phone = true
    expect(desk.says({ type: 'discover', mac: ME })).toMatch(/^offer/)
  })

  it('are slowed once less than half of the pool is free', () => {
    desk.mayJoin = false
    const said = Array.from({ length: 7 }, (_, i) => desk.says(stranger(i)))
    expect(said.filter((text) => text.startsWith('offer'))).toHaveLength(6)
    expect(said.at(-1)).toBe('silence: rate-limited')
  })
})

describe('refusals', () => {
  it('of an address that another client has', () => {
    const address = desk.lease(OTHER)
    for (const packet of [{ wants: address }, { ciaddr: address }, { wants: address, server: '192.0.2.1' }])
      expect(desk.says({ type: 'request', ...packet })).toBe('nak')
  })

  it('go by broadcast, to a relay with the broadcast flag, and echo identifier and relay information', () => {
    const direct = desk.ask({ type: 'request', wants: '10.1.2.3', clientId: '00aabb' })
    expect(direct).toMatchObject({ destination: { kind: 'broadcast' }, reply: { yiaddr: 0, ciaddr: 0 } })
    const relayed = desk.ask({ type: 'request', wants: '10.1.2.3', giaddr: '192.0.2.254', options: { 82: '010107' } })
    expect(relayed).toMatchObject({
      destination: { kind: 'relay', address: parseIpv4('192.0.2.254') },
      reply: { flags: 0x8000 },
    })
    expect(options(relayed)).toMatchObject({ 53: '06', 82: '010107' })
    expect(options(direct)).toEqual({ 53: '06', 54: 'c0000201', 61: '00aabb' })
  })
})

it('answers nobody where another server keeps it off, whatever is asked', () => {
  const mac = '00:00:5e:00:53:01'
  const address = desk.lease(mac)
  desk.keptOff = true
  desk.phone = true
  const asked: readonly ClientPacket[] = [
    { type: 'discover' },
    { type: 'request', ciaddr: address },
    { type: 'request', wants: '10.1.2.3' },
    { type: 'inform', ciaddr: address },
    { type: 'release', ciaddr: address, server: '192.0.2.1' },
  ]
  for (const packet of asked) expect(desk.says({ mac, ...packet })).toBe('silence: foreign-server')
  desk.keptOff = false
  expect(desk.says({ mac, type: 'request', ciaddr: address })).toBe(`ack ${address}`)
})

describe('phones only', () => {
  beforeEach(() => {
    desk.phonesOnly = true
  })

  it('answers phones, and nobody else', () => {
    expect(desk.says({ type: 'discover' })).toBe('silence: not-a-phone')
    expect(desk.says({ type: 'inform', ciaddr: '192.0.2.77' })).toBe('silence: not-a-phone')
    desk.phone = true
    expect(desk.says({ type: 'discover' })).toBe('offer 192.0.2.100')
    expect(desk.says({ type: 'inform', ciaddr: '192.0.2.77' })).toBe('inform-ack')
  })

  it('never refuses, never takes over and never answers who chose another server', () => {
    desk.phone = true
    expect(desk.says({ type: 'request', wants: '10.1.2.3' })).toBe('silence: wrong-network')
    expect(desk.says({ type: 'request', wants: '192.0.2.104' })).toBe('silence: unknown-client')
    expect(desk.says({ type: 'request', server: '192.0.2.1', wants: '192.0.2.9' })).toBe('silence: no-refusal')
    expect(desk.says({ type: 'request', server: OTHER_SERVER, wants: '192.0.2.104' })).toBe('silence: other-server')
  })

  it('goes on serving a lease of ours when the packet does not name its class', () => {
    desk.phone = true
    const address = desk.lease(ME)
    desk.phone = false
    expect(desk.says({ type: 'request', ciaddr: address })).toBe(`ack ${address}`)
    expect(desk.says({ type: 'release', ciaddr: address })).toBe('silence: released')
  })
})

describe('reservations', () => {
  const reserved = parseIpv4('192.0.2.105')

  it('are kept for their MAC, inside and outside of the pool', () => {
    const outside = parseIpv4('192.0.2.20')
    desk = new Desk([
      network({
        reservations: [
          { mac: parseMac(ME), address: reserved },
          { mac: parseMac(OTHER), address: outside },
        ],
      }),
    ])
    expect(desk.lease(ME)).toBe('192.0.2.105')
    expect(desk.lease(OTHER)).toBe('192.0.2.20')
    expect(desk.says({ type: 'discover', mac: '00:00:5e:00:53:09', wants: '192.0.2.105' })).toBe('offer 192.0.2.100')
    expect(desk.says({ type: 'request', mac: '00:00:5e:00:53:09', wants: '192.0.2.105' })).toBe('nak')
  })

  it('go by client identifier before MAC, and follow the device over its identifiers', () => {
    const other = parseIpv4('192.0.2.106')
    desk = new Desk([
      network({
        reservations: [
          { mac: parseMac(ME), address: reserved },
          { clientId: '00AABB', address: other },
        ],
      }),
    ])
    expect(desk.says({ type: 'discover', clientId: '00aabb' })).toBe('offer 192.0.2.106')
    expect(desk.lease(ME)).toBe('192.0.2.105')
    expect(desk.lease(ME, { clientId: 'ff01020304' })).toBe('192.0.2.105')
  })

  it('move a client at its next renewal', () => {
    const address = desk.lease(ME)
    const changed = new Desk([network({ reservations: [{ mac: parseMac(ME), address: reserved }] })])
    for (const binding of desk.table.all()) changed.table.apply(binding)
    expect(changed.says({ type: 'request', ciaddr: address })).toBe('nak')
    expect(changed.lease(ME)).toBe('192.0.2.105')
  })

  it('give way to the pool while somebody else sits on the address', () => {
    desk = new Desk([network({ reservations: [{ mac: parseMac(ME), address: reserved }] })])
    desk.lease(ME)
    desk.says({ type: 'decline', wants: '192.0.2.105' })
    expect(desk.says({ type: 'discover' })).toBe('offer 192.0.2.100')
  })

  it('serve BOOTP clients for ever', () => {
    desk = new Desk([network({ reservations: [{ mac: parseMac(ME), address: reserved }] })])
    const decision = desk.ask({})
    expect(decision).toMatchObject({ kind: 'reply', type: 'bootp-reply', reply: { yiaddr: reserved } })
    expect(options(decision)).not.toHaveProperty('51')
    desk.now += 10 * 365 * 86_400_000
    expect(desk.table.at(reserved)?.endsAt).toBeGreaterThan(desk.now)
  })
})

describe('which network', () => {
  const relayed = network({
    id: 'far',
    subnet: parseCidr('198.51.100.0/24'),
    pools: [pool('198.51.100.50', '198.51.100.59')],
  })
  const { interface: _unattached, ...far } = relayed
  beforeEach(() => {
    desk = new Desk([network(), far])
  })

  it.each<[string, ClientPacket, string]>([
    ['giaddr', { giaddr: '198.51.100.254' }, 'offer 198.51.100.50'],
    [
      'link selection before giaddr',
      { giaddr: '192.0.2.254', options: { 82: '0101070504c6336400' } },
      'offer 198.51.100.50',
    ],
    ['subnet selection before giaddr', { giaddr: '192.0.2.254', options: { 118: 'c6336400' } }, 'offer 198.51.100.50'],
    [
      'link selection before subnet selection',
      { giaddr: '203.0.113.9', options: { 82: '0504c0000200', 118: 'c6336400' } },
      'offer 192.0.2.100',
    ],
    [
      'link selection cut short falls back',
      { giaddr: '198.51.100.254', options: { 82: '0504c633' } },
      'offer 198.51.100.50',
    ],
    ['the interface', {}, 'offer 192.0.2.100'],
  ])('by %s', (_what, packet, outcome) => {
    expect(desk.says({ type: 'discover', ...packet })).toBe(outcome)
  })

  it('keeps a direct client from the networks of other interfaces', () => {
    desk = new Desk([network(), { ...far, interface: 'eth1' }])
    expect(desk.says({ type: 'discover', options: { 118: 'c6336400' } })).toBe('silence: no-network')
  })

  it('finds a routed client that renews without its relay, and remembers where that relay has it', () => {
    expect(desk.lease(ME, { giaddr: '198.51.100.254', options: { 82: '010107' } })).toBe('198.51.100.50')
    const decision = desk.ask({ type: 'request', ciaddr: '198.51.100.50' })
    expect(decision).toMatchObject({
      type: 'ack',
      destination: { kind: 'unicast', address: parseIpv4('198.51.100.50') },
      changes: [{ state: 'active', relay: '010107' }],
    })
  })

  it('uses the second network of a wire when the first is full', () => {
    desk = new Desk([network({ pools: [pool('192.0.2.100', '192.0.2.100')] }), { ...far, interface: 'eth0' }])
    desk.phone = true
    expect([desk.lease(ME), desk.lease(OTHER)]).toEqual(['192.0.2.100', '198.51.100.50'])
  })
})

describe('where an answer goes (RFC 2131 §4.1)', () => {
  const direct = { kind: 'direct', address: parseIpv4('192.0.2.100'), mac: '00005e005301' }
  it.each<[string, ClientPacket, object]>([
    ['a client without an address', { type: 'discover' }, direct],
    ['one that asks for broadcast', { type: 'discover', flags: 0x8000 }, { kind: 'broadcast' }],
    ['one that fills ciaddr in a DISCOVER', { type: 'discover', ciaddr: '203.0.113.5' }, direct],
    [
      'one that has an address',
      { type: 'inform', ciaddr: '192.0.2.77' },
      { kind: 'unicast', address: parseIpv4('192.0.2.77') },
    ],
    ['a relay', { type: 'discover', giaddr: '192.0.2.9' }, { kind: 'relay', address: parseIpv4('192.0.2.9') }],
  ])('%s', (_what, packet, where) => {
    expect(desk.ask(packet)).toMatchObject({ destination: where })
  })
})

describe('options', () => {
  it('follow the parameter request list; the mask, the router and always-send options come all the same', () => {
    desk.advised = [
      { code: 66, type: 'text', value: 'http://192.0.2.1/' },
      { code: 160, type: 'text', value: 'x', always: true },
      { code: 150, type: 'ipv4', value: ['192.0.2.1'] },
    ]
    const decision = desk.ask({
      type: 'discover',
      parameters: [66, 6, 3, 99],
      clientId: '00aabb',
      options: { 82: '010107' },
    })
    expect(codes(decision)).toEqual([53, 54, 51, 58, 59, 1, 66, 6, 3, 160, 61, 82])
    expect(options(decision)).toMatchObject({ 51: '00000e10', 58: '00000708', 59: '00000c4e', 61: '00aabb' })
    expect(decision).toMatchObject({ reply: { siaddr: parseIpv4('192.0.2.1') } })
  })

  it('all go to a client without a list, which may look into sname and file too', () => {
    desk.advised = [
      { code: 66, type: 'text', value: '192.0.2.8' },
      { code: 67, type: 'text', value: 'boot.cfg' },
    ]
    const decision = desk.ask({ type: 'discover' })
    expect(codes(decision)).toEqual([53, 54, 51, 58, 59, 1, 66, 67, 3, 6, 28])
    expect(decision).toMatchObject({ reply: { sname: '192.0.2.8', file: 'boot.cfg', siaddr: parseIpv4('192.0.2.8') } })
  })

  it('of the advisor stand before those of the network', () => {
    desk = new Desk([network({ options: [{ code: 66, type: 'text', value: 'a' }] })])
    desk.advised = [{ code: 66, type: 'text', value: 'b' }]
    expect(options(desk.ask({ type: 'discover', parameters: [66] }))).toMatchObject({ 66: toHex(hex('62')) })
  })

  it('give no lease time to an INFORM', () => {
    expect(codes(desk.ask({ type: 'inform', ciaddr: '192.0.2.77', parameters: [51, 58, 3] }))).toEqual([53, 54, 1, 3])
  })

  it.each([
    ['as long as the network allows', 'ffffffff', '00000e10'],
    ['shorter when wished', '00000258', '00000258'],
    ['a minute at least', '00000001', '0000003c'],
  ])('lease time: %s', (_what, wish, given) => {
    expect(options(desk.ask({ type: 'discover', options: { 51: wish } }))).toMatchObject({ 51: given })
  })
})

describe('probing', () => {
  it('comes before an address is given for the first time, and reserves it meanwhile', () => {
    desk.cleared = false
    expect(desk.says({ type: 'discover' })).toBe('probe 192.0.2.100')
    expect(desk.says({ type: 'discover', mac: OTHER })).toBe('probe 192.0.2.101')
    expect(desk.says({ type: 'request', wants: '192.0.2.100', server: '192.0.2.1' })).toBe('probe 192.0.2.100')
    desk.cleared = true
    expect(desk.lease(ME)).toBe('192.0.2.100')
    desk.cleared = false
    expect(desk.says({ type: 'discover' })).toBe('offer 192.0.2.100')
  })
})

describe('settings', () => {
  it('are refused with every fault', () => {
    const bad = network({
      pools: [pool('192.0.2.9', '192.0.2.5'), pool('198.51.100.1', '198.51.100.2')],
      options: [{ code: 53, type: 'uint8', value: 1 }],
      reservations: [{ mac: parseMac(ME), address: parseIpv4('10.0.0.1') }],
      leaseSeconds: 0,
    })
    expect(() => compileSetup({ networks: [bad, network()] }, new Set<Ipv4>())).toThrow(
      /ends before it begins.*leaves the subnet.*outside of the subnet.*not positive.*option 53.*same id/s,
    )
    const overlapping = [network(), network({ id: 'two', pools: [pool('192.0.2.109', '192.0.2.120')] })]
    expect(() => compileSetup({ networks: overlapping }, new Set<Ipv4>())).toThrow(/overlap at 192.0.2.109/)
  })
})

describe('identity', () => {
  it.each([
    ['a multicast hardware address', { htype: 1, chaddr: hex('01005e005301') }],
    ['an all-zero one', { htype: 1, chaddr: hex('000000000000') }],
    ['one of five bytes', { htype: 1, chaddr: hex('00005e0053') }],
    ['none', { htype: 6, chaddr: hex('') }],
  ])('is not read from %s', (_what, changes) => {
    expect(readClient({ ...clientMessage({}), ...changes })).toBeUndefined()
    expect(readClient({ ...clientMessage({ clientId: '00aabb' }), ...changes })?.key).toBe('id:00aabb')
  })

  it('passes over a client identifier of one byte', () => {
    expect(readClient(clientMessage({ clientId: '01' }))?.key).toBe('hw:00005e005301')
  })
})

function options(decision: Decision): Record<number, string> {
  if (decision.kind !== 'reply') return {}
  return Object.fromEntries([...decision.reply.options].map(([code, value]) => [code, toHex(value)]))
}

function codes(decision: Decision): number[] {
  return decision.kind === 'reply' ? [...decision.reply.options.keys()] : []
}
