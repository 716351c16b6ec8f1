import { join } from 'node:path'
import { parseIpv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import { renderContext } from './context.ts'
import type { Device, Key, Layer } from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import { makeRenderer } from './render.ts'
import { resolve } from './resolve.ts'
import { BUILT_IN } from './settings.ts'

/** Where the shipped vendors are. */
export const TEMPLATES = join(import.meta.dirname, '../../templates')

export const SITE: Layer = {
  settings: {
    'sip.server': 'pbx.example.net',
    'sip.transport': 'udp',
    'sip.codecs': ['g722', 'pcma', 'pcmu'],
    timezone: 'Europe/Berlin',
    language: 'de',
    adminPassword: 'Golden2Password3Here',
    voicemail: '*97',
    'phonebook.url': 'http://192.0.2.1/phonebook/phonebook.xml',
    'firmware.url': 'http://192.0.2.1/files/firmware.rom',
    'vlan.id': 20,
    'syslog.server': '192.0.2.9',
  },
  extra: {},
  dhcpOptions: [],
}

/** A device that uses everything once, as far as its model has it. */
export function sampleDevice(model: Model, mac: Mac): Device {
  const keys: Key[] = [
    { module: 0, index: 2, type: 'blf', label: 'Bob', value: '102', line: 1, pickup: '**102' },
    { module: 0, index: 3, type: 'speed-dial', label: 'Taxi', value: '004930123456', line: 1 },
    { module: 0, index: 4, type: 'park', label: 'Park', value: '700', line: 1 },
    { module: 0, index: 5, type: 'dtmf', label: 'Door', value: '#5', line: 1 },
    { module: 0, index: 6, type: 'url', label: 'Light', value: 'http://192.0.2.5/light?on&x=1', line: 1 },
    { module: 1, index: 1, type: 'blf', label: 'Eve', value: '103', line: 1, pickup: '**103' },
  ]
  return {
    mac,
    rev: 1,
    enabled: true,
    model: model.model,
    lines: [
      { index: 1, label: 'Anna', user: '101', authUser: 'auth101', secret: 'Secret4Anna', displayName: 'Anna Abel' },
      ...(model.lines > 1
        ? [
            {
              index: 2,
              user: '201',
              secret: 'Secret4Second',
              server: 'sip.example.org',
              transport: 'tls',
              srtp: 'required',
              outboundProxy: 'proxy.example.org:5071',
            } as const,
          ]
        : []),
    ],
    keys,
    settings: {},
    extra: {},
    dhcpOptions: [],
  }
}

const renderer = makeRenderer()

/** Renders one file of a vendor for a device, with the site layer above. */
export function renderSample(
  definition: Definition,
  form: FileForm,
  model: Model,
  device: Device,
  site: Layer = SITE,
): string {
  const effective = resolve(
    [
      { layer: 'built-in', values: { settings: BUILT_IN } },
      { layer: 'site', values: site },
      ...(form.scope === 'device' ? [{ layer: 'device' as const, values: device }] : []),
    ],
    definition.id,
  )
  const context = renderContext({
    definition,
    form,
    model,
    effective,
    protocol: 'http',
    box: { address: parseIpv4('192.0.2.1'), httpPort: 80 },
    year: 2026,
    ...(form.scope === 'device' && { mac: device.mac, device }),
  })
  return renderer.render(definition, form.from ?? '', form.format, context)
}
