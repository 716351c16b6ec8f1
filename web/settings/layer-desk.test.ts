import { describe, expect, it } from 'vitest'
import type { LayerView } from '../../services/admin/schema.ts'
import { bodyOf } from './layer-desk.ts'

const stored: LayerView = {
  ...{ kind: 'site', id: 'site', rev: 3 },
  settings: { timezone: 'Europe/Berlin', language: 'de' },
  extra: { yealink: { 'features.dnd.allow': '0' } },
  dhcpOptions: [{ code: 42, type: 'ipv4', value: ['192.0.2.1'] }],
  locked: ['timezone'],
  secrets: ['settings.adminPassword', 'extra.snom.user_pass'],
}

describe('what a layer is saved as', () => {
  it('is all that it says, with the draft laid over it: what is not touched stays', () => {
    expect(bodyOf(stored, { settings: { language: 'fr', 'sip.port': 5080 }, extra: {} })).toEqual({
      settings: { timezone: 'Europe/Berlin', language: 'fr', 'sip.port': 5080 },
      extra: stored.extra,
      dhcpOptions: stored.dhcpOptions,
      locked: ['timezone'],
    })
  })

  it('leaves out what is taken away, and says so of a secret, which would stay otherwise', () => {
    const body = bodyOf(stored, {
      settings: { language: null, adminPassword: null },
      extra: { yealink: { 'features.dnd.allow': null }, snom: { user_pass: null } },
      locked: [],
    })
    expect(body).toEqual({
      settings: { timezone: 'Europe/Berlin', adminPassword: null },
      extra: { snom: { user_pass: null } },
      dhcpOptions: stored.dhcpOptions,
      locked: [],
    })
  })

  it('has the DHCP options of the draft, once they were changed', () => {
    const options = [{ code: 66, type: 'text', value: 'http://192.0.2.1/' }]
    expect(bodyOf(stored, { settings: {}, extra: {}, options })).toMatchObject({ dhcpOptions: options })
  })

  it('is the draft alone where nobody said anything yet', () => {
    expect(bodyOf(undefined, { settings: { language: 'de' }, extra: { snom: { a: '1' } } })).toEqual({
      ...{ settings: { language: 'de' }, extra: { snom: { a: '1' } }, dhcpOptions: [] },
    })
  })
})
