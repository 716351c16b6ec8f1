import { describe, expect, it } from 'vitest'
import { type Mac, parseMac } from '../core/mac.ts'
import type { RolloutDevice, RolloutPlan, RolloutRecord, RolloutWindow } from './contract.ts'
import { admit, judge } from './policy.ts'

const MINUTE = 60_000
const NOW = Date.UTC(2026, 5, 1, 12)

const PLAN: RolloutPlan = {
  ...{ name: 'May', select: { all: true }, file: 'fw.rom', version: '2.0', atOnce: 5, canaries: 0, soakMinutes: 0 },
  ...{ approval: false, zone: 'Europe/Berlin', busy: 'wait', stopAfter: 3, deadlineMinutes: 30, attempts: 2 },
}

function rollout(fields: Partial<RolloutRecord> = {}, plan: Partial<RolloutPlan> = {}): RolloutRecord {
  return {
    ...{
      id: 'r1',
      name: 'May',
      plan: { ...PLAN, ...plan },
      status: 'running',
      createdAt: NOW,
      by: 'x',
      countedFrom: NOW,
    },
    ...fields,
  }
}

const mac = (index: number): Mac => parseMac(`00005e0053${index.toString(16).padStart(2, '0')}`)

/** `3 waiting, 2 updating` … */
function devices(text: string, endedAt = NOW): RolloutDevice[] {
  const states = text.split(', ').flatMap((part) => {
    const [count = '', state = ''] = part.split(' ')
    return Array.from({ length: Number(count) }, () => state as RolloutDevice['state'])
  })
  return states.map((state, i) => ({
    ...{ mac: mac(i), state, attempts: 1 },
    ...(['done', 'failed'].includes(state) && { endedAt }),
  }))
}

describe('what a rollout may do', () => {
  const night: RolloutWindow = { from: '22:00', to: '05:00' }
  it.each([
    ['lets as many go as may be under way', '9 waiting', {}, {}, { kind: 'go', room: 5 }],
    ['counts those under way', '9 waiting, 3 updating', {}, {}, { kind: 'go', room: 2 }],
    ['waits when all places are taken', '9 waiting, 5 updating', {}, {}, { kind: 'wait', why: '5 under way' }],
    ['follows the last', '2 updating, 4 done', {}, {}, { kind: 'wait', why: 'follows the last ones under way' }],
    ['ends', '4 done, 2 failed, 1 refused', {}, {}, { kind: 'end' }],
    ['stops at the third failure', '3 failed, 9 waiting', {}, {}, { kind: 'stop' }],
    ['ends rather than stops when nobody waits', '3 failed', {}, {}, { kind: 'end' }],
    [
      'forgives failures before it was resumed',
      '3 failed, 9 waiting',
      { countedFrom: NOW + 1 },
      {},
      { kind: 'go', room: 5 },
    ],
    ['lets canaries go first', '9 waiting', {}, { canaries: 2 }, { kind: 'go', room: 2 }],
    ['never more canaries than at once', '9 waiting', {}, { canaries: 8, atOnce: 3 }, { kind: 'go', room: 3 }],
    [
      'waits for its canaries',
      '7 waiting, 1 updating, 1 done',
      {},
      { canaries: 2 },
      { kind: 'wait', why: 'canaries: 1 of 2 done' },
    ],
    ['stops when a canary fails', '7 waiting, 1 failed, 1 done', {}, { canaries: 2 }, { kind: 'stop' }],
    ['goes on after its canaries', '7 waiting, 2 done', {}, { canaries: 2 }, { kind: 'go', room: 5 }],
    [
      'lets them soak',
      '7 waiting, 1 done',
      {},
      { canaries: 1, soakMinutes: 10 },
      { kind: 'wait', why: 'watches its canaries for 10 min more' },
    ],
    [
      'asks for approval',
      '7 waiting, 1 done',
      {},
      { canaries: 1, approval: true },
      { kind: 'wait', why: 'its canaries are done; waits for approval' },
    ],
    [
      'goes on when approved',
      '7 waiting, 1 done',
      { approvedAt: NOW },
      { canaries: 1, approval: true },
      { kind: 'go', room: 5 },
    ],
    [
      'counts no device as a canary that had it already',
      '7 waiting, 1 already',
      {},
      { canaries: 1 },
      { kind: 'go', room: 1 },
    ],
    [
      'waits for its window',
      '7 waiting',
      {},
      { window: night },
      { kind: 'wait', why: 'waits for its window 22:00 to 05:00 (Europe/Berlin)' },
    ],
    ['waits while paused', '7 waiting', { status: 'paused', reason: 'by x' }, {}, { kind: 'wait', why: 'by x' }],
    ['stays stopped with nobody waiting', '7 done', { status: 'stopped' }, {}, { kind: 'wait' }],
    ['follows those under way when cancelled', '2 updating, 7 skipped', { status: 'cancelled' }, {}, { kind: 'wait' }],
    ['ends when cancelled', '2 done, 7 skipped', { status: 'cancelled' }, {}, { kind: 'end' }],
  ] as const)('%s', (_, states, record, plan, wanted) => {
    expect(admit(rollout(record, plan), devices(states), NOW)).toMatchObject(wanted)
  })

  it('goes on when the soak time is over', () => {
    const plan = { canaries: 1, soakMinutes: 10 }
    const rows = devices('7 waiting, 1 done')
    expect(admit(rollout({}, plan), rows, NOW + 10 * MINUTE - 1).kind).toBe('wait')
    expect(admit(rollout({}, plan), rows, NOW + 10 * MINUTE)).toEqual({ kind: 'go', room: 5 })
  })
})

describe('a device under way', () => {
  const same = (one: string, other: string) => one === other
  const under: RolloutDevice = {
    ...{ mac: mac(1), state: 'updating', version: '2.0', before: '1.0', attempts: 1, letGoAt: NOW, toldAt: NOW },
  }
  it.each([
    ['is done when it says the version', {}, '2.0', 1, { kind: 'done' }],
    ['is waited for', {}, '1.0', 29, { kind: 'wait' }],
    ['is waited for that says nothing', {}, undefined, 29, { kind: 'wait' }],
    ['has failed with another version', {}, '1.5', 1, { kind: 'failed', reason: 'came back with 1.5 instead of 2.0' }],
    ['may be told again when its time is up', {}, '1.0', 30, { kind: 'again' }],
    ['has failed when it was told often enough', { attempts: 2 }, '1.0', 30, { kind: 'failed' }],
    [
      'has its time anew when it was told anew',
      { attempts: 2, toldAt: NOW + 20 * MINUTE },
      '1.0',
      40,
      { kind: 'wait' },
    ],
    ['has come round after it failed', { state: 'failed' }, '2.0', 90, { kind: 'done' }],
    ['stays failed', { state: 'failed' }, '1.0', 90, { kind: 'wait' }],
  ] as const)('%s', (_, fields, version, minutes, wanted) => {
    const seen = { same, ...(version !== undefined && { version }) }
    expect(judge(PLAN, { ...under, ...fields }, seen, NOW + minutes * MINUTE)).toMatchObject(wanted)
  })
})
