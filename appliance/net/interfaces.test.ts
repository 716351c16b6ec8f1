import { expect, it } from 'vitest'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { lastResortLast } from './interfaces.ts'

it.each([
  [
    ['169.254.7.1', '192.0.2.1'],
    ['192.0.2.1', '169.254.7.1'],
  ],
  [
    ['192.0.2.9', '169.254.7.1', '192.0.2.1'],
    ['192.0.2.9', '192.0.2.1', '169.254.7.1'],
  ],
  [['169.254.7.1'], ['169.254.7.1']],
  [
    ['169.253.0.1', '192.0.2.1'],
    ['169.253.0.1', '192.0.2.1'],
  ],
])('of %j the box is known by the first of %j', (given, wanted) => {
  const sorted = lastResortLast(given.map((text) => ({ address: parseIpv4(text), prefix: 24 })))
  expect(sorted.map(({ address }) => formatIpv4(address))).toEqual(wanted)
})
