import { describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import type { Happening, Step } from '../journey/contract.ts'
import type { Change, JsonObject } from '../records/contract.ts'
import { changedNames, deliveredOf, outdated, restartFor } from './policy-pending.ts'

const mac = parseMac('00:00:5e:00:53:01')
const served = (file: string, hash: string): Step => ({
  ...{ kind: 'file.served', protocol: 'http', file, size: 1, hash, own: true, secret: true },
})
const completed = (file: string): Step => ({
  kind: 'file.completed',
  protocol: 'http',
  file,
  size: 1,
  ms: 1,
  own: true,
})
const journey = (...steps: Step[]): Happening[] => steps.map((step, at) => ({ at, mac, step }))
const change = (before: JsonObject | undefined, after: JsonObject): Change => ({
  ...{ seq: 1, mutationId: 'm', kind: 'device', id: mac, by: 'x', at: 1, after },
  ...(before && { before }),
})

describe('what a device has', () => {
  it('is what arrived completely, and by its name without folder and case', () => {
    const happenings = journey(
      served('a/OWN.cfg', '1'),
      completed('own.cfg'),
      served('own.cfg', '2'),
      served('common.cfg', '3'),
      completed('common.cfg'),
      completed('firmware.rom'),
    )
    expect([...deliveredOf(happenings)]).toEqual([
      ['own.cfg', { hash: '1', at: 0 }],
      ['common.cfg', { hash: '3', at: 3 }],
    ])
  })

  it('differs from what it would get', () => {
    const delivered = new Map([
      ['own.cfg', { hash: '1', at: 0 }],
      ['common.cfg', { hash: '3', at: 0 }],
    ])
    const desired = [
      { name: 'own.cfg', own: true, hash: '2' },
      { name: 'own-by-another-name.cfg', own: true, hash: '2' },
      { name: 'common.cfg', own: false, hash: '3' },
      { name: 'never-asked.cfg', own: false, hash: '4' },
    ]
    expect(outdated(desired, delivered)).toEqual([{ name: 'own.cfg', why: 'changed' }])
    expect(outdated(desired, new Map())).toEqual([{ name: 'own.cfg', why: 'never fetched' }])
  })
})

describe('changedNames', () => {
  it('names settings, raw parameters and fields that differ, and nothing that stays', () => {
    const changes = [
      change(
        { settings: { timezone: 'A', language: 'de' }, extra: { yealink: { a: '1', b: '2' } }, lines: [1], notes: 'x' },
        { settings: { timezone: 'B', language: 'de' }, extra: { yealink: { a: '1', b: '3' } }, lines: [2], notes: 'y' },
      ),
      change(undefined, { settings: { 'vlan.id': 20 } }),
    ]
    expect(changedNames(changes)).toEqual(['extra.yealink.b', 'lines', 'timezone', 'vlan.id'])
  })
})

describe('restartFor', () => {
  const rules = { needed: ['vlan.*', 'lldp'], unneeded: ['keys', 'timezone'] }
  it.each([
    [['timezone', 'vlan.id'], 'yes', 'vlan.id takes effect with a restart'],
    [['lldp'], 'yes', 'lldp takes effect with a restart'],
    [['keys', 'timezone'], 'no', 'keys, timezone takes effect without a restart'],
    [['keys', 'lines'], 'unknown', 'nothing is documented of lines'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'unknown', 'nothing is documented of a, b, c, d, e and 2 more'],
    [[], 'unknown', 'no edit explains the difference: a template, or this program, is newer'],
  ])('%j: %s', (changed, reboot, because) => {
    expect(restartFor(changed, rules)).toEqual({ reboot, because })
  })
  it('takes * for all', () => {
    expect(restartFor(['anything'], { needed: [], unneeded: ['*'] })).toMatchObject({ reboot: 'no' })
  })
})
