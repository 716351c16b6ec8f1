import { expect, it } from 'vitest'
import { ringOf } from './rollout-rings.tsx'

const SITES = [
  { siteId: 'b', name: 'Berlin' },
  { siteId: 'h', name: 'Hamburg Harbour' },
]

it.each([
  ['1', '60', { ring: { sites: 1, waitMinutes: 60 } }],
  [' 10 % ', '0', { ring: { percent: 10, waitMinutes: 0 } }],
  ['berlin, Hamburg harbour', '5', { ring: { ids: ['b', 'h'], waitMinutes: 5 } }],
  ['Berlin, Paris', '5', { ring: { ids: ['b'], waitMinutes: 5 }, unknown: 'Paris' }],
  // The account says what is wrong with these.
  ['', '60', { ring: { sites: 0, waitMinutes: 60 } }],
  ['1.5', '60', { ring: { sites: 1.5, waitMinutes: 60 } }],
] as const)('%j', (size, wait, expected) => expect(ringOf({ size, wait }, SITES)).toEqual(expected))
