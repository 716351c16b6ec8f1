import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { OperatorError } from '../services/core/errors.ts'
import { LiveSecrets } from '../services/program/redaction.ts'
import { openStorage } from './storage.ts'

const clock = { now: () => 0 }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storage-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (path: string) => openStorage(path, clock, new LiveSecrets())

it('makes its folder for its owner alone, and finds the same keys again', () => {
  const data = join(folder, 'a', 'b')
  const first = open(data)
  const sealed = first.secretBox.seal('hunter22')
  first[Symbol.dispose]()
  expect(statSync(data).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(data)) expect([name, statSync(join(data, name)).mode & 0o077]).toEqual([name, 0])
  using again = open(data)
  expect(again.secretBox.open(sealed)).toBe('hunter22')
  expect(again.passwordKey).toEqual(first.passwordKey)
  expect(again.passwordKey.length).toBe(32)
})

it('keeps a second box away until the first is gone', () => {
  const first = open(folder)
  expect(() => open(folder)).toThrow(`another box (process ${process.pid}) uses the data folder ${folder}`)
  first[Symbol.dispose]()
  open(folder)[Symbol.dispose]()
})

it('gives its lock back when it cannot open the rest', () => {
  writeFileSync(join(folder, 'branchline.db'), 'this is no database, but long enough to be read as one'.repeat(20))
  for (let tries = 0; tries < 2; tries++) expect(() => open(folder)).toThrow(/branchline\.db cannot be opened/)
  rmSync(join(folder, 'branchline.db'))
  open(folder)[Symbol.dispose]()
})

it('makes no new key for secrets that the old one sealed', () => {
  open(folder)[Symbol.dispose]()
  rmSync(join(folder, 'secret.key'))
  expect(() => open(folder)).toThrow('is missing, but there are secrets sealed with it')
})

it('says what is wrong with a folder that cannot be used', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => open(join(folder, 'file'))).toThrow(OperatorError)
  mkdirSync(join(folder, 'data', 'branchline.lock'), { recursive: true })
  expect(() => open(join(folder, 'data'))).toThrow(/data folder cannot be used: .*--data/)
})
