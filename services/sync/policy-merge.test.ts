import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../records/contract.ts'
import type { Mutation, Patch } from './contract.ts'
import { sha256 } from './hash.ts'
import { type Decision, decide, MAX_BODY, type Standing } from './policy-merge.ts'
import { mutationsOf } from './policy-mutation.ts'
import { valueText, wireSecretId } from './policy-value.ts'

const hash = (body: JsonObject) => sha256(valueText(body, wireSecretId))

function mutation(more: Partial<Mutation>): Mutation {
  return {
    ...{ seq: 1, mutationId: 'm1', feed: 'box:b1', kind: 'device', id: '00005e005301', group: 'name', by: 'a', at: 0 },
    ...{ base: null, patch: null, ...more },
  }
}

const set = (body: JsonObject, unset: readonly string[] = []): Patch => ({ set: body, unset })
const alive = (body: JsonObject): Standing => ({ body, deleted: false })
const gone = (body: JsonObject): Standing => ({ body, deleted: true })
const secret = (id: string) => ({ sealed: `x1:${id}`, id })
const line = (user: string, id: string) => ({ lines: [{ index: 1, user, secret: secret(id) }] })

describe('decide', () => {
  const cases: readonly [string, Partial<Mutation>, Standing | undefined, Decision][] = [
    [
      'nobody else changed it',
      { base: hash({ name: 'a' }), patch: set({ name: 'b' }) },
      alive({ name: 'a', model: 'T' }),
      { outcome: 'applied', write: { model: 'T', name: 'b' } },
    ],
    [
      'somebody changed another group',
      { base: hash({ name: 'a' }), patch: set({ name: 'b' }) },
      alive({ name: 'a', model: 'U', new: 1 }),
      { outcome: 'applied', write: { model: 'U', new: 1, name: 'b' } },
    ],
    [
      'both changed it to the same',
      { base: hash({ model: 'a' }), patch: set({ model: 'b' }) },
      alive({ model: 'b' }),
      { outcome: 'applied' },
    ],
    [
      'both changed what the cloud owns',
      { group: 'assignment', base: hash({ model: 'a' }), patch: set({ model: 'b' }, ['group']) },
      alive({ model: 'c' }),
      { outcome: 'conflict', loser: { side: 'box', value: { model: 'b' }, secret: false, alert: false } },
    ],
    [
      'both changed what the box owns',
      { base: hash({ name: 'a' }), patch: set({ name: 'b' }) },
      alive({ name: 'c', model: 'T' }),
      {
        ...{ outcome: 'merged', write: { model: 'T', name: 'b' } },
        loser: { side: 'cloud', value: { name: 'c' }, secret: false, alert: false },
      },
    ],
    [
      'a cloud-owned field under the name of a box-owned group',
      { group: 'name', base: hash({ model: 'a' }), patch: set({ model: 'b' }) },
      alive({ model: 'c' }),
      { outcome: 'conflict', loser: { side: 'box', value: { model: 'b' }, secret: false, alert: false } },
    ],
    [
      'both changed the network',
      { kind: 'network', id: 'lan', base: hash({ range: 'a' }), patch: set({ range: 'b' }) },
      alive({ range: 'c' }),
      {
        ...{ outcome: 'merged', write: { range: 'b' } },
        loser: { side: 'cloud', value: { range: 'c' }, secret: false, alert: true },
      },
    ],
    [
      'both changed the secret alone: the last writer stands, the old one is kept',
      { group: 'accounts', base: hash(line('u', 's1')), patch: set(line('u', 's2')) },
      alive(line('u', 's3')),
      {
        ...{ outcome: 'merged', write: line('u', 's2') },
        loser: { side: 'cloud', value: line('u', 's3'), secret: true, alert: false },
      },
    ],
    [
      'secret here, user there: never one of each',
      { group: 'accounts', base: hash(line('u', 's1')), patch: set(line('u', 's2')) },
      alive(line('v', 's1')),
      { outcome: 'conflict', loser: { side: 'box', value: line('u', 's2'), secret: false, alert: false } },
    ],
    ['made at the box', { patch: set({ name: 'a' }) }, undefined, { outcome: 'applied', write: { name: 'a' } }],
    [
      'made on both sides, other groups',
      { patch: set({ name: 'a' }) },
      alive({ model: 'T' }),
      { outcome: 'applied', write: { model: 'T', name: 'a' } },
    ],
    [
      'made on both sides, same group',
      { group: 'assignment', patch: set({ model: 'a' }) },
      alive({ model: 'T' }),
      { outcome: 'conflict', loser: { side: 'box', value: { model: 'a' }, secret: false, alert: false } },
    ],
    [
      'a device removed in the cloud, edited here: it comes back whole',
      { base: hash({ name: 'a' }), patch: set({ name: 'b' }) },
      gone({ name: 'a', model: 'T' }),
      {
        ...{ outcome: 'merged', write: { model: 'T', name: 'b' } },
        loser: { side: 'cloud', value: null, secret: false, alert: false },
      },
    ],
    [
      'another kind removed in the cloud, edited here',
      { kind: 'group', id: 'lobby', base: hash({ a: 1 }), patch: set({ a: 2 }) },
      gone({ a: 1 }),
      { outcome: 'conflict', loser: { side: 'box', value: { a: 2 }, secret: false, alert: false } },
    ],
    [
      'removed here',
      { group: '*', base: hash({ name: 'a' }) },
      alive({ name: 'a' }),
      { outcome: 'applied', write: null },
    ],
    ['removed on both sides', { group: '*', base: hash({ name: 'a' }) }, gone({ name: 'a' }), { outcome: 'applied' }],
    ['removed here, never heard of there', { group: '*', base: hash({}) }, undefined, { outcome: 'applied' }],
    [
      'a device removed here, edited there: the edit stands',
      { group: '*', base: hash({ name: 'a' }) },
      alive({ name: 'b' }),
      { outcome: 'conflict', loser: { side: 'box', value: null, secret: false, alert: false } },
    ],
    [
      'another kind removed here, edited there: the removal stands',
      { kind: 'group', group: '*', base: hash({ a: 1 }) },
      alive({ a: 2 }),
      { outcome: 'merged', write: null, loser: { side: 'cloud', value: { a: 2 }, secret: false, alert: false } },
    ],
    [
      'a template of the organisation',
      { feed: 'org:o1', kind: 'template', id: 'a/b', patch: set({ text: 'x' }) },
      alive({ text: 'y' }),
      { outcome: 'rejected', code: 'cloud-owned' },
    ],
    [
      'anything in the catalogue',
      { feed: 'catalogue', patch: set({}) },
      undefined,
      { outcome: 'rejected', code: 'cloud-owned' },
    ],
    [
      'a kind that nobody knows',
      { kind: 'hologram', base: hash({ a: 1 }), patch: set({ a: 2 }) },
      alive({ a: 1, b: [{}] }),
      { outcome: 'applied', write: { b: [{}], a: 2 } },
    ],
    [
      'a body past the limit',
      { base: hash({ name: 'a' }), patch: set({ name: 'b' }) },
      alive({ name: 'a', notes: 'x'.repeat(MAX_BODY) }),
      { outcome: 'rejected', code: 'too-large' },
    ],
  ]
  it.each(cases)('%s', (_what, more, standing, decision) => {
    expect(decide(mutation(more), standing, sha256)).toEqual(decision)
  })
})

// A box edits a device and a cloud edits it too; the box's edits are sent as mutations, in any batches, with repeats.
const field = fc.constantFrom('name', 'notes', 'model', 'group', 'label', 'other')
const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant({ deep: [1] }), fc.constant(secret('s1')))
const body = fc.dictionary(field, value, { maxKeys: 5 })
const edits = fc.array(fc.record({ box: fc.boolean(), body: fc.option(body, { nil: undefined, freq: 6 }) }), {
  maxLength: 12,
})

/** What a box that started from `start` makes of its edits. */
function mutations(start: JsonObject | undefined, all: readonly { body: JsonObject | undefined }[]): Mutation[] {
  let before = start
  const made: Mutation[] = []
  for (const [i, { body: after }] of all.entries()) {
    const change = {
      ...{ mutationId: `c${i}`, kind: 'device', id: 'd', by: 'a', at: 0 },
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    }
    const origin = { feed: 'box:b1', own: 'box:b1' } as const
    for (const one of mutationsOf(change, origin, { hash: sha256, secretId: wireSecretId }))
      made.push({ ...one, seq: made.length + 1 })
    before = after
  }
  return made
}

function apply(standing: Standing | undefined, one: Mutation): Standing | undefined {
  const { write } = decide(one, standing, sha256)
  if (write === undefined) return standing
  return write === null ? { body: standing?.body ?? {}, deleted: true } : { body: write, deleted: false }
}

const living = (standing: Standing | undefined) =>
  standing === undefined || standing.deleted ? undefined : standing.body

describe('merging', () => {
  it('ends at what the box had when nobody else edited', () => {
    fc.assert(
      fc.property(fc.option(body, { nil: undefined }), edits, (start, all) => {
        const end = mutations(start, all).reduce(apply, start === undefined ? undefined : alive(start))
        expect(living(end)).toEqual(all.length === 0 ? start : all.at(-1)?.body)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('is deterministic, and deciding what was decided changes nothing more', () => {
    fc.assert(
      fc.property(body, body, edits, (start, cloud, all) => {
        let standing: Standing | undefined = alive(cloud)
        for (const one of mutations(start, all)) {
          const first = decide(one, standing, sha256)
          expect(decide(structuredClone(one), structuredClone(standing), sha256)).toEqual(first)
          const next: Standing | undefined = apply(standing, one)
          // Without the memory of ids a repeat can at worst be a conflict: it never moves the record again.
          if (first.outcome === 'applied') expect(living(apply(next, one))).toEqual(living(next))
          standing = next
        }
      }),
      { seed: 2, numRuns: 500 },
    )
  })

  it('touches no field that the mutation does not name', () => {
    fc.assert(
      fc.property(body, body, edits, (start, cloud, all) => {
        for (const one of mutations(start, all)) {
          const { write } = decide(one, alive(cloud), sha256)
          if (write === undefined || write === null || one.patch === null) continue
          const named = new Set([...Object.keys(one.patch.set), ...one.patch.unset])
          for (const name of new Set([...Object.keys(cloud), ...Object.keys(write)]))
            if (!named.has(name)) expect(write[name]).toEqual(cloud[name])
        }
      }),
      { seed: 3, numRuns: 500 },
    )
  })

  it('loses no value: what does not stand is kept', () => {
    fc.assert(
      fc.property(body, body, edits, (start, cloud, all) => {
        for (const one of mutations(start, all)) {
          const { outcome, loser, write } = decide(one, alive(cloud), sha256)
          if (outcome === 'conflict') expect(loser?.side).toBe('box')
          if (outcome === 'conflict') expect(write).toBeUndefined()
          if (outcome === 'merged') expect(loser?.side).toBe('cloud')
        }
      }),
      { seed: 4, numRuns: 500 },
    )
  })
})
