import { describe, expect, it } from 'vitest'
import type { Head } from './codec-frame.ts'
import type { Schedule } from './contract.ts'
import { belongs, fileName, isBackupName, isOwnName, roomProblem, surplus, turnOf, versionProblem } from './policy.ts'
import { scheduleProblem } from './settings.ts'

describe('what goes into a backup', () => {
  it.each([
    'secret.key',
    'password-key.sealed',
    'tls/ca.sealed',
    'cloud/enrolment.sealed',
    'files/ab/abcd',
    'packs/a/1.pack',
    'backup.json',
    'update.json',
    'something/of/later',
  ])('%s does', (path) => expect(belongs(path)).toBe(true))
  it.each([
    // The database comes as a snapshot.
    ...['branchline.db', 'branchline.db-wal', 'branchline.db-shm', 'branchline.db.v12.bak'],
    ...[
      'branchline.lock',
      'branchline.sock',
      'backup/x.backup',
      'restore/note.json',
      'stick/x.backup',
      'update/install',
    ],
    ...['restored/branchline.yaml', 'wanted-address.json', 'secret.key.7.new', 'cloud/incoming/x', 'files/x.part'],
  ])('%s does not', (path) => expect(belongs(path)).toBe(false))
})

describe('names', () => {
  const at = Date.UTC(2026, 10, 26, 5, 7, 9)
  it.each([
    ['branchline-00ff', 'branchline-00ff-20261126-050709.backup'],
    ['Office "North"/../', 'branchline-Office-North-20261126-050709.backup'],
    ['', 'branchline-box-20261126-050709.backup'],
  ])('%j gives %s', (box, name) => {
    expect(fileName(box, at, false)).toBe(name)
    expect(isOwnName(name) && isBackupName(name)).toBe(true)
  })
  it.each(['../x.backup', 'x.backup', 'branchline-a/b.backup', 'branchline-.db', 'branchline-a.backup.part'])(
    '%s is none',
    (name) => expect(isOwnName(name) || isBackupName(name)).toBe(false),
  )
  it('of the schedule are too many beyond the newest, and those of people never', () => {
    const day = (n: number) => fileName('box', Date.UTC(2026, 0, n), true)
    const own = fileName('box', Date.UTC(2020, 0, 1), false)
    expect(surplus([day(2), own, day(4), 'readme.txt', day(1), day(3)], 2)).toEqual([day(2), day(1)])
  })
})

describe('the schedule', () => {
  const daily: Schedule = { on: true, at: '02:30', zone: 'Europe/Berlin', keep: 7, firmware: false }
  const utc = (text: string) => Date.parse(`${text}Z`)
  it.each([
    ['never before', undefined, '2026-11-26T12:00', true],
    ['already today', '2026-11-26T01:30', '2026-11-26T12:00', false],
    ['yesterday, and it is not time yet', '2026-11-25T01:31', '2026-11-26T01:29', false],
    ['yesterday, and it is time', '2026-11-25T01:31', '2026-11-26T01:30', true],
    ['off for weeks', '2026-10-01T01:30', '2026-11-26T12:00', true],
    ['a day of 25 hours, once', '2026-10-25T00:30', '2026-10-26T01:29', false],
    ['a day of 23 hours', '2026-03-29T01:00', '2026-03-30T00:30', true],
    ['a clock that was wrong', '2031-01-01T00:00', '2026-11-26T12:00', true],
  ])('%s', (_what, last, now, due) => {
    const turn = turnOf(daily, last === undefined ? undefined : utc(last), utc(now))
    expect(turn.due).toBe(due)
    if (!due) expect(turn.nextAt).toBeGreaterThan(utc(now))
  })
  it('says the next time, and what is wrong with one', () => {
    const { nextAt } = turnOf(daily, utc('2026-11-26T01:30'), utc('2026-11-26T12:00'))
    expect(new Date(nextAt).toISOString()).toBe('2026-11-27T01:30:00.000Z')
    expect(scheduleProblem(daily)).toBeUndefined()
    expect(scheduleProblem({ ...daily, at: '25:00' })).toContain('no time of day')
    expect(scheduleProblem({ ...daily, zone: 'Mars/Olympus' })).toContain('no time zone')
  })
})

it('a backup that needs a newer program is refused with what to do; an older one is not', () => {
  const head = { database: 15, readable: 14, version: '2.0.0' } as Head
  expect(versionProblem(head, 13, '1.0.0')).toBe(
    "the backup was made by version 2.0.0 (database 15), newer than this box's 1.0.0 (database 13): update this box " +
      'first, then restore',
  )
  expect(versionProblem(head, 14, '1.9.0')).toBeUndefined()
  expect(versionProblem(head, 20, '3.0.0')).toBeUndefined()
})

it('room is asked for before anything is written', () => {
  expect(roomProblem(10_000_000, 100_000_000, 'the backup')).toBeUndefined()
  expect(roomProblem(90_000_000, 100_000_000, 'the backup')).toBe(
    'the backup needs 124 MB, and 100 MB are free: remove old backups or files first',
  )
})
