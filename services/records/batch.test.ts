import { describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { ConflictError, InvariantError, OperatorError } from '../core/errors.ts'
import { makeRecords } from './records.ts'

const BY = { by: 'test' }

function made() {
  const db = memoryDatabase()
  let ids = 0
  const make = () => makeRecords({ db, clock: { now: () => 0 }, newId: () => `m${++ids}` })
  return { db, records: make(), again: make }
}

describe('a batch of writes', () => {
  it('puts and removes in one transaction, tells of it afterwards and in order', () => {
    const { records, again } = made()
    records.put('group', 'old', { a: 1 }, BY)
    const heard: string[] = []
    records.onChange(({ id, after }) =>
      heard.push(`${id} ${after === undefined ? 'gone' : records.get('group', id)?.rev}`),
    )
    const revs = records.batch(() => {
      records.remove('group', 'old', BY)
      expect(records.get('group', 'old')?.rev).toBe(1)
      const [one, two] = records.putMany(
        [
          { kind: 'group', id: 'one', body: {} },
          { kind: 'group', id: 'two', body: {} },
        ],
        BY,
      )
      expect(heard).toEqual([])
      return [one?.rev, two?.rev]
    })
    expect([revs, heard]).toEqual([
      [1, 1],
      ['old gone', 'one 1', 'two 1'],
    ])
    for (const reader of [records, again()]) expect(reader.list('group').map(({ id }) => id)).toEqual(['one', 'two'])
  })

  it('leaves nothing of what it did when it fails, and goes on working', () => {
    const { db, records, again } = made()
    records.put('group', 'old', { a: 1 }, BY)
    const heard: string[] = []
    records.onChange(({ id }) => heard.push(id))
    expect(() =>
      records.batch(() => {
        records.put('group', 'new', {}, BY)
        records.remove('group', 'old', BY)
        throw new OperatorError('not after all')
      }),
    ).toThrow('not after all')
    for (const reader of [records, again()]) expect(reader.list('group').map(({ id }) => id)).toEqual(['old'])
    expect(heard).toEqual([])
    expect(db.query<{ n: number }>('SELECT count(*) AS n FROM change').get()?.n).toBe(1)
    records.put('group', 'old', { a: 2 }, { ...BY, base: 1 })
    expect(heard).toEqual(['old'])
  })

  it('fails as a whole when a write in it fails, also when that was caught', () => {
    const { records, again } = made()
    records.put('group', 'taken', {}, BY)
    expect(() =>
      records.batch(() => {
        try {
          records.putMany(
            [
              { kind: 'group', id: 'new', body: {} },
              { kind: 'group', id: 'taken', body: { a: 1 } },
            ],
            { ...BY, base: 0 },
          )
        } catch {
          // The first of the two is written already.
        }
      }),
    ).toThrow(ConflictError)
    for (const reader of [records, again()]) expect(reader.list('group').map(({ id }) => id)).toEqual(['taken'])
  })

  it('is not begun inside another one', () => {
    const { records } = made()
    expect(() => records.batch(() => records.batch(() => 1))).toThrow(InvariantError)
    expect(records.batch(() => 2)).toBe(2)
  })
})
