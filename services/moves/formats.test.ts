import { describe, expect, it } from 'vitest'
import { LINE_FIELDS } from './columns.ts'
import { columnKey, detectFormat, FORMATS, OWN } from './formats.ts'

const PERSON = [
  'name',
  'firstName',
  'lastName',
  'email',
  'department',
  'title',
  'company',
  'mobile',
  'work',
  'home',
  'fax',
]
const FIELDS = new Set([
  ...['mac', 'name', 'vendor', 'model', 'vendorModel', 'group', 'enabled', 'notes', 'line', 'extension', 'assigned'],
  ...['keep', 'rowEnabled', 'rowDisabled', 'person.listed', 'person.hidden'],
  ...LINE_FIELDS.flatMap((field) => [`line.${field}`, `line1.${field}`]),
  ...PERSON.map((field) => `person.${field}`),
])

describe.each(FORMATS.map((format) => [format.id, format] as const))('%s', (_id, format) => {
  it('names fields that there are, a reason for what it leaves out, and where its columns are written down', () => {
    for (const [heading, { to, ignore }] of format.columns) {
      if (to === undefined) expect(ignore, heading).toMatch(/\w/)
      else expect(FIELDS, heading).toContain(to)
    }
    expect(format.sources.join()).toMatch(/\w/)
  })

  it('knows the headings by which it is recognised, and is recognised by them', () => {
    for (const key of [...format.detect, ...format.positions]) expect([...format.columns.keys()]).toContain(key)
    if (format.detect.length === 0) return
    const heading = format.headings.map((text) => text.toUpperCase())
    expect(detectFormat(heading, () => false).id).toBe(format.id)
  })
})

it('a heading that no system has is one’s own; one spelling for accents, case and signs', () => {
  expect(detectFormat(['mac', 'name'], () => false)).toBe(OWN)
  expect(['MAC-Adresse', 'mac_adresse', 'Mac Adresse'].map(columnKey)).toEqual(Array(3).fill('macadresse'))
  expect(['Modèle', 'Gerätetyp', 'Straße', 'line1.user'].map(columnKey)).toEqual([
    'modele',
    'geratetyp',
    'strasse',
    'line1.user',
  ])
})
