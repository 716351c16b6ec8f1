import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeTestClock } from '../../test/support/clock.ts'
import { ConflictError, OperatorError } from '../core/errors.ts'
import { makeCloudSync } from './cloud-sync.ts'
import type { Mutation, PullAnswer, PushAnswer } from './contract.ts'
import { sha256 } from './hash.ts'
import { emptyMemory, type MemoryData, makeMemoryStorage } from './memory-storage.ts'
import { valueText, wireSecretId } from './policy-value.ts'

const BOX = { boxId: 'b1', orgId: 'o1' }
const EPOCH = { n: 1, id: 'e1' }
const MAC = '00005e005301'

async function made(data: MemoryData = emptyMemory(), generation = 'g1') {
  const storage = makeMemoryStorage(data)
  const clock = makeTestClock()
  const sealFor = (boxId: string, sealed: string) => `for ${boxId}: ${sealed}`
  return { data, storage, clock, cloud: await makeCloudSync({ storage, clock, generation, sealFor }) }
}

function mutation(seq: number, more: Partial<Mutation> = {}): Mutation {
  return {
    ...{ seq, mutationId: `m${seq}`, feed: 'box:b1', kind: 'device', id: MAC, group: 'name', by: 'a', at: 1 },
    ...{ base: null, patch: { set: { name: `n${seq}` }, unset: [] }, ...more },
  }
}

const push = (items: readonly object[], more: object = {}) => ({
  version: 1,
  epoch: EPOCH,
  holder: 'h1',
  items,
  ...more,
})
const pull = (more: object = {}) => ({ version: 1, feed: 'box:b1', limit: 100, ...more })

function page(answer: PullAnswer) {
  if (answer.answer !== 'page') throw new RangeError(`not a page: ${JSON.stringify(answer)}`)
  return answer
}

function outcomes(answer: PushAnswer): readonly string[] {
  return answer.answer === 'taken' ? answer.outcomes.map(({ outcome, code }) => code ?? outcome) : [answer.answer]
}

describe('cloud: pull', () => {
  it('is told how far the box is by each cursor, also when nothing is new', async () => {
    const told: number[] = []
    const storage = makeMemoryStorage(emptyMemory())
    const given = {
      storage,
      clock: makeTestClock(),
      generation: 'g1',
      sealFor: (_box: string, sealed: string) => sealed,
    }
    const cloud = await makeCloudSync({ ...given, onPulled: (_box, _feed, seq) => void told.push(seq) })
    const add = (id: string) => cloud.write('box:b1', [{ kind: 'group', id, body: {} }], { by: 'admin' })
    await add('a')
    const { cursor } = page(await cloud.pull(BOX, pull()))
    // A snapshot is in force when the box asks with what followed it, not before.
    expect(told).toEqual([])
    await cloud.pull(BOX, pull({ cursor }))
    await cloud.pull(BOX, pull({ cursor }))
    await add('b')
    const next = page(await cloud.pull(BOX, pull({ cursor }))).cursor
    await cloud.pull(BOX, pull({ cursor: next }))
    expect(told).toEqual([1, 1, 1, 2])
  })

  it('gives a snapshot, then what is newer, then nothing', async () => {
    const { cloud } = await made()
    await cloud.write('box:b1', [{ kind: 'group', id: 'a', body: { x: 1 } }], { by: 'admin' })
    const first = page(await cloud.pull(BOX, pull()))
    expect(first).toMatchObject({
      snapshot: true,
      more: false,
      upToDate: true,
      items: [{ id: 'a', rev: 1, body: { x: 1 } }],
    })
    await cloud.write('box:b1', [{ kind: 'group', id: 'a', body: undefined }], { by: 'admin' })
    const second = page(await cloud.pull(BOX, pull({ cursor: first.cursor })))
    expect(second).toMatchObject({ snapshot: false, items: [{ id: 'a', rev: 2, deleted: true }] })
    expect(second.items[0]).not.toHaveProperty('body')
    const third = page(await cloud.pull(BOX, pull({ cursor: second.cursor })))
    expect(third).toMatchObject({ items: [], cursor: second.cursor, upToDate: true })
  })

  it('seals secrets for the box that asks, and for its present key without any new revision', async () => {
    const { cloud } = await made()
    const body = { lines: [{ secret: { sealed: 'c:1', id: 's1' } }] }
    await cloud.write('org:o1', [{ kind: 'person', id: 'p', body }], { by: 'admin' })
    const { items } = page(await cloud.pull(BOX, pull({ feed: 'org:o1' })))
    expect(items[0]?.body).toEqual({ lines: [{ secret: { sealed: 'for b1: c:1', id: 's1' } }] })
  })

  it.each([
    ['other box', { boxId: 'b2', orgId: 'o1' }, 'box:b1'],
    ['other organisation', { boxId: 'b1', orgId: 'o2' }, 'org:o1'],
    ['box named like an organisation', { boxId: 'o1', orgId: 'o2' }, 'org:o1'],
  ])('refuses the feed of another tenant: %s', async (_what, box, feed) => {
    const { cloud } = await made()
    await cloud.write('box:b1', [{ kind: 'group', id: 'a', body: { x: 1 } }], { by: 'admin' })
    await cloud.write('org:o1', [{ kind: 'group', id: 'a', body: { x: 1 } }], { by: 'admin' })
    expect(await cloud.pull(box, pull({ feed }))).toMatchObject({ answer: 'refused', code: 'forbidden' })
  })

  it('asks for a reset when it went back in time, also in the middle of a snapshot', async () => {
    const { cloud, data } = await made()
    for (const id of ['a', 'b', 'c']) await cloud.write('box:b1', [{ kind: 'group', id, body: { x: 1 } }], { by: 'x' })
    const saved = structuredClone(data)
    const begun = page(await cloud.pull(BOX, pull({ limit: 1 })))
    await cloud.write('box:b1', [{ kind: 'group', id: 'b', body: { x: 2 } }], { by: 'x' })
    // b has moved past the end of the snapshot, so this page leaves it out.
    const middle = page(await cloud.pull(BOX, pull({ cursor: begun.cursor })))
    expect(middle).toMatchObject({ more: false, upToDate: false, items: [{ id: 'c' }] })
    const { cloud: restored } = await made(saved, 'g2')
    expect(await restored.pull(BOX, pull({ cursor: begun.cursor }))).toMatchObject({ answer: 'page' })
    expect(await restored.pull(BOX, pull({ cursor: middle.cursor }))).toMatchObject({ reason: 'other-history' })
  })

  it('asks for a reset below the floor of what it remembers', async () => {
    const { cloud, clock } = await made()
    await cloud.write('box:b1', [{ kind: 'group', id: 'a', body: {} }], { by: 'x' })
    const { cursor } = page(await cloud.pull(BOX, pull()))
    await cloud.write('box:b1', [{ kind: 'group', id: 'a', body: undefined }], { by: 'x' })
    clock.advance(91 * 86_400_000)
    await cloud.compact('box:b1')
    expect(await cloud.pull(BOX, pull({ cursor }))).toMatchObject({ answer: 'must_reset', reason: 'compacted' })
    expect(page(await cloud.pull(BOX, pull())).items).toEqual([])
  })

  it.each(['', 'x', '1~~~~', '1~g1~1~1~~org:o1', '1~g1~999999999999999~999999999999999~~box:b1'])(
    'takes no cursor for an answer that is none of its own: %s',
    async (cursor) => {
      const { cloud } = await made()
      expect(await cloud.pull(BOX, pull({ cursor }))).toMatchObject({ answer: 'must_reset' })
    },
  )
})

describe('cloud: push', () => {
  it('gives every mutation an outcome, also one that cannot be read', async () => {
    const { cloud } = await made()
    const items = [
      mutation(1),
      { seq: 2, mutationId: 'm2', nonsense: true },
      mutation(3, { feed: 'box:b2' }),
      mutation(4, { feed: 'org:o2' }),
      mutation(5, { feed: 'catalogue' }),
      mutation(6, { patch: JSON.parse('{"set":{"__proto__":{"x":1}},"unset":[]}') as Mutation['patch'] }),
      mutation(7, { id: '00005e005302' }),
    ]
    const answer = await cloud.push(BOX, push(items))
    expect(outcomes(answer)).toEqual([
      ...['applied', 'malformed', 'forbidden', 'forbidden', 'cloud-owned', 'malformed', 'applied'],
    ])
    expect(await cloud.push(BOX, push(items))).toEqual(answer)
  })

  it.each([
    ['no items', push([])],
    ['too many', push(Array.from({ length: 201 }, (_, i) => mutation(i + 1)))],
    ['no epoch', { ...push([mutation(1)]), epoch: undefined }],
    ['no number', push([{ mutationId: 'm1' }])],
    ['nothing', undefined],
    ['text', 'push'],
  ])('refuses what is no push: %s', async (_what, request) => {
    const { cloud } = await made()
    expect(await cloud.push(BOX, request)).toMatchObject({ answer: 'refused', code: 'malformed' })
  })

  it('refuses what is too large, and holds nothing of it', async () => {
    const { cloud, data } = await made()
    const items = [1, 2, 3].map((seq) => mutation(seq, { patch: { set: { notes: 'x'.repeat(200_000) }, unset: [] } }))
    expect(await cloud.push(BOX, push(items))).toMatchObject({ answer: 'refused', code: 'too-large' })
    expect(data.mutations.size).toBe(0)
  })

  it('says where to go on after a gap, and refuses another mutation under a number that was taken', async () => {
    const { cloud } = await made()
    await cloud.push(BOX, push([mutation(1), mutation(2)]))
    expect(await cloud.push(BOX, push([mutation(4)]))).toEqual({ answer: 'gap', inbox: { epoch: EPOCH, lastSeq: 2 } })
    expect(await cloud.push(BOX, push([mutation(2, { mutationId: 'other' })]))).toMatchObject({ answer: 'fork' })
    expect(
      outcomes(await cloud.push(BOX, push([mutation(1, { mutationId: 'm1' }), mutation(2), mutation(3)]))),
    ).toHaveLength(3)
  })

  it('halts two live copies until a person has chosen', async () => {
    const { cloud } = await made()
    const start = (n: number, holder: string) =>
      cloud.push(BOX, push([mutation(1)], { epoch: { n, id: `e${n}` }, holder }))
    expect((await start(1, 'A')).answer).toBe('taken')
    expect((await start(2, 'B')).answer).toBe('taken')
    expect((await start(3, 'A')).answer).toBe('halted')
    expect((await start(4, 'B')).answer).toBe('halted')
    expect(await cloud.heartbeat(BOX, { version: 1, epoch: EPOCH, holder: 'A', lastSeq: 1 })).toMatchObject({
      halted: true,
    })
    await cloud.resume('b1')
    expect((await start(5, 'B')).answer).toBe('taken')
  })

  it('ends the same however a box splits and repeats its messages', async () => {
    const step = fc.record({
      field: fc.constantFrom('name', 'model', 'notes'),
      value: fc.integer({ min: 0, max: 3 }),
      based: fc.integer({ min: 0, max: 3 }),
      remove: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 15 }),
        fc.infiniteStream(fc.record({ size: fc.integer({ min: 1, max: 6 }), repeat: fc.integer({ min: 0, max: 4 }) })),
        async (steps, cuts) => {
          const hash = (body: Readonly<Record<string, number>>) => sha256(valueText(body, wireSecretId))
          const items = steps.map(({ field, value, based, remove }, i) =>
            remove && i % 4 === 3
              ? mutation(i + 1, { group: '*', base: hash({ name: based }), patch: null })
              : mutation(i + 1, {
                  group: field,
                  base: hash({ [field]: based }),
                  patch: { set: { [field]: value }, unset: [] },
                }),
          )
          const whole = await made()
          const expected = outcomes(await whole.cloud.push(BOX, push(items)))
          const split = await made()
          const got = new Map<number, string>()
          for (let next = 1; next <= items.length; ) {
            const { size = 1, repeat = 0 } = cuts.next().value ?? {}
            const from = Math.max(1, next - repeat)
            const batch = items.slice(from - 1, next - 1 + size)
            const answer = await split.cloud.push(BOX, push(batch))
            outcomes(answer).forEach((outcome, i) => {
              expect(got.get(from + i) ?? outcome).toBe(outcome)
              got.set(from + i, outcome)
            })
            next += size
          }
          expect([...got.values()]).toEqual(expected)
          expect(split.data.records).toEqual(whole.data.records)
          expect(split.data.conflicts).toEqual(whole.data.conflicts)
        },
      ),
      { seed: 7, numRuns: 150 },
    )
  })

  it('keeps the secret that did not stand for seven days', async () => {
    const { cloud, storage, clock } = await made()
    const lines = (id: string) => [{ index: 1, user: 'u', secret: { sealed: `x1:${id}`, id } }]
    await cloud.write('box:b1', [{ kind: 'device', id: MAC, body: { lines: lines('s2') } }], { by: 'admin' })
    const base = sha256(valueText({ lines: lines('s1') }, wireSecretId))
    await cloud.push(
      BOX,
      push([mutation(1, { group: 'accounts', base, patch: { set: { lines: lines('s3') }, unset: [] } })]),
    )
    const conflicts = () => storage.read((reader) => reader.conflicts({ boxId: 'b1' }))
    expect(await conflicts()).toMatchObject([{ side: 'cloud', value: { lines: lines('s2') } }])
    clock.advance(7 * 86_400_000)
    await cloud.compact('box:b1')
    expect(await conflicts()).toEqual([])
  })
})

describe('cloud: a person settles a conflict', () => {
  it('by taking the value that did not stand, or by leaving what does', async () => {
    const { cloud, data } = await made()
    await cloud.write('box:b1', [{ kind: 'device', id: MAC, body: { model: 'A', group: 'x', name: 'n' } }], {
      by: 'admin',
    })
    const edit = (seq: number, patch: Mutation['patch']) =>
      mutation(seq, { group: 'assignment', base: sha256('{}'), patch })
    const items = [edit(1, { set: { model: 'B' }, unset: ['group'] }), edit(2, { set: { model: 'C' }, unset: [] })]
    expect(outcomes(await cloud.push(BOX, push(items)))).toEqual(['conflict', 'conflict'])
    const body = () => data.records.get('box:b1')?.get(JSON.stringify(['device', MAC]))?.body
    await cloud.settle('b1', 'm2', { take: false, by: 'admin' })
    expect(body()).toEqual({ model: 'A', group: 'x', name: 'n' })
    await cloud.settle('b1', 'm1', { take: true, by: 'admin' })
    expect(body()).toEqual({ model: 'B', name: 'n' })
    await expect(cloud.settle('b1', 'm1', { take: true, by: 'other' })).rejects.toThrow('settled by admin')
    await expect(cloud.settle('b2', 'm1', { take: true, by: 'other' })).rejects.toThrow('no conflict')
  })

  it('by removing what came back', async () => {
    const { cloud, data } = await made()
    await cloud.write('box:b1', [{ kind: 'device', id: MAC, body: { name: 'a' } }], { by: 'admin' })
    await cloud.write('box:b1', [{ kind: 'device', id: MAC, body: undefined }], { by: 'admin' })
    await cloud.push(BOX, push([mutation(1, { base: sha256(valueText({ name: 'a' }, wireSecretId)) })]))
    const record = () => data.records.get('box:b1')?.get(JSON.stringify(['device', MAC]))
    expect(record()).toMatchObject({ deleted: false, body: { name: 'n1' } })
    await cloud.settle('b1', 'm1', { take: true, by: 'admin' })
    expect(record()).toMatchObject({ deleted: true })
  })
})

describe('cloud: writes of its own', () => {
  it('are all or none, checked against the revision that they were based on', async () => {
    const { cloud, data } = await made()
    const poked: string[] = []
    cloud.onPoke(({ feeds }) => void poked.push(...feeds))
    await cloud.write('box:b1', [{ kind: 'group', id: 'a', body: { x: 1 }, baseRev: 0 }], { by: 'admin' })
    const stale = [
      { kind: 'group', id: 'b', body: { x: 1 } },
      { kind: 'group', id: 'a', body: { x: 2 }, baseRev: 7 },
    ]
    await expect(cloud.write('box:b1', stale, { by: 'admin' })).rejects.toThrow(ConflictError)
    expect(data.records.get('box:b1')?.size).toBe(1)
    expect(data.counters.get('box:b1')?.seq).toBe(1)
    expect(poked).toEqual(['box:b1'])
    const bad = JSON.parse('{"a":{"__proto__":1}}')
    await expect(cloud.write('box:b1', [{ kind: 'group', id: 'c', body: bad }], { by: 'x' })).rejects.toThrow(
      OperatorError,
    )
  })
})

describe('cloud: status and events', () => {
  const status = (more: object) => ({ version: 1, epoch: EPOCH, items: [], ...more })
  const phone = (seq: number, id: string, body: object | null = { seq }) => ({ seq, kind: 'phone', id, body })

  it('lets the newest status stand, drops what a full report leaves out, and is not fooled by late messages', async () => {
    const { cloud, storage } = await made()
    const ids = async () => (await storage.read((reader) => reader.reported('b1'))).map(({ id, seq }) => `${id} ${seq}`)
    expect(await cloud.status(BOX, status({ items: [phone(1, 'p1'), phone(2, 'p2')] }))).toEqual({
      ...{ answer: 'status', statusSeq: 2 },
    })
    await cloud.status(BOX, status({ items: [phone(3, 'p2'), phone(4, 'p3')], voidBelow: 3 }))
    expect(await ids()).toEqual(['p2 3', 'p3 4'])
    await cloud.status(BOX, status({ items: [phone(1, 'p1'), phone(2, 'p2')] }))
    expect(await ids()).toEqual(['p2 3', 'p3 4'])
    expect(await cloud.heartbeat(BOX, { version: 1, epoch: EPOCH, holder: 'A', lastSeq: 0 })).toMatchObject({
      statusSeq: 4,
    })
  })

  it('stores events once', async () => {
    const { cloud, storage } = await made()
    const events = { version: 1, epoch: EPOCH, dropped: 0, items: [{ seq: 5, kind: 'boot', at: 1, body: {} }] }
    expect(await cloud.events(BOX, events)).toEqual({ answer: 'events', eventSeq: 5 })
    expect(await cloud.events(BOX, events)).toEqual({ answer: 'events', eventSeq: 5 })
    expect(await storage.read((reader) => reader.events('b1', 9))).toHaveLength(1)
  })
})
