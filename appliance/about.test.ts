import { expect, it } from 'vitest'
import { parseIpv4 } from '../services/core/ipv4.ts'
import type { Lan } from '../services/core/net.ts'
import { type BoxFacts, type Door, describeBox, greet } from './about.ts'
import { readConfig } from './config/config.ts'

const address = parseIpv4('192.0.2.1')
const eth0 = { name: 'eth0', up: true, addresses: [{ address, prefix: 24 }] }

function facts(changes: Partial<BoxFacts> = {}): BoxFacts {
  const off = { name: 'eth0', mode: 'off' as const, answering: false, reason: 'off: not enabled', foreign: [] }
  return {
    mode: 'box',
    startedAt: 0,
    lan: { interfaces: () => [eth0] } as unknown as Lan,
    config: readConfig({ flags: {}, env: {}, root: true }),
    dhcp: { interfaces: [off], networks: [] },
    tftp: { listening: () => [{ device: 'eth0', local: { address, port: 69 } }] },
    http: { status: () => [{ scheme: 'http', interface: 'eth0', address, port: 80, listening: true }] },
    pnp: { status: () => [{ interface: 'eth0', listening: true, reason: '' }] },
    ldap: { status: () => [{ interface: 'eth0', address, port: 389, listening: true }] },
    pages: [],
    ...changes,
  }
}

const door = (page: string | undefined, more: Partial<Door> = {}): Door => ({
  ...{ page, fingerprint: 'AB:CD', setupCode: undefined },
  ...more,
})

it('greets with what is on and where, and how DHCP is switched on', () => {
  expect(greet(describeBox(facts()), door('http://127.0.0.1:8080/')).split('\n').slice(1)).toEqual([
    '  dhcp     eth0: off: not enabled',
    '  tftp     eth0 port 69',
    '  http     192.0.2.1:80',
    '  https    off: no interface with an address',
    '  sip pnp  eth0 port 5060',
    '  DHCP stays off until you enable it: branchline dhcp enable INTERFACE',
    '  page  http://127.0.0.1:8080/',
    '',
  ])
})

it('names LDAP when it is on', () => {
  const on = describeBox(facts({ config: readConfig({ flags: { ldap: 'yes' }, env: {}, root: true }) }))
  expect(on.listeners).toContainEqual({ service: 'ldap', where: '192.0.2.1:389' })
  expect(describeBox(facts()).listeners.map(({ service }) => service)).not.toContain('ldap')
})

it('does not ask for what is done: DHCP is on', () => {
  const on = { name: 'eth0', mode: 'full' as const, answering: true, reason: 'on', foreign: [] }
  const about = describeBox(facts({ dhcp: { interfaces: [on], networks: [] } }))
  expect(about.listeners[0]).toEqual({ service: 'dhcp', where: 'eth0 port 67, full' })
  expect(greet(about, door(undefined))).not.toContain('DHCP stays off')
  expect(greet(about, door(undefined))).toContain('  page  off\n')
})

it('tells the reason of what could not be opened', () => {
  const http = [
    { scheme: 'http' as const, interface: 'eth0', address, port: 80, listening: false, problem: 'port is taken' },
  ]
  const pnp = [{ interface: 'eth0', listening: false, reason: 'no multicast' }]
  const about = describeBox(facts({ http: { status: () => http }, pnp: { status: () => pnp } }))
  expect(about.listeners).toContainEqual({ service: 'http', where: 'off on 192.0.2.1:80: port is taken' })
  expect(about.listeners).toContainEqual({ service: 'sip pnp', where: 'eth0: no multicast' })
  const config = readConfig({ flags: { pnp: 'false' }, env: {}, root: true })
  expect(describeBox(facts({ config })).listeners).toContainEqual({
    service: 'sip pnp',
    where: 'off: by configuration',
  })
})

it('says so when the machine has no address yet', () => {
  const lan = { interfaces: () => [{ ...eth0, addresses: [] }] } as unknown as Lan
  expect(greet(describeBox(facts({ lan })), door('x')).split('\n')[0]).toMatch(/: no address yet$/)
})

it('says how the first account is made, and what proves the box once the page is on the LAN', () => {
  const loopback = greet(describeBox(facts()), door('x', { setupCode: 'ABCD2345' }))
  expect(loopback).toContain('branchline accounts add NAME')
  expect(loopback).not.toContain('ABCD2345')
  const pages = [{ service: 'page', where: 'https://192.0.2.1:8443/' }]
  const onLan = greet(describeBox(facts({ pages })), door('x', { setupCode: 'ABCD2345' }))
  expect(onLan).toContain('SHA-256 AB:CD\n')
  expect(onLan).toContain('setup code ABCD2345')
  expect(greet(describeBox(facts({ pages })), door('x'))).not.toContain('setup code')
})
