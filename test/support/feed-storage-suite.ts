import { afterEach, describe, expect, it } from 'vitest'
import type { Epoch, FeedName } from '../../services/sync/contract.ts'
import { EMPTY_INBOX } from '../../services/sync/policy-inbox.ts'
import { type FeedRecord, type FeedStorage, NEW_FEED, type SyncConflict } from '../../services/sync/storage.ts'

const FEED: FeedName = 'box:b1'
const OTHER: FeedName = 'org:o1'
const EPOCH: Epoch = { n: 1, id: 'e1' }

function record(id: string, seq: number, more: Partial<FeedRecord> = {}): FeedRecord {
  const body = { name: id, list: [1, { deep: null }] }
  return { kind: 'device', id, seq, rev: 1, deleted: false, body, updatedBy: 'test', updatedAt: 1_000, ...more }
}

function conflict(mutationId: string, more: Partial<SyncConflict> = {}): SyncConflict {
  const where = { feed: FEED, kind: 'device', id: 'd1', group: 'keys', fields: ['keys'] }
  return { mutationId, boxId: 'b1', ...where, side: 'box', value: { a: 1 }, alert: false, by: 'a', at: 1, ...more }
}

/**
 * What every implementation of `FeedStorage` must do. `make` gives an empty one; each test makes its own and disposes
 * of it.
 */
export function describeFeedStorage(
  name: string,
  make: () => Promise<{ readonly storage: FeedStorage; readonly dispose?: () => Promise<void> }>,
): void {
  describe(`feed storage: ${name}`, () => {
    const open: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const dispose of open.splice(0)) await dispose()
    })
    async function made(): Promise<FeedStorage> {
      const { storage, dispose } = await make()
      if (dispose !== undefined) open.push(dispose)
      return storage
    }

    it('starts with nothing', async () => {
      const storage = await made()
      await storage.read(async (reader) => {
        expect(await reader.generation()).toBe('')
        expect(await reader.counter(FEED)).toEqual(NEW_FEED)
        expect(await reader.generationEnd(FEED, 'g')).toBeUndefined()
        expect(await reader.page(FEED, { after: 0, upTo: 9, limit: 9, living: false })).toEqual([])
        expect(await reader.record(FEED, 'device', 'd1')).toBeUndefined()
        expect(await reader.revisions(FEED)).toEqual([])
        expect(await reader.inbox('b1')).toEqual(EMPTY_INBOX)
        expect(await reader.mutation('b1', 'm1')).toBeUndefined()
        expect(await reader.mutationAt('b1', EPOCH, 1)).toBeUndefined()
        expect(await reader.statusProgress('b1')).toEqual({ seq: 0, voidBelow: 0 })
        expect(await reader.reported('b1')).toEqual([])
        expect(await reader.events('b1', 9)).toEqual([])
        expect(await reader.conflicts({ boxId: 'b1' })).toEqual([])
      })
    })

    it('keeps generations, their ends and counters for each feed', async () => {
      const storage = await made()
      await storage.write(async (writer) => {
        await writer.startGeneration('g1')
        expect(await writer.lockCounter(FEED)).toEqual(NEW_FEED)
        await writer.putCounter(FEED, { seq: 7, gen: 'g1', floor: 2 })
        await writer.putGenerationEnd(FEED, '', 0)
      })
      await storage.write(async (writer) => {
        await writer.startGeneration('g2')
        await writer.putGenerationEnd(FEED, 'g1', 7)
        await writer.putGenerationEnd(FEED, 'g1', 9)
      })
      await storage.read(async (reader) => {
        expect(await reader.generation()).toBe('g2')
        expect(await reader.counter(FEED)).toEqual({ seq: 7, gen: 'g1', floor: 2 })
        expect(await reader.counter(OTHER)).toEqual(NEW_FEED)
        expect(await reader.generationEnd(FEED, '')).toBe(0)
        expect(await reader.generationEnd(FEED, 'g1')).toBe(9)
        expect(await reader.generationEnd(OTHER, 'g1')).toBeUndefined()
      })
    })

    it('pages records in order of their numbers, each in its newest form', async () => {
      const storage = await made()
      await storage.write(async (writer) => {
        for (const [id, seq] of [
          ['c', 1],
          ['a', 2],
          ['b', 3],
          ['d', 4],
        ] as const)
          await writer.putRecord(FEED, record(id, seq))
        await writer.putRecord(FEED, record('c', 5, { rev: 2, body: { ключ: '☎', '': 0 } }))
        await writer.putRecord(FEED, record('b', 6, { rev: 2, deleted: true }))
        await writer.putRecord(OTHER, record('z', 3))
      })
      await storage.read(async (reader) => {
        const ids = async (range: { after: number; upTo: number; limit: number; living: boolean }) =>
          (await reader.page(FEED, range)).map(({ id }) => id)
        expect(await ids({ after: 0, upTo: 99, limit: 99, living: false })).toEqual(['a', 'd', 'c', 'b'])
        expect(await ids({ after: 0, upTo: 99, limit: 99, living: true })).toEqual(['a', 'd', 'c'])
        expect(await ids({ after: 2, upTo: 5, limit: 99, living: false })).toEqual(['d', 'c'])
        expect(await ids({ after: 0, upTo: 99, limit: 2, living: false })).toEqual(['a', 'd'])
        expect(await reader.record(FEED, 'device', 'c')).toEqual(record('c', 5, { rev: 2, body: { ключ: '☎', '': 0 } }))
        expect(await reader.record(FEED, 'device', 'b')).toEqual(record('b', 6, { rev: 2, deleted: true }))
        expect(await reader.record(OTHER, 'device', 'c')).toBeUndefined()
        const revisions = (await reader.revisions(FEED)).map(({ kind, id, rev }) => `${kind} ${id} ${rev}`)
        expect(revisions.sort()).toEqual(['device a 1', 'device c 2', 'device d 1'])
      })
    })

    it('keeps inboxes, and mutations under the number that they last had', async () => {
      const storage = await made()
      const second = { n: 2, id: 'e2' }
      await storage.write(async (writer) => {
        expect(await writer.lockInbox('b1')).toEqual(EMPTY_INBOX)
        await writer.putInbox('b1', { epoch: EPOCH, lastSeq: 3, holders: ['h1', 'h2'], halted: true })
        await writer.putMutation('b1', { mutationId: 'm1', epoch: EPOCH, seq: 1, outcome: 'merged', at: 5 })
        await writer.putMutation('b1', {
          ...{ mutationId: 'm2', epoch: EPOCH, seq: 2, outcome: 'rejected', code: 'malformed', at: 6 },
        })
        await writer.putMutation('b1', { mutationId: 'm1', epoch: second, seq: 1, outcome: 'merged', at: 7 })
        await writer.putMutation('b2', { mutationId: 'm1', epoch: EPOCH, seq: 1, outcome: 'applied', at: 8 })
      })
      await storage.read(async (reader) => {
        expect(await reader.inbox('b1')).toEqual({ epoch: EPOCH, lastSeq: 3, holders: ['h1', 'h2'], halted: true })
        expect(await reader.inbox('b2')).toEqual(EMPTY_INBOX)
        expect(await reader.mutation('b1', 'm1')).toEqual({
          ...{ mutationId: 'm1', epoch: second, seq: 1, outcome: 'merged', at: 7 },
        })
        expect(await reader.mutation('b1', 'm2')).toMatchObject({ outcome: 'rejected', code: 'malformed' })
        expect(await reader.mutation('b2', 'm1')).toMatchObject({ outcome: 'applied' })
        expect(await reader.mutation('b2', 'm2')).toBeUndefined()
        expect(await reader.mutationAt('b1', second, 1)).toBe('m1')
        expect(await reader.mutationAt('b1', EPOCH, 1)).toBeUndefined()
        expect(await reader.mutationAt('b1', EPOCH, 2)).toBe('m2')
        expect(await reader.mutationAt('b1', { n: 1, id: 'other' }, 2)).toBeUndefined()
      })
    })

    it('keeps one conflict for each mutation of a box', async () => {
      const storage = await made()
      await storage.write(async (writer) => {
        await writer.putConflict(conflict('m2', { at: 2, until: 50, value: null }))
        await writer.putConflict(conflict('m1'))
        await writer.putConflict(conflict('m1', { group: 'name' }))
        await writer.putConflict(conflict('m1', { boxId: 'b2', feed: OTHER }))
      })
      await storage.read(async (reader) => {
        const first = conflict('m1', { group: 'name' })
        expect(await reader.conflicts({ boxId: 'b1' })).toEqual([
          first,
          conflict('m2', { at: 2, until: 50, value: null }),
        ])
        expect(await reader.conflict('b1', 'm1')).toEqual(first)
        expect(await reader.conflict('b3', 'm1')).toBeUndefined()
        expect(await reader.conflicts({ feed: OTHER })).toEqual([conflict('m1', { boxId: 'b2', feed: OTHER })])
      })
      await storage.write((writer) => writer.forgetConflicts(49))
      expect(await storage.read((reader) => reader.conflicts({ boxId: 'b1' }))).toHaveLength(2)
      await storage.write((writer) => writer.forgetConflicts(50))
      expect(await storage.read((reader) => reader.conflicts({ boxId: 'b1' }))).toHaveLength(1)
    })

    it('lets the newest status of each thing win', async () => {
      const storage = await made()
      await storage.write(async (writer) => {
        await writer.putStatuses('b1', [{ seq: 4, kind: 'phone', id: 'p1', body: { on: true } }], 10)
        await writer.putStatuses('b1', [{ seq: 3, kind: 'phone', id: 'p1', body: { on: false } }], 11)
        await writer.putStatuses('b1', [{ seq: 5, kind: 'phone', id: 'p0', body: { x: 1 } }], 12)
        await writer.putStatuses('b1', [{ seq: 6, kind: 'phone', id: 'p2', body: {} }], 12)
        await writer.putStatuses('b1', [{ seq: 5, kind: 'phone', id: 'p2', body: null }], 12)
        await writer.putStatuses('b2', [{ seq: 1, kind: 'phone', id: 'p1', body: { other: 1 } }], 12)
        await writer.putStatusProgress('b1', { seq: 6, voidBelow: 2 })
      })
      const ids = async () => (await storage.read((reader) => reader.reported('b1'))).map(({ id }) => id)
      expect((await storage.read((reader) => reader.reported('b1')))[1]).toEqual({
        ...{ kind: 'phone', id: 'p1', seq: 4, body: { on: true }, at: 10 },
      })
      expect(await ids()).toEqual(['p0', 'p1', 'p2'])
      expect(await storage.read((reader) => reader.statusProgress('b1'))).toEqual({ seq: 6, voidBelow: 2 })
      await storage.write(async (writer) => {
        await writer.putStatuses('b1', [{ seq: 7, kind: 'phone', id: 'p2', body: null }], 12)
        await writer.dropStatusBelow('b1', 5)
      })
      expect(await ids()).toEqual(['p0'])
      expect(await storage.read((reader) => reader.reported('b2'))).toHaveLength(1)
    })

    it('takes many statuses at once, of which some are older than what stands and some remove', async () => {
      const storage = await made()
      const many = Array.from({ length: 127 }, (_, i) => ({ kind: 'phone', id: `p${i}`, seq: 200 + i, body: { i } }))
      await storage.write(async (writer) => {
        await writer.putStatuses('b1', many, 1)
        const again = many.map((item, i) => ({ ...item, seq: 500 + i, body: i % 2 === 0 ? null : { i, again: true } }))
        await writer.putStatuses('b1', [{ kind: 'phone', id: 'p1', seq: 150, body: null }, ...again.slice(60)], 2)
        await writer.putStatuses('b1', [], 3)
      })
      const reported = await storage.read((reader) => reader.reported('b1'))
      expect(reported).toHaveLength(127 - 34)
      expect(reported.filter(({ body }) => body.again === true)).toHaveLength(33)
    })

    it('knows at once what a pull looks at', async () => {
      const storage = await made()
      const facts = () => storage.read((reader) => reader.pullFacts('b1', FEED))
      await storage.write((writer) => writer.startGeneration('g1'))
      expect(await facts()).toEqual({ inbox: EMPTY_INBOX, counter: NEW_FEED, generation: 'g1' })
      const inbox = { epoch: EPOCH, lastSeq: 4, holders: ['h'], halted: true }
      await storage.write((writer) => writer.putInbox('b1', inbox))
      expect(await facts()).toEqual({ inbox, counter: NEW_FEED, generation: 'g1' })
      const counter = { seq: 3, gen: 'g0', floor: 1 }
      await storage.write((writer) => writer.putCounter(FEED, counter))
      expect(await facts()).toEqual({ inbox, counter, generation: 'g1' })
      expect(await storage.read((reader) => reader.pullFacts('b2', 'org:none'))).toEqual({
        ...{ inbox: EMPTY_INBOX, counter: NEW_FEED, generation: 'g1' },
      })
    })

    it('appends events once', async () => {
      const storage = await made()
      const event = (seq: number, text: string) => ({ seq, kind: 'boot', at: seq * 1.5, body: { text } })
      await storage.write(async (writer) => {
        await writer.putEvents('b1', EPOCH, [event(1, 'a'), event(2, 'b')], 100)
        await writer.putEvents('b1', EPOCH, [event(2, 'again'), event(3, 'c')], 200)
        await writer.putEvents('b1', { n: 2, id: 'e2' }, [event(3, 'd')], 200)
        await writer.putEvents('b2', EPOCH, [event(1, 'z')], 100)
      })
      const texts = async (limit: number) =>
        (await storage.read((reader) => reader.events('b1', limit))).map(({ body }) => body.text)
      expect(await texts(9)).toEqual(['a', 'b', 'c', 'd'])
      expect(await texts(2)).toEqual(['c', 'd'])
      expect((await storage.read((reader) => reader.events('b1', 9)))[0]).toEqual(event(1, 'a'))
      await storage.write((writer) => writer.forgetEvents(101))
      expect(await texts(9)).toEqual(['c', 'd'])
    })

    it('forgets old tombstones and mutations', async () => {
      const storage = await made()
      await storage.write(async (writer) => {
        await writer.putRecord(FEED, record('a', 1, { deleted: true, updatedAt: 10 }))
        await writer.putRecord(FEED, record('b', 5, { deleted: true, updatedAt: 20 }))
        await writer.putRecord(FEED, record('c', 6, { deleted: true, updatedAt: 30 }))
        await writer.putRecord(FEED, record('d', 2, { updatedAt: 1 }))
        await writer.putRecord(OTHER, record('e', 9, { deleted: true, updatedAt: 1 }))
        await writer.putMutation('b1', { mutationId: 'm1', epoch: EPOCH, seq: 1, outcome: 'applied', at: 5 })
        await writer.putMutation('b1', { mutationId: 'm2', epoch: EPOCH, seq: 2, outcome: 'applied', at: 6 })
      })
      await storage.write(async (writer) => {
        expect(await writer.forgetTombstones(FEED, 30)).toBe(5)
        expect(await writer.forgetTombstones(FEED, 30)).toBe(0)
        await writer.forgetMutations(6, 2)
        expect(await writer.mutation('b1', 'm1')).toBeDefined()
        await writer.forgetMutations(5, 1)
        expect(await writer.mutation('b1', 'm1')).toBeDefined()
        await writer.forgetMutations(6, 1)
      })
      await storage.read(async (reader) => {
        const left = await reader.page(FEED, { after: 0, upTo: 99, limit: 99, living: false })
        expect(left.map(({ id }) => id)).toEqual(['d', 'c'])
        expect(await reader.record(OTHER, 'device', 'e')).toBeDefined()
        expect(await reader.mutation('b1', 'm1')).toBeUndefined()
        expect(await reader.mutationAt('b1', EPOCH, 1)).toBeUndefined()
        expect(await reader.mutation('b1', 'm2')).toBeDefined()
        expect(await reader.mutationAt('b1', EPOCH, 2)).toBe('m2')
      })
    })

    it('takes a transaction back as a whole when its work throws', async () => {
      const storage = await made()
      await storage.write(async (writer) => {
        await writer.startGeneration('g1')
        await writer.putRecord(FEED, record('a', 1))
        await writer.putCounter(FEED, { seq: 1, gen: 'g1', floor: 0 })
      })
      const failing = storage.write(async (writer) => {
        await writer.startGeneration('g2')
        await writer.putRecord(FEED, record('a', 2, { rev: 2 }))
        await writer.putRecord(FEED, record('b', 3))
        await writer.putCounter(FEED, { seq: 3, gen: 'g2', floor: 1 })
        await writer.putInbox('b1', { ...EMPTY_INBOX, lastSeq: 4 })
        await writer.putMutation('b1', { mutationId: 'm1', epoch: EPOCH, seq: 1, outcome: 'applied', at: 5 })
        await writer.putConflict(conflict('m1'))
        await writer.putStatuses('b1', [{ seq: 1, kind: 'phone', id: 'p1', body: {} }], 1)
        await writer.putEvents('b1', EPOCH, [{ seq: 1, kind: 'x', at: 1, body: {} }], 1)
        throw new RangeError('stop')
      })
      await expect(failing).rejects.toThrow('stop')
      await storage.read(async (reader) => {
        expect(await reader.generation()).toBe('g1')
        expect(await reader.counter(FEED)).toEqual({ seq: 1, gen: 'g1', floor: 0 })
        expect(await reader.revisions(FEED)).toHaveLength(1)
        expect(await reader.record(FEED, 'device', 'a')).toEqual(record('a', 1))
        expect(await reader.inbox('b1')).toEqual(EMPTY_INBOX)
        expect(await reader.mutation('b1', 'm1')).toBeUndefined()
        expect(await reader.mutationAt('b1', EPOCH, 1)).toBeUndefined()
        expect(await reader.conflicts({ boxId: 'b1' })).toEqual([])
        expect(await reader.reported('b1')).toEqual([])
        expect(await reader.events('b1', 9)).toEqual([])
      })
    })

    it('shows numbers in the order in which they were given, whatever writers do between', async () => {
      const storage = await made()
      // Writers that dawdle after they took a number; without the lock a reader meets 5 before 4.
      let yields = 0
      async function write(id: number): Promise<void> {
        await storage.write(async (writer) => {
          const counter = await writer.lockCounter(FEED)
          const seq = counter.seq + 1
          await writer.putCounter(FEED, { ...counter, seq })
          for (let i = 0; i < (id * 7) % 5; i++, yields++) await new Promise((resolve) => setImmediate(resolve))
          await writer.putRecord(FEED, record(`r${id}`, seq))
        })
      }
      const seen: number[] = []
      let writing = true
      async function follow(): Promise<void> {
        let after = 0
        for (;;) {
          const last = !writing
          const page = await storage.read((reader) => reader.page(FEED, { after, upTo: 1e9, limit: 5, living: false }))
          for (const { seq } of page) seen.push(seq)
          after = page.at(-1)?.seq ?? after
          if (last && page.length === 0) return
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const reader = follow()
      await Promise.all(Array.from({ length: 40 }, (_, i) => write(i)))
      writing = false
      await reader
      expect(yields).toBeGreaterThan(0)
      expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    })
  })
}
