import { parseIpv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { RenderInput } from './context.ts'
import type { Device, Key, Layer } from './contract.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import { KEY_TYPES } from './device-schema.ts'
import { resolve } from './resolve.ts'
import { BUILT_IN, SETTINGS } from './settings.ts'

// A made-up device of a model and a site for it, in which everything that can be given is given once: what a template
// makes of them shows all that it can write.

/** What decides whether the box itself is listened to is tested where it matters. */
const LEFT_OUT = new Set(['security.notifyChallenge', 'security.onlyServer'])

export const SITE: Layer = {
  settings: {
    // Everything is set once, so that the golden files show what each model makes of it.
    ...Object.fromEntries(SETTINGS.flatMap(({ name, example }) => (LEFT_OUT.has(name) ? [] : [[name, example]]))),
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

const REST = KEY_TYPES.filter((type) => !['none', 'blf', 'speed-dial', 'park', 'dtmf', 'url'].includes(type))
const OTHER = { index: 1, type: 'dnd', label: 'Quiet', value: '', line: 1 } as const

/** A device that uses everything once, as far as its model has it. */
export function sampleDevice(model: Model, mac: Mac): Device {
  const keys: Key[] = [
    { module: 0, index: 2, type: 'blf', label: 'Bob', value: '102', line: 1, pickup: '**102' },
    { module: 0, index: 3, type: 'speed-dial', label: 'Taxi', value: '004930123456', line: 1 },
    { module: 0, index: 4, type: 'park', label: 'Park', value: '700', line: 1 },
    { module: 0, index: 5, type: 'dtmf', label: 'Door', value: '#5', line: 1 },
    { module: 0, index: 6, type: 'url', label: 'Light', value: 'http://192.0.2.5/light?on&x=1', line: 1 },
    { module: 1, index: 1, type: 'blf', label: 'Eve', value: '103', line: 1, pickup: '**103' },
    ...REST.map((type, i) => ({ module: 0, index: 7 + i, type, label: `Key ${i}`, value: '104', line: 1 })),
    ...(model.places.programmable ? [{ ...OTHER, place: 'programmable' as const, module: 0 }] : []),
    ...(model.places.soft ? [{ ...OTHER, place: 'soft' as const, module: 0 }] : []),
    ...(model.places.handset ? [{ ...OTHER, place: 'handset' as const, module: 1 }] : []),
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
    ...(model.hardware.handsets && {
      handsets: [{ index: 1, name: 'Hall', ipui: '0123456789', ac: '4321', lines: [1], outgoing: 1 }],
    }),
    ...(model.hardware.ports && { ports: [{ index: 1, kind: 'fxs', line: 1, label: 'Fax', hotline: '110' }] }),
    ...(model.hardware.relays && { relays: [{ index: 1, name: 'Gate', code: '7788', seconds: 6, rest: 'open' }] }),
    ...(model.hardware.buttons && { buttons: [{ index: 1, label: 'Office', numbers: ['105', '106'], line: 1 }] }),
    settings: {},
    extra: {},
    dhcpOptions: [],
  }
}

/** Left out: the layer above, and a device that has told no firmware. */
export interface SampleOptions {
  readonly site?: Layer
  readonly firmware?: string | undefined
}

/** What one file of the made-up device is rendered from, with the site above. */
export function sampleInput(
  definition: Definition,
  form: FileForm,
  model: Model,
  device: Device,
  { site = SITE, firmware }: SampleOptions = {},
): RenderInput {
  const effective = resolve(
    [
      { layer: 'built-in', values: { settings: BUILT_IN } },
      { layer: 'site', values: site },
      ...(form.scope === 'device' ? [{ layer: 'device' as const, values: device }] : []),
    ],
    definition.id,
  )
  return {
    definition,
    form,
    model,
    ...(firmware !== undefined && { firmware }),
    effective,
    protocol: 'http',
    box: { address: parseIpv4('192.0.2.1'), httpPort: 80 },
    year: 2026,
    ...(form.scope === 'device' && { mac: device.mac, device }),
  }
}
