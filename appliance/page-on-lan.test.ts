import { expect, it } from 'vitest'
import { isWanted, uuidOf } from './page-on-lan.ts'

it.each([
  ['auto', false, false],
  ['auto', true, true],
  ['loopback', false, false],
  ['loopback', true, false],
  ['lan', false, true],
  ['lan', true, true],
] as const)('listen %s, accounts %j: the page is on the LAN: %j', (listen, hasAccounts, wanted) => {
  expect(isWanted(listen, hasAccounts)).toBe(wanted)
})

it('names the box by its authority, in the form of a UUID', () => {
  const uuid = uuidOf(new TextEncoder().encode('certificate'))
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuidOf(new TextEncoder().encode('certificate'))).toBe(uuid)
  expect(uuidOf(new TextEncoder().encode('another'))).not.toBe(uuid)
})
