import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../cloud/database/migrate.ts'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import { makeFeedStorage } from '../../cloud/sync/feed-storage.ts'
import type { FeedName } from '../../services/sync/contract.ts'
import type { FeedStorage } from '../../services/sync/storage.ts'
import { describeFeedStorage } from '../support/feed-storage-suite.ts'
import { type Cluster, noPostgres, startPostgres } from '../support/postgres.ts'
import { makeRandom } from '../support/random.ts'

describeFeedStorage('Kysely on SQLite', async () => {
  const database = openCloudDatabase({ kind: 'sqlite', path: ':memory:' })
  await migrate(database, { now: 1 })
  return { storage: makeFeedStorage(database), dispose: async () => database[Symbol.asyncDispose]() }
})

const FEED: FeedName = 'org:busy'
const WRITERS = 16
const WRITES = 12

const missing = noPostgres()
describe.skipIf(missing !== undefined)(`feeds on PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  let cluster: Cluster
  let made = 0
  beforeAll(() => {
    cluster = startPostgres()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  async function open(): Promise<{ database: CloudDatabase; url: string }> {
    const url = await cluster.create(`feeds${++made}`)
    const database = openCloudDatabase({ kind: 'postgres', url, connections: WRITERS + 2 })
    await migrate(database, { now: 1 })
    return { database, url }
  }

  describeFeedStorage('Kysely on PostgreSQL', async () => {
    const { database } = await open()
    return { storage: makeFeedStorage(database), dispose: async () => database[Symbol.asyncDispose]() }
  })

  /**
   * Sixteen writers that dawdle between taking a number and committing it, and two readers. `seen`: what one met that
   * goes on from the last number it saw, as a box does. `late`: numbers that the other one, which always reads all, met
   * after it had met a higher one.
   */
  async function race(
    storage: FeedStorage,
    number: (feed: FeedName, write: Parameters<Parameters<FeedStorage['write']>[0]>[0]) => Promise<number>,
  ) {
    const random = makeRandom(7)
    const pauses = Array.from({ length: WRITERS * WRITES }, () => Math.floor(random() * 8))
    const seen: number[] = []
    const late: number[] = []
    let writing = true
    async function watch(): Promise<void> {
      const known = new Set<number>()
      for (let highest = 0; ; ) {
        const last = !writing
        const range = { after: 0, upTo: 1e9, limit: 1e6, living: false }
        const page = await storage.read((reader) => reader.page(FEED, range))
        for (const { seq } of page.filter((record) => !known.has(record.seq))) {
          known.add(seq)
          if (seq < highest) late.push(seq)
        }
        highest = page.at(-1)?.seq ?? highest
        if (last) return
      }
    }
    async function follow(): Promise<void> {
      for (let after = 0; ; ) {
        const last = !writing
        const range = { after, upTo: 1e9, limit: 20, living: false }
        const page = await storage.read((reader) => reader.page(FEED, range))
        seen.push(...page.map(({ seq }) => seq))
        after = page.at(-1)?.seq ?? after
        if (last && page.length === 0) return
      }
    }
    async function write(writer: number): Promise<void> {
      for (let i = 0; i < WRITES; i++)
        await storage.write(async (trx) => {
          const seq = await number(FEED, trx)
          await Bun.sleep(pauses[writer * WRITES + i] ?? 0)
          const id = `${writer}-${i}`
          const record = { kind: 'device', id, seq, rev: 1, deleted: false, body: {}, updatedBy: 'w', updatedAt: 1 }
          await trx.putRecord(FEED, record)
        })
    }
    const readers = [follow(), watch()]
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
    writing = false
    await Promise.all(readers)
    return { seen, late }
  }
  const EVERY = Array.from({ length: WRITERS * WRITES }, (_, i) => i + 1)

  it('a reader meets every number of sixteen writers, and none after a higher one', async () => {
    const { database } = await open()
    await using _ = database
    const { seen, late } = await race(makeFeedStorage(database), async (feed, trx) => {
      const counter = await trx.lockCounter(feed)
      await trx.putCounter(feed, { ...counter, seq: counter.seq + 1 })
      return counter.seq + 1
    })
    expect(seen).toEqual(EVERY)
    expect(late).toEqual([])
  })

  it('with a plain sequence it does: the test above bites', async () => {
    const { database, url } = await open()
    await using _ = database
    await sql`CREATE SEQUENCE plain`.execute(database.db)
    await using numbers = openCloudDatabase({ kind: 'postgres', url, connections: WRITERS })
    const { seen, late } = await race(makeFeedStorage(database), async () => {
      const { rows } = await sql<{ seq: number }>`SELECT nextval('plain') AS seq`.execute(numbers.db)
      return rows[0]?.seq ?? 0
    })
    expect(seen.length).toBeLessThan(EVERY.length)
    expect(late.length).toBeGreaterThan(0)
  })
})
