import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { CAPTURES } from '../../test/support/dhcp-captures.ts'
import { clientBytes, dhcpSettings, hex, network, pool } from '../../test/support/dhcp-kit.ts'
import { DhcpOffice } from '../../test/support/dhcp-office.ts'
import { makeRandom } from '../../test/support/random.ts'
import { OperatorError } from '../core/errors.ts'
import { parseCidr, parseIpv4 } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import { parseMac } from '../core/mac.ts'
import type { SqlDatabase } from '../core/sql.ts'
import { encode } from './codec.ts'
import { loadBindings } from './store.ts'

const ME = '00:00:5e:00:53:01'
const FOREIGN = '192.0.2.9'
const offices: DhcpOffice[] = []

function open(...given: ConstructorParameters<typeof DhcpOffice>): DhcpOffice {
  const office = new DhcpOffice(...given)
  offices.push(office)
  office.server.start()
  return office
}

afterEach(async () => {
  for (const office of offices.splice(0)) {
    expect(office.lan.faults).toEqual([])
    await office.server[Symbol.asyncDispose]()
  }
})

const wide = dhcpSettings({
  networks: [network({ subnet: parseCidr('192.0.0.0/16'), pools: [pool('192.0.8.0', '192.0.15.255')] })],
}).networks

describe('a lease', () => {
  it('is on disk when the ACK is on the wire, and known by address and by MAC', async () => {
    const office = open()
    expect(await office.lease(ME)).toBe('192.0.2.100')
    const address = parseIpv4('192.0.2.100')
    expect(loadBindings(office.db)).toMatchObject([{ address, state: 'active', mac: parseMac(ME) }])
    expect(office.server.leases.byAddress(address)).toMatchObject({ mac: parseMac(ME), interface: 'eth0' })
    expect(office.server.leases.byMac(parseMac(ME))?.address).toBe(address)
    expect(office.server.status().networks).toEqual([{ id: 'office', size: 10, active: 1, offered: 0, declined: 0 }])
    office.clock.advance(3_600_000)
    expect(office.server.leases.byAddress(address)).toBeUndefined()
    expect(office.server.leases.all()).toMatchObject([{ address, state: 'expired' }])
  })

  it('is the same after a restart, and not given to another', async () => {
    const office = open()
    const address = await office.lease(ME)
    await office.server[Symbol.asyncDispose]()
    office.server = office.make()
    office.server.start()
    expect(await office.lease('00:00:5e:00:53:02')).not.toBe(address)
    office.send({ type: 'request', mac: ME, wants: address ?? '' })
    expect(await office.replies()).toMatchObject([{ yiaddr: parseIpv4(address ?? '') }])
  })

  it('keeps every column, texts with NUL and high bytes included', async () => {
    const office = open()
    office.send({
      type: 'request',
      mac: ME,
      wants: '192.0.2.103',
      clientId: 'ff00',
      vendorClass: 'CP-7941G\u0000\u00ff',
      parameters: [66, 150],
      options: { 12: '53455000', 82: '010107' },
    })
    await office.replies()
    expect(loadBindings(office.db)).toEqual(office.server.leases.all())
    expect(office.server.leases.all()).toMatchObject([
      {
        clientId: 'ff00',
        vendorClass: 'CP-7941G\u0000\u00ff',
        parameters: [66, 150],
        hostName: 'SEP',
        relay: '010107',
      },
    ])
  })

  it('is not promised when it cannot be stored, and the address stays free', async () => {
    const good = memoryDatabase()
    let broken = false
    const db: SqlDatabase = {
      query: (sql) => good.query(sql),
      write: (work) => {
        if (broken) throw new OperatorError('disk full')
        return good.write(work)
      },
    }
    const office = open({}, { db })
    broken = true
    expect(await office.lease(ME)).toBeUndefined()
    expect(office.counters.get('dhcp.commit-failed')).toBe(1)
    expect(office.server.leases.byMac(parseMac(ME))).toBeUndefined()
    broken = false
    expect(await office.lease(ME)).toBe('192.0.2.100')
  })
})

describe('a thousand clients in the same instant', () => {
  it('each get an address of their own, in few transactions', async () => {
    const good = memoryDatabase()
    let commits = 0
    const db: SqlDatabase = {
      query: (sql) => good.query(sql),
      write: (work) => {
        commits++
        return good.write(work)
      },
    }
    const office = open({ networks: wide }, { db })
    const mac = (i: number) =>
      `00:00:5e:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`
    for (let i = 0; i < 1000; i++) office.send({ type: 'discover', mac: mac(i), xid: i })
    const offers = await office.replies()
    expect(new Set(offers.map(({ yiaddr }) => yiaddr)).size).toBe(1000)
    for (const { xid, yiaddr } of offers)
      office.send({
        type: 'request',
        mac: mac(xid),
        xid,
        server: '192.0.2.1',
        options: { 50: yiaddr.toString(16).padStart(8, '0') },
      })
    expect(await office.replies()).toHaveLength(1000)
    expect(commits).toBeLessThan(10)
  })
})

describe('more than can be answered', () => {
  const mac = (i: number) =>
    `02:00:5e:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`

  it('is not what 2,000 new clients in the same instant are', async () => {
    const office = open({ networks: wide })
    for (let i = 0; i < 2000; i++) office.send({ type: 'discover', mac: mac(i), xid: i })
    expect(new Set((await office.replies()).map(({ xid }) => xid)).size).toBe(2000)
    expect(office.counters.get('dhcp.overload-dropped')).toBe(0)
  })

  it('lets those go first who have an address, answers the newest, counts the rest and warns once', async () => {
    const warnings: string[] = []
    const log = { ...silentLog, warn: (text: string) => void warnings.push(text) }
    const office = open({ networks: wide }, { log })
    const held = await office.lease(ME)
    for (let i = 0; i < 6000; i++) office.send({ type: 'discover', mac: mac(i), xid: i })
    office.send({ type: 'request', mac: ME, xid: 9999, ciaddr: held ?? '' }, held)
    const replies = await office.replies()
    expect(replies[0]).toMatchObject({ xid: 9999, yiaddr: parseIpv4(held ?? '') })
    const offered = new Set(replies.map(({ xid }) => xid))
    const dropped = office.counters.get('dhcp.overload-dropped')
    expect(dropped).toBeGreaterThan(1000)
    for (let i = 4000; i < 6000; i++) expect(offered.has(i)).toBe(true)
    expect(warnings).toEqual(['dhcp packets dropped: more was asked than can be answered'])
  })

  it('is not made more by clients that repeat themselves', async () => {
    const office = open({ networks: wide })
    for (let i = 0; i < 100; i++) office.send({ type: 'discover', mac: ME, xid: 7 })
    expect(await office.replies()).toHaveLength(1)
    expect(office.counters.get('dhcp.repeat-joined')).toBe(99)
  })
})

describe('starvation', () => {
  it('by 5,000 made-up MACs leaves a phone its address', async () => {
    const office = open({ networks: [network({ pools: [pool('192.0.2.100', '192.0.2.199')] })] })
    office.advice = { phone: false, options: [] }
    for (let i = 0; i < 5000; i++) {
      const mac = `02:00:5e:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`
      office.send({ type: 'request', mac, wants: `192.0.2.${100 + (i % 100)}` })
      if (i % 500 === 499) {
        await office.lan.settle()
        office.clock.advance(1000)
      }
    }
    const [{ active } = { active: 0 }] = office.server.status().networks
    expect(active).toBeGreaterThan(50)
    expect(active).toBeLessThanOrEqual(75)
    office.advice = { phone: true, options: [] }
    expect(await office.lease(ME)).toBeDefined()
  })
})

describe('where answers go', () => {
  it.each([
    [true, '192.0.2.100'],
    [false, '255.255.255.255'],
  ])('to a client without an address (priming allowed: %s)', async (mayPrime, address) => {
    const office = open()
    office.box.mayPrime = mayPrime
    office.send({ type: 'discover' })
    expect(await office.datagrams()).toMatchObject([{ to: { address: parseIpv4(address), port: 68 } }])
  })
})

describe('the journey', () => {
  it('tells question and answer with the provisioning options, and never a password', async () => {
    const office = open()
    office.advice = {
      phone: true,
      options: [{ code: 66, type: 'text', value: 'http://me:geheim@192.0.2.1/?t=geheim' }],
    }
    office.send({ type: 'discover', vendorClass: 'yealink\u0007', parameters: [66] })
    await office.replies()
    expect(office.happenings.map(({ step }) => step)).toEqual([
      { kind: 'dhcp.asked', message: 'discover', vendorClass: 'yealink.', parameters: [66] },
      {
        kind: 'dhcp.answered',
        message: 'offer',
        leased: parseIpv4('192.0.2.100'),
        options: [{ code: 66, text: 'http://192.0.2.1/?…' }],
      },
    ])
    expect(JSON.stringify(office.happenings)).not.toContain('geheim')
  })

  it('is written after the answer, before anything else can happen', async () => {
    const office = open()
    const told: string[] = []
    office.lan.intercept((datagram) => {
      if (datagram.from.port === 67) told.push(`answer after ${office.happenings.length} happenings`)
      return datagram
    })
    office.send({ type: 'discover', mac: ME })
    office.lan.drain()
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual(['answer after 0 happenings'])
    expect(office.happenings.map(({ step }) => step.kind)).toEqual(['dhcp.asked', 'dhcp.answered'])
  })

  it('tells refusal, silence, release and decline', async () => {
    const office = open()
    const address = (await office.lease(ME)) ?? ''
    office.happenings.length = 0
    office.send({ type: 'request', wants: '10.1.2.3' })
    office.send({ type: 'inform', ciaddr: '10.1.2.3' })
    office.send({ type: 'release', ciaddr: address })
    await office.replies()
    await office.lease(ME)
    office.send({ type: 'decline', wants: address })
    await office.replies()
    const kinds = office.happenings.map(({ step }) => step.kind).filter((kind) => kind !== 'dhcp.asked')
    expect(kinds).toEqual([
      'dhcp.refused',
      'dhcp.ignored',
      'dhcp.released',
      'dhcp.answered',
      'dhcp.answered',
      'dhcp.declined',
    ])
  })
})

describe('other servers', () => {
  const careful = { interfaces: [{ name: 'eth0', mode: 'full', besideForeignServer: false }] } as const

  function rogue(office: DhcpOffice): void {
    const host = office.lan.host('rogue', [{ name: 'eth0', segment: 'office', address: `${FOREIGN}/24` }])
    const socket = host.openUdp({
      device: 'eth0',
      port: 67,
      onDatagram: (bytes) => {
        const offer = bytes.slice()
        offer[0] = 2
        offer.set([53, 1, 2, 54, 4, 192, 0, 2, 9, 255], 240)
        socket.send(offer, { address: parseIpv4('255.255.255.255'), port: 68 })
      },
    })
  }

  it('keep DHCP off in full mode, say why, and raise an alarm', async () => {
    const office = new DhcpOffice(careful)
    offices.push(office)
    rogue(office)
    office.server.start()
    office.send({ type: 'discover', mac: ME })
    await vi.waitFor(async () => {
      await office.lan.settle()
      expect(office.server.status().interfaces[0]?.reason).toBe(`off: another server (${FOREIGN}) answers here`)
    })
    expect(office.server.status().interfaces[0]).toMatchObject({
      answering: false,
      foreign: [{ server: parseIpv4(FOREIGN), interface: 'eth0' }],
    })
    expect(office.alarms).toContain(`foreign-dhcp eth0 ${FOREIGN}`)
    expect(office.lan.wire.some(({ from }) => from.address === parseIpv4('192.0.2.1') && from.port === 67)).toBe(false)
    const told = office.happenings.map(({ step }) => step)
    expect(told).toContainEqual(expect.objectContaining({ kind: 'dhcp.asked', message: 'discover' }))
    expect(told).toContainEqual({ kind: 'dhcp.ignored', reason: 'another DHCP server answers here' })
    office.server.update(dhcpSettings({ interfaces: [{ name: 'eth0', mode: 'full', besideForeignServer: true }] }))
    office.send({ type: 'discover', mac: '00:00:5e:00:53:05' })
    expect((await office.replies()).map(({ yiaddr }) => yiaddr)).toContain(parseIpv4('192.0.2.100'))
  })

  it('are waited for, and what clients asked meanwhile is answered then', async () => {
    const office = open(careful)
    office.send({ type: 'discover', mac: ME })
    expect(await office.replies()).toEqual([])
    expect(office.server.status().interfaces[0]?.reason).toBe('starting: listening for other DHCP servers')
    await vi.waitFor(async () => {
      await office.lan.settle()
      expect(office.lan.wire.filter(({ from }) => from.port === 67)).toHaveLength(1)
    })
    expect(office.server.status().interfaces[0]).toMatchObject({ answering: true, reason: 'on: answers every client' })
  })

  it('are noticed when a client names one', async () => {
    const office = open()
    office.send({ type: 'request', mac: ME, server: FOREIGN, wants: '192.0.2.33' })
    expect(await office.replies()).toEqual([])
    expect(office.alarms).toEqual([`foreign-dhcp eth0 ${FOREIGN}`])
    expect(office.server.status().interfaces[0]?.foreign).toMatchObject([{ server: parseIpv4(FOREIGN) }])
  })
})

describe('address probing', () => {
  const probing = { probe: true }

  it('sets addresses aside that somebody uses, and gives the next', async () => {
    const office = new DhcpOffice(probing)
    offices.push(office)
    office.lan.host('squatter', [{ name: 'eth0', segment: 'office', address: '192.0.2.100/24' }])
    office.server.start()
    await office.lan.settle()
    expect(await office.lease(ME)).toBe('192.0.2.101')
    expect(loadBindings(office.db)).toContainEqual(
      expect.objectContaining({ address: parseIpv4('192.0.2.100'), state: 'declined', client: '' }),
    )
  })

  it('offers addresses that were probed ahead without waiting', async () => {
    const office = open(probing)
    await office.lan.settle()
    office.box.onProbe = () => Promise.withResolvers<never>().promise
    expect(await office.lease(ME)).toBe('192.0.2.100')
  })

  it('makes only the client wait whose address is being probed', async () => {
    const office = new DhcpOffice(probing)
    offices.push(office)
    const first = Promise.withResolvers<ReadonlySet<never>>()
    office.box.onProbe = () => first.promise
    office.client.setAddresses('eth0', ['192.0.2.50/24'])
    office.server.start()
    const known = { type: 'inform', ciaddr: '192.0.2.50', mac: '00:00:5e:00:53:07' } as const
    office.send({ type: 'discover', mac: ME, xid: 7 })
    office.send(known)
    expect(await office.replies()).toMatchObject([{ yiaddr: 0 }])
    first.resolve(new Set())
    expect(await office.replies()).toMatchObject([{ xid: 7, yiaddr: parseIpv4('192.0.2.100') }])
  })

  it('does not take the client itself for a stranger', async () => {
    const office = open(probing)
    office.client.setAddresses('eth0', ['192.0.2.105/24'])
    office.box.setNeighbour(parseIpv4('192.0.2.105'), parseMac(ME))
    office.box.onProbe = async (addresses) => new Set(addresses)
    office.send({ type: 'request', mac: ME, wants: '192.0.2.105' })
    expect(await office.replies()).toMatchObject([{ yiaddr: parseIpv4('192.0.2.105') }])
  })
})

describe('interfaces', () => {
  it('are followed as they come, change and go, and settings as they change', async () => {
    const office = open({
      interfaces: [
        { name: 'eth0', mode: 'off', besideForeignServer: false },
        { name: 'eth7', mode: 'full', besideForeignServer: true },
      ],
    })
    const reasons = () => office.server.status().interfaces.map(({ reason }) => reason)
    expect(reasons()).toEqual(['off: not enabled for this interface', 'off: there is no such interface'])
    office.box.add({ name: 'eth7', segment: 'office' })
    expect(reasons()[1]).toBe('off: the interface has no IPv4 address')
    office.box.setAddresses('eth7', ['192.0.2.2/24'])
    expect(reasons()[1]).toBe('on: answers every client')
    office.box.setUp('eth7', false)
    expect(reasons()[1]).toBe('off: the interface is down')
    office.server.update(
      dhcpSettings({ interfaces: [{ name: 'eth0', mode: 'phones-only', besideForeignServer: false }] }),
    )
    expect(reasons()).toEqual(['on: answers phones only'])
    office.advice = { phone: false, options: [] }
    expect(await office.lease(ME)).toBeUndefined()
    office.advice = { phone: true, options: [] }
    expect(await office.lease(ME)).toBe('192.0.2.100')
  })

  it('keep their settings when new ones have faults', async () => {
    const office = open()
    const bad = dhcpSettings({ networks: [network({ leaseSeconds: -1 })] })
    expect(() => office.server.update(bad)).toThrow(OperatorError)
    expect(await office.lease(ME)).toBe('192.0.2.100')
  })
})

describe('hostile input', () => {
  it('every truncation and 20,000 mutations leave the server answering', async () => {
    const office = open({ networks: wide })
    const random = makeRandom(951)
    const seeds = [
      ...Object.values(CAPTURES).map(hex),
      clientBytes({ type: 'request', wants: '192.0.8.9', parameters: [66] }),
    ]
    for (const seed of seeds) for (let length = 0; length < seed.length; length++) office.send(seed.slice(0, length))
    for (let round = 0; round < 20_000; round++) {
      const bytes = (seeds[round % seeds.length] ?? new Uint8Array()).slice()
      for (let i = 0; i < 4; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      office.send(bytes)
    }
    await office.lan.settle()
    expect(office.counters.get('dhcp.malformed')).toBeGreaterThan(100)
    expect(office.counters.get('dhcp.failed')).toBe(0)
    office.clock.advance(7_200_000)
    expect(await office.lease('00:00:5e:00:53:77')).toBeDefined()
  })

  it('does not answer answers', async () => {
    const office = open()
    office.send(
      encode({
        op: 2,
        htype: 1,
        hops: 0,
        xid: 1,
        secs: 0,
        flags: 0,
        ciaddr: parseIpv4('0.0.0.0'),
        yiaddr: parseIpv4('0.0.0.0'),
        siaddr: parseIpv4('0.0.0.0'),
        giaddr: parseIpv4('0.0.0.0'),
        chaddr: hex('00005e005301'),
        sname: '',
        file: '',
        cookie: true,
        options: new Map([[53, Uint8Array.of(1)]]),
      }),
    )
    expect(await office.replies()).toEqual([])
  })
})
