import { describe, expect, it } from 'vitest'
import { isBusy, readStatus, slotOf } from './policy.ts'

describe('what the installer says', () => {
  it.each([
    ['nothing yet', undefined, { phase: 'idle', percent: 0 }],
    ['a file of something else', 'hello\n', { phase: 'idle', percent: 0 }],
    ['a phase that is none', 'phase=exploding\npercent=3\n', { phase: 'idle', percent: 0 }],
    [
      'installing',
      'phase=installing\npercent=40\nversion=1.2.3\nmessage=Copying image to rootfs.1\n',
      { phase: 'installing', percent: 40, bundle: '1.2.3', message: 'Copying image to rootfs.1' },
    ],
    ['a share that is none', 'phase=installing\npercent=400\nversion=\n', { phase: 'installing', percent: 0 }],
    [
      'a reason with an equals sign',
      'phase=refused\npercent=0\nversion=\nmessage=a=b\n',
      { phase: 'refused', percent: 0, message: 'a=b' },
    ],
  ])('%s', (_, text, status) => expect(readStatus(text)).toEqual(status))

  it.each([
    ['idle', false],
    ['receiving', true],
    ['checking', true],
    ['installing', true],
    ['installed', false],
    ['refused', false],
  ] as const)('%s: busy is %s', (phase, busy) => expect(isBusy({ phase, percent: 0 })).toBe(busy))
})

it.each([
  ['panic=5 rauc.slot=A quiet', 'A'],
  ['rauc.slot=B', 'B'],
  ['rauc.slot=C', undefined],
  ['norauc.slot=A', undefined],
  ['', undefined],
])('the slot in %j is %s', (line, slot) => expect(slotOf(line)).toBe(slot))
