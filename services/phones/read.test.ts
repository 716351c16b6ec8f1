import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { OperatorError } from '../core/errors.ts'
import { DefinitionError } from './load.ts'
import { readDefinitions } from './read.ts'
import { TEMPLATES } from './sample.fixture.ts'

let own: string
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'templates-'))
})
afterEach(() => rmSync(own, { recursive: true, force: true }))

function write(path: string, text: string): string {
  const file = join(own, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

const ACME = `vendor: Acme
recognise: { oui: [00:00:5E] }
models: [{ model: A1, lines: 1 }]
unlisted: { lines: 1 }
files: [{ name: "{mac}.cfg", scope: device, from: device.cfg.liquid }]
`
const shipped = readDefinitions(TEMPLATES)

function faults(): string[] {
  try {
    readDefinitions(TEMPLATES, own)
  } catch (thrown) {
    if (thrown instanceof DefinitionError)
      return thrown.faults.map(({ file, line, path, message }) => `${file}:${line} ${path}: ${message}`)
    throw thrown
  }
  return []
}

describe('what is shipped', () => {
  it.each(shipped.all.map(({ id }) => id))('%s reads the same quickly and strictly', (id) => {
    const text = readFileSync(join(TEMPLATES, id, 'vendor.yaml'), 'utf8')
    const strict = parseDocument(text, { uniqueKeys: true })
    expect(strict.errors).toEqual([])
    expect(Bun.YAML.parse(text)).toEqual(strict.toJS())
  })
})

describe("an operator's folder", () => {
  it('changes nothing when it is empty, whatever else lies there', () => {
    write('.git/config', 'x')
    write('notes.md', 'x')
    write('yealink/notes.md', 'x')
    expect(readDefinitions(TEMPLATES, own).version).toBe(shipped.version)
  })

  it('replaces one file of a vendor and leaves the others', () => {
    write('yealink/settings.liquid', 'lang.gui = Own')
    const yealink = readDefinitions(TEMPLATES, own).get('yealink')
    expect(yealink?.templates.get('settings.liquid')).toBe('lang.gui = Own')
    const device = 'device.cfg.liquid'
    expect(yealink?.templates.get(device)).toBe(readFileSync(join(TEMPLATES, 'yealink', device), 'utf8'))
    expect(yealink?.models).toEqual(shipped.get('yealink')?.models)
    expect(readDefinitions(TEMPLATES, own).version).not.toBe(shipped.version)
  })

  it('replaces a whole vendor with a copy of it', () => {
    cpSync(join(TEMPLATES, 'snom'), join(own, 'snom'), { recursive: true })
    expect(readDefinitions(TEMPLATES, own).version).toBe(shipped.version)
  })

  it('adds a vendor', () => {
    write('acme/vendor.yaml', ACME)
    write('acme/device.cfg.liquid', 'a = 1')
    const ids = readDefinitions(TEMPLATES, own).all.map((definition) => definition.id)
    expect(ids).toEqual([...shipped.all.map((definition) => definition.id), 'acme'].sort())
  })

  it('has its faults named by its own files', () => {
    const yaml = write('acme/vendor.yaml', ACME.replace('lines: 1 }]', 'lines: 0 }]'))
    const template = write('yealink/settings.liquid', 'a = 1\n{% frob %}\n')
    write('Zed/vendor.yaml', ACME)
    write('half/device.cfg.liquid', 'x')
    expect(faults()).toEqual([
      `${join(own, 'Zed')}:1 (document): a vendor’s folder is named in lower-case letters, digits and dashes`,
    ])
    rmSync(join(own, 'Zed'), { recursive: true })
    expect(faults()).toEqual([
      expect.stringContaining(`${yaml}:3 models.0.lines: `),
      `${join(own, 'half/vendor.yaml')}:1 (document): the file is missing`,
    ])
    for (const gone of ['half', 'acme']) rmSync(join(own, gone), { recursive: true })
    expect(faults()).toEqual([`${template}:2 (template): tag "frob" not found`])
  })

  it('has what is wrong in a template named before a phone asks', () => {
    for (const [text, message] of [
      ['\n{{ settings | inspect }}', '2 (template): undefined filter: inspect'],
      ["{% render 'nowhere' %}", '1 (template): there is no template nowhere.liquid'],
      ['\n\n{% if settings == empty %}x{% endif %}', '3 (template): empty may not be used'],
      ['{% if settings %}', 'not closed'],
    ] as const) {
      const file = write('yealink/settings.liquid', text)
      expect(faults()).toEqual([expect.stringContaining(message)])
      expect(faults()[0]).toContain(`${file}:`)
    }
  })

  it('must be there', () => {
    const gone = join(own, 'gone')
    expect(() => readDefinitions(TEMPLATES, gone)).toThrow(OperatorError)
    expect(() => readDefinitions(TEMPLATES, gone)).toThrow(`the folder of own templates cannot be read: ${gone}`)
  })
})
