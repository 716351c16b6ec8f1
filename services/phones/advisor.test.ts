import { describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import { BOX, makeTestBox } from './box.fixture.ts'

describe('DHCP advice', () => {
  const rows: [string, string | undefined, string | undefined, object[]][] = [
    ['yealink', 'yealink', undefined, [{ code: 66, type: 'text', value: 'http://192.0.2.1/yealink/', always: true }]],
    [
      'snom',
      'snomD785',
      undefined,
      [
        { code: 66, type: 'text', value: 'http://192.0.2.1', always: true },
        { code: 67, type: 'text', value: 'snom/{mac}.xml', always: true },
        {
          code: 43,
          type: 'sub',
          value: [
            { code: 66, type: 'text', value: 'http://192.0.2.1\0' },
            { code: 67, type: 'text', value: 'snom/{mac}.xml\0' },
          ],
        },
      ],
    ],
    [
      'grandstream',
      undefined,
      '000b82005301',
      [{ code: 66, type: 'text', value: 'http://192.0.2.1/grandstream', always: true }],
    ],
    [
      'cisco-sep',
      'Cisco Systems, Inc. IP Phone CP-7941G\0',
      undefined,
      [
        { code: 150, type: 'ipv4', value: ['192.0.2.1'], always: true },
        { code: 66, type: 'text', value: '192.0.2.1', always: true },
      ],
    ],
    ['cisco-spa', 'LINKSYS SPA-942', undefined, [{ code: 66, type: 'text', value: '192.0.2.1', always: true }]],
    [
      'fanvil',
      'Fanvil X5U',
      undefined,
      [{ code: 66, type: 'text', value: 'http://192.0.2.1/fanvil/$mac.cfg', always: true }],
    ],
  ]
  it.each(rows)('%s gets its own form', (vendor, vendorClass, mac, options) => {
    const advice = makeTestBox().dhcp.advise({
      parameters: [],
      serverAddress: BOX,
      ...(vendorClass !== undefined && { vendorClass }),
      ...(mac !== undefined && { mac: parseMac(mac) }),
    })
    expect(advice).toMatchObject({ phone: true, vendor })
    expect(advice.options).toEqual(options)
  })

  it('a computer gets nothing', () => {
    const client = { parameters: [], serverAddress: BOX, vendorClass: 'MSFT 5.0', mac: parseMac('00005e005301') }
    expect(makeTestBox().dhcp.advise(client)).toEqual({ phone: false, options: [] })
  })

  it('a registered device is a phone whatever it says, with the options of its layers', () => {
    const box = makeTestBox()
    const mac = parseMac('00005e005301')
    const client = { parameters: [], serverAddress: BOX, mac }
    box.devices.put(mac, { vendor: 'yealink', model: 'T46U', settings: { 'vlan.id': 30 } }, { by: 'test' })
    expect(box.dhcp.advise(client)).toMatchObject({ phone: true, vendor: 'yealink', model: 'T46U' })
    expect(box.dhcp.advise(client).options).toContainEqual({ code: 132, type: 'text', value: '30' })
    box.layers.put(
      'site',
      'site',
      { dhcpOptions: [{ code: 66, type: 'text', value: 'http://198.51.100.1/' }] },
      { by: 'test' },
    )
    expect(box.dhcp.advise(client).options).toContainEqual({ code: 66, type: 'text', value: 'http://198.51.100.1/' })
  })
})

describe('PnP advice', () => {
  it.each([
    ['Yealink', 'T21D', 'http://192.0.2.1/yealink/'],
    ['snom', 'snomD120', 'http://192.0.2.1/snom/00005E005301.xml'],
    ['Fanvil', 'X4', 'http://192.0.2.1/fanvil/$mac.cfg'],
  ])('%s %s', (vendor, model, url) => {
    const evidence = { mac: parseMac('00005e005301'), pnp: { vendor, model, version: '1.0' } }
    expect(makeTestBox().pnp.urlFor(evidence, BOX)).toMatchObject({ url })
  })

  it('says nothing to a stranger', () => {
    expect(makeTestBox().pnp.urlFor({ pnp: { vendor: 'Nobody' } }, BOX)).toBeUndefined()
  })
})
