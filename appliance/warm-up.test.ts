import { expect, it } from 'vitest'
import { silentLog } from '../services/core/log.ts'
import type { Mac } from '../services/core/mac.ts'
import type { Device, Explanation } from '../services/phones/contract.ts'
import { warmUp } from './warm-up.ts'

/** Devices by number; making the files of one takes `ms` of a clock that only this moves. */
function setUp(count: number, ms: number, more: { broken?: number; disabled?: number } = {}) {
  const macs = Array.from({ length: count }, (_, i) => `00005e0053${String(i).padStart(2, '0')}` as Mac)
  const made: Mac[] = []
  const waiting: (() => void)[] = []
  let time = 0
  const warm = warmUp({
    devices: { list: () => macs.map((mac, i) => ({ mac, enabled: i !== more.disabled }) as Device) },
    inspector: {
      explain(mac) {
        time += ms
        if (mac === macs[more.broken ?? -1]) throw new RangeError('broken')
        made.push(mac)
        return {} as Explanation
      },
    },
    log: silentLog,
    now: () => time,
    later(work) {
      waiting.push(work)
      return () => void waiting.splice(waiting.indexOf(work), 1)
    },
  })
  /** Runs the next slice; how many were made after it, or undefined when there is nothing left to do. */
  const slice = () => {
    const work = waiting.shift()
    work?.()
    return work === undefined ? undefined : made.length
  }
  return { warm, slice, made, macs }
}

it('makes the files of every device, some at a time, and ends', () => {
  const { slice, made, macs } = setUp(5, 2)
  expect([slice(), slice(), slice(), slice()]).toEqual([2, 4, 5, undefined])
  expect(made).toEqual(macs)
})

it('makes one at a time when each takes long', () => {
  const { slice } = setUp(3, 50)
  expect([slice(), slice(), slice()]).toEqual([1, 2, 3])
})

it('goes on past one that cannot be made and leaves out one that is switched off', () => {
  const { slice, made, macs } = setUp(4, 1, { broken: 1, disabled: 2 })
  slice()
  expect(made).toEqual([macs[0], macs[3]])
})

it('stops when it is disposed, before and between slices', () => {
  const early = setUp(3, 10)
  early.warm[Symbol.dispose]()
  expect(early.slice()).toBeUndefined()
  const late = setUp(3, 10)
  expect(late.slice()).toBe(1)
  late.warm[Symbol.dispose]()
  expect(late.slice()).toBeUndefined()
})
