import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLog } from '../../services/core/log.ts'
import { makeUpdates } from './updates.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-updates-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const open = () =>
  makeUpdates({
    ...{ dataFolder: folder, systemFolder: folder, log: silentLog, commandLine: '' },
    versionFile: '/none',
  })
const isAsked = () => existsSync(join(folder, 'update/restart'))
const by = 'account:maria'

it('a restart is asked for now, or at a time, and taken back until then', async () => {
  using updates = open()
  updates.restart({ by, at: Date.now() + 3_600_000 })
  expect(updates.state().restartAt).toBeGreaterThan(Date.now())
  updates.stay({ by })
  expect([updates.state().restartAt, isAsked()]).toEqual([undefined, false])
  updates.restart({ by, at: Date.now() + 20 })
  await expect.poll(isAsked, { timeout: 20_000 }).toBe(true)
})

it('a restart is not put off beyond a week, nor into the past', () => {
  using updates = open()
  for (const at of [Date.now() - 60_000, Date.now() + 8 * 86_400_000, Number.NaN])
    expect(() => updates.restart({ by, at }), `${at}`).toThrow('within the next seven days')
  expect(isAsked()).toBe(false)
  updates.restart({ by })
  expect(isAsked()).toBe(true)
})
