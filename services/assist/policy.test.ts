import { describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import { type ClaimFacts, decideClaim, decidePin, type PinFacts } from './policy.ts'
import { readClaim } from './policy-form.ts'

const PHONE = parseMac('00:00:5e:00:53:01')
const OTHER = parseMac('00:00:5e:00:53:02')

describe('what a page sends back', () => {
  it.each([
    ['claim', undefined, {}],
    ['/claim/', '', {}],
    ['CLAIM', 'ext=204', { extension: '204' }],
    ['claim', 'ext=204&pin=123456', { extension: '204', pin: '123456' }],
    ['claim', ':ext=204&:pin=123456', { extension: '204', pin: '123456' }],
    ['claim/204', 'pin=1234', { extension: '204', pin: '1234' }],
    ['claim/204', '?ext=&pin=1234', { extension: '204', pin: '1234' }],
    ['claim/204', 'ext=205&pin=1234', { extension: '205', pin: '1234' }],
    ['claim', 'EXT=%2a204&PIN=%201234', { extension: '*204', pin: '1234' }],
    ['claim', 'ext=204&pin=12a4', { extension: '204' }],
    ['claim', 'ext=2%2F04&pin=1234', { pin: '1234' }],
    ['claim', 'ext=%ff&pin=%', {}],
    ['claim', `ext=204&${'x=1&'.repeat(200)}pin=1234`, { extension: '204' }],
    ['claim', `pin=${'1'.repeat(13)}`, {}],
  ])('%s ? %s', (path, query, wanted) => expect(readClaim(path, query)).toEqual(wanted))

  it.each(['', '/', 'claims', 'claim.cfg', 'claim/1/2', 'yealink/claim', '805ec0123456.cfg'])(
    '%j is no page of ours',
    (path) => expect(readClaim(path, 'ext=1&pin=2')).toBeUndefined(),
  )
})

describe('who may claim', () => {
  const facts: ClaimFacts = {
    lease: PHONE,
    neighbour: PHONE,
    named: PHONE,
    allowed: () => true,
    registered: () => false,
    extension: '204',
    pin: '123456',
    waitSeconds: () => 0,
    check: () => ({ ok: true, person: 'p1' }),
  }
  const never = () => expect.fail('is not asked')
  it.each<[string, Partial<ClaimFacts>, object]>([
    ['holder by lease and neighbour', {}, { kind: 'claim', mac: PHONE, person: 'p1' }],
    ['holder by the neighbour table alone', { lease: undefined }, { kind: 'claim', mac: PHONE }],
    ['lease not answered yet', { neighbour: undefined, named: undefined }, { kind: 'claim' }],
    ['somebody else uses the address', { neighbour: OTHER, check: never }, { kind: 'refused', mismatch: true }],
    ['nobody holds it', { lease: undefined, neighbour: undefined, check: never }, { kind: 'refused', mismatch: false }],
    ['the agent names another device', { named: OTHER, check: never }, { kind: 'refused', mismatch: true }],
    ['the site does not allow it', { allowed: () => false, check: never }, { kind: 'pass' }],
    ['it has its owner', { registered: () => true, check: never }, { kind: 'registered' }],
    ['the first page', { extension: undefined, pin: undefined }, { kind: 'ask', page: 'both' }],
    ['a PIN without an extension', { extension: undefined }, { kind: 'ask', page: 'both' }],
    ['the second page', { pin: undefined, check: never }, { kind: 'ask', page: 'pin' }],
    ['too many wrong before', { waitSeconds: () => 7, check: never }, { kind: 'wait', seconds: 7 }],
    ['wrong', { check: () => ({ ok: false, reason: 'x' }) }, { kind: 'wrong', reason: 'x' }],
  ])('%s', (_, given, wanted) => expect(decideClaim({ ...facts, ...given })).toMatchObject(wanted))
})

describe('whose PIN it is', () => {
  const person = { id: 'p1', hasLine: true, ownPin: false, phones: 0, several: false }
  const facts: PinFacts = { person, roundOpen: true, isOwnPin: false, isRoundPin: true }
  it.each<[string, Partial<PinFacts>, boolean]>([
    ['the round’s', {}, true],
    ['nobody has the extension', { person: undefined }, false],
    ['wrong', { isRoundPin: false }, false],
    ['no round', { roundOpen: false, isRoundPin: false }, false],
    ['own', { person: { ...person, ownPin: true }, isOwnPin: true, roundOpen: false, isRoundPin: false }, true],
    ['the round’s, but has one of their own', { person: { ...person, ownPin: true } }, false],
    ['no account', { person: { ...person, hasLine: false } }, false],
    ['has a phone', { person: { ...person, phones: 1 } }, false],
    ['has a phone and may have several', { person: { ...person, phones: 1, several: true } }, true],
  ])('%s', (_, given, ok) => expect(decidePin({ ...facts, ...given }).ok).toBe(ok))
})
