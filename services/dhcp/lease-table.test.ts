import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClientPacket, clientMessage, network, pool } from '../../test/support/dhcp-kit.ts'
import { formatIpv4, type Ipv4, parseIpv4 } from '../core/ipv4.ts'
import { parseMac } from '../core/mac.ts'
import { type Binding, LeaseTable } from './lease-table.ts'
import { decide } from './policy.ts'
import { readClient } from './policy-identity.ts'
import { compileSetup } from './policy-setup.ts'
import { DEFAULT_GUARD } from './policy-types.ts'
import { isDurable } from './store.ts'

const OURS = new Set([parseIpv4('192.0.2.1')])
const macOf = (client: number) => `00:00:5e:00:53:${client.toString(16).padStart(2, '0')}`

type Act = {
  readonly client: number
  readonly act: 'discover' | 'select' | 'reboot' | 'renew' | 'release' | 'decline' | 'crash'
  readonly address: number
  readonly wait: number
}

const acts = fc.array(
  fc.record<Act>({
    client: fc.nat(7),
    act: fc.constantFrom('discover', 'select', 'select', 'reboot', 'renew', 'release', 'decline', 'crash'),
    address: fc.nat(7),
    wait: fc.nat(400_000),
  }),
  { minLength: 20, maxLength: 120 },
)

describe('any history of clients', () => {
  it('never leaves one address with two clients, nor loses what was acknowledged', () => {
    fc.assert(fc.property(acts, runHistory), { numRuns: 300, seed: 2131 })
  })
})

/** Plays a history on a pool of five, two of them reserved; `held` is what the clients themselves believe. */
function runHistory(history: readonly Act[]): void {
  const setup = compileSetup(
    {
      networks: [
        network({
          pools: [pool('192.0.2.100', '192.0.2.104')],
          leaseSeconds: 600,
          reservations: [{ mac: parseMac(macOf(1)), address: parseIpv4('192.0.2.103') }],
        }),
      ],
    },
    OURS,
  )
  let now = 1_767_225_600_000
  let disk = new Map<Ipv4, Binding>()
  let table = new LeaseTable(setup, [], now)
  const offered = new Map<number, Ipv4>()
  const held = new Map<Ipv4, { client: number; until: number }>()
  for (const { client, act, address, wait } of history) {
    now += wait
    if (act === 'crash') {
      table = new LeaseTable(setup, [...disk.values()], now)
      continue
    }
    const packet = packetOf(act, client, formatIpv4((parseIpv4('192.0.2.99') + address) as Ipv4), offered.get(client))
    const message = clientMessage(packet)
    const self = readClient(message)
    if (self === undefined) throw new TypeError('a test client has no identity')
    table.expire(now)
    const decision = decide(message, {
      now,
      setup,
      leases: table,
      link: {
        name: 'eth0',
        phonesOnly: false,
        keptOff: false,
        addresses: [{ address: parseIpv4('192.0.2.1'), prefix: 24 }],
      },
      client: self,
      phone: true,
      advised: new Map(),
      cleared: () => true,
      guard: DEFAULT_GUARD,
      mayJoin: () => true,
    })
    for (const change of decision.changes) {
      table.apply(change)
      if (isDurable(change)) disk = new Map(disk).set(change.address, change)
    }
    if (decision.kind === 'silence') {
      if (decision.reason === 'released' || decision.reason === 'declined')
        for (const [at, { client: holder }] of held) if (holder === client && at === decision.address) held.delete(at)
      continue
    }
    if (decision.kind !== 'reply') continue
    const { yiaddr } = decision.reply
    if (decision.type === 'offer') offered.set(client, yiaddr)
    if (decision.type === 'ack') {
      const other = held.get(yiaddr)
      if (other !== undefined && other.client !== client) expect(other.until).toBeLessThanOrEqual(now)
      // A client has one address: with a new one it leaves the old.
      for (const [at, { client: holder }] of held) if (holder === client) held.delete(at)
      held.set(yiaddr, { client, until: now + 600_000 })
    }
    for (const [at, { client: holder, until }] of held)
      if (until > now) expect(table.at(at)).toMatchObject({ state: 'active', mac: parseMac(macOf(holder)) })
  }
}

function packetOf(act: Act['act'], client: number, address: string, offer: Ipv4 | undefined): ClientPacket {
  const mac = macOf(client)
  const server = '192.0.2.1'
  switch (act) {
    case 'select':
      return { type: 'request', mac, server, wants: offer === undefined ? address : formatIpv4(offer) }
    case 'reboot':
      return { type: 'request', mac, wants: address }
    case 'renew':
      return { type: 'request', mac, ciaddr: address }
    case 'release':
      return { type: 'release', mac, ciaddr: address, server }
    case 'decline':
      return { type: 'decline', mac, wants: address, server }
    default:
      return { type: 'discover', mac, wants: address }
  }
}

describe('undo', () => {
  it('brings back what stood before, newest change first', () => {
    const setup = compileSetup({ networks: [network()] }, OURS)
    const table = new LeaseTable(setup, [], 0)
    const [office] = setup.networks
    if (office === undefined) throw new TypeError('the setup has no network')
    const binding = (address: string, state: Binding['state'], endsAt: number): Binding => ({
      address: parseIpv4(address),
      state,
      network: 'office',
      client: 'hw:00005e005301',
      mac: parseMac(macOf(1)),
      parameters: [],
      interface: 'eth0',
      startedAt: 0,
      endsAt,
      held: true,
    })
    table.apply(binding('192.0.2.100', 'active', 1000))
    const changes = [binding('192.0.2.100', 'released', 0), binding('192.0.2.101', 'active', 2000)]
    const undo = changes.map((change) => ({ address: change.address, before: table.apply(change) }))
    expect(table.of(office, 'hw:00005e005301')?.address).toBe(parseIpv4('192.0.2.101'))
    for (const { address, before } of undo.reverse()) table.restore(address, before)
    expect(table.of(office, 'hw:00005e005301')).toMatchObject({ address: parseIpv4('192.0.2.100'), state: 'active' })
    expect(table.byMac(parseMac(macOf(1)), 10)?.address).toBe(parseIpv4('192.0.2.100'))
    expect(table.at(parseIpv4('192.0.2.101'))).toBeUndefined()
    expect([table.busy(office), table.candidate(office)]).toEqual([1, parseIpv4('192.0.2.101')])
  })
})
