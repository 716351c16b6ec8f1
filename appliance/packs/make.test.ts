import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readKeys, readPack } from '../../services/templates/sign.ts'
import { madeUpVendor } from '../../test/support/vendor-packs.ts'
import { makeFromWords } from './make.ts'

let folder: string
let key: { readonly id: string; readonly title: string; readonly key: string }
const at = (name: string) => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-pack-'))
  key = JSON.parse(makeFromWords(['--new-key', at('my.key')]))
  mkdirSync(at('acme'))
  for (const [name, text] of Object.entries(madeUpVendor('v = 1\n'))) writeFileSync(join(at('acme'), name), text)
  writeFileSync(join(at('acme'), 'notes.md'), 'not for the box')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const words = (...more: readonly string[]) => [
  at('acme'),
  '--name',
  'acme',
  '--key',
  at('my.key'),
  '--out',
  at('a.pack'),
  ...more,
]

it('makes a pack of what is for the box in a folder', () => {
  expect(makeFromWords(words('--version', '2026.1', '--from', '0.1', '--title', 'Acme'))).toMatch(
    /a\.pack: 2 files, \d+ bytes\n$/,
  )
  const { manifest } = readPack(readFileSync(at('a.pack')), [key], '0.1.0')
  expect(manifest).toMatchObject({ name: 'acme', version: '2026.1', title: 'Acme', box: { from: '0.1' } })
  expect(manifest.files.map(({ path }) => path)).toEqual(['acme/device.liquid', 'acme/vendor.yaml'])
})

it('makes no pack with a fault, without a version, or of no folder', () => {
  expect(() => makeFromWords(words('--version', 'new'))).toThrow('no version')
  expect(() => makeFromWords(words())).toThrow('--version VERSION')
  expect(() => makeFromWords(['x', '--nonsense'])).toThrow('npm run pack')
  expect(() => makeFromWords([at('my.key'), '--name', 'a', '--version', '1', '--key', at('my.key')])).toThrow(
    'no folder',
  )
  mkdirSync(at('bad'))
  for (const [name, text] of Object.entries(madeUpVendor('\n{% x %}'))) writeFileSync(join(at('bad'), name), text)
  expect(() => makeFromWords([at('bad'), ...words('--version', '1').slice(1)])).toThrow('device.liquid:2:')
})

it('keeps a private key to its owner, and overwrites none', () => {
  expect(statSync(at('my.key')).mode & 0o777).toBe(0o600)
  expect(() => makeFromWords(['--new-key', at('my.key')])).toThrow('EEXIST')
})

it('signs a list of keys', () => {
  writeFileSync(at('keys.json'), JSON.stringify({ number: 2, keys: [key] }))
  makeFromWords(['--keys', at('keys.json'), '--key', at('my.key'), '--out', at('keys.signed')])
  expect(readKeys(readFileSync(at('keys.signed')), [key])).toEqual({ number: 2, keys: [key] })
})
