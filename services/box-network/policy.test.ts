import { describe, expect, it } from 'vitest'
import type { AddressSetting } from './contract.ts'
import { faultsOf, readState, settingText } from './policy.ts'

const FIXED: AddressSetting = {
  address: '192.0.2.1/24',
  gateway: '192.0.2.254',
  dns: ['192.0.2.53', '198.51.100.53'],
  ntp: [],
}

describe('a setting of the box’s own address', () => {
  it.each<[string, AddressSetting]>([
    ['by DHCP', { dns: [], ntp: [] }],
    ['by DHCP on one interface', { dns: [], ntp: [], interface: 'eth0' }],
    ['fixed, with everything', { ...FIXED, interface: 'eth1' }],
    ['fixed, without a way out', { address: '10.0.0.1/8', dns: [], ntp: [] }],
  ])('%s can be used', (_, setting) => expect(faultsOf(setting, ['eth0', 'eth1'])).toEqual([]))

  it.each<[string, Partial<AddressSetting>, string]>([
    ['without a prefix', { address: '192.0.2.1' }, 'address'],
    ['with two', { address: '192.0.2.1/24/24' }, 'address'],
    ['with a prefix that leaves no room', { address: '192.0.2.1/31' }, 'address'],
    ['with a prefix that is far too short', { address: '192.0.2.1/7' }, 'address'],
    ['that is none', { address: '192.0.2.256/24' }, 'address'],
    ['that is the network', { address: '192.0.2.0/24' }, 'address'],
    ['that is the broadcast address', { address: '192.0.2.255/24' }, 'address'],
    ['of loopback', { address: '127.0.0.1/8' }, 'address'],
    ['for many', { address: '224.0.0.9/24' }, 'address'],
    ['that the box takes by itself', { address: '169.254.1.1/16' }, 'address'],
    ['whose router is elsewhere', { gateway: '198.51.100.1' }, 'gateway'],
    ['whose router is the box', { gateway: '192.0.2.1' }, 'gateway'],
    ['whose router is no address', { gateway: 'router' }, 'gateway'],
    ['with a name server that is none', { dns: ['192.0.2.53', 'dns'], ntp: [] }, 'dns.1'],
    ['with a line break in a name server', { dns: ['192.0.2.53\nADDRESS=192.0.2.9/24'], ntp: [] }, 'dns.0'],
    ['with more name servers than are asked', { dns: ['8.8.8.1', '8.8.8.2', '8.8.8.3', '8.8.8.4'], ntp: [] }, 'dns'],
    ['on an interface that is not there', { interface: 'eth7' }, 'interface'],
  ])('an address %s is refused', (_, change, path) =>
    expect(faultsOf({ ...FIXED, ...change }, ['eth0']).map((fault) => fault.path)).toEqual([path]),
  )

  it('takes no router and no name servers beside DHCP, which brings its own', () =>
    expect(faultsOf({ gateway: '192.0.2.254', dns: ['192.0.2.53'], ntp: [] }, []).map(({ path }) => path)).toEqual([
      'gateway',
      'dns',
    ]))
})

describe('what the system wrote down', () => {
  it('is what was asked for', () => {
    const setting = { ...FIXED, interface: 'eth0' }
    expect(readState(`source=page\n${settingText(setting)}`, 0)).toEqual({ setting, source: 'page' })
  })

  it.each([
    ['nothing', undefined, { setting: { dns: [], ntp: [] }, source: 'built-in' }],
    ['something else', 'hello\n=\nsource=moon\n', { setting: { dns: [], ntp: [] }, source: 'built-in' }],
    [
      'a trial',
      'phase=trying\nlast=\nend=160\nsource=page\nADDRESS=192.0.2.1/24\nGATEWAY=\nDNS=\nINTERFACE=\n',
      { setting: { address: '192.0.2.1/24', dns: [], ntp: [] }, source: 'page', returnsIn: 60 },
    ],
    [
      'a trial that is over',
      'phase=trying\nend=90\n',
      { setting: { dns: [], ntp: [] }, source: 'built-in', returnsIn: 0 },
    ],
    [
      'how a trial ended',
      'phase=settled\nlast=returned\nsource=boot\n',
      { setting: { dns: [], ntp: [] }, source: 'boot', last: 'returned' },
    ],
  ])('%s', (_, text, state) => expect(readState(text, 100)).toEqual(state))
})
