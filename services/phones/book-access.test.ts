import { describe, expect, it } from 'vitest'
import { parseIpv4 } from '../core/ipv4.ts'
import { type Mac, parseMac } from '../core/mac.ts'
import { makeBookAccess } from './book-access.ts'
import { makeTestBox } from './box.fixture.ts'

const MAC = parseMac('805ec0005301')
const OTHER = parseMac('805ec0005302')
const ADDRESS = parseIpv4('192.0.2.50')

function access(given: { lease?: Mac; neighbour?: Mac; closed?: string; device?: object; site?: object }) {
  const box = makeTestBox()
  if (given.device !== undefined) box.devices.put(MAC, { vendor: 'yealink', ...given.device }, { by: 'test' })
  if (given.site !== undefined) box.layers.put('site', 'site', { settings: given.site }, { by: 'test' })
  const leased = given.lease === undefined ? {} : { mac: given.lease }
  return makeBookAccess({
    ...box.facts,
    ...{ devices: box.devices, memory: box.memory },
    leases: { byAddress: () => (given.lease === undefined ? undefined : (leased as never)) },
    neighbour: () => given.neighbour,
    deliveries: { closed: () => given.closed },
  }).asker(ADDRESS)
}

describe('who may look people up', () => {
  it.each([
    ['nobody holds the address', {}, 'nobody is known'],
    ['lease and neighbour differ', { lease: MAC, neighbour: OTHER, device: {} }, 'uses it'],
    ['nobody registered the device', { lease: MAC }, 'not registered'],
    ['the device is switched off', { lease: MAC, device: { enabled: false } }, 'switched off'],
    ['it looks like another one', { lease: MAC, device: {}, closed: 'another vendor' }, 'another vendor'],
  ])('not when %s', (_, given, reason) => {
    const asker = access(given)
    expect(asker).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) })
    expect('mac' in asker).toBe('lease' in given)
  })

  it('a registered device, by lease or neighbour, as its settings say', () => {
    const settings = { language: 'de', 'directory.devices': false, 'directory.books': ['Sales'] }
    for (const by of [{ lease: MAC }, { neighbour: MAC }, { lease: MAC, neighbour: MAC }])
      expect(access({ ...by, device: { settings } })).toEqual({
        kind: 'device',
        mac: MAC,
        view: { devices: false, books: ['Sales'], order: 'name', language: 'de' },
      })
  })

  it('with the credentials of this server, not of another', () => {
    const login = { 'ldap.user': 'cn=phone', 'ldap.password': 'Ldap5Password' }
    const credentials = { user: 'cn=phone', password: 'Ldap5Password' }
    expect(access({ lease: MAC, device: {}, site: login })).toMatchObject({ credentials })
    const elsewhere = { ...login, 'ldap.server': 'ldap.example.net' }
    expect(access({ lease: MAC, device: {}, site: elsewhere })).not.toHaveProperty('credentials')
  })
})
