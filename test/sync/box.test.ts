import { describe, expect, it } from 'vitest'
import type { SqlDatabase } from '../../services/core/sql.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { makeRecords } from '../../services/records/records.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import { RING } from '../../services/sync/box-lanes.ts'
import { makeBoxSync } from '../../services/sync/box-sync.ts'
import { makeCloudSync } from '../../services/sync/cloud-sync.ts'
import type { FeedName, SealedSecret, Transport } from '../../services/sync/contract.ts'
import { emptyMemory, makeMemoryStorage } from '../../services/sync/memory-storage.ts'
import { makeSealingKey, openSealed, sealTo } from '../../services/sync/sealed-box.ts'
import { makeTestClock } from '../support/clock.ts'
import { memoryDatabase } from '../support/database.ts'
import { makeRandom } from '../support/random.ts'

const MAC = '00005e005301'
const BY = { by: 'person' }

/** A box and a cloud over a wire that works; `before` acts before each request. */
async function made(options: { readonly before?: (method: keyof Transport) => void; readonly local?: boolean } = {}) {
  const clock = makeTestClock()
  const next = makeRandom(1)
  const random = (length: number) => Uint8Array.from({ length }, () => Math.floor(next() * 256))
  const data = emptyMemory()
  const storage = makeMemoryStorage(data)
  const cloudKey = makeSealingKey()
  const keys = [makeSealingKey()]
  const registered = () => keys[0]?.publicKey ?? new Uint8Array()
  const sealFor = (_box: string, sealed: string) => sealTo(registered(), openSealed([cloudKey], sealed))
  const cloud = await makeCloudSync({ storage, clock, generation: 'g1', sealFor })
  const db = memoryDatabase()
  let writes = 0
  const counted: SqlDatabase = {
    query: (sql) => db.query(sql),
    write(work) {
      writes += 1
      return db.write(work)
    },
  }
  const records = makeRecords({ db: counted, clock, newId: makeUlids({ clock, random }) })
  if (options.local === true) {
    records.put('device', MAC, { name: 'desk' }, BY)
    records.put('device', MAC, { name: 'desk', model: 'T' }, BY)
  }
  const identity = { boxId: 'b1', orgId: 'o1' }
  const call = (method: keyof Transport) => async (request: unknown) => {
    options.before?.(method)
    return JSON.parse(JSON.stringify(await cloud[method](identity, JSON.parse(JSON.stringify(request)))))
  }
  const transport: Transport = {
    pull: call('pull'),
    push: call('push'),
    heartbeat: call('heartbeat'),
    status: call('status'),
    events: call('events'),
  }
  // The box's own seal turns the text round.
  const secrets = {
    toCloud: (local: string) => sealTo(cloudKey.publicKey, [...local.slice(3)].reverse().join('')),
    fromCloud: (sealed: string) => `b1:${[...openSealed(keys, sealed)].reverse().join('')}`,
  }
  const start = () => makeBoxSync({ db: counted, records, transport, secrets, ...identity, clock, random })
  const bodyInCloud = (feed: FeedName, kind: string, id: string) => {
    const found = data.records.get(feed)?.get(JSON.stringify([kind, id]))
    return found === undefined || found.deleted ? undefined : found.body
  }
  const write = (feed: FeedName, kind: string, id: string, body: object | undefined) =>
    cloud.write(feed, [{ kind, id, body: body as never }], { by: 'admin' })
  return {
    ...{ clock, storage, cloud, records, db, keys, cloudKey, bodyInCloud, write },
    sync: start(),
    writes: () => writes,
  }
}

describe('box: edits', () => {
  it('go up, and what comes down is written to the records without going up again', async () => {
    const { sync, records, bodyInCloud, write } = await made()
    records.put('device', MAC, { name: 'desk', model: 'T' }, BY)
    await sync.cycle()
    expect(bodyInCloud('box:b1', 'device', MAC)).toEqual({ name: 'desk', model: 'T' })
    await write('box:b1', 'device', MAC, { name: 'desk', model: 'U', later: [1] })
    expect(await sync.cycle()).toEqual({ pushed: 0, pulled: 1, busy: true })
    expect(records.get('device', MAC)).toMatchObject({ updatedBy: 'cloud', body: { model: 'U', later: [1] } })
    expect(await sync.cycle()).toEqual({ pushed: 0, pulled: 0, busy: false })
    expect(sync.state()).toMatchObject({ waiting: 0, halted: false, notices: [] })
  })

  it('are offered to the cloud as new records at the first start', async () => {
    const { sync, bodyInCloud } = await made({ local: true })
    expect(sync.state().waiting).toBe(2)
    await sync.cycle()
    expect(bodyInCloud('box:b1', 'device', MAC)).toEqual({ name: 'desk', model: 'T' })
  })

  it('of what the organisation gives become an override, which a removal lifts again', async () => {
    const { sync, records, bodyInCloud, write } = await made()
    await write('org:o1', 'vendor', 'acme', { settings: { language: 'de' }, other: 1 })
    await sync.cycle()
    records.put('vendor', 'acme', { settings: { language: 'fr' }, other: 1 }, BY)
    await sync.cycle()
    expect(bodyInCloud('org:o1', 'vendor', 'acme')).toEqual({ settings: { language: 'de' }, other: 1 })
    expect(bodyInCloud('box:b1', 'vendor', 'acme')).toEqual({ settings: { language: 'fr' }, other: 1 })
    await write('org:o1', 'vendor', 'acme', { settings: { language: 'it' } })
    await sync.cycle()
    expect(records.get('vendor', 'acme')?.body).toEqual({ settings: { language: 'fr' }, other: 1 })
    records.remove('vendor', 'acme', BY)
    await sync.cycle()
    expect(bodyInCloud('box:b1', 'vendor', 'acme')).toBeUndefined()
    expect(records.get('vendor', 'acme')?.body).toEqual({ settings: { language: 'it' } })
  })

  it('that lose are told of, and the cloud has its way', async () => {
    const { sync, records, write } = await made()
    await write('box:b1', 'device', MAC, { model: 'T' })
    await sync.cycle()
    records.put('device', MAC, { model: 'U' }, BY)
    await write('box:b1', 'device', MAC, { model: 'V' })
    await sync.cycle()
    expect(records.get('device', MAC)?.body).toEqual({ model: 'V' })
    expect(sync.state().notices).toMatchObject([{ kind: 'device', id: MAC, group: 'assignment', outcome: 'conflict' }])
  })

  it('made while an answer is on its way are not undone by it', async () => {
    let meanwhile: () => void = () => undefined
    const { sync, records, write, bodyInCloud } = await made({
      before: (method) => {
        if (method === 'pull') meanwhile()
      },
    })
    await write('box:b1', 'device', MAC, { name: 'a', notes: 'n' })
    await sync.cycle()
    await write('box:b1', 'device', MAC, { name: 'a', notes: 'n', model: 'T' })
    meanwhile = () => {
      meanwhile = () => undefined
      records.put('device', MAC, { name: 'b', notes: 'n' }, BY)
    }
    await sync.cycle()
    expect(records.get('device', MAC)?.body).toEqual({ name: 'b', notes: 'n', model: 'T' })
    await sync.cycle()
    expect(bodyInCloud('box:b1', 'device', MAC)).toEqual({ name: 'b', notes: 'n', model: 'T' })
  })

  it('that the cloud cannot hold stay in force here', async () => {
    const { sync, records, write } = await made()
    await write('box:b1', 'device', MAC, { notes: 'x'.repeat(200_000) })
    await sync.cycle()
    records.put('device', MAC, { notes: 'x'.repeat(200_000), name: 'desk' }, BY)
    await write('box:b1', 'device', MAC, { notes: 'x'.repeat(262_120) })
    await sync.cycle()
    expect(records.get('device', MAC)?.body).toMatchObject({ name: 'desk' })
    expect(sync.state()).toMatchObject({ waiting: 0, notices: [{ outcome: 'rejected', code: 'too-large' }] })
  })
})

describe('box: records of a newer cloud', () => {
  it('of unknown kinds are kept, count in the digest, and stay out of the box', async () => {
    const { sync, db, write } = await made()
    await write('catalogue', 'hologram', 'h 1/€', { deep: { x: [1, null] } })
    await sync.cycle()
    await sync.cycle()
    const row = db.query<{ body: string }>("SELECT body FROM sync_confirmed WHERE kind = 'hologram'").get()
    expect(JSON.parse(row?.body ?? '')).toEqual({ deep: { x: [1, null] } })
    expect(db.query<{ n: number }>("SELECT count(*) AS n FROM record WHERE kind = 'hologram'").get()?.n).toBe(0)
    expect(db.query<{ n: number }>('SELECT count(*) AS n FROM sync_event').get()?.n).toBe(0)
  })

  it('with an id or a body that the box cannot store do not stop the others', async () => {
    const { sync, records, write } = await made()
    await write('box:b1', 'device', 'no mac', { a: 1 })
    await write('box:b1', 'group', 'Lobby', { a: 1 })
    await sync.cycle()
    expect(records.list('device')).toEqual([])
    expect(records.get('group', 'Lobby')?.body).toEqual({ a: 1 })
  })
})

describe('box: secrets', () => {
  const line = (secret: SealedSecret): JsonObject => ({ lines: [{ index: 1, user: 'u', secret: { ...secret } }] })

  it('travel sealed to the receiver and are the same secret on both sides', async () => {
    const { sync, records, write, bodyInCloud, cloudKey } = await made()
    records.put('device', MAC, line({ sealed: 'b1:terces' }), BY)
    await sync.cycle()
    const body = bodyInCloud('box:b1', 'device', MAC) as JsonObject
    const [{ secret }] = body.lines as unknown as [{ secret: { sealed: string; id: string } }]
    const { sealed, id } = secret
    expect(openSealed([cloudKey], sealed)).toBe('secret')
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    // It comes back: the box keeps the seal that it has, and nothing changes.
    await write('box:b1', 'device', MAC, { ...body, model: 'T' })
    await sync.cycle()
    expect(records.get('device', MAC)?.body).toEqual({ ...line({ sealed: 'b1:terces' }), model: 'T' })
    await write(
      'box:b1',
      'device',
      MAC,
      line({ sealed: sealTo(cloudKey.publicKey, 'fresh'), id: 'typed-in-the-cloud' }),
    )
    await sync.cycle()
    expect(records.get('device', MAC)?.body).toEqual(line({ sealed: 'b1:hserf' }))
  })

  it('survive a new key of the box without fetching anything again', async () => {
    const { sync, records, write, cloudKey, keys, db } = await made()
    await write('box:b1', 'device', MAC, line({ sealed: sealTo(cloudKey.publicKey, 'one'), id: 's1' }))
    await sync.cycle()
    const cursor = db.query<{ cursor: string }>("SELECT cursor FROM sync_feed WHERE feed = 'box:b1'").get()?.cursor
    keys.splice(0, 1, makeSealingKey())
    expect(await sync.cycle()).toMatchObject({ pulled: 0 })
    expect(db.query<{ cursor: string }>("SELECT cursor FROM sync_feed WHERE feed = 'box:b1'").get()?.cursor).toBe(
      cursor,
    )
    expect(records.get('device', MAC)?.body).toEqual(line({ sealed: 'b1:eno' }))
    await write('box:b1', 'device', MAC, line({ sealed: sealTo(cloudKey.publicKey, 'two'), id: 's2' }))
    await sync.cycle()
    expect(records.get('device', MAC)?.body).toEqual(line({ sealed: 'b1:owt' }))
  })

  it('that cannot be opened hold nothing up, and are reported', async () => {
    const { sync, records, write, storage } = await made()
    await write('box:b1', 'device', MAC, { name: 'desk', ...line({ sealed: 'damaged', id: 's1' }) })
    await sync.cycle()
    expect(records.get('device', MAC)?.body).toMatchObject({ name: 'desk' })
    const events = await storage.read((reader) => reader.events('b1', 9))
    expect(events).toMatchObject([{ kind: 'sync.secret-unreadable', body: { secrets: 1 } }])
  })
})

describe('box: the other lanes', () => {
  it('reports the newest status of each thing, and everything again to a cloud that forgot', async () => {
    const { sync, storage } = await made()
    for (let i = 0; i < 5; i++) sync.report('phone', 'p1', { i })
    sync.report('phone', 'p2', { on: true })
    await sync.cycle()
    const reported = () => storage.read((reader) => reader.reported('b1'))
    expect((await reported()).map(({ id, body }) => [id, body])).toEqual([
      ['p1', { i: 4 }],
      ['p2', { on: true }],
    ])
    sync.report('phone', 'p2', null)
    await sync.cycle()
    expect(await reported()).toHaveLength(1)
    await storage.write(async (writer) => {
      await writer.dropStatusBelow('b1', 1e9)
      await writer.putStatusProgress('b1', { seq: 0, voidBelow: 0 })
    })
    await sync.cycle()
    expect((await reported()).map(({ id }) => id)).toEqual(['p1'])
  })

  it('keeps the newest events and counts those that it drops', async () => {
    const { sync, storage, db } = await made()
    const many = Array.from({ length: RING + 7 }, (_, i) => ({ kind: 'tick', at: i, body: { i } }))
    sync.record(many)
    expect(db.query<{ n: number }>('SELECT count(*) AS n FROM sync_event').get()?.n).toBe(RING)
    expect(db.query<{ dropped: number }>('SELECT dropped FROM sync_state').get()?.dropped).toBe(7)
    await sync.cycle()
    const events = await storage.read((reader) => reader.events('b1', RING + 7))
    expect([events.length, events[0]?.body, events.at(-1)?.body]).toEqual([RING, { i: 7 }, { i: RING + 6 }])
    expect(db.query<{ n: number }>('SELECT count(*) AS n FROM sync_event').get()?.n).toBe(0)
  })

  it('writes nothing to disk when nothing is new', async () => {
    const { sync, records, writes } = await made()
    records.put('group', 'Lobby', { a: 1 }, BY)
    await sync.cycle()
    await sync.cycle()
    const before = writes()
    await sync.cycle()
    expect(writes()).toBe(before)
  })
})
