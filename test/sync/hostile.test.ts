import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeCloudSync } from '../../services/sync/cloud-sync.ts'
import type { Transport } from '../../services/sync/contract.ts'
import { makeMemoryStorage } from '../../services/sync/memory-storage.ts'
import { ALL_CHECKS } from '../../services/sync/policy-checks.ts'
import { SYNC_VERSION } from '../../services/sync/policy-version.ts'
import { makeRandom } from '../support/random.ts'
import { inForce, makeSimBox } from './sim-box.ts'
import { sealedForBox } from './sim-secrets.ts'

const BOX = { boxId: 'b1', orgId: 'o1' }
const METHODS = ['pull', 'push', 'heartbeat', 'status', 'events'] as const
const ANSWERS = new Set([
  'page',
  'must_reset',
  'taken',
  'gap',
  'fork',
  'halted',
  'heartbeat',
  'status',
  'events',
  'refused',
])

const VALID: Readonly<Record<keyof Transport, object>> = {
  pull: { version: 1, feed: 'box:b1', cursor: '1~g1~1~1~~box:b1', limit: 5 },
  push: {
    ...{ version: 1, epoch: { n: 1, id: 'e' }, holder: 'h' },
    items: [
      {
        ...{ seq: 1, mutationId: 'm1', feed: 'box:b1', kind: 'device', id: '00005e005301', group: 'name' },
        ...{ base: null, patch: { set: { name: 'x' }, unset: ['label'] }, by: 'a', at: 1 },
      },
    ],
  },
  heartbeat: { version: 1, epoch: { n: 1, id: 'e' }, holder: 'h', lastSeq: 0 },
  status: {
    version: 1,
    epoch: { n: 1, id: 'e' },
    items: [{ seq: 1, kind: 'p', id: 'x', body: { on: true } }],
    voidBelow: 0,
  },
  events: { version: 1, epoch: { n: 1, id: 'e' }, items: [{ seq: 1, kind: 'p', at: 1, body: {} }], dropped: 0 },
}

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(undefined, 1e308, -1, 0, 2 ** 53, '', '__proto__', 'org:o2', 'box:b2', [], {}, null),
  fc.constant(JSON.parse('{"__proto__":{"polluted":1},"constructor":{}}')),
  fc.integer({ min: 1, max: 60 }).map((depth) => Array.from({ length: depth }).reduce((inner) => ({ x: inner }), 1)),
)

/** A copy of a value in which one place is something else. */
function spoiled(value: unknown, where: () => number, what: unknown): unknown {
  if (typeof value !== 'object' || value === null || where() < 0.2) return what
  const names = Object.keys(value)
  const name = names[Math.floor(where() * names.length)]
  if (name === undefined) return what
  const inner = spoiled((value as Record<string, unknown>)[name], where, what)
  return Array.isArray(value) ? value.map((old, i) => (String(i) === name ? inner : old)) : { ...value, [name]: inner }
}

async function makeCloud() {
  const storage = makeMemoryStorage()
  const sealFor = (boxId: string, sealed: string) => sealedForBox(boxId, 1, sealed)
  const cloud = await makeCloudSync({ storage, clock: { now: () => 1_000 }, generation: 'g1', sealFor })
  await cloud.write('org:o2', [{ kind: 'person', id: 'p', body: { secret: 'of others' } }], { by: 'admin' })
  await cloud.write('box:b2', [{ kind: 'group', id: 'g', body: { secret: 'of others' } }], { by: 'admin' })
  await cloud.write('box:b1', [{ kind: 'group', id: 'Lobby', body: { a: 1 } }], { by: 'admin' })
  return { cloud, storage }
}

describe('a hostile box', () => {
  it('gets an answer for whatever it sends, and nothing of another tenant', async () => {
    const { cloud, storage } = await makeCloud()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...METHODS), strange, fc.integer(), async (method, what, seed) => {
        const answer = await cloud[method](BOX, spoiled(VALID[method], makeRandom(seed), what))
        expect(ANSWERS).toContain(answer.answer)
        expect(JSON.stringify(answer)).not.toContain('of others')
      }),
      { seed: 11, numRuns: 1_500 },
    )
    await storage.read(async (reader) => {
      expect(await reader.revisions('org:o2')).toMatchObject([{ rev: 1 }])
      expect(await reader.revisions('box:b2')).toMatchObject([{ rev: 1 }])
      expect((await reader.counter('org:o1')).seq).toBe(0)
    })
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('a hostile cloud', () => {
  it('stops no box for good: with an honest one everything is well again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(strange, { minLength: 3, maxLength: 12 }), fc.integer(), async (things, seed) => {
        const { cloud } = await makeCloud()
        const random = makeRandom(seed)
        const left = [...things]
        const call = (method: keyof Transport) => async (request: unknown) => {
          const answer: unknown = JSON.parse(
            JSON.stringify(await cloud[method](BOX, JSON.parse(JSON.stringify(request)))),
          )
          return left.length > 0 && random() < 0.5 ? spoiled(answer, random, left.pop()) : answer
        }
        const transport = Object.fromEntries(METHODS.map((method) => [method, call(method)])) as unknown as Transport
        const box = makeSimBox({
          ...{
            ...BOX,
            version: SYNC_VERSION,
            checks: ALL_CHECKS,
            transport: () => transport,
            now: () => 1_000,
            cut: () => false,
          },
          random: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
          key: () => 1,
          onMade: () => undefined,
        })
        box.records.put('device', '00005e005301', { name: 'desk' }, { by: 'person' })
        for (let i = 0; i < 6; i++) await box.sync.cycle().catch(() => undefined)
        left.length = 0
        for (const feed of ['box:b1', 'org:o1', 'catalogue'] as const) box.sync.resync(feed)
        for (let i = 0; i < 4; i++) await box.sync.cycle()
        expect(Object.fromEntries(inForce(box))).toEqual({
          'device 00005e005301': { name: 'desk' },
          'group Lobby': { a: 1 },
        })
        expect(box.sync.state().waiting).toBe(0)
        box.close()
      }),
      { seed: 12, numRuns: 150 },
    )
  })
})
