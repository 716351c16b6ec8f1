import { describe, expect, it } from 'vitest'
import { peopleInMemory } from '../../test/support/people.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import { RecordError } from '../core/record-input.ts'

const by = 'test'

function faultsOf(work: () => unknown): Record<string, string> {
  try {
    work()
  } catch (thrown) {
    if (!(thrown instanceof RecordError)) throw thrown
    return Object.fromEntries(thrown.faults.map(({ path, message }) => [path, message]))
  }
  return {}
}

describe('people', () => {
  it('are stored with what was given, and the secret of their line sealed', () => {
    const { people, records } = peopleInMemory()
    const input = {
      name: 'Ada Lovelace',
      extension: '204',
      numbers: [{ kind: 'mobile', number: '+441632960011' }],
      books: ['Sales'],
      line: { user: '204', secret: 'hunter2' },
    }
    const person = people.put('ada', input, { by })
    expect(person).toEqual({ ...input, id: 'ada', rev: 1, listed: true, line: { ...input.line, index: 1 } })
    expect(people.get('ada')).toEqual(person)
    expect(JSON.stringify(records.get('person', 'ada'))).not.toContain('hunter2')
  })

  it('keep a secret that is left out, clear one that is null, and lose it with the line', () => {
    const { people } = peopleInMemory()
    const put = (line: object | undefined) => people.put('ada', { name: 'Ada', ...(line && { line }) }, { by }).line
    expect(put({ user: '204', secret: 'hunter2' })).toEqual({ index: 1, user: '204', secret: 'hunter2' })
    expect(put({ user: '205' })).toEqual({ index: 1, user: '205', secret: 'hunter2' })
    expect(put({ user: '205', secret: null })).toEqual({ index: 1, user: '205' })
    put({ user: '205', secret: 'hunter3' })
    expect(put(undefined)).toBeUndefined()
    expect(put({ user: '205' })).toEqual({ index: 1, user: '205' })
  })

  it('are refused with every fault by its path, and nothing of a batch is stored', () => {
    const { people } = peopleInMemory()
    const bad = {
      name: ' ',
      password: 'x',
      extension: 'two hundred',
      numbers: [{ kind: 'work', number: '123' }, { kind: 'pager', number: '1' }, { number: 'call me' }],
      line: { index: 2, user: '' },
    }
    expect(Object.keys(faultsOf(() => people.put('x', bad, { by })))).toEqual([
      'name',
      'extension',
      'numbers.1.kind',
      'numbers.2.number',
      'line.index',
      'line.user',
    ])
    const slips = { name: 'Ada', password: 'x', line: { user: '1', password: 'y' } }
    expect(faultsOf(() => people.put('x', slips, { by }))).toEqual({
      password: 'no such field',
      'line.password': 'no such field',
    })
    expect(people.check('x', slips).map(({ path }) => path)).toEqual(['password', 'line.password'])
    expect(() =>
      people.putMany(
        [
          { id: 'a', input: { name: 'A' } },
          { id: 'b', input: {} },
        ],
        { by },
      ),
    ).toThrow(RecordError)
    expect(people.list()).toEqual([])
  })

  it('are found by an extension that one person alone has', () => {
    const { people } = peopleInMemory()
    people.put('a', { name: 'A', extension: '204' }, { by })
    expect(people.byExtension('204')?.id).toBe('a')
    people.put('b', { name: 'B', extension: '204' }, { by })
    expect(people.byExtension('204')).toBeUndefined()
    people.remove('a', { by })
    expect(people.byExtension('204')?.id).toBe('b')
    expect(people.byExtension('205')).toBeUndefined()
  })

  it('are edited by revision', () => {
    const { people } = peopleInMemory()
    people.put('a', { name: 'A' }, { by, base: 0 })
    expect(() => people.put('a', { name: 'B' }, { by, base: 0 })).toThrow(ConflictError)
    expect(people.put('a', { name: 'B' }, { by, base: 1 }).rev).toBe(2)
    expect(() => people.remove('a', { by, base: 1 })).toThrow(ConflictError)
    expect(() => people.remove('b', { by })).toThrow(NotFoundError)
  })

  it('keep numbers as they are dialled', () => {
    const { people } = peopleInMemory()
    const numbers = ['+49 (0)30 1234-56', '030 / 12 34', 'sip:ada@example.net', '*21#'].map((number) => ({ number }))
    expect(people.put('a', { name: 'A', numbers }, { by }).numbers).toEqual([
      { kind: 'work', number: '+4930123456' },
      { kind: 'work', number: '0301234' },
      { kind: 'work', number: 'sip:ada@example.net' },
      { kind: 'work', number: '*21#' },
    ])
  })
})
