import { describe, expect, it } from 'vitest'
import { isBusy, putOff, readStatus, slotOf, windowStart } from './policy.ts'

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

describe('when the box starts into what is installed by itself', () => {
  const NOON = Date.UTC(2026, 10, 26, 12)
  const NIGHT = { from: '02:00', to: '03:00', days: ['sun' as const] }
  const facts = { zone: 'Europe/Berlin', installed: '1.4.0', boot: 'b1' }
  // Sunday, two o'clock in Berlin.
  const OPENS = Date.UTC(2026, 10, 29, 1)

  it.each([
    ['no window', {}, undefined],
    ['nothing is installed', { window: NIGHT, installed: undefined }, undefined],
    ['its window is shut', { window: NIGHT }, OPENS],
    ['its window is open', { window: { from: '12:30', to: '14:00' } }, NOON],
    ['somebody else starts this version', { window: NIGHT, held: '1.4.0' }, undefined],
    ['somebody else started the one before', { window: NIGHT, held: '1.3.0' }, OPENS],
    [
      'it was started into before, and came back',
      { window: NIGHT, tried: { version: '1.4.0', boot: 'b0' } },
      undefined,
    ],
    ['this start has said so already', { window: NIGHT, tried: { version: '1.4.0', boot: 'b1' } }, OPENS],
    ['another version came back', { window: NIGHT, tried: { version: '1.3.0', boot: 'b0' } }, OPENS],
  ])('%s', (_, change, at) => {
    const { installed, ...rest } = { ...facts, ...change }
    expect(windowStart({ ...rest, ...(installed !== undefined && { installed }) }, NOON)).toBe(at)
  })

  it.each([
    [-1, 'wait'],
    [0, 'start'],
    [3_600_000, 'start'],
    [3_600_001, 'missed'],
  ])('a start that was put off is, %d ms after its time, %s', (late, what) =>
    expect(putOff(NOON, NOON + late)).toBe(what),
  )
})
