import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Mac, readMac } from '../core/mac.ts'
import { holds } from './condition.ts'
import type { Evidence } from './contract.ts'
import { type Definition, type FileForm, findModel, type Model, type Pattern } from './definition.ts'
import { readFirmwareName } from './firmware.ts'
import { identify } from './identify.ts'
import { makeNameReader } from './names.ts'
import { parameterOf, parametersOf, pathLines } from './parameter-reader.ts'
import { isKnownParameter } from './parameters.ts'
import { readDefinitions } from './read.ts'
import { hostileDevice, hostileSettings, renderSample, TEMPLATES } from './sample.fixture.ts'
import { SITE, sampleDevice } from './sample.ts'
import { kindsOf } from './template-warnings.ts'

// What every vendor in templates/ must hold. Golden files are written anew with GOLDEN=write.

const definitions = readDefinitions(TEMPLATES)

/** The device whose files are golden: the vendor's prefix where it has one. */
function goldenMac(definition: Definition): Mac {
  return readMac(`${definition.recognise.oui[0] ?? '00005e'}005301`) as Mac
}

function evidenceOf(source: string, text: string): Evidence {
  if (source !== 'pnp') return { [source]: text }
  const [vendor, model, version] = text.split('/')
  return { pnp: { vendor: vendor ?? '', model: model ?? '', version: version ?? '' } }
}

const samples = definitions.all.flatMap((definition) =>
  (['vendorClass', 'userAgent', 'sipUserAgent', 'hostName', 'pnp'] as const).flatMap((source) =>
    definition.recognise[source].flatMap((pattern: Pattern) =>
      pattern.samples.map((sample) => [definition.id, source, sample.text, sample] as const),
    ),
  ),
)

describe('recognition', () => {
  it.each(samples)('%s by %s: %j', (vendor, source, text, sample) => {
    const identity = identify(evidenceOf(source, text), definitions.all)
    const definition = definitions.get(vendor)
    expect(identity.vendor).toBe(vendor)
    const listed = sample.model === undefined ? undefined : definition && findModel(definition, sample.model)?.model
    expect(identity.model).toBe(listed ?? sample.model)
    expect(identity.firmware).toBe(sample.firmware)
    expect(identity.hardware).toBe(sample.hardware)
    if (sample.mac !== undefined) expect(identity.mac).toBe(sample.mac)
    expect(identity.confidence).toBe(sample.model === undefined ? 2 : 3)
  })

  it.each(samples)('no other vendor knows %s by %s: %j', (vendor, source, text) => {
    const others = definitions.all.filter((definition) => definition.id !== vendor)
    expect(identify(evidenceOf(source, text), others)).toMatchObject({ confidence: 0 })
  })

  const firmwareNames = definitions.all.flatMap((definition) =>
    definition.firmware.names.flatMap(({ samples: all }) => all.map((sample) => [definition, sample] as const)),
  )
  it.each(firmwareNames.map(([definition, sample]) => [definition.id, sample.text, definition, sample] as const))(
    'firmware of %s by its name %s',
    (_id, text, definition, sample) => {
      const read = readFirmwareName(definition, `folder/${text}`)
      expect(read?.version).toBe(sample.version)
      expect(read?.hardware).toBe(sample.hardware)
      expect(read?.models).toEqual(sample.models)
      const others = definitions.all.filter((other) => other !== definition && readFirmwareName(other, text))
      expect(others.map(({ id }) => id)).toEqual([])
    },
  )

  const names = makeNameReader(definitions.all)
  const sightings = definitions.all.flatMap(({ id }) => {
    const file = join(TEMPLATES, id, 'sightings.yaml')
    return existsSync(file) ? (parse(readFileSync(file, 'utf8')) as { evidence: Evidence; is: object }[]) : []
  })
  it.each(sightings)('sighting $evidence', ({ evidence, is }) => {
    expect(identify(evidence, definitions.all, names)).toMatchObject(is)
  })

  it('no vendor prefix is claimed twice', () => {
    const owners = new Map<string, string>()
    for (const definition of definitions.all)
      for (const oui of definition.recognise.oui) {
        expect(owners.get(oui), oui).toBeUndefined()
        owners.set(oui, definition.id)
      }
  })
})

describe('models', () => {
  const models = definitions.all.flatMap((definition) =>
    definition.models.map((model): [string, Definition, Model] => [
      `${definition.id} ${model.model}`,
      definition,
      model,
    ]),
  )

  it.each(models)('%s has a file of its own, or it is said why not', (_, definition, model) => {
    const own = definition.files.filter(
      ({ scope, when }) => scope === 'device' && (when === undefined || holds(definition, when, model, undefined)),
    )
    expect(own.some(({ from, absent }) => from !== undefined || (absent ?? '').length > 10)).toBe(true)
  })

  it('those that are only recognised are few', () => {
    const without = models.filter(([, definition, model]) => !madeFor(definition, model).some(({ own }) => own))
    expect(without.map(([name]) => name)).toEqual(['cisco-sep 7912', 'cisco-sep 7921', 'gigaset N720'])
  })

  const rebrands = definitions.all.flatMap((definition) =>
    definition.models.flatMap((model) =>
      model.rebrands.map((rebrand): [string, string, Definition, Model] => [
        `${rebrand.vendor} ${rebrand.model}`,
        rebrand.model,
        definition,
        model,
      ]),
    ),
  )
  it.each(rebrands)('%s is a field of the original, which it finds', (_, name, definition, model) => {
    expect(findModel(definition, name)).toBe(model)
    expect(definitions.all.filter(({ id }) => id.includes(name.toLowerCase()))).toEqual([])
  })
  it('there is a rebrand to try that with', () => {
    expect(rebrands.length).toBeGreaterThan(0)
  })

  // One folder a vendor: what a firmware does otherwise is a condition, never another template of the same name with a number.
  it('a difference of firmware is a condition', () => {
    for (const { id, templates, conditions } of definitions.all) {
      const versioned = [...templates.keys()].filter((name) => /(?:^|[-_.])v?\d{2,}[-_.]/.test(name))
      expect([id, versioned.filter((name) => !/^(?:n510|nx70)/.test(name))]).toEqual([id, []])
      for (const [name, { firmware }] of conditions)
        if (firmware !== undefined) expect([name, firmware.version.every(Number.isInteger)]).toEqual([name, true])
    }
    expect(definitions.all.some(({ conditions }) => [...conditions.values()].some(({ firmware }) => firmware))).toBe(
      true,
    )
  })
})

function madeFor(definition: Definition, model: Model): FileForm[] {
  return definition.files
    .filter((form) => form.from !== undefined && (!form.when || holds(definition, form.when, model, undefined)))
    .filter((form, i, all) => all.findIndex((other) => other.from === form.from) === i)
}

type Case = [
  name: string,
  template: string,
  form: FileForm,
  definition: Definition,
  model: Model,
  firmware: string | undefined,
]

/** Every model as it comes, the model that stands in for unknown ones, and each at both sides of each firmware condition. */
const variants: Case[] = definitions.all.flatMap((definition) => {
  const bounds = [...definition.conditions.values()].flatMap(({ firmware }) =>
    firmware === undefined ? [] : [firmware.version],
  )
  const firmwares = bounds.flatMap((version) => [version.join('.'), below(version)])
  const kinds = kindsOf({ ...definition, models: [...definition.models, definition.unlisted] })
  return kinds.flatMap((model) =>
    [undefined, ...firmwares].flatMap((firmware) => {
      const variant = firmware === undefined ? model : { ...model, firmware }
      return madeFor(definition, variant).map(
        (form): Case => [
          `${definition.id} ${model.model} ${firmware ?? ''}`,
          form.from ?? '',
          form,
          definition,
          variant,
          undefined,
        ],
      )
    }),
  )
})

/** The version just before another. */
function below(version: readonly number[]): string {
  const last = version.findLastIndex((part) => part > 0)
  return version.map((part, i) => (i === last ? part - 1 : i > last ? 99 : part)).join('.')
}

/** Firmware versions at which something changes: none told, and below and at each version that a condition names. */
function firmwaresOf(definition: Definition): (string | undefined)[] {
  const named = [...definition.conditions.values()].flatMap(({ firmware }) => firmware?.version[0] ?? [])
  return [undefined, ...[...new Set(named)].flatMap((version) => [String(Math.max(0, version - 1)), String(version)])]
}

/** Every file of every model, with the first firmware with which the model gets it. */
const rendered: Case[] = definitions.all.flatMap((definition) =>
  definition.models.flatMap((model) =>
    definition.files
      .flatMap((form) => {
        const { from, when } = form
        if (from === undefined) return []
        const reached = firmwaresOf(definition).flatMap((firmware) =>
          when === undefined || holds(definition, when, model, firmware) ? [{ form, firmware }] : [],
        )
        return reached.slice(0, 1)
      })
      .filter(({ form }, i, all) => all.findIndex((other) => other.form.from === form.from) === i)
      .map(
        ({ form, firmware }): Case => [
          `${definition.id} ${model.model}`,
          form.from ?? '',
          form,
          definition,
          model,
          firmware,
        ],
      ),
  ),
)

describe('rendered files', () => {
  it.each(rendered)('%s %s equals its golden file', (_, from, form, definition, model, firmware) => {
    const text = renderSample(definition, form, model, sampleDevice(model, goldenMac(definition)), { firmware })
    const folder = join(TEMPLATES, definition.id, 'golden')
    const file = join(folder, `${model.model}.${from.replace(/\.liquid$/, '')}`)
    if (process.env.GOLDEN === 'write') {
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, text)
    }
    expect(existsSync(file), `${file} is missing: write it with GOLDEN=write`).toBe(true)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  it.each(rendered)('%s %s sets known parameters only', (_, __, form, definition, model, firmware) => {
    const text = renderSample(definition, form, model, sampleDevice(model, goldenMac(definition)), { firmware })
    const names = parametersOf(form.reader, text)
    expect(names.length).toBeGreaterThan(3)
    expect(names.filter((name) => !isKnownParameter(definition, name, model))).toEqual([])
  })

  it.each(variants)('%s %s sets known parameters only, whatever the firmware', (_, __, form, definition, model) => {
    const text = renderSample(definition, form, model, sampleDevice(model, goldenMac(definition)))
    const names = parametersOf(form.reader, text)
    expect(names.filter((name) => !isKnownParameter(definition, name, model))).toEqual([])
  })

  const hostile = [
    '"\'<>&]]>',
    'a\nevil.key = 1\r\nx',
    '\u0000\u0007\u001b',
    '𝕏😀\ud800',
    'x'.repeat(1000),
    '{{ settings }}{% raw %}',
    '#!=;',
    ' lead ',
    '</x><evil>1</evil><x a="',
    '" evil="1',
  ]
  /** What everything that a person may write holds instead. */
  function madeWith(text: string, [, , form, definition, model, firmware]: Case): string {
    const bad = hostileDevice(sampleDevice(model, goldenMac(definition)), text)
    return renderSample(definition, form, model, bad, { site: { ...SITE, settings: hostileSettings(text) }, firmware })
  }
  const structure = ({ reader, format }: Pick<FileForm, 'reader' | 'format'>, text: string) => ({
    parameters: parametersOf(reader, text).sort(),
    lines: text.split('\n').length,
    ...(format === 'xml' && {
      tags: text.match(/<[A-Za-z/?]/g)?.length,
      attributes: text.replace(/='[^']*'/g, '=""').match(/\s[\w.:-]+="/g)?.length,
    }),
  })
  it.each([...rendered, ...variants])('%s %s holds any text', (...one) => {
    const [, , form, definition, model, firmware] = one
    const plain = renderSample(definition, form, model, sampleDevice(model, goldenMac(definition)), { firmware })
    const expected = structure(form, madeWith('plain', one))
    expect(expected.parameters).toEqual(structure(form, plain).parameters)
    for (const text of hostile) {
      const made = madeWith(text, one)
      // Nothing begins that the template did not begin: no parameter, no line, no element.
      expect(structure(form, made)).toEqual(expected)
      if (form.format === 'xml') expect(() => Bun.XML.parse(made)).not.toThrow()
      if (form.format === 'json') expect(() => JSON.parse(made)).not.toThrow()
    }
  })

  it.each(rendered.filter(([, , form]) => form.own))(
    '%s %s holds any text in a raw parameter',
    (_, __, form, definition, model, firmware) => {
      const device = sampleDevice(model, goldenMac(definition))
      const names = parametersOf(form.reader, renderSample(definition, form, model, device, { firmware }))
      const name = names.find((one) => names.filter((other) => other === one).length === 1)
      const madeRaw = (text: string) => {
        const extra = { [definition.id]: { [name ?? '']: text } }
        return renderSample(definition, form, model, { ...device, extra }, { firmware })
      }
      const expected = structure(form, madeRaw('plain'))
      for (const text of hostile) {
        const made = madeRaw(text)
        expect(structure(form, made)).toEqual(expected)
        if (form.format === 'xml') expect(() => Bun.XML.parse(made)).not.toThrow()
      }
    },
  )

  // What the tests above rest on: the reader does throw, and the structure does tell.
  it.each(['<a><b></a>', '<a>x & y</a>', '<a b="x"y"/>', '<a>]]></a>', '<a>\u0007</a>'])('%j is no XML', (text) => {
    expect(() => Bun.XML.parse(text)).toThrow()
  })
  it('an element that a value brought in is noticed', () => {
    const form = definitions.get('snom')?.files.find(({ from }) => from === 'device.xml.liquid')
    if (form === undefined) throw new TypeError('no file of snom')
    const told = (value: string) => structure(form, `<settings>\n<user_host idx="1">${value}</user_host>\n</settings>`)
    expect(told('</user_host><evil>1</evil><user_host>')).not.toEqual(told('plain'))
    expect(told('x" evil="1')).not.toEqual(told('plain'))
    expect(told('&lt;/user_host&gt;')).toEqual(told('plain'))
  })

  it.each(rendered.filter(([, , form]) => !form.secret))(
    '%s %s holds no secret',
    (_, __, form, definition, model, firmware) => {
      const text = renderSample(definition, form, model, sampleDevice(model, goldenMac(definition)), { firmware })
      expect(text).not.toMatch(/Secret4|\dPassword|4711|Anna|\b101\b/)
    },
  )

  it.each(rendered.filter(([, , form]) => form.own))(
    '%s %s lets a raw parameter win',
    (_, __, form, definition, model, firmware) => {
      const device = sampleDevice(model, goldenMac(definition))
      const [, name] = parametersOf(form.reader, renderSample(definition, form, model, device, { firmware }))
      const own = { ...device, extra: { [definition.id]: { [name ?? '']: 'chosen<&' } } }
      const made = renderSample(definition, form, model, own, { firmware })
      const lines =
        form.reader.by === 'path'
          ? pathLines(form.reader, made).flatMap(({ line, leaf }) => (leaf === name ? [line] : []))
          : made.split('\n').filter((line) => parameterOf(form.reader, line) === name)
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain('chosen')
    },
  )

  it('keeps no golden file that nothing renders', () => {
    for (const definition of definitions.all) {
      const folder = join(TEMPLATES, definition.id, 'golden')
      if (!existsSync(folder)) continue
      const made = rendered
        .filter(([, , , owner]) => owner === definition)
        .map(([, from, , , model]) => `${model.model}.${from.replace(/\.liquid$/, '')}`)
      // Documents of the phone book have a folder of their own: test/directory/documents.test.ts.
      expect(
        readdirSync(folder)
          .filter((name) => name !== 'directory')
          .sort(),
      ).toEqual(made.sort())
    }
  })
})
