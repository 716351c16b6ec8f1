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

/** Firmware versions at which something changes: none told, and below and at each version that a condition names. */
function firmwaresOf(definition: Definition): (string | undefined)[] {
  const named = [...definition.conditions.values()].flatMap(({ firmware }) => firmware?.version[0] ?? [])
  return [undefined, ...[...new Set(named)].flatMap((version) => [String(Math.max(0, version - 1)), String(version)])]
}

/** Every file of every model, with the first firmware with which the model gets it. */
const rendered: [string, string, FileForm, Definition, Model, string | undefined][] = definitions.all.flatMap(
  (definition) =>
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
        .map(({ form, firmware }): [string, string, FileForm, Definition, Model, string | undefined] => [
          `${definition.id} ${model.model}`,
          form.from ?? '',
          form,
          definition,
          model,
          firmware,
        ]),
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

  const hostile = [
    '"\'<>&]]>',
    'a\nevil.key = 1\r\nx',
    '\u0000\u0007\u001b',
    '𝕏😀\ud800',
    'x'.repeat(1000),
    '{{ settings }}{% raw %}',
    '#!=;',
    ' lead ',
  ]
  it.each(rendered)('%s %s holds any text', (_, __, form, definition, model, firmware) => {
    const device = sampleDevice(model, goldenMac(definition))
    const expected = parametersOf(form.reader, renderSample(definition, form, model, device, { firmware })).sort()
    for (const text of hostile) {
      const bad = hostileDevice(device, text)
      const settings = hostileSettings(text)
      const made = renderSample(definition, form, model, bad, { site: { ...SITE, settings }, firmware })
      expect(parametersOf(form.reader, made).sort()).toEqual(expected)
      if (form.format === 'xml') expect(() => Bun.XML.parse(made)).not.toThrow()
      if (form.format === 'json') expect(() => JSON.parse(made)).not.toThrow()
      // Nothing begins a line that the template did not begin.
      expect(made.split('\n')).toHaveLength(
        renderSample(definition, form, model, device, { firmware }).split('\n').length,
      )
    }
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
