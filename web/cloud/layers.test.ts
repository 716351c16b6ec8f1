import { describe, expect, it } from 'vitest'
import type { DeviceView } from '../../services/admin/schema.ts'
import { explanationOf } from './layers.ts'

const device = (given: Partial<DeviceView>): DeviceView => ({
  ...{ mac: '80:5e:c0:12:34:56', rev: 1, enabled: true, lines: [], keys: [], vendor: 'yealink', model: 'SIP-T46U' },
  ...{ group: 'lobby', settings: {}, extra: {}, dhcpOptions: [], secrets: [] },
  ...given,
})
const layer = (kind: string, id: string, given: object) => ({
  ...{ kind, id, rev: 1, shared: false, settings: {}, extra: {}, dhcpOptions: [], secrets: [] },
  ...given,
})

describe('what a phone would get by the records of the account', () => {
  it('lets the narrower layer win, and says which one it was', () => {
    const layers = [
      layer('vendor', 'yealink', { settings: { a: 1, b: 1, c: 1, d: 1, e: 1 } }),
      layer('vendor', 'snom', { settings: { a: 9 } }),
      layer('site', 'site', { shared: true, settings: { b: 2, c: 2, d: 2, e: 2 } }),
      layer('group', 'lobby', { settings: { c: 3, d: 3, e: 3 } }),
      layer('model', 'yealink:t46u', { settings: { d: 4, e: 4 } }),
      layer('model', 'yealink:t33g', { settings: { d: 9 } }),
    ]
    const { settings } = explanationOf(device({ settings: { e: 5 } }), layers, { f: 0 })
    expect(settings).toEqual([
      { name: 'f', secret: false, value: 0, layer: 'built-in' },
      { name: 'a', secret: false, value: 1, layer: 'vendor', of: 'yealink' },
      { name: 'b', secret: false, value: 2, layer: 'account' },
      { name: 'c', secret: false, value: 3, layer: 'group', of: 'lobby' },
      { name: 'd', secret: false, value: 4, layer: 'model', of: 'yealink:t46u' },
      { name: 'e', secret: false, value: 5, layer: 'device' },
    ])
  })

  it('keeps what a wider layer locked, and says what was said in vain', () => {
    const layers = [layer('site', 'site', { settings: { 'sip.server': 'pbx' }, locked: ['sip.*'] })]
    const { settings } = explanationOf(device({ settings: { 'sip.server': 'other' } }), layers)
    expect(settings).toEqual([
      {
        ...{ name: 'sip.server', secret: false, value: 'pbx', layer: 'site' },
        ...{ lockedBy: { layer: 'site' }, ignored: [{ layer: 'device' }] },
      },
    ])
  })

  it('lets the narrower layer say a DHCP option, and says who did', () => {
    const option = (code: number, value: string) => ({ code, type: 'text', value })
    const layers = [
      layer('vendor', 'yealink', { dhcpOptions: [option(66, 'v'), option(43, 'v')] }),
      layer('group', 'lobby', { dhcpOptions: [option(43, 'g')] }),
    ]
    const { dhcpOptions } = explanationOf(device({ dhcpOptions: [option(66, 'd')] }), layers)
    expect(dhcpOptions).toEqual([
      { option: option(66, 'd'), layer: 'device' },
      { option: option(43, 'g'), layer: 'group', of: 'lobby' },
    ])
  })

  it('knows that a secret is set without having it, in settings and in raw parameters', () => {
    const secrets = ['settings.adminPassword', 'extra.yealink.wifi.key']
    const { settings, extra } = explanationOf(device({ secrets, extra: { yealink: { 'phone.x': '1' }, snom: {} } }), [])
    expect(settings).toEqual([{ name: 'adminPassword', secret: true, layer: 'device' }])
    expect(extra).toEqual([
      { name: 'phone.x', value: '1', secret: false, layer: 'device' },
      { name: 'wifi.key', secret: true, layer: 'device' },
    ])
  })
})
