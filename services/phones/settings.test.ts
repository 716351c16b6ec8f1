import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Mac, readMac } from '../core/mac.ts'
import { holds } from './condition.ts'
import type { RenderInput } from './context.ts'
import type { Layer, SettingValue, SettingValues } from './contract.ts'
import type { Definition, Model } from './definition.ts'
import { readDefinitions } from './read.ts'
import { makeRenderer } from './render.ts'
import { resolve, resolveLine } from './resolve.ts'
import { TEMPLATES } from './sample.fixture.ts'
import { SITE, sampleDevice, sampleInput } from './sample.ts'
import { SETTING_FAMILIES, SETTINGS } from './settings.ts'
import { settingsWithoutEffect } from './supports.ts'
import { kindsOf } from './template-warnings.ts'

// The reference in docs/ is generated: written anew with GOLDEN=write.

const definitions = readDefinitions(TEMPLATES).all.filter((one) => one.files.some((form) => form.from !== undefined))
const renderer = makeRenderer()
const NAMES = SETTINGS.map((setting) => setting.name)

/** Some settings take the place of others; each is seen in one of these. */
const SITES: readonly Layer[] = [
  SITE,
  { ...SITE, settings: without(SITE.settings, ['provisioning.windowFrom', 'firmware.url', 'file.logo']) },
]

function without(settings: SettingValues, names: readonly string[]): SettingValues {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)))
}

function inputsOf(definition: Definition, model: Model, site: Layer): RenderInput[] {
  const device = sampleDevice(model, readMac(`${definition.recognise.oui[0] ?? '00005e'}005301`) as Mac)
  return definition.files
    .filter((form) => form.from !== undefined && (!form.when || holds(definition, form.when, model, undefined)))
    .map((form) => sampleInput(definition, form, model, device, { site }))
}

const rendered = new Map(
  definitions.map((definition) => {
    const missing = kindsOf(definition).flatMap((model) =>
      SITES.map((site) => new Set(settingsWithoutEffect(inputsOf(definition, model, site), renderer, NAMES))),
    )
    return [definition, NAMES.filter((name) => missing.some((set) => !set.has(name)))] as const
  }),
)

function valueText(value: SettingValue | undefined): string {
  if (value === undefined) return ''
  const text = Array.isArray(value) ? value.join(', ') : value === true ? 'yes' : value === false ? 'no' : String(value)
  return `\`${text.replaceAll('|', '\\|')}\``
}

function reference(): string {
  const lines = [
    '# Settings',
    '',
    'What can be set for a site, a vendor, a group, a model or one device. The narrower layer wins, unless a wider one has',
    'the name (or its group, `sip.*`) in `locked`. A vendor that is not named with a setting has no word for it: the value',
    'is kept and does nothing there. This page is generated.',
  ]
  for (const { title, settings } of SETTING_FAMILIES) {
    lines.push('', `## ${title}`, '', '| setting | meaning | type | default | example | rendered for |')
    lines.push('| --- | --- | --- | --- | --- | --- |')
    for (const { name, doc, shape, builtIn, example, secret } of settings) {
      // What is in the phone book is the box's own affair.
      const vendors = name.startsWith('directory.')
        ? ['the phone book of this box']
        : definitions.filter((one) => rendered.get(one)?.includes(name)).map((one) => one.title)
      lines.push(
        `| \`${name}\` | ${doc.replaceAll('|', '\\|')} | ${shape}${secret && shape !== 'secret' ? ', secret' : ''} | ${valueText(builtIn)} | ${secret ? '' : valueText(example)} | ${vendors.join(', ')} |`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

describe('settings', () => {
  it('are as the reference says', () => {
    const file = join(TEMPLATES, '../docs/settings.md')
    if (process.env.GOLDEN === 'write') writeFileSync(file, reference())
    expect(readFileSync(file, 'utf8')).toBe(reference())
  })

  it.each(SETTINGS.map((setting) => [setting.name, setting] as const))('%s is sound', (name, setting) => {
    expect(setting.type.safeParse(setting.example).error).toBeUndefined()
    if (setting.builtIn !== undefined) {
      expect(setting.type.safeParse(setting.builtIn).error).toBeUndefined()
      expect(setting.example).not.toEqual(setting.builtIn)
    }
    expect(NAMES.filter((other) => other === name)).toHaveLength(1)
    // A name that were also a group could not be reached by a template.
    expect(NAMES.some((other) => other.startsWith(`${name}.`))).toBe(false)
    expect(name.split('.').length).toBeLessThan(3)
  })
})

describe('a lock', () => {
  const layers = [
    { layer: 'built-in' as const, values: { settings: { 'sip.server': 'a', language: 'en' } } },
    { layer: 'site' as const, values: { settings: { 'sip.server': 'b' }, locked: ['sip.*'] } },
    { layer: 'device' as const, values: { settings: { 'sip.server': 'c', 'sip.port': 5080, language: 'de' } } },
  ]
  const { settings } = resolve(layers, undefined)
  it('keeps a narrower layer out and says so', () => {
    expect(settings['sip.server']).toEqual({
      value: 'b',
      layer: 'site',
      lockedBy: { layer: 'site' },
      ignored: [{ value: 'c', layer: 'device' }],
    })
    expect(settings['sip.port']).toBeUndefined()
    expect(settings.language).toMatchObject({ value: 'de', layer: 'device' })
  })
  it('holds for the fields of a line too', () => {
    const line = { index: 1, user: '1', server: 'other' }
    expect(resolveLine(line, { 'sip.server': 'b' }, new Set(['sip.server'])).server).toBe('b')
    expect(resolveLine(line, { 'sip.server': 'b' }).server).toBe('other')
  })
})
