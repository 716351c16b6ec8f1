import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { catalogue, cataloguePage, methodsText } from './catalogue.ts'
import { readDefinitions } from './read.ts'
import { TEMPLATES } from './sample.fixture.ts'

// The page in docs/ is generated: written anew with GOLDEN=write.

const vendors = catalogue(readDefinitions(TEMPLATES).all)

it('docs/supported-devices.md says what the descriptions say', () => {
  const file = join(TEMPLATES, '../docs/supported-devices.md')
  if (process.env.GOLDEN === 'write') writeFileSync(file, cataloguePage(vendors))
  expect(readFileSync(file, 'utf8')).toBe(cataloguePage(vendors))
})

it('tells models with their other names and hardware', () => {
  const models = vendors.find(({ id }) => id === 'yealink')?.models
  expect(models?.find(({ model }) => model === 'T54W')).toMatchObject({
    lines: 16,
    keys: 27,
    expansion: ['3 × EXP50 (60 keys)'],
  })
  expect(models?.find(({ model }) => model === 'W60B')).toMatchObject({ aliases: ['W60P'], handsets: 8, keys: 0 })
})

it('tells who is only recognised, and how everyone is led here', () => {
  for (const vendor of vendors) {
    expect(vendor.methods.length, vendor.id).toBeGreaterThan(0)
    expect(methodsText(vendor), vendor.id).not.toContain('undefined')
  }
  const made = readDefinitions(TEMPLATES).all.filter(({ files }) => files.some(({ from }) => from !== undefined))
  expect(vendors.filter(({ configured }) => configured).map(({ id }) => id)).toEqual(
    expect.arrayContaining(made.map(({ id }) => id)),
  )
})

it('every vendor whose files are made says what is confirmed of it and by what', () => {
  expect(vendors.filter((it) => it.configured && it.confirmed.length === 0).map(({ id }) => id)).toEqual([])
})

it('a cell of the page holds no bar of its own', () => {
  const [first] = vendors
  if (first === undefined) return
  const page = cataloguePage([{ ...first, vendor: 'A|B', models: [] }])
  expect(page).toContain('| [A\\|B](#ab) | 0 |')
})
