import { describe, expect, it } from 'vitest'
import { ALL_CHECKS } from './policy-checks.ts'
import { continuable, readCursor, writeCursor } from './policy-cursor.ts'
import { admit, EMPTY_INBOX, type InboxState, stepOf } from './policy-inbox.ts'
import { overlaid } from './policy-mutation.ts'
import { align } from './policy-outbox.ts'
import { feedsOf, groupsOf, mayEdit, ownerOf } from './policy-ownership.ts'
import { nextDelay } from './policy-pace.ts'
import { digestText, valueText } from './policy-value.ts'

const E1 = { n: 1, id: 'a' }
const E2 = { n: 2, id: 'b' }

describe('admit', () => {
  const at = (more: Partial<InboxState>): InboxState => ({
    ...EMPTY_INBOX,
    epoch: E2,
    lastSeq: 5,
    holders: ['A', 'B'],
    ...more,
  })
  it.each([
    ['the first push of all', EMPTY_INBOX, E1, 1, 'A', 'take'],
    ['a first push that is not the beginning', EMPTY_INBOX, E1, 3, 'A', 'gap'],
    ['the next', at({}), E2, 6, 'B', 'take'],
    ['a repeat', at({}), E2, 2, 'B', 'take'],
    ['one too far', at({}), E2, 7, 'B', 'gap'],
    ['an older epoch', at({}), E1, 1, 'A', 'fork'],
    ['the twin of an epoch', at({}), { n: 2, id: 'other' }, 1, 'C', 'fork'],
    ['a new epoch', at({}), { n: 3, id: 'c' }, 1, 'C', 'take'],
    ['another epoch of the same program', at({}), { n: 3, id: 'c' }, 1, 'B', 'take'],
    ['a new epoch in its middle', at({}), { n: 3, id: 'c' }, 2, 'C', 'gap'],
    ['a program that was superseded', at({}), { n: 3, id: 'c' }, 1, 'A', 'halted'],
    ['anything while halted', at({ halted: true }), E2, 6, 'B', 'halted'],
  ])('%s', (_what, state, epoch, firstSeq, holder, kind) => {
    expect(admit(state, { epoch, firstSeq, holder }, ALL_CHECKS).kind).toBe(kind)
  })

  it('begins a new epoch with nothing taken', () => {
    expect(admit(at({}), { epoch: { n: 3, id: 'c' }, firstSeq: 1, holder: 'C' }, ALL_CHECKS).state).toEqual({
      ...{ epoch: { n: 3, id: 'c' }, lastSeq: 0, holders: ['A', 'B', 'C'], halted: false },
    })
  })
})

describe('stepOf', () => {
  it.each([
    ['the next', 6, undefined, false, 'decide'],
    ['the next, known from an older epoch', 6, undefined, true, 'repeat'],
    ['taken already', 5, 'm', true, 'repeat'],
    ['another one was taken', 5, 'x', false, 'fork'],
    ['taken so long ago that it is forgotten', 5, undefined, false, 'fork'],
    ['one is missing', 7, undefined, false, 'gap'],
  ])('%s', (_what, seq, taken, known, step) => {
    const state = { ...EMPTY_INBOX, epoch: E1, lastSeq: 5 }
    expect(stepOf(state, { seq, mutationId: 'm' }, { at: taken, known }, ALL_CHECKS)).toBe(step)
  })
})

describe('align', () => {
  const facts = { epoch: E2, lastSeq: 9, takenSeq: 6, keptFrom: () => 3 }
  it.each([
    ['in step', { epoch: E2, lastSeq: 6 }, { do: 'go-on' }],
    ['an answer was lost', { epoch: E2, lastSeq: 8 }, { do: 'go-on' }],
    ['the cloud lost some that are here', { epoch: E2, lastSeq: 2 }, { do: 'resend', from: 3 }],
    ['the cloud lost some that are gone here', { epoch: E2, lastSeq: 1 }, { do: 'new-epoch', n: 3, behind: true }],
    ['the cloud has more than was made here', { epoch: E2, lastSeq: 10 }, { do: 'new-epoch', n: 3, behind: false }],
    ['the cloud went back behind this epoch', { epoch: E1, lastSeq: 4 }, { do: 'new-epoch', n: 3, behind: true }],
    ['the cloud knows nothing', { lastSeq: 0 }, { do: 'new-epoch', n: 3, behind: true }],
    [
      'the cloud is in a newer epoch',
      { epoch: { n: 7, id: 'x' }, lastSeq: 1 },
      { do: 'new-epoch', n: 8, behind: false },
    ],
    [
      'the cloud is in this epoch of a twin',
      { epoch: { n: 2, id: 'x' }, lastSeq: 6 },
      { do: 'new-epoch', n: 3, behind: false },
    ],
  ])('%s', (_what, inbox, alignment) => {
    expect(align(facts, inbox, ALL_CHECKS)).toEqual(alignment)
  })

  it('leaps no further than it can afford', () => {
    const inbox = { epoch: { n: 2_147_483_647, id: 'x' }, lastSeq: 1 }
    expect(align(facts, inbox, ALL_CHECKS)).toEqual({ do: 'new-epoch', n: 1_002, behind: false })
  })

  it('sends a whole epoch again under its numbers when all of it is here', () => {
    expect(align({ ...facts, keptFrom: () => 1 }, { lastSeq: 0 }, ALL_CHECKS)).toEqual({ do: 'resend', from: 1 })
    expect(align({ epoch: E1, lastSeq: 0, takenSeq: 0, keptFrom: () => 1 }, { lastSeq: 0 }, ALL_CHECKS)).toEqual({
      do: 'go-on',
    })
  })
})

describe('cursors', () => {
  it('come back as they were written', () => {
    const position = { feed: 'box:b1', gen: 'g-1', seq: 7, claimed: 9, upTo: 8 } as const
    expect(readCursor(writeCursor(position))).toEqual(position)
    const { upTo: _, ...plain } = position
    expect(readCursor(writeCursor(plain))).toEqual(plain)
  })

  const history = { seq: 20, gen: 'g2', floor: 3, end: undefined }
  it.each([
    ['in the present generation', { gen: 'g2', seq: 10, claimed: 20 }, history, 'yes'],
    ['beyond the present end', { gen: 'g2', seq: 21, claimed: 21 }, history, 'other-history'],
    ['in an older generation', { gen: 'g1', seq: 9, claimed: 9 }, { ...history, end: 9 }, 'yes'],
    ['beyond the end of an older one', { gen: 'g1', seq: 10, claimed: 10 }, { ...history, end: 9 }, 'other-history'],
    [
      'before that end, read when more was there',
      { gen: 'g1', seq: 5, claimed: 10 },
      { ...history, end: 9 },
      'other-history',
    ],
    ['in a generation that nobody knows', { gen: 'g9', seq: 1, claimed: 1 }, history, 'other-history'],
    ['below the floor', { gen: 'g2', seq: 2, claimed: 20 }, history, 'compacted'],
    ['a snapshot past the floor', { gen: 'g2', seq: 2, claimed: 20, upTo: 15 }, history, 'yes'],
    ['a snapshot that ends below the floor', { gen: 'g2', seq: 1, claimed: 20, upTo: 2 }, history, 'compacted'],
  ])('%s', (_what, position, of, verdict) => {
    expect(continuable({ feed: 'box:b1', ...position }, of, ALL_CHECKS)).toBe(verdict)
  })
})

describe('ownership', () => {
  it('takes the fields for proof, not the name of the group', () => {
    expect(ownerOf('device', ['name'])).toBe('box')
    expect(ownerOf('device', ['name', 'lines'])).toBe('cloud')
    expect(ownerOf('device', [])).toBe('cloud')
    expect(ownerOf('network', ['anything'])).toBe('box')
    expect(ownerOf('hologram', ['name'])).toBe('cloud')
    expect(ownerOf('constructor', ['name'])).toBe('cloud')
  })

  it('compares together what belongs together, and each unknown field alone', () => {
    expect(groupsOf('device', { model: 1, zeta: 1 }, { alpha: 1 })).toEqual([
      { name: 'assignment', fields: ['vendor', 'model', 'group', 'person', 'enabled'] },
      { name: 'field:alpha', fields: ['alpha'] },
      { name: 'field:zeta', fields: ['zeta'] },
    ])
  })

  it('lets a branch change what it shares in place, and override what is given', () => {
    expect([mayEdit('person', 'org:o1'), mayEdit('vendor', 'org:o1'), mayEdit('person', 'catalogue')]).toEqual([
      ...[true, false, false],
    ])
    expect(mayEdit('template', 'box:b1')).toBe(true)
    expect(feedsOf('b1', undefined)).toEqual(['box:b1', 'catalogue'])
  })
})

describe('overlaid', () => {
  const removal = { base: 'x', patch: null }
  const edit = (set: object, base: string | null = 'x') => ({ base, patch: { set: set as never, unset: [] } })
  it.each([
    ['no record, no edit', undefined, [], undefined],
    ['an edit over a record', { body: { a: 1, b: 1 }, deleted: false }, [edit({ a: 2 })], { a: 2, b: 1 }],
    ['a removal', { body: { a: 1 }, deleted: false }, [removal], undefined],
    ['made again after a removal', { body: { a: 1 }, deleted: false }, [removal, edit({ b: 2 }, null)], { b: 2 }],
    ['removed in the cloud, edited here', { body: { a: 1, b: 1 }, deleted: true }, [edit({ a: 2 })], { a: 2, b: 1 }],
    ['removed in the cloud, made here', { body: { a: 1 }, deleted: true }, [edit({ b: 2 }, null)], { b: 2 }],
  ])('%s', (_what, confirmed, edits, body) => expect(overlaid(confirmed, edits)).toEqual(body))
})

describe('values', () => {
  it('are the same in any order of names, and secrets by their id', () => {
    const one = valueText({ b: [1, { d: 1, c: 2 }], a: { sealed: 'x', id: 's' } }, ({ id }) => id ?? '')
    expect(one).toBe(valueText({ a: { sealed: 'y', id: 's' }, b: [1, { c: 2, d: 1 }] }, ({ id }) => id ?? ''))
    expect(one).not.toBe(valueText({ a: { sealed: 'x', id: 't' }, b: [1, { c: 2, d: 1 }] }, ({ id }) => id ?? ''))
  })

  it('make one digest in any order of records', () => {
    const records = [
      { kind: 'a', id: '\u{1f4de}', rev: 1 },
      { kind: 'a', id: '￿', rev: 2 },
      { kind: '', id: 'a', rev: 3 },
    ]
    expect(digestText(records)).toBe(digestText([...records].reverse()))
  })
})

describe('nextDelay', () => {
  it.each([
    ['busy', { idle: 0, failed: 0, random: 0.5 }, 60_000],
    ['jitter', { idle: 0, failed: 0, random: 0 }, 48_000],
    ['quiet for long', { idle: 50, failed: 0, random: 0.5 }, 300_000],
    ['told to wait', { idle: 0, failed: 1, retryAfter: 30_000, random: 0.5 }, 45_000],
    ['an outage', { idle: 0, failed: 3, random: 1 }, 600_000],
  ])('%s', (_what, facts, delay) => expect(nextDelay(facts)).toBe(delay))
})
