import { expect, it } from 'vitest'
import { silentLog } from '../services/core/log.ts'
import type { Mac } from '../services/core/mac.ts'
import type { Happening, Journey, Step } from '../services/journey/contract.ts'
import type { Change } from '../services/records/contract.ts'
import { makeTestClock } from '../test/support/clock.ts'
import { makeTestTimers } from '../test/support/timers.ts'
import { followEdits } from './edits.ts'

const A = '00005e005301' as Mac
const FILE = `${A}.cfg`

/** A phone that fetched its file when that had the hash `had`; what it would get now is `world.hash`. */
function setUp(had: string | undefined) {
  const clock = makeTestClock(1_000)
  const timers = makeTestTimers()
  const world = { hash: had ?? 'a', renders: 0, broken: false }
  const served: Step[] = [
    { kind: 'file.served', protocol: 'http', file: FILE, size: 1, hash: had ?? '', own: true, secret: false },
    { kind: 'file.completed', protocol: 'http', file: FILE, size: 1, ms: 1, own: true },
  ]
  const happenings: Happening[] = had === undefined ? [] : served.map((step) => ({ at: 1, mac: A, step }))
  let change: ((change: Change) => void) | undefined
  const following = followEdits({
    records: {
      onChange(listener) {
        change = listener
        return () => {
          change = undefined
        }
      },
    },
    journal: {
      record: (happening) => void happenings.push(happening),
      of: () => ({ mac: A, firstSeen: 1, lastSeen: 1, happenings }) as Journey,
    },
    inspector: {
      files: () => [{ name: FILE, secret: true, own: true }],
      render() {
        world.renders++
        if (world.broken) throw new RangeError('broken')
        return { file: FILE, bytes: new Uint8Array(), contentType: 'text/plain', hash: world.hash }
      },
    },
    ...{ clock, log: silentLog, monotonic: timers.monotonic, later: timers.later },
  })
  const edit = (kind = 'device', id: string = A, more: Partial<Change> = { before: {}, after: {} }) =>
    change?.({ seq: 1, mutationId: 'm', kind, id, by: 'page', at: clock.now(), ...more } as Change)
  const kinds = () => happenings.slice(had === undefined ? 0 : 2).map(({ step }) => step.kind)
  return { world, edit, kinds, timers, following }
}

it('says of an edit that made no other file that it did not, of several edits once', async () => {
  const { edit, kinds, timers, world } = setUp('a')
  edit()
  edit()
  expect(kinds()).toEqual(['record.changed', 'record.changed'])
  await timers.advance(1_000)
  expect([kinds(), world.renders]).toEqual([['record.changed', 'record.changed', 'record.same'], 1])
})

it('says nothing of one that did, of a phone that has nothing yet, and of one that was added or removed', async () => {
  const changed = setUp('a')
  changed.world.hash = 'b'
  changed.edit()
  const fresh = setUp(undefined)
  fresh.edit()
  const gone = setUp('a')
  gone.edit('device', A, { before: {} })
  gone.edit('device', A, { after: {} })
  for (const { timers } of [changed, fresh, gone]) await timers.advance(1_000)
  expect([changed.kinds(), fresh.kinds()]).toEqual([['record.changed'], ['record.changed']])
  expect([gone.kinds(), gone.world.renders]).toEqual([['record.changed', 'record.changed'], 0])
})

it('passes over what is no phone and what cannot be made, and ends', async () => {
  const { edit, kinds, timers, world, following } = setUp('a')
  edit('site', 'site')
  world.broken = true
  edit()
  await timers.advance(1_000)
  expect(kinds()).toEqual(['record.changed'])
  edit()
  following[Symbol.dispose]()
  expect(timers.next()).toBe(undefined)
})
