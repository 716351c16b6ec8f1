import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { AddressSetting, BoxNetworkState } from '../../services/box-network/contract.ts'
import { silentLog } from '../../services/core/log.ts'
import { takeAddress, wantAddress } from './take-address.ts'

const WANTED: AddressSetting = { address: '192.0.2.1/24', dns: [], ntp: [] }
const BEFORE: BoxNetworkState = { setting: { dns: [], ntp: [] }, source: 'built-in' }

let folder: string
let state: BoxNetworkState
let asked: string[]
let problems: string[]
let onTrial: boolean
let look: () => Promise<void>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-take-'))
  ;[state, asked, problems, onTrial] = [BEFORE, [], [], false]
})
afterEach(() => rmSync(folder, { recursive: true }))

function open(): Disposable {
  look = () => Promise.resolve()
  return takeAddress({
    ...{ dataFolder: folder, log: silentLog, onTrial: () => onTrial, problems: () => problems },
    alarms: { raise: (kind, _subject, text) => void asked.push(`${kind}: ${text}`) },
    boxNetwork: {
      state: () => state,
      async attempt(setting, { by, seconds }) {
        asked.push(`attempt ${setting.address} by ${by}`)
        state = { setting, source: 'page', returnsIn: seconds }
        return state
      },
      async keep() {
        asked.push('keep')
        state = { setting: state.setting, source: 'page', last: 'kept' }
        return state
      },
    },
    every(_, work) {
      look = async () => {
        work()
        // Its steps are promises that are settled already.
        await new Promise(setImmediate)
      }
      return () => {
        look = () => Promise.resolve()
      }
    },
  })
}
const isWanted = () => existsSync(join(folder, 'wanted-address.json'))
const later = (seconds: number) => {
  state = { ...state, returnsIn: (state.returnsIn ?? 0) - seconds }
}

it('is taken once the data were found well, and kept once the box is well with it', async () => {
  wantAddress(folder, WANTED)
  onTrial = true
  using _ = open()
  await look()
  expect(asked).toEqual([])
  onTrial = false
  await look()
  await look()
  expect(asked).toEqual(['attempt 192.0.2.1/24 by restore'])
  later(60)
  problems = ['http is off on 192.0.2.1:80']
  await look()
  expect(asked).toHaveLength(1)
  problems = []
  await look()
  expect([asked.at(-1), isWanted()]).toEqual(['keep', false])
})

it('comes back when the box is not well with it, and somebody is told', async () => {
  wantAddress(folder, WANTED)
  using _ = open()
  await look()
  problems = ['http is off on 192.0.2.1:80']
  state = { ...BEFORE, last: 'returned' }
  await look()
  await look()
  expect(asked).toEqual([
    'attempt 192.0.2.1/24 by restore',
    expect.stringMatching(/^backup-failed: .*not well with it: http is off/),
  ])
  expect(isWanted()).toBe(false)
})

it('is gone on with when the service was started again meanwhile', async () => {
  wantAddress(folder, WANTED)
  open()[Symbol.dispose]()
  using _ = open()
  await look()
  later(60)
  using _again = open()
  await look()
  expect([asked, isWanted()]).toEqual([['attempt 192.0.2.1/24 by restore', 'keep'], false])
})

it('is nothing to do where nobody wants one', async () => {
  using _ = open()
  await look()
  expect(asked).toEqual([])
})
