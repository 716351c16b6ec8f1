import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readOutcome, settle, writeNote } from '../../services/backup/swap.ts'
import { OperatorError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import type { Box, BoxDeps } from '../box.ts'
import { lockFolder } from '../folder-lock.ts'
import { openOrTakeBack } from './take-back.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-take-back-'))
  writeFileSync(join(folder, 'secret.key'), 'old')
  mkdirSync(join(folder, 'restore/staged/data'), { recursive: true })
  writeFileSync(join(folder, 'restore/staged/data/secret.key'), 'new')
  writeNote(folder, { step: 'out', by: 'cli:local', since: 1, box: 'other', madeAt: 2, starts: 0 })
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Opens as a box does, but starts only with the data from before. */
const opened: string[] = []
async function open({ config }: BoxDeps): Promise<Box> {
  using _ = lockFolder(config.dataFolder)
  settle(config.dataFolder, 1_000)
  const key = readFileSync(join(config.dataFolder, 'secret.key'), 'utf8')
  opened.push(key)
  if (key === 'new') throw new OperatorError('port 67 is taken')
  return {} as Box
}
const deps = () => ({ config: { dataFolder: folder }, log: silentLog }) as BoxDeps

it('a box that does not start with what was restored has its data from before, and says why', async () => {
  await openOrTakeBack(open, deps())
  expect(opened.splice(0)).toEqual(['new', 'old'])
  expect(readOutcome(folder)).toMatchObject({ kind: 'taken-back', reason: 'port 67 is taken' })
})

it('another box that runs there on trial is left alone', async () => {
  settle(folder, 1_000)
  {
    using _ = lockFolder(folder)
    await expect(openOrTakeBack(open, deps())).rejects.toThrow('another box')
  }
  expect(readFileSync(join(folder, 'secret.key'), 'utf8')).toBe('new')
  expect(existsSync(join(folder, 'restore/old/secret.key'))).toBe(true)
})
