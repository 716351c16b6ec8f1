import { beforeEach, describe, expect, it } from 'vitest'
import { NotFoundError } from '../../services/core/errors.ts'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import type { Lan, LanInterface } from '../../services/core/net.ts'
import type { DhcpSettings } from '../../services/dhcp/contract.ts'
import { makeRecords } from '../../services/records/records.ts'
import { memoryDatabase } from '../../test/support/database.ts'
import { type BoxConfig, readConfig } from '../config/config.ts'
import { setDhcpInterface } from './control.ts'
import { addDhcpNetwork, dhcpChoices, removeDhcpNetwork, setDhcpNetwork, storedNetworks } from './networks.ts'
import { assembleDhcp } from './settings.ts'

const ETH0: LanInterface = { name: 'eth0', up: true, addresses: [{ address: parseIpv4('192.0.2.1'), prefix: 24 }] }
const BARE: LanInterface = { name: 'eth1', up: true, addresses: [] }
const config = readConfig({ flags: {}, env: {}, root: true })
const by = 'test'

let records: ReturnType<typeof makeRecords>
let applied: DhcpSettings[]
beforeEach(() => {
  let ids = 0
  records = makeRecords({ db: memoryDatabase(), clock: { now: () => 0 }, newId: () => `id${ids++}`, log: silentLog })
  applied = []
})

const lan = { interfaces: () => [ETH0, BARE] } as unknown as Lan

function depsOf(given: BoxConfig = config) {
  return { config: given, records, lan, apply: (settings: DhcpSettings) => void applied.push(settings) }
}

function set(name: string, mode: 'full' | 'phones-only' | 'off', given: BoxConfig = config): void {
  setDhcpInterface(depsOf(given), name, { mode, besideForeignServer: false }, by)
}

describe('switching DHCP on', () => {
  it('is off where nobody said anything', () => {
    expect(assembleDhcp(config, records, [ETH0]).settings.interfaces).toEqual([
      { name: 'eth0', mode: 'off', besideForeignServer: false },
    ])
  })

  it('stores the mode, makes a network of the own subnet once, and applies both', () => {
    set('eth0', 'full')
    const [settings] = applied
    expect(settings?.interfaces.find(({ name }) => name === 'eth0')?.mode).toBe('full')
    expect(settings?.networks.map(({ id, pools }) => [id, formatIpv4(pools[0]?.from ?? parseIpv4('0.0.0.0'))])).toEqual(
      [['eth0', '192.0.2.65']],
    )
    set('eth0', 'phones-only')
    set('eth0', 'off')
    expect(applied.at(-1)?.networks.length).toBe(1)
    expect(records.history('network', 'eth0').length).toBe(1)
    expect(records.history('interface', 'eth0').map(({ by: who }) => who)).toEqual([by, by, by])
  })

  it('names what is there when the interface is not', () => {
    expect(() => set('eth9', 'full')).toThrow(NotFoundError)
    expect(() => set('eth9', 'full')).toThrow('no interface eth9; there are eth0, eth1')
    expect(() => set('eth1', 'full')).toThrow('eth1 has no address of a subnet that could be shared')
    expect(applied).toEqual([])
    // One that went away can be switched off.
    set('eth9', 'off')
    expect(applied.length).toBe(1)
  })

  it('leaves to the configuration file what stands in it', () => {
    const fixed: BoxConfig = {
      ...config,
      file: '/etc/branchline.yaml',
      dhcp: { ...config.dhcp, interfaces: { eth0: { mode: 'phones-only', besideForeignServer: false } } },
    }
    records.put('interface', 'eth0', { mode: 'full', besideForeignServer: false }, { by })
    expect(assembleDhcp(fixed, records, [ETH0]).settings.interfaces[0]?.mode).toBe('phones-only')
    expect(() => set('eth0', 'off', fixed)).toThrow('dhcp on eth0 is set in /etc/branchline.yaml; change it there')
  })
})

describe('stored settings', () => {
  it('that cannot be used are passed over whole and named', () => {
    records.put('interface', 'eth0', { mode: 'loud' }, { by })
    records.put('network', 'bad', { id: 'bad', subnet: '192.0.2.0/99' }, { by })
    const { settings, faults } = assembleDhcp(config, records, [ETH0])
    expect(settings.interfaces[0]?.mode).toBe('off')
    expect(settings.networks).toEqual([])
    expect(faults).toEqual([expect.stringMatching(/^network bad: /), expect.stringMatching(/^interface eth0: /)])
  })
})

describe('a network of the box', () => {
  it('is shown in the form in which it is changed, field by field', () => {
    set('eth0', 'full')
    const [made] = storedNetworks(depsOf())
    expect(made).toMatchObject({ id: 'eth0', rev: 1, fixed: false, subnet: '192.0.2.0/24', lease: 43_200 })
    const reservations = [{ mac: '80:5e:c0:12:34:56', address: '192.0.2.20' }]
    setDhcpNetwork(
      depsOf(),
      'eth0',
      { pools: ['192.0.2.100-192.0.2.120'], reservations, domain: null },
      { by, base: 1 },
    )
    expect(storedNetworks(depsOf())[0]).toMatchObject({
      pools: ['192.0.2.100-192.0.2.120'],
      rev: 2,
      subnet: '192.0.2.0/24',
    })
    expect(applied.at(-1)?.networks[0]?.reservations.length).toBe(1)
  })

  it('stays as it was when the change has a fault, or the server does not take it', () => {
    set('eth0', 'full')
    const before = storedNetworks(depsOf())
    const wrong = { pools: ['198.51.100.1-198.51.100.9'] }
    expect(() => setDhcpNetwork(depsOf(), 'eth0', wrong, { by })).toThrow('pools.0: range lies outside 192.0.2.0/24')
    const refusing = {
      ...depsOf(),
      apply() {
        throw new NotFoundError('no')
      },
    }
    expect(() => setDhcpNetwork(refusing, 'eth0', { lease: 60 }, { by })).toThrow('no')
    expect(storedNetworks(depsOf())[0]).toEqual({ ...before[0], rev: 3 })
    expect(() => setDhcpNetwork(depsOf(), 'eth7', { lease: 60 }, { by })).toThrow(NotFoundError)
  })

  it('has interfaces for which nobody has decided yet', () => {
    const decided = () => dhcpChoices(depsOf()).map((one) => `${one.name} ${one.decided} ${one.addresses.join()}`)
    expect(decided()).toEqual(['eth0 false 192.0.2.1/24', 'eth1 false '])
    set('eth0', 'off')
    expect(decided()[0]).toBe('eth0 true 192.0.2.1/24')
  })
})

describe('a whole network', () => {
  const annex = { name: 'Annex', subnet: '198.51.100.0/24', pools: ['198.51.100.10-198.51.100.20'] }

  it('is added under a name of its own, and is in force', () => {
    expect(addDhcpNetwork(depsOf(), annex, { by })).toBe('annex')
    expect(addDhcpNetwork(depsOf(), { id: 'lab', interface: 'eth0', subnet: '192.0.2.0/24' }, { by })).toBe('lab')
    expect(storedNetworks(depsOf()).map(({ id, rev, lease, ...rest }) => [id, rev, lease, rest.interface])).toEqual([
      ['annex', 1, 43_200, undefined],
      ['lab', 1, 43_200, 'eth0'],
    ])
    expect(applied.at(-1)?.networks.map(({ id }) => id)).toEqual(['annex', 'lab'])
    expect(() => addDhcpNetwork(depsOf(), { ...annex, subnet: '203.0.113.0/24', pools: [] }, { by })).not.toThrow()
    expect(storedNetworks(depsOf())[1]?.id).toBe('annex-2')
  })

  it.each<[string, object, string]>([
    ['an id that is there', { id: 'eth0', subnet: '203.0.113.0/24' }, 'there is a network eth0 already'],
    ['no id at all', { id: 'a b', subnet: '203.0.113.0/24' }, 'an id is 1 to 64 letters'],
    [
      'a subnet of another',
      { subnet: '192.0.2.128/25' },
      'subnet: 192.0.2.128/25 overlaps network eth0 (192.0.2.0/24)',
    ],
    [
      'no interface of ours',
      { subnet: '203.0.113.0/24', interface: 'eth9' },
      'no interface eth9; there are eth0, eth1',
    ],
    ['a range elsewhere', { subnet: '203.0.113.0/24', pools: ['192.0.2.1'] }, 'range lies outside 203.0.113.0/24'],
  ])('with %s is refused, and nothing of it stays', (_what, input, message) => {
    set('eth0', 'full')
    expect(() => addDhcpNetwork(depsOf(), input, { by })).toThrow(message)
    expect(records.list('network').map(({ id }) => id)).toEqual(['eth0'])
  })

  it('may not take the box’s own address into a range that somebody draws now', () => {
    set('eth0', 'full')
    const own = { pools: ['192.0.2.1-192.0.2.50'] }
    expect(() => setDhcpNetwork(depsOf(), 'eth0', own, { by })).toThrow('192.0.2.1, the box’s own address on eth0')
  })

  it('is removed whole, comes back as it was, and is the file’s where the file says so', () => {
    set('eth0', 'full')
    const before = storedNetworks(depsOf())[0]
    expect(() => removeDhcpNetwork(depsOf(), 'eth0', { by, base: 7 })).toThrow('is at revision 1')
    removeDhcpNetwork(depsOf(), 'eth0', { by, base: 1 })
    expect(applied.at(-1)?.networks).toEqual([])
    expect(() => removeDhcpNetwork(depsOf(), 'eth0', { by })).toThrow(NotFoundError)
    addDhcpNetwork(depsOf(), { ...before, rev: undefined, fixed: undefined }, { by })
    expect(storedNetworks(depsOf())[0]).toEqual({ ...before, rev: expect.any(Number) })
    const fixed = { ...config, file: '/etc/b.yaml', dhcp: { ...config.dhcp, networks: applied.at(-1)?.networks ?? [] } }
    expect(() => removeDhcpNetwork(depsOf(fixed), 'eth0', { by })).toThrow('network eth0 is set in /etc/b.yaml')
  })
})
