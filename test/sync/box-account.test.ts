import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../services/records/contract.ts'
import { makeRecords } from '../../services/records/records.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import type { BoxSyncDeps } from '../../services/sync/box-deps.ts'
import { makeBoxSync } from '../../services/sync/box-sync.ts'
import { makeCloudSync } from '../../services/sync/cloud-sync.ts'
import type { BoxIdentity, FeedName, Transport } from '../../services/sync/contract.ts'
import { emptyMemory, makeMemoryStorage } from '../../services/sync/memory-storage.ts'
import { makeTestClock } from '../support/clock.ts'
import { memoryDatabase } from '../support/database.ts'
import { makeRandom } from '../support/random.ts'

// What becomes of a box's records when its account is another one, takes no secrets, or gives what cannot be used.

const MAC = '00005e005301'
const OTHER = '00005e005302'
const BY = { by: 'person' }

async function makeCloud() {
  const data = emptyMemory()
  const clock = makeTestClock()
  const storage = makeMemoryStorage(data)
  const cloud = await makeCloudSync({ storage, clock, generation: 'g1', sealFor: (_box, sealed) => sealed })
  return {
    cloud,
    storage,
    write: (feed: FeedName, kind: string, id: string, body: JsonObject | undefined) =>
      cloud.write(feed, [{ kind, id, body }], { by: 'admin' }),
    /** `kind id` of all that lives in a feed, with its body. */
    async living(feed: FeedName) {
      const range = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 10_000, living: true }
      const records = await storage.read((reader) => reader.page(feed, range))
      return Object.fromEntries(records.map(({ kind, id, body }) => [`${kind} ${id}`, body]))
    },
  }
}
type Cloud = Awaited<ReturnType<typeof makeCloud>>

function makeBox() {
  const clock = makeTestClock()
  const next = makeRandom(1)
  const random = (length: number) => Uint8Array.from({ length }, () => Math.floor(next() * 256))
  const db = memoryDatabase()
  const records = makeRecords({ db, clock, newId: makeUlids({ clock, random }) })
  return {
    db,
    records,
    /** What a start of the program does after the box came to belong to this account. */
    belongTo({ cloud }: Cloud, identity: BoxIdentity, more: Partial<BoxSyncDeps> = {}) {
      const sent: string[] = []
      const call = (method: keyof Transport) => async (request: unknown) => {
        sent.push(JSON.stringify(request))
        return JSON.parse(JSON.stringify(await cloud[method](identity, JSON.parse(JSON.stringify(request)))))
      }
      const transport: Transport = {
        ...{ pull: call('pull'), push: call('push'), heartbeat: call('heartbeat') },
        ...{ status: call('status'), events: call('events') },
      }
      const secrets = { toCloud: (local: string) => `c:${local}`, fromCloud: (sealed: string) => sealed.slice(2) }
      const sync = makeBoxSync({ db, records, transport, secrets, ...identity, clock, random, ...more })
      return { sync, sent }
    },
  }
}

const count = (box: ReturnType<typeof makeBox>, table: string) =>
  box.db.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n

describe('a box that comes to another account', () => {
  it('keeps what is in force, offers it there, and brings nothing else of the former one', async () => {
    const [former, next] = [await makeCloud(), await makeCloud()]
    const box = makeBox()
    box.records.put('device', MAC, { name: 'desk' }, BY)
    await former.write('org:o1', 'person', 'ann', { name: 'Ann' })
    await former.write('org:o1', 'group', 'sales', { settings: { a: 'of all' } })
    await former.write('box:b1', 'group', 'sales', { settings: { a: 'of the branch' } })
    await former.write('org:o1', 'unheard-of', 'x', { mark: 'former-mark' })
    const first = box.belongTo(former, { boxId: 'b1', orgId: 'o1' })
    await first.sync.cycle()
    first.sync.record([{ kind: 'alarm', at: 1, body: { mark: 'former-mark' } }])
    box.records.put('device', OTHER, { name: 'made after it left' }, BY)

    const then = box.belongTo(next, { boxId: 'b7', orgId: 'o7' })
    expect(box.records.get('person', 'ann')?.body).toEqual({ name: 'Ann' })
    await then.sync.cycle()
    expect(box.records.get('device', MAC)?.body).toEqual({ name: 'desk' })
    expect(await next.living('box:b7')).toEqual({
      [`device ${MAC}`]: { name: 'desk' },
      [`device ${OTHER}`]: { name: 'made after it left' },
      'group sales': { settings: { a: 'of the branch' } },
    })
    expect(await next.living('org:o7')).toEqual({ 'person ann': { name: 'Ann' } })
    const said = then.sent.join('\n')
    for (const leaked of ['former-mark', 'of all', 'box:b1', 'org:o1']) expect(said).not.toContain(leaked)
    expect(box.db.query('SELECT 1 FROM sync_confirmed WHERE feed NOT IN (?, ?)').get('box:b7', 'org:o7')).toBeNull()
    expect(then.sync.state()).toMatchObject({ waiting: 0, notices: [] })
    // The former account never heard of what was made after.
    expect(Object.keys(await former.living('box:b1'))).not.toContain(`device ${OTHER}`)
  })

  it('finds the former one also when that had given nothing yet', async () => {
    const [former, next] = [await makeCloud(), await makeCloud()]
    const box = makeBox()
    box.records.put('device', MAC, { name: 'desk' }, BY)
    box.belongTo(former, { boxId: 'b1', orgId: 'o1' })
    expect(count(box, 'sync_outbox')).toBe(1)
    const { sync } = box.belongTo(next, { boxId: 'b7', orgId: 'o7' })
    await sync.cycle()
    expect(await next.living('box:b7')).toEqual({ [`device ${MAC}`]: { name: 'desk' } })
  })

  it('forgets nothing at an ordinary start', async () => {
    const cloud = await makeCloud()
    const box = makeBox()
    const identity = { boxId: 'b1', orgId: 'o1' }
    box.records.put('device', MAC, { name: 'desk' }, BY)
    await box.belongTo(cloud, identity).sync.cycle()
    const { epoch } = box.belongTo(cloud, identity).sync.state()
    expect([epoch.n, count(box, 'sync_outbox'), count(box, 'sync_confirmed')]).toEqual([1, 1, 1])
  })

  it('moved to another organisation keeps its own feed and brings what was shared', async () => {
    const cloud = await makeCloud()
    const box = makeBox()
    box.records.put('device', MAC, { name: 'desk' }, BY)
    await cloud.write('org:o1', 'person', 'ann', { name: 'Ann' })
    await cloud.write('org:o1', 'person', 'bob', { name: 'Bob' })
    const first = box.belongTo(cloud, { boxId: 'b1', orgId: 'o1' })
    await first.sync.cycle()
    // Not yet told to the first organisation when the box is moved.
    box.records.put('person', 'bob', { name: 'Bob', title: 'Dr' }, BY)

    const { sync } = box.belongTo(cloud, { boxId: 'b1', orgId: 'o2' })
    await sync.cycle()
    await sync.cycle()
    expect(await cloud.living('org:o2')).toEqual({
      'person ann': { name: 'Ann' },
      'person bob': { name: 'Bob', title: 'Dr' },
    })
    expect(await cloud.living('org:o1')).toEqual({ 'person ann': { name: 'Ann' }, 'person bob': { name: 'Bob' } })
    expect(await cloud.living('box:b1')).toEqual({ [`device ${MAC}`]: { name: 'desk' } })
    expect(box.records.list('person').map(({ body }) => body.name)).toEqual(['Ann', 'Bob'])
    expect(sync.state()).toMatchObject({ waiting: 0, halted: false })
    // What the new organisation changes arrives.
    await cloud.write('org:o2', 'person', 'ann', { name: 'Ann B.' })
    await sync.cycle()
    expect(box.records.get('person', 'ann')?.body).toEqual({ name: 'Ann B.' })
  })
})

describe('a body that the box cannot use', () => {
  const objection: NonNullable<BoxSyncDeps['objection']> = (_kind, _id, body) =>
    body.bad === true ? 'bad: expected nothing' : undefined

  it('is kept, what was before stays in force, and a release that can use it finds it', async () => {
    const cloud = await makeCloud()
    const box = makeBox()
    const identity = { boxId: 'b1', orgId: 'o1' }
    await cloud.write('box:b1', 'device', MAC, { name: 'desk' })
    const { sync } = box.belongTo(cloud, identity, { objection })
    await sync.cycle()
    await cloud.write('box:b1', 'device', MAC, { name: 'hall', bad: true })
    await cloud.write('box:b1', 'device', OTHER, { bad: true })
    await cloud.write('box:b1', 'device', 'no MAC', { name: 'x' })
    await sync.cycle()
    expect(box.records.list('device').map(({ id, body }) => [id, body])).toEqual([[MAC, { name: 'desk' }]])
    expect(sync.state().unusable).toEqual([
      { kind: 'device', id: MAC, reason: 'bad: expected nothing' },
      { kind: 'device', id: OTHER, reason: 'bad: expected nothing' },
      { kind: 'device', id: 'no MAC', reason: expect.stringContaining('a MAC address') },
    ])
    // It does not keep the rest from coming, nor look different to the cloud.
    await cloud.write('box:b1', 'group', 'sales', { settings: {} })
    await sync.cycle()
    expect(box.records.get('group', 'sales')?.body).toEqual({ settings: {} })
    expect(count(box, 'sync_event')).toBe(0)

    const newer = box.belongTo(cloud, identity)
    expect(box.records.get('device', MAC)?.body).toEqual({ name: 'hall', bad: true })
    expect(newer.sync.state().unusable.map(({ id }) => id)).toEqual(['no MAC'])
  })

  it('is no matter any more when the account mends or removes it', async () => {
    const cloud = await makeCloud()
    const box = makeBox()
    const { sync } = box.belongTo(cloud, { boxId: 'b1', orgId: 'o1' }, { objection })
    await cloud.write('box:b1', 'device', MAC, { bad: true })
    await cloud.write('box:b1', 'device', OTHER, { bad: true })
    await sync.cycle()
    await cloud.write('box:b1', 'device', MAC, { name: 'desk' })
    await cloud.write('box:b1', 'device', OTHER, undefined)
    await sync.cycle()
    expect([box.records.get('device', MAC)?.body, sync.state().unusable]).toEqual([{ name: 'desk' }, []])
  })
})

describe('an account that takes no secrets', () => {
  const secrets: BoxSyncDeps['secrets'] = {
    isOpen: () => false,
    toCloud: () => expect.fail('nothing can be sealed'),
    fromCloud: () => expect.fail('nothing is sealed'),
  }
  const line = (user: string, sealed: string) => ({ index: 1, user, secret: { sealed } })

  it('is told the rest, and secrets stay in force whatever it changes', async () => {
    const cloud = await makeCloud()
    const box = makeBox()
    box.records.put(
      'device',
      MAC,
      { lines: [line('201', 'b1:one')], settings: { pw: { sealed: 'b1:pw' }, a: '1' } },
      BY,
    )
    const { sync, sent } = box.belongTo(cloud, { boxId: 'b1', orgId: 'o1' }, { secrets })
    await sync.cycle()
    expect(await cloud.living('box:b1')).toEqual({
      [`device ${MAC}`]: { lines: [{ index: 1, user: '201' }], settings: { a: '1' } },
    })
    expect(sync.state().withoutSecrets).toBe(true)

    await cloud.write('box:b1', 'device', MAC, { lines: [{ index: 1, user: '202' }], settings: { a: '2' } })
    await sync.cycle()
    expect(box.records.get('device', MAC)?.body).toEqual({
      ...{ lines: [line('202', 'b1:one')], settings: { pw: { sealed: 'b1:pw' }, a: '2' } },
    })
    // An edit here is based on what the account has, so it simply is the case.
    box.records.put(
      'device',
      MAC,
      { lines: [line('203', 'b1:two')], settings: { pw: { sealed: 'b1:pw' }, a: '2' } },
      BY,
    )
    await sync.cycle()
    expect(await cloud.living('box:b1')).toMatchObject({ [`device ${MAC}`]: { lines: [{ index: 1, user: '203' }] } })
    expect(box.records.get('device', MAC)?.body).toMatchObject({ lines: [line('203', 'b1:two')] })
    expect(sync.state().notices).toEqual([])
    expect(sent.join('\n')).not.toMatch(/b1:(?:one|two|pw)/)
  })
})
