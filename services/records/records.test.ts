import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { ConflictError, InvariantError, NotFoundError, OperatorError } from '../core/errors.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Change, JsonObject } from './contract.ts'
import { MAX_BODY, MAX_DEPTH } from './policy.ts'
import { makeRecords } from './records.ts'
import { makeUlids } from './ulid.ts'

const MAC = '00005e005301'
const BY = { by: 'test' }

function made(db: SqlDatabase = memoryDatabase()) {
  let now = 1_000
  const clock = { now: () => now++ }
  const newId = makeUlids({ clock, random: (length) => new Uint8Array(length) })
  return { db, clock, newId, records: makeRecords({ db, clock, newId }) }
}

describe('records', () => {
  it('keeps a body as it came and counts revisions', () => {
    const { records } = made()
    expect(records.put('device', MAC, { name: 'desk', later: { unknown: [1, null] } }, BY)).toEqual({
      kind: 'device',
      id: MAC,
      rev: 1,
      body: { name: 'desk', later: { unknown: [1, null] } },
      updatedBy: 'test',
      updatedAt: expect.any(Number),
    })
    expect(records.put('device', MAC, { name: 'lobby' }, { by: 'other', base: 1 })).toMatchObject({
      rev: 2,
      updatedBy: 'other',
    })
    expect(records.get('device', MAC)?.body).toEqual({ name: 'lobby' })
  })

  it('refuses an edit that was based on another revision', () => {
    const { records } = made()
    records.put('group', 'Lobby', { a: 1 }, BY)
    expect(() => records.put('group', 'Lobby', { a: 2 }, { ...BY, base: 0 })).toThrow(ConflictError)
    expect(() => records.put('group', 'Lobby', { a: 2 }, { ...BY, base: 2 })).toThrow(
      'group Lobby is at revision 1, the edit was based on 2',
    )
    expect(() => records.remove('group', 'Lobby', { ...BY, base: 5 })).toThrow(ConflictError)
    expect(() => records.put('group', 'New', {}, { ...BY, base: 1 })).toThrow(ConflictError)
    expect(records.get('group', 'Lobby')?.rev).toBe(1)
  })

  it('goes on counting after a removal, so that an old base never fits by chance', () => {
    const { records } = made()
    records.put('group', 'Lobby', { a: 1 }, BY)
    records.remove('group', 'Lobby', BY)
    expect(records.get('group', 'Lobby')).toBeUndefined()
    expect(() => records.remove('group', 'Lobby', BY)).toThrow(NotFoundError)
    expect(records.put('group', 'Lobby', { a: 2 }, { ...BY, base: 0 }).rev).toBe(3)
  })

  it('takes a write that changes nothing for no change', () => {
    const { records } = made()
    const heard: Change[] = []
    records.onChange((change) => heard.push(change))
    const first = records.put('site', 'site', { a: 1, b: { c: 2 } }, BY)
    expect(records.put('site', 'site', { b: { c: 2 }, a: 1 }, BY)).toBe(first)
    expect(heard).toHaveLength(1)
  })

  it('writes many or none', () => {
    const { records } = made()
    const items = [
      { kind: 'device' as const, id: MAC, body: { a: 1 } },
      { kind: 'device' as const, id: '00005e005302', body: { a: 2 } },
    ]
    const heard: Change[] = []
    records.onChange((change) => heard.push(change))
    records.put('device', '00005e005302', { taken: true }, BY)
    expect(() => records.putMany(items, { ...BY, base: 0 })).toThrow(ConflictError)
    expect(records.list('device').map(({ id }) => id)).toEqual(['00005e005302'])
    expect(heard).toHaveLength(1)
    expect(records.putMany(items, BY).map(({ rev }) => rev)).toEqual([1, 2])
    expect(heard).toHaveLength(3)
    expect(records.list('device').map(({ id }) => id)).toEqual([MAC, '00005e005302'])
  })

  it('writes together with the tables of another, and knows the changes that came after one', () => {
    const { records, db } = made()
    records.put('group', 'Lobby', { a: 1 }, BY)
    const heard: string[] = []
    records.onChange(({ id, by }) => heard.push(`${id} ${by}`))
    const work = (fail: boolean) => () =>
      records.transact((writer) => {
        expect(writer.get('group', 'Lobby')).toEqual({ a: 1 })
        writer.put('group', 'Lobby', { a: 2 }, 'cloud')
        expect(writer.get('group', 'Lobby')).toEqual({ a: 2 })
        writer.put('group', 'Gone', {}, 'cloud')
        writer.remove('group', 'Gone', 'cloud')
        writer.remove('group', 'Gone', 'cloud')
        expect(() => writer.put('device', 'no mac', {}, 'cloud')).toThrow(OperatorError)
        db.query('CREATE TABLE beside (x INTEGER)').run()
        if (fail) throw new InvariantError('stop')
        return records.changesAfter(1, 10).map(({ id }) => id)
      })
    expect(work(true)).toThrow('stop')
    expect(records.get('group', 'Lobby')?.body).toEqual({ a: 1 })
    expect([heard, records.changesAfter(1, 10)]).toEqual([[], []])
    expect(work(false)()).toEqual(['Lobby', 'Gone', 'Gone'])
    expect(records.get('group', 'Lobby')).toMatchObject({ rev: 2, body: { a: 2 }, updatedBy: 'cloud' })
    expect(records.get('group', 'Gone')).toBeUndefined()
    expect(heard).toEqual(['Lobby cloud', 'Gone cloud', 'Gone cloud'])
    expect(records.changesAfter(2, 1)).toMatchObject([{ seq: 3, id: 'Gone', after: {} }])
    expect(records.lastSeq()).toBe(records.changesAfter(0, 100).at(-1)?.seq)
    const gone = records.history('group', 'Gone').at(-1)
    expect(records.lastMutationId('group', 'Gone')).toBe(gone?.mutationId)
    expect(records.lastMutationId('group', 'never')).toBeUndefined()
  })

  it('tells listeners after the commit, in order, and outlives those that fail or write again', () => {
    const { records, db } = made()
    const heard: string[] = []
    records.onChange(() => {
      throw new InvariantError('a listener that fails')
    })
    const stop = records.onChange((change) => {
      if (change.id === 'one') records.put('group', 'two', {}, BY)
      const row = db.query<{ n: number }>('SELECT count(*) AS n FROM change WHERE seq = ?').get(change.seq)
      heard.push(`${change.id} ${row?.n} ${records.get('group', change.id)?.rev}`)
    })
    records.put('group', 'one', {}, BY)
    expect(heard).toEqual(['one 1 1', 'two 1 1'])
    stop()
    records.put('group', 'three', {}, BY)
    expect(heard).toHaveLength(2)
  })

  it('lists the history of a record with what was before and after', () => {
    const { records } = made()
    records.put('group', 'Lobby', { a: 1 }, BY)
    records.put('group', 'Other', { a: 1 }, BY)
    records.put('group', 'Lobby', { a: 2 }, { by: 'second' })
    records.remove('group', 'Lobby', BY)
    const history = records.history('group', 'Lobby')
    expect(history.map(({ before, after, by }) => [before, after, by])).toEqual([
      [undefined, { a: 1 }, 'test'],
      [{ a: 1 }, { a: 2 }, 'second'],
      [{ a: 2 }, undefined, 'test'],
    ])
    const ids = history.map(({ mutationId }) => mutationId)
    expect(ids).toEqual([...new Set(ids)].sort())
  })

  it('gives bodies that nobody can change behind its back', () => {
    const { records } = made()
    const body = { list: [1] }
    const record = records.put('site', 'site', body, BY)
    body.list.push(2)
    expect(records.get('site', 'site')?.body).toEqual({ list: [1] })
    expect(() => (record.body.list as number[]).push(3)).toThrow(TypeError)
  })

  it('reads from memory: a boot storm costs no SQL', () => {
    const { db, records } = made()
    records.put('device', MAC, { a: 1 }, BY)
    const watched: string[] = []
    const spy: SqlDatabase = {
      query: (sql) => {
        watched.push(sql)
        return db.query(sql)
      },
      write: (work) => db.write(work),
    }
    const second = makeRecords({ db: spy, clock: { now: () => 0 }, newId: () => 'x' })
    watched.length = 0
    for (let i = 0; i < 100; i++) second.get('device', MAC)
    expect(second.list('device')).toHaveLength(1)
    expect(watched).toEqual([])
  })

  it.each([
    ['device', '00:00:5e:00:53:01'],
    ['device', '00005E005301'],
    ['device', '01005e005301'],
    ['vendor', '../yealink'],
    ['group', ''],
    ['group', ' Lobby'],
    ['group', 'a\nb'],
    ['group', 'x'.repeat(65)],
    ['model', 'a/b/c'],
    ['model', '/T46'],
    ['template', 'yealink/../../etc/passwd'],
    ['template', 'yealink//x'],
    ['interface', 'eth0/1'],
    ['interface', '..'],
    ['nonsense', 'x'],
    ['toString', 'x'],
  ])('refuses the id %s %j', (kind, id) => {
    expect(() => made().records.put(kind as 'device', id, {}, BY)).toThrow(OperatorError)
  })

  it.each([
    ['group', 'Call Centre'],
    ['group', 'Büro 2. Stock'],
    ['model', 'yealink/SIP-T46U'],
    ['template', 'yealink/device.cfg.liquid'],
    ['interface', 'eth0.100'],
    ['interface', 'br-lan'],
    ['network', 'lan'],
    ['vendor', 'grandstream'],
    ['site', 'site'],
  ] as const)('takes the id %s %j', (kind, id) => {
    expect(made().records.put(kind, id, {}, BY).id).toBe(id)
  })

  it.each<[string, unknown, string]>([
    ['text', 'x', 'group g: the body is not an object'],
    ['a list', [], 'group g: the body is not an object'],
    ['a missing value', { a: { b: undefined } }, 'group g.a.b: a undefined is not JSON'],
    ['no number', { a: [Number.NaN] }, 'group g.a[0]: NaN is no JSON number'],
    ['a date', { a: new Date(0) }, 'group g.a: a object is not JSON'],
    [
      'a poisoned name',
      JSON.parse('{"a":{"__proto__":{"admin":true}}}'),
      'group g.a: the name "__proto__" is not allowed',
    ],
    ['a constructor', { constructor: 1 }, 'group g: the name "constructor" is not allowed'],
    ['too much', { a: 'x'.repeat(MAX_BODY) }, 'larger than 262144 characters'],
    ['too much after escaping', { a: '\u0001'.repeat(MAX_BODY / 4) }, 'larger than 262144 characters'],
  ])('refuses a body of %s', (_, body, message) => {
    expect(() => made().records.put('group', 'g', body as JsonObject, BY)).toThrow(message)
  })

  it('refuses a body nested deeper than its limit', () => {
    const nested = (levels: number): JsonObject => (levels === 1 ? {} : { a: nested(levels - 1) })
    expect(made().records.put('group', 'g', nested(MAX_DEPTH), BY).rev).toBe(1)
    expect(() => made().records.put('group', 'g', nested(MAX_DEPTH + 1), BY)).toThrow('nested deeper than 32 levels')
  })

  it('refuses a write without an author or with an impossible base', () => {
    expect(() => made().records.put('group', 'g', {}, { by: '' })).toThrow(OperatorError)
    expect(() => made().records.put('group', 'g', {}, { by: 'x', base: -1 })).toThrow('base revision -1')
  })

  it('does what a plain model does, under random writes and restarts', () => {
    const id = fc.constantFrom('a', 'b', 'c')
    const base = fc.option(fc.nat(4), { nil: undefined })
    const body = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true })
    const clean = body.map((value) => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'p')) as JsonObject)
    const step = fc.oneof(
      fc.record({ do: fc.constant('put' as const), id, body: clean, base }),
      fc.record({ do: fc.constant('remove' as const), id, base }),
      fc.record({ do: fc.constant('restart' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        using db = memoryDatabase()
        const { clock, newId, records: first } = made(db)
        let records = first
        const living = new Map<string, { rev: number; text: string }>()
        const revs = new Map<string, number>()
        let changes = 0
        for (const now of steps) {
          if (now.do === 'restart') {
            records = makeRecords({ db, clock, newId })
            continue
          }
          const stands = living.get(now.id)
          const options = { by: 'model', ...(now.base === undefined ? {} : { base: now.base }) }
          const write = () =>
            now.do === 'put'
              ? void records.put('group', now.id, now.body, options)
              : records.remove('group', now.id, options)
          if (now.do === 'remove' && stands === undefined) {
            expect(write).toThrow(NotFoundError)
            continue
          }
          if (now.base !== undefined && now.base !== (stands?.rev ?? 0)) {
            expect(write).toThrow(ConflictError)
            continue
          }
          write()
          if (now.do === 'put' && stands !== undefined && sorted(JSON.parse(stands.text)) === sorted(now.body)) continue
          const rev = (revs.get(now.id) ?? 0) + 1
          revs.set(now.id, rev)
          changes += 1
          if (now.do === 'put') living.set(now.id, { rev, text: JSON.stringify(now.body) })
          else living.delete(now.id)
        }
        for (const reader of [records, makeRecords({ db, clock, newId })])
          expect(reader.list('group').map((r) => [r.id, r.rev, JSON.stringify(r.body)])).toEqual(
            [...living].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, { rev, text }]) => [key, rev, text]),
          )
        expect(['a', 'b', 'c'].flatMap((key) => records.history('group', key))).toHaveLength(changes)
      }),
      { numRuns: 150, seed: 20261122 },
    )
  })
})

/** JSON text with the names of objects in order. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const names = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${names.map(([name, inner]) => `${JSON.stringify(name)}:${sorted(inner)}`).join()}}`
}
