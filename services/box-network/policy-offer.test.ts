import { expect, it } from 'vitest'
import type { BoxNetworkState, FormerAddress } from './contract.ts'
import { offerOf } from './policy-offer.ts'

const HAD: FormerAddress = { address: '192.0.2.1/24', gateway: '192.0.2.254', dns: [], ntp: [], ports: ['eth0'] }
const NOW: BoxNetworkState = { setting: { dns: [], ntp: [] }, source: 'built-in' }
const { ports: _, ...SETTING } = HAD

it.each<[string, Partial<FormerAddress>, Partial<BoxNetworkState>, readonly string[], unknown]>([
  ['the same port', {}, {}, ['eth0', 'eth1'], { ...SETTING, suggested: true }],
  ['the port that was chosen', { interface: 'eth0' }, {}, ['eth0'], { ...SETTING, interface: 'eth0', suggested: true }],
  ['other ports', {}, {}, ['enp1s0', 'enp2s0'], { ...SETTING, suggested: false }],
  ['one port of another name', { interface: 'eth0' }, {}, ['enp1s0'], { ...SETTING, suggested: false }],
  ['a file on the boot partition', {}, { source: 'boot' }, ['eth0'], { ...SETTING, suggested: false }],
  ['the setting in force', {}, { setting: SETTING, source: 'page' }, ['eth0'], undefined],
  [
    'several ports, and not the one that was chosen',
    { interface: 'eth0' },
    {},
    ['enp1s0', 'enp2s0'],
    {
      ...{ ...SETTING, interface: 'eth0', suggested: false },
      obstacle: 'no interface eth0; there are enp1s0, enp2s0',
    },
  ],
  [
    'a system of its owner',
    {},
    { unsupported: 'set by the system' },
    ['eth0'],
    { ...SETTING, suggested: false, obstacle: 'set by the system' },
  ],
  [
    'an address that is none',
    { address: '192.0.2.1\nX=1' },
    {},
    ['eth0'],
    { ...SETTING, address: '192.0.2.1\nX=1', suggested: false, obstacle: expect.stringContaining('not an address') },
  ],
])('on a machine with %s', (_what, had, now, ports, offer) =>
  expect(offerOf({ ...HAD, ...had }, { ...NOW, ...now }, ports)).toEqual(offer),
)
