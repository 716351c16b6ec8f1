import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseIpv4 } from '../core/ipv4.ts'
import { parseMac } from '../core/mac.ts'
import type { FileProtocol } from '../journey/contract.ts'
import { catalogue } from './catalogue.ts'
import { holds } from './condition.ts'
import { identify } from './identify.ts'
import { loadDefinitions } from './load.ts'
import { findModel } from './model-index.ts'
import { makeNameReader } from './names.ts'
import { parametersOf } from './parameter-reader.ts'
import { isKnownParameter, nearestParameters } from './parameters.ts'
import { fillOptions } from './placeholder.ts'
import { decide } from './provision.ts'
import { makeRenderer } from './render.ts'
import { makeRendering } from './rendering.ts'
import { NO_PHONE_BOOK } from './sample.fixture.ts'
import { sampleDevice } from './sample.ts'

// A vendor that needs everything that a description can say beyond a plain file.

const YAML = `
vendor: Acme
recognise: { oui: [00:00:5E] }
models:
  - { model: A-100, lines: 2, relays: 1, buttons: 1, family: door, codes: { common: F0V00X600000 }, features: [big] }
  - { model: B200, lines: 1, codes: { common: F0B200 }, rebrands: [{ vendor: Other, model: OX-9 }] }
unlisted: { lines: 1 }
conditions:
  door: { families: [door] }
  big: { features: [big] }
  bigDoor: { all: [door, big] }
  either: { any: [door, never] }
  never: { models: [B200], not: [bigDoor] }
  plain: { not: [door] }
dhcp:
  - hostName: "^other"
    options: [{ code: 66, type: text, value: other }]
  - options:
      - { code: 242, type: text, value: "HTTPSRVR={{ address }},HTTPDIR=/acme[[,L2QVLAN={{ vlan.id }}]][[,NAME={{ sip.domain }}]]" }
      - { code: 125, type: vendor-identifying, enterprise: 6889, value: [{ code: 1, type: text, value: "{{ url }}\\0" }] }
      - { code: 120, type: sip-servers, value: "{{ sip.server }}" }
      - { code: 66, type: text, value: "{{ url }}$mac/{{ code.common }}.cfg" }
format: xml
reader: { by: path }
files:
  - { name: "{mac}.xml", scope: device, from: device.liquid, lineEnd: crlf }
  - { name: "{mac}.xml.md5", scope: device, digest: { of: "{mac}.xml", text: "{digest}  {name}" } }
  - { name: "{code.common}.cfg", scope: model, redirect: "{{ url }}x.cfg" }
  - { name: "{model}.txt", scope: model, from: common.liquid }
  - { name: "sub/acme-{MAC-}.xml", scope: device, over: [tftp], from: device.liquid }
alsoKnown: [{ name: root/sip/line/user, source: "a guide, page 1" }]
`

const TEMPLATE = `<root>
<sip>
{%- for line in lines %}
<line index="{{ line.index }}">
<user>{{ line.user }}</user>
</line>
{%- endfor %}
</sip>
{%- for relay in relays %}
<relay>{{ relay.code }}</relay>
{%- endfor %}
{%- for button in buttons %}
<call>{{ button.numbers | join: ';' }}</call>
{%- endfor %}
</root>`

const definitions = loadDefinitions(
  new Map([
    [
      'acme',
      new Map(
        Object.entries({
          'vendor.yaml': YAML,
          'device.liquid': TEMPLATE,
          'common.liquid': '<root></root>',
          'parameters.txt': 'root/relay\nroot/call\n',
        }).map(([name, text]) => [name, { file: `acme/${name}`, text }]),
      ),
    ],
  ]),
  'test',
)
const [acme] = definitions.all
const [door, plain] = acme?.models ?? []
if (acme === undefined || door === undefined || plain === undefined) throw new Error('not loaded')
const MAC = parseMac('00005e005301')
const names = makeNameReader([acme])
const TO = { localAddress: parseIpv4('192.0.2.1'), protocol: 'http' as const, at: Date.UTC(2026, 0, 1) }

function asked(path: string, protocol: FileProtocol = 'http') {
  return decide({
    ...{ method: 'get', protocol, reading: names.read(path), lease: MAC },
    agent: { confidence: 0, used: [] },
    recall: () => undefined,
    deviceOf: () => device,
    vendorOfOui: () => 'acme',
    mayClaim: () => false,
    isNamedFile: false,
    uploadsAccepted: false,
  })
}

const device = { ...sampleDevice(door, MAC), vendor: 'acme' }
const none = {
  ...{ get: () => undefined, list: () => [], draft: () => device, revision: () => 1 },
  put: () => ({ rev: 1, layer: device }),
}
const rendering = makeRendering({
  ...{ definitions, layers: none, renderer: makeRenderer(), ports: { http: 80 } },
  phoneBook: NO_PHONE_BOOK,
  passwordKey: new Uint8Array(32),
})

function made(path: string, protocol: FileProtocol = 'http'): string {
  const decision = asked(path, protocol)
  if (decision.kind !== 'render') throw new Error(decision.reason)
  return new TextDecoder().decode(rendering.file({ ...decision, mac: MAC }, TO).bytes)
}

describe('a made-up vendor', () => {
  it('has conditions made of others', () => {
    const held = (name: string) => [door, plain].map((model) => holds(acme, name, model, undefined))
    expect(held('bigDoor')).toEqual([true, false])
    expect(held('either')).toEqual([true, true])
    expect(held('plain')).toEqual([false, true])
  })

  it('sells one of its models to another, under whose name it is found', () => {
    expect(findModel(acme, 'OX9')).toBe(plain)
    expect(asked('/acme/ox-9.txt')).toMatchObject({ kind: 'render', model: { model: 'B200' } })
    expect(catalogue([acme])[0]?.models[1]?.rebrands).toEqual(['Other OX-9'])
  })

  it('that is recognised by what another is recognised by too is nobody, and is found by who checks that', () => {
    const agent = `recognise:\n  oui: [00:00:5F]\n  userAgent: [{ pattern: '^Twin (?<model>\\w+)$', samples: [{ text: Twin T1, model: T1 }] }]\n`
    const twin = (oui: string) =>
      YAML.replace('recognise: { oui: [00:00:5E] }', () => agent.replace('00:00:5F', oui).trimEnd())
    const files = (yaml: string) =>
      new Map(
        Object.entries({ 'vendor.yaml': yaml, 'device.liquid': TEMPLATE, 'common.liquid': '<root></root>' }).map(
          ([name, text]) => [name, { file: `x/${name}`, text }],
        ),
      )
    const { all } = loadDefinitions(
      new Map([
        ['one', files(twin('00:00:60'))],
        ['two', files(twin('00:00:61'))],
      ]),
      'test',
    )
    const [one, two] = all
    // This is what vendors.test.ts asks of every sample of every vendor: who else knows it?
    expect(identify({ userAgent: 'Twin T1' }, two === undefined ? [] : [two])).toMatchObject({ confidence: 3 })
    expect(identify({ userAgent: 'Twin T1' }, all)).toMatchObject({ confidence: 0 })
    expect(identify({ userAgent: 'Twin T1' }, all)).not.toHaveProperty('vendor')
    expect(identify({ userAgent: 'Twin T1' }, one === undefined ? [] : [one])).toMatchObject({ vendor: 'one' })
  })

  it('has its options filled in, optional parts alone left out', () => {
    const form = acme.dhcp.at(-1)
    const filled = fillOptions(form ?? { options: [] }, {
      box: { address: TO.localAddress, httpPort: 80 },
      ...{ vendor: 'acme', codes: door.codes },
      settings: { 'vlan.id': { value: 20, layer: 'site' }, 'sip.server': { value: 'a.example', layer: 'site' } },
    })
    expect(filled).toEqual([
      { code: 242, type: 'text', value: 'HTTPSRVR=192.0.2.1,HTTPDIR=/acme,L2QVLAN=20' },
      {
        ...{ code: 125, type: 'vendor-identifying', enterprise: 6889 },
        value: [{ code: 1, type: 'text', value: 'http://192.0.2.1/acme/\0' }],
      },
      { code: 120, type: 'sip-servers', value: ['a.example'] },
      { code: 66, type: 'text', value: 'http://192.0.2.1/acme/$mac/F0V00X600000.cfg' },
    ])
  })

  it('finds names with dashes, folders and codes', () => {
    expect(asked('/acme/sub/ACME-00-00-5E-00-53-01.xml', 'tftp')).toMatchObject({ kind: 'render' })
    expect(asked('/acme/sub/acme-00-00-5e-00-53-01.xml', 'http')).toMatchObject({ kind: 'missing' })
    expect(asked('/acme/sub/acme-00-00-5e-00-53-02.xml', 'tftp')).toMatchObject({ kind: 'refused' })
    const sent = asked('f0v00x600000.cfg')
    expect(sent.kind === 'render' && rendering.location(sent, TO)).toBe('http://192.0.2.1/acme/x.cfg')
    expect(asked('f0v00x600000.cfg', 'tftp')).toMatchObject({ kind: 'missing', expected: true })
  })

  it('gets a file with its own line ends, and the digest of those very bytes', () => {
    const text = made(`/${MAC}.xml`)
    expect(text).toContain('<relay>7788</relay>\r\n<call>105;106</call>\r\n')
    const sum = createHash('md5').update(text).digest('hex')
    expect(made(`/${MAC}.xml.md5`)).toBe(`${sum}  ${MAC}.xml`)
  })

  it('has parameters by their paths', () => {
    const text = made(`/${MAC}.xml`).replaceAll('\r', '')
    const [{ reader } = { reader: undefined }] = acme.files
    if (reader === undefined) throw new Error('no form')
    expect(parametersOf(reader, text)).toEqual([
      ...['root/sip/line[1]/user', 'root/sip/line[2]/user', 'root/relay', 'root/call'],
    ])
    expect(parametersOf(reader, text).every((name) => isKnownParameter(acme, name))).toBe(true)
    expect(isKnownParameter(acme, 'root/rely')).toBe(false)
    expect(nearestParameters(acme, 'root/rely')).toEqual(['root/relay'])
  })

  it('lets a raw parameter replace one, or join its parent', () => {
    const extra = { acme: { 'root/relay': '1<2', 'root/sip/line[2]/Ttl': '60' } }
    const form = acme.files[0]
    if (form === undefined) throw new Error('no form')
    const own = { ...device, extra, rev: 2 }
    const { bytes } = rendering.file({ definition: acme, form, model: door, device: own, mac: MAC }, TO)
    const text = new TextDecoder().decode(bytes).replaceAll('\r', '')
    expect(text).toContain('<relay>1&lt;2</relay>')
    expect(text).toContain('<line index="2">\n<user>201</user>\n<Ttl>60</Ttl>\n</line>')
  })
})
