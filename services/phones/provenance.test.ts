import { describe, expect, it } from 'vitest'
import { type Mac, parseMac, readMac } from '../core/mac.ts'
import { definitions, makeTestBox } from './box.fixture.ts'
import { holds } from './condition.ts'
import { type RenderInput, renderContext } from './context.ts'
import type { Device, Layer } from './contract.ts'
import type { Definition } from './definition.ts'
import { loadDefinitions } from './load.ts'
import { occurrencesOf } from './parameter-reader.ts'
import { tracedParameters, unknownParameters } from './provenance.ts'
import { makeRenderer } from './render.ts'
import { SITE, sampleDevice, sampleInput } from './sample.ts'
import { SETTINGS, settingNamed } from './settings.ts'
import { kindsOf, templateWarnings } from './template-warnings.ts'
import { NO_FINDINGS, warningsOf } from './warnings.ts'

const MAC = parseMac('00005e005301')

const YAML = `vendor: Acme
recognise: { oui: [00:00:5E] }
models: [{ model: A1, lines: 2, keys: { fkey: 2 } }]
unlisted: { lines: 1 }
format: keyvalue
files: [{ name: "{mac}.cfg", scope: device, from: device.cfg.liquid }]
conditions: { new: { firmware: ">=3" } }
values: { transport: { udp: 0, tls: 2 } }
`
const DEVICE = `zone = {{ zone.offset }}
{%- if settings.vlan.id %}
vlan.on = 1
vlan.id = {{ settings.vlan.id }}
{%- endif %}
{%- assign wanted = settings.language | upcase %}
lang = {{ wanted }}
{%- for line in lines %}
{%- assign transport = line.transport | as: 'transport' %}
line.{{ line.index }}.user = {{ line.user }}
line.{{ line.index }}.server = {{ line.server }}
line.{{ line.index }}.word = {{ line.secret | append: '!' }}
line.{{ line.index }}.transport = {{ transport }}
{%- render 'key', one: line %}
{%- endfor %}
{%- assign first = lines | where: 'index', 1 | first %}
hidden = {{ first.secret }}
const = 7
{%- for parameter in extra %}
{{ parameter.full }} = {{ parameter.value }}
{%- endfor %}
`
const KEY = `
line.{{ one.index }}.lable = {{ one.label }}
`
const KNOWN = ['zone', 'vlan.on', 'vlan.id', 'lang', 'hidden', 'const']
const LINES = ['user', 'server', 'word', 'transport', 'label'].map((name) => `line.X.${name}`)

const acme = loadDefinitions(
  new Map([
    [
      'acme',
      new Map(
        Object.entries({
          'vendor.yaml': YAML,
          'device.cfg.liquid': DEVICE,
          'key.liquid': KEY,
          'parameters.txt': [...KNOWN, ...LINES, ''].join('\n'),
        }).map(([name, text]) => [name, { file: `own/acme/${name}`, text }]),
      ),
    ],
  ]),
  'test',
).all[0] as Definition
const renderer = makeRenderer()

function inputOf(definition: Definition, device: Partial<Device>, site: Layer): RenderInput {
  const [model] = definition.models
  const [form] = definition.files
  if (model === undefined || form === undefined) throw new TypeError('no model or file')
  return sampleInput(definition, form, model, { ...sampleDevice(model, MAC), ...device }, { site })
}

function trace(input: RenderInput) {
  return renderer.trace(input.definition, input.form, renderContext(input))
}

function told(device: Partial<Device>, site: Layer): string[] {
  const input = inputOf(acme, device, site)
  return tracedParameters(input, trace(input)).map(({ name, value, secret, from, template }) => {
    const origins = from.map(({ what, layer }) => (layer === undefined ? what : `${what} (${layer})`))
    return `${name} ${secret ? '-' : value} < ${origins.join(', ')} @ ${template?.file}:${template?.line}`
  })
}

describe('a rendered parameter', () => {
  const site: Layer = { settings: { 'vlan.id': 20, 'sip.server': 'pbx' }, extra: {}, dhcpOptions: [] }
  const lines = [
    { index: 1, user: '101', secret: 'Kx7-only', label: 'Anna' },
    { index: 2, user: '201', server: 'other', transport: 'tls' as const },
  ]

  it('is led back to its setting and layer, and to the line of its template', () => {
    expect(told({ lines }, site)).toEqual([
      'zone +0 < timezone (built-in) @ acme/device.cfg.liquid:1',
      'vlan.on 1 < vlan.id (site) @ acme/device.cfg.liquid:3',
      'vlan.id 20 < vlan.id (site) @ acme/device.cfg.liquid:4',
      'lang EN < language (built-in) @ acme/device.cfg.liquid:7',
      'line.1.user 101 < line 1 user (device) @ acme/device.cfg.liquid:10',
      'line.1.server pbx < sip.server (site) @ acme/device.cfg.liquid:11',
      'line.1.word - < line 1 secret (device) @ acme/device.cfg.liquid:12',
      'line.1.transport 0 < sip.transport (built-in) @ acme/device.cfg.liquid:13',
      'line.1.lable Anna < line 1 label (device) @ acme/key.liquid:2',
      'line.2.user 201 < line 2 user (device) @ acme/device.cfg.liquid:10',
      'line.2.server other < line 2 server (device) @ acme/device.cfg.liquid:11',
      'line.2.word - < line 2 secret (device) @ acme/device.cfg.liquid:12',
      'line.2.transport 2 < line 2 transport (device) @ acme/device.cfg.liquid:13',
      'line.2.lable 201 < line 2 label (device) @ acme/key.liquid:2',
      'hidden - < line 1 secret (device), line 2 secret (device) @ acme/device.cfg.liquid:17',
      'const 7 <  @ acme/device.cfg.liquid:18',
    ])
  })

  it('is the raw one where somebody gave it so, and a locked setting wins over the line', () => {
    const raw = { ...site, locked: ['sip.server'], extra: { acme: { const: '8', 'line.1.user': '1' } } }
    const rows = told({ lines }, raw)
    expect(rows.filter((row) => / (?:const|line\.1\.user)|^const|^line\.1\.user/.test(row))).toEqual([
      'const 8 < extra.const (site) @ undefined:undefined',
      'line.1.user 1 < extra.line.1.user (site) @ undefined:undefined',
    ])
    expect(rows).toContain('line.2.server pbx < sip.server (site) @ acme/device.cfg.liquid:11')
  })

  it('that nobody knows is warned of with its line and the nearest known name', () => {
    const input = inputOf(acme, { lines }, site)
    expect(unknownParameters(input, trace(input)).map(({ name, template }) => [name, template?.line])).toEqual([
      ['line.1.lable', 2],
      ['line.2.lable', 2],
    ])
    expect(templateWarnings(acme, renderer)).toEqual([
      {
        ...{ file: 'own/acme/key.liquid', line: 2 },
        message: 'parameter line.1.lable is not a known parameter of Acme; is it line.X.label?',
      },
    ])
  })

  it('of a template is warned of when a device is explained', () => {
    const input = inputOf(acme, { lines }, site)
    const { definition, model, effective, device } = input
    const unknown = () => unknownParameters(input, trace(input))
    const warnings = warningsOf(
      { definition, model, effective, ...(device && { device }) },
      { ...NO_FINDINGS, unknown },
    )
    expect(warnings).toContain(
      'parameter line.1.lable (acme/key.liquid, line 2) is not a known parameter of Acme; is it line.X.label?',
    )
    // The whole way, with a vendor that makes none.
    const box = makeTestBox()
    box.devices.put(MAC, { vendor: 'yealink', model: 'T46U', lines: [{ index: 1, user: '1' }] }, { by: 'test' })
    expect(box.inspector.explain(MAC).warnings).toEqual([])
    expect(box.inspector.parameters(MAC).map(({ file }) => file)).toEqual(['y000000000108.cfg', `${MAC}.cfg`])
    expect(() => box.inspector.parameters(parseMac('00005e005399'))).toThrow('no vendor is known for 00:00:5e:00:53:99')
  })
})

const made = definitions.all.filter(({ files }) => files.some(({ from }) => from !== undefined))

/** A device of a model that has everything, with each file that is made for it. */
function inputsOf(definition: Definition, site: Layer = SITE): RenderInput[] {
  return kindsOf(definition).flatMap((model) => {
    const device = sampleDevice(model, readMac(`${definition.recognise.oui[0] ?? '00005e'}005301`) as Mac)
    return definition.files
      .filter((form) => form.from !== undefined && (!form.when || holds(definition, form.when, model, undefined)))
      .map((form) => sampleInput(definition, form, model, device, { site }))
  })
}

describe('every vendor', () => {
  it.each(made.map((definition) => [definition.id, definition] as const))(
    '%s: each parameter has its place in a template and shows no secret',
    (_, definition) => {
      for (const input of inputsOf(definition))
        for (const one of tracedParameters(input, trace(input))) {
          expect(one.template?.file).toMatch(new RegExp(`^${definition.id}/`))
          const source = definition.templates.get(one.template?.file.split('/')[1] ?? '')?.split('\n')
          expect(source?.[(one.template?.line ?? 0) - 1]?.trim()).toBeTruthy()
          expect(one.value ?? '').not.toMatch(/Secret4|\dPassword|7788|\b4321\b/)
        }
    },
  )

  // The other way round: what changes when a setting changes names that setting.
  it.each(made.map((definition) => [definition.id, definition] as const))(
    '%s: a setting that changes a parameter stands behind it',
    (_, definition) => {
      const missed: string[] = []
      // One model for each template is enough for what a template reads.
      const inputs = inputsOf(definition)
      for (const input of inputs.filter(
        (one, i) => inputs.findIndex(({ form }) => form.from === one.form.from) === i,
      )) {
        const before = linesOf(input)
        const origins = originsOf(input)
        for (const { name } of SETTINGS) {
          const other = withOther(input, name)
          const after = linesOf(other)
          let now: ReturnType<typeof originsOf> | undefined
          for (const parameter of new Set([...before.keys(), ...after.keys()]))
            if (before.get(parameter) !== after.get(parameter) && !origins.get(parameter)?.has(name)) {
              now ??= originsOf(other)
              if (!now.get(parameter)?.has(name)) missed.push(`${input.model.model} ${parameter} by ${name}`)
            }
        }
      }
      expect(missed).toEqual([])
    },
  )
})

function linesOf(input: RenderInput): Map<string, string> {
  const { definition, form } = input
  const text = renderer.render(definition, form, renderContext(input))
  const lines = new Map<string, string>()
  for (const { name, from, to } of occurrencesOf(form.reader, text))
    lines.set(name, `${lines.get(name) ?? ''}${text.slice(from, to)}`)
  return lines
}

function originsOf(input: RenderInput): Map<string, Set<string>> {
  const origins = new Map<string, Set<string>>()
  for (const { name, from } of tracedParameters(input, trace(input))) {
    const all = origins.get(name) ?? new Set<string>()
    for (const { what } of from) all.add(what)
    origins.set(name, all)
  }
  return origins
}

/** The same with one setting as its default, or gone where it has none. */
function withOther(input: RenderInput, name: string): RenderInput {
  const { [name]: _, ...rest } = input.effective.settings
  const builtIn = settingNamed(name)?.builtIn
  const settings = builtIn === undefined ? rest : { ...rest, [name]: { value: builtIn, layer: 'built-in' as const } }
  return { ...input, effective: { ...input.effective, settings } }
}
